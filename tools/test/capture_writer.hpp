// Captures written byte by byte: pcap (the libpcap file format) and pcapng, with TCP over IPv4 or IPv6 below several link layers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mqttspan::test {

/// LINKTYPE_ values of the tcpdump group's registry.
enum class link : std::uint32_t { null = 0, ethernet = 1, raw = 101, linux_cooked = 113, linux_cooked_2 = 276 };

/// One side of a connection. The address is four bytes for IPv4, sixteen for IPv6.
struct host {
  std::string address;
  std::uint16_t port;
};

struct segment {
  host from, to;
  std::uint32_t sequence = 0;
  std::string payload{};
  bool syn = false;
  bool fin = false;
};

/// The TCP segment in its IP packet.
std::string ip_packet(const segment& s);
/// The IP packet in a frame of that link layer; with a VLAN tag on Ethernet if asked for.
std::string frame(link layer, const std::string& ip, bool vlan = false);

/// A capture of these frames, a millisecond between them.
std::string pcap(link layer, const std::vector<std::string>& frames);
std::string pcapng(link layer, const std::vector<std::string>& frames);

/// Segments of one connection in the order in which they are sent: keeps count of the sequence numbers.
class talk {
 public:
  talk(host client, host server, std::uint32_t client_sequence = 1000, std::uint32_t server_sequence = 2'000'000);

  /// SYN and SYN-ACK.
  std::vector<segment> open() const;
  segment client(const std::string& payload);
  segment server(const std::string& payload);

 private:
  host client_, server_;
  std::uint32_t client_first_, server_first_;
  std::uint32_t client_next_, server_next_;
};

/// The segments as a capture on Ethernet.
std::string ethernet_pcap(const std::vector<segment>& segments);

extern const host client_4, server_4, client_6, server_6;

}  // namespace mqttspan::test
