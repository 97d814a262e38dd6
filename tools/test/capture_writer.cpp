#include "capture_writer.hpp"

namespace mqttspan::test {
namespace {

using namespace std::string_literals;

std::string be16(std::size_t v) { return {static_cast<char>(v >> 8 & 0xFF), static_cast<char>(v & 0xFF)}; }
std::string be32(std::size_t v) { return be16(v >> 16) + be16(v & 0xFFFF); }
std::string le16(std::size_t v) { return {static_cast<char>(v & 0xFF), static_cast<char>(v >> 8 & 0xFF)}; }
std::string le32(std::size_t v) { return le16(v & 0xFFFF) + le16(v >> 16); }

// RFC 9293. The checksum stays 0: captures taken on the sending host have no good one either.
std::string tcp(const segment& s) {
  const unsigned flags = (s.fin ? 0x01u : 0u) | (s.syn ? 0x02u : 0x10u);
  return be16(s.from.port) + be16(s.to.port) + be32(s.sequence) + be32(0) + "\x50"s + static_cast<char>(flags) + be16(65535) + be16(0) + be16(0) +
         s.payload;
}

std::string block(std::size_t type, const std::string& body) {
  const std::string padded = body + std::string((4 - body.size() % 4) % 4, '\0');
  const std::string size = le32(12 + padded.size());
  return le32(type) + size + padded + size;
}

}  // namespace

const host client_4{"\x0a\x00\x00\x01"s, 50000}, server_4{"\x0a\x00\x00\x02"s, 1883};
const host client_6{std::string(15, '\0') + "\x01", 50001}, server_6{std::string(15, '\0') + "\x02", 1883};

std::string ip_packet(const segment& s) {
  const std::string body = tcp(s);
  if (s.from.address.size() == 16) return "\x60\0\0\0"s + be16(body.size()) + "\x06\x40"s + s.from.address + s.to.address + body;
  return "\x45\0"s + be16(20 + body.size()) + be16(1) + be16(0x4000) + "\x40\x06"s + be16(0) + s.from.address + s.to.address + body;
}

std::string frame(link layer, const std::string& ip, bool vlan) {
  const bool v6 = (static_cast<unsigned char>(ip[0]) >> 4) == 6;
  const std::string ethertype = v6 ? "\x86\xdd"s : "\x08\x00"s;
  switch (layer) {
    case link::null: return le32(v6 ? 10 : 2) + ip;
    case link::raw: return ip;
    case link::linux_cooked: return "\0\0\0\x01\0\x06"s + std::string(8, '\0') + ethertype + ip;
    case link::linux_cooked_2: return ethertype + be16(0) + be32(1) + "\0\x01\0\x06"s + std::string(8, '\0') + ip;
    case link::ethernet: break;
  }
  std::string out = std::string(12, '\x02') + (vlan ? "\x81\x00\x00\x05"s : ""s) + ethertype + ip;
  if (out.size() < 60) out.resize(60, '\x55');  // Ethernet pads short frames; the IP length says where the packet ends
  return out;
}

std::string pcap(link layer, const std::vector<std::string>& frames) {
  std::string out = le32(0xA1B2C3D4) + le16(2) + le16(4) + le32(0) + le32(0) + le32(65535) + le32(static_cast<std::size_t>(layer));
  std::size_t microseconds = 0;
  for (const std::string& f : frames) {
    out += le32(1'700'000'000) + le32(microseconds) + le32(f.size()) + le32(f.size()) + f;
    microseconds += 1000;
  }
  return out;
}

std::string pcapng(link layer, const std::vector<std::string>& frames) {
  std::string out = block(0x0A0D0D0A, le32(0x1A2B3C4D) + le16(1) + le16(0) + std::string(8, '\xff'));
  out += block(1, le16(static_cast<std::size_t>(layer)) + le16(0) + le32(65535));
  std::size_t microseconds = 0;
  for (const std::string& f : frames) {
    out += block(6, le32(0) + le32(0) + le32(microseconds) + le32(f.size()) + le32(f.size()) + f);
    microseconds += 1000;
  }
  return out;
}

talk::talk(host client, host server, std::uint32_t client_sequence, std::uint32_t server_sequence)
    : client_(std::move(client)),
      server_(std::move(server)),
      client_first_(client_sequence),
      server_first_(server_sequence),
      client_next_(client_sequence + 1),
      server_next_(server_sequence + 1) {}

std::vector<segment> talk::open() const {
  return {{.from = client_, .to = server_, .sequence = client_first_, .syn = true},
          {.from = server_, .to = client_, .sequence = server_first_, .syn = true}};
}

segment talk::client(const std::string& payload) {
  segment s{.from = client_, .to = server_, .sequence = client_next_, .payload = payload};
  client_next_ += static_cast<std::uint32_t>(payload.size());
  return s;
}

segment talk::server(const std::string& payload) {
  segment s{.from = server_, .to = client_, .sequence = server_next_, .payload = payload};
  server_next_ += static_cast<std::uint32_t>(payload.size());
  return s;
}

std::string ethernet_pcap(const std::vector<segment>& segments) {
  std::vector<std::string> frames;
  for (const segment& s : segments) frames.push_back(frame(link::ethernet, ip_packet(s)));
  return pcap(link::ethernet, frames);
}

}  // namespace mqttspan::test
