// How mqtt_sub writes a message.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/packet.hpp>

#include "packet_json.hpp"

namespace mqttspan {

/// A pattern, read once. In it stand for a message: %t topic, %p payload, %x and %X payload in hexadecimal digits, %l its length, %q QoS, %r 1 where retained, %m packet identifier,
/// %j all of it as JSON, %% a percent sign; \n \t \r \0 \a \e \v \\ are what they are in C.
class message_format {
 public:
  /// Throws usage_error.
  explicit message_format(std::string_view pattern);

  /// Writes the message behind `out`.
  void write(const publish& message, protocol_version version, std::string& out) const;

 private:
  struct part {
    char escape;       // 0: text
    std::string text;
  };
  std::vector<part> parts_;
};

/// topic, qos, retain, mid (where there is one), payload and, in 5.0, properties: in packet JSON's way, but that the payload is text where it is well-formed UTF-8.
packet_json message_json(const publish& message, protocol_version version);

}  // namespace mqttspan
