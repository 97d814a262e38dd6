// Our client as a party of a test: it remembers what it hears.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <mqttspan/posix/client.hpp>

#include "process.hpp"

namespace mqttspan::test {

/// Where a server is reached, and how.
struct way {
  std::uint16_t port = 0;
  carrier in = carrier::tcp;
  std::string ca_file;
};

struct heard {
  std::string topic;
  std::string payload;
  mqttspan::qos qos{};
  bool retain = false;

  friend bool operator==(const heard&, const heard&) = default;
};

/// The byte that stands there in a large payload, whoever sends it.
constexpr std::byte pattern(std::size_t at) { return static_cast<std::byte>((at * 2654435761u >> 13) & 0xFF); }
std::vector<std::byte> patterned(std::size_t size);

/// Runs the loop until it is true; false: not within so many milliseconds.
bool run_until(posix::loop& loop, const std::function<bool()>& is_true, std::int64_t milliseconds = 30'000);

/// What goes below MQTT.
posix::wrapping wrapping_for(const way& w);

class party {
 public:
  party(posix::loop& loop, const way& w, protocol_version version, std::string name);

  /// Opens and sends CONNECT. True once CONNACK has accepted.
  bool come(std::optional<will> last = {});
  /// True once it is granted as asked.
  bool hear(const std::string& filter, qos most = qos::exactly_once);
  /// DISCONNECT, and both ends closed.
  bool leave();
  /// QoS 0 counts as acknowledged.
  bool say(const publish& p);
  bool are_all_acknowledged() const { return acknowledged_ == said_; }

  posix::client client;
  std::vector<heard> messages;
  std::size_t large_size = 0;      // of the payload that came in pieces, so far
  std::size_t pieces = 0;
  bool is_large_whole = false;
  bool is_large_right = true;
  reason_code answer{};            // of CONNACK
  int connacks = 0;
  int closes = 0;
  std::string why;                 // it closed

 private:
  void listen();

  posix::loop& loop_;
  way way_;
  protocol_version version_;
  std::string name_;
  bool is_granted_ = false;
  std::size_t said_ = 0;
  std::size_t acknowledged_ = 0;
};

}  // namespace mqttspan::test
