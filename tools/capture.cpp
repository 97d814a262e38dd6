#include "capture.hpp"

#include <arpa/inet.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace mqttspan {
namespace {

constexpr unsigned ethertype_ipv4 = 0x0800, ethertype_ipv6 = 0x86DD, ethertype_vlan = 0x8100, ethertype_service_vlan = 0x88A8;
constexpr unsigned protocol_tcp = 6;
constexpr unsigned v6_hop_by_hop = 0, v6_routing = 43, v6_fragment = 44, v6_destination_options = 60;

unsigned byte_at(bytes_view b, std::size_t at) { return std::to_integer<unsigned>(b[at]); }
unsigned be16(bytes_view b, std::size_t at) { return byte_at(b, at) << 8 | byte_at(b, at + 1); }
std::uint32_t be32(bytes_view b, std::size_t at) { return std::uint32_t{be16(b, at)} << 16 | be16(b, at + 2); }
bytes_view behind(bytes_view b, std::size_t size) { return b.size() < size ? bytes_view{} : b.subspan(size); }

bytes_view behind_ethernet(bytes_view frame) {
  std::size_t at = 12;
  while (frame.size() >= at + 2 && (be16(frame, at) == ethertype_vlan || be16(frame, at) == ethertype_service_vlan)) at += 4;
  if (frame.size() < at + 2) return {};
  const unsigned type = be16(frame, at);
  return type == ethertype_ipv4 || type == ethertype_ipv6 ? frame.subspan(at + 2) : bytes_view{};
}

// The IP packet inside a frame; empty where there is none. The version nibble tells IPv4 from IPv6 behind the link layers whose type field
// differs between systems.
bytes_view ip_packet(int link_type, bytes_view frame) {
  switch (link_type) {
    case DLT_EN10MB: return behind_ethernet(frame);
    case DLT_NULL:
    case DLT_LOOP: return behind(frame, 4);
    case DLT_LINUX_SLL: return behind(frame, 16);
    case DLT_LINUX_SLL2: return behind(frame, 20);
    default: return frame;
  }
}

bool is_known(int link_type) {
  constexpr int known[] = {DLT_EN10MB, DLT_NULL, DLT_LOOP, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW, DLT_IPV4, DLT_IPV6};
  return std::find(std::begin(known), std::end(known), link_type) != std::end(known);
}

class segment_finder {
 public:
  explicit segment_finder(const std::function<void(const tcp_segment&)>& each) : each_(each) {}

  void ip(bytes_view packet, double seconds) {
    seconds_ = seconds;
    if (packet.empty()) return;
    if (byte_at(packet, 0) >> 4 == 4) ipv4(packet);
    else if (byte_at(packet, 0) >> 4 == 6) ipv6(packet);
  }
  std::size_t fragments() const { return fragments_; }

 private:
  // RFC 791: version and header length<1> …<1> total length<2> …<2> flags and fragment offset<2> …<1> protocol<1> …<2> source<4> destination<4>
  void ipv4(bytes_view packet) {
    if (packet.size() < 20) return;
    const std::size_t header = (byte_at(packet, 0) & 15) * std::size_t{4};
    const std::size_t total = be16(packet, 2);
    if (header < 20 || packet.size() < header || byte_at(packet, 9) != protocol_tcp) return;
    if ((be16(packet, 6) & 0x3FFF) != 0) {
      ++fragments_;
      return;
    }
    if (total >= header && total < packet.size()) packet = packet.first(total);  // 0 with segmentation offload; Ethernet pads
    tcp(packet.subspan(header), packet.subspan(12, 4), packet.subspan(16, 4));
  }

  // RFC 8200: version…<4> payload length<2> next header<1> …<1> source<16> destination<16>, then extension headers
  void ipv6(bytes_view packet) {
    if (packet.size() < 40) return;
    const std::size_t length = be16(packet, 4);
    unsigned next = byte_at(packet, 6);
    bytes_view body = packet.subspan(40);
    if (length != 0 && length < body.size()) body = body.first(length);
    while (next == v6_hop_by_hop || next == v6_routing || next == v6_destination_options || next == v6_fragment) {
      if (body.size() < 8) return;
      if (next == v6_fragment && (be16(body, 2) & 0xFFF9) != 0) {
        ++fragments_;
        return;
      }
      const std::size_t size = next == v6_fragment ? 8 : 8 + 8 * std::size_t{byte_at(body, 1)};
      next = byte_at(body, 0);
      body = behind(body, size);
    }
    if (next == protocol_tcp) tcp(body, packet.subspan(8, 16), packet.subspan(24, 16));
  }

  // RFC 9293: source port<2> destination port<2> sequence<4> acknowledgement<4> data offset<1> flags<1> …
  void tcp(bytes_view body, bytes_view source, bytes_view destination) {
    if (body.size() < 20) return;
    const std::size_t header = (byte_at(body, 12) >> 4) * std::size_t{4};
    if (header < 20 || body.size() < header) return;
    const unsigned flags = byte_at(body, 13);
    each_({.source = end(source, be16(body, 0)),
           .destination = end(destination, be16(body, 2)),
           .sequence = be32(body, 4),
           .syn = (flags & 0x02) != 0,
           .ack = (flags & 0x10) != 0,
           .payload = body.subspan(header),
           .seconds = seconds_});
  }

  static endpoint end(bytes_view address, unsigned port) {
    endpoint e{.port = static_cast<std::uint16_t>(port), .v6 = address.size() == 16};
    std::transform(address.begin(), address.end(), e.address.begin(), [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    return e;
  }

  const std::function<void(const tcp_segment&)>& each_;
  double seconds_ = 0;
  std::size_t fragments_ = 0;
};

struct capture_closer {
  void operator()(pcap_t* capture) const { pcap_close(capture); }
};

std::unique_ptr<pcap_t, capture_closer> open_capture(bytes_view bytes) {
  // Only read through: the mode says so.
  std::FILE* file = fmemopen(const_cast<std::byte*>(bytes.data()), bytes.size(), "rb");
  if (!file) throw capture_error("out of memory");
  char why[PCAP_ERRBUF_SIZE] = "";
  pcap_t* capture = pcap_fopen_offline(file, why);
  if (!capture) {
    std::fclose(file);
    throw capture_error(why);
  }
  return std::unique_ptr<pcap_t, capture_closer>(capture);
}

}  // namespace

std::string to_string(const endpoint& e) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(e.v6 ? AF_INET6 : AF_INET, e.address.data(), text, sizeof text);
  const std::string address = e.v6 ? std::string("[").append(text).append("]") : std::string(text);
  return address + ":" + std::to_string(e.port);
}

std::size_t for_each_segment(bytes_view bytes, const std::function<void(const tcp_segment&)>& each) {
  const auto capture = open_capture(bytes);
  const int link_type = pcap_datalink(capture.get());
  if (!is_known(link_type)) {
    const char* name = pcap_datalink_val_to_name(link_type);
    throw capture_error("link type " + std::string(name ? name : std::to_string(link_type)) + " is not one that can be read");
  }
  segment_finder finder(each);
  std::optional<std::int64_t> start;
  pcap_pkthdr* header = nullptr;
  const unsigned char* data = nullptr;
  int outcome = 0;
  while ((outcome = pcap_next_ex(capture.get(), &header, &data)) == 1) {
    const std::int64_t now = std::int64_t{header->ts.tv_sec} * 1'000'000 + header->ts.tv_usec;
    if (!start) start = now;
    finder.ip(ip_packet(link_type, {reinterpret_cast<const std::byte*>(data), header->caplen}), static_cast<double>(now - *start) / 1e6);
  }
  if (outcome == PCAP_ERROR) throw capture_error(pcap_geterr(capture.get()));
  return finder.fragments();
}

}  // namespace mqttspan
