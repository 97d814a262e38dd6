// Watches everything that passes on the connections of a probe, and holds it against what the specifications ask of every packet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/packet.hpp>

namespace mqttspan::conformance {

/// What a monitor has objections to.
struct finding {
  std::string row;   ///< of the monitor's table: "ids-unique"
  std::string what;  ///< for people, with the packet's words
};

/// What has been seen of one connection; tells its owner what is wrong.
class monitor {
 public:
  virtual ~monitor() = default;
  /// A good packet that we sent.
  virtual void sent(const packet& p, std::size_t size) = 0;
  /// Bytes that we sent and that are no good packet: what the peer makes of them, and so its state, is unknown from here on.
  virtual void sent_bad() = 0;
  /// A packet of the peer's, in its order.
  virtual void received(const packet& p, std::size_t size) = 0;
  /// Bytes of the peer's that are no good packet. Read on with leniencies where that can be done.
  virtual void unreadable(const error& e, bytes_view bytes) = 0;

  std::vector<finding> findings;
  std::vector<std::string> exercised;  ///< rows that had something to judge, each once
};

}  // namespace mqttspan::conformance
