// An application message on its way to many: what of a PUBLISH is passed on, copied once at most.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <mqttspan/codec/config.hpp>
#include <mqttspan/codec/owned.hpp>
#include <mqttspan/codec/packet.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::posix {

/// A PUBLISH as a server passes it on: without packet identifier, DUP, Topic Alias and Subscription Identifiers, which belong to the connection it came by; all else as
/// it came. @spec [3.1.1/MQTT-3.3.1-3] [5.0/MQTT-3.3.1-3] [MQTT-3.3.2-17] [MQTT-3.3.2-20]
///
/// Borrows the original until `keep`, which an endpoint calls where the message has to wait.
class message {
 public:
  /// Borrows the packet until `keep`.
  MQTTSPAN_API explicit message(const publish& original);
  message(const message&) = delete;
  message& operator=(const message&) = delete;

  /// What is passed on.
  const publish& view() const noexcept { return kept_ ? **kept_ : view_; }

  /// A copy that lives as long as somebody holds it, made at the first call; null where memory is out, or the message cannot be written.
  MQTTSPAN_API std::shared_ptr<const owned<publish>> keep();

 private:
  publish view_;
  std::vector<property> properties_;  // where some were left out
  std::shared_ptr<const owned<publish>> kept_;
};

}  // namespace mqttspan::posix
