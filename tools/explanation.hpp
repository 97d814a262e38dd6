// Dissections as text: offset, bytes and fields in columns, the wrong byte marked, and what follows from it.
#pragma once

#include <string>

#include "packet_stream.hpp"
#include "text.hpp"

namespace mqttspan {

/// All of a good packet.
std::string explanation(const sighting& seen, const palette& paint);

/// A packet with a fault: its bytes as far as they can be read, the wrong byte with a mark below it, then the rule, the statement and the answer.
std::string explanation(const sighting& seen, const error& e, const palette& paint);

}  // namespace mqttspan
