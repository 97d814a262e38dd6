// A packet in one line, for people.
#pragma once

#include <string>

#include "packet_stream.hpp"
#include "text.hpp"

namespace mqttspan {

/// `     27  →  PUBLISH      "a/b" qos=1 packet_id=7 payload=2 "hi"`. In captures connection and time stand in front, and the offset counts in the
/// direction's stream.
/// Safe for a terminal whatever the packet holds; passwords are not shown.
std::string summary(const sighting& seen, const packet& p, const palette& paint);

/// "→" from the client, "←" from the server, " " where the packet does not say.
std::string_view arrow(sender from);

}  // namespace mqttspan
