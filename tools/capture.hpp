// Captures: frames of a pcap or pcapng file down to TCP segments, and the MQTT connections among them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include <mqttspan/codec/bytes.hpp>

#include "packet_stream.hpp"

namespace mqttspan {

/// A capture that cannot be read.
struct capture_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Whether the bytes begin as pcap (either byte order, micro- or nanoseconds) or pcapng do.
bool looks_like_capture(bytes_view bytes);

/// An address and a port; IPv4 addresses take the first four bytes.
struct endpoint {
  std::array<std::uint8_t, 16> address{};
  std::uint16_t port = 0;
  bool v6 = false;

  friend auto operator<=>(const endpoint&, const endpoint&) = default;
};
/// "127.0.0.1:1883", "[::1]:1883".
std::string to_string(const endpoint& e);

/// A TCP segment of a capture.
struct tcp_segment {
  endpoint source, destination;
  std::uint32_t sequence = 0;
  bool syn = false, ack = false;
  bytes_view payload;
  double seconds = 0;  ///< since the capture's first frame
};

/// Calls `each` for every TCP segment, in the order of the capture, and returns how many IP fragments were passed over, which are not put together.
/// Link layers: Ethernet (with VLAN tags), loopback, Linux cooked (1 and 2), raw IP. Throws capture_error, after the segments before the fault.
std::size_t for_each_segment(bytes_view capture, const std::function<void(const tcp_segment&)>& each);

/// What is said about a connection as a whole.
class connection_visitor : public packet_visitor {
 public:
  virtual void connection(std::size_t number, const endpoint& client, const endpoint& server) = 0;
  virtual void not_mqtt(std::size_t number, const endpoint& a, const endpoint& b) = 0;
  /// The capture lacks bytes of this direction behind `offset`; `held_back` bytes that come later are not read.
  virtual void gap(const sighting& where, std::size_t held_back) = 0;
};

/// Visits the packets of all MQTT connections in the capture, in the order of the frames that complete them. A connection is MQTT where one side
/// begins with a CONNECT, which makes it the client, or where one side has the port `server_port`. Returns what for_each_segment returns.
/// Throws capture_error.
std::size_t visit_capture(bytes_view capture, const reading& how, std::optional<std::uint16_t> server_port, connection_visitor& visitor);

}  // namespace mqttspan
