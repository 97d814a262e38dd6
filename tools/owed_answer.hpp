// What the receiver of a bad packet has to send.
#pragma once

#include <string>
#include <vector>

#include "packet_stream.hpp"

namespace mqttspan {

/// What one side has to send for the fault.
struct owed_answer {
  sender by;                     ///< the side that received the packet
  std::string text;              ///< "send DISCONNECT with 0x81 malformed packet, then close"
  std::vector<std::byte> bytes;  ///< what is sent, maybe nothing
};

/// The answer of the receiver; both where it is not known who sent the packet and they differ, nothing for an incomplete packet.
std::vector<owed_answer> answers_to(const sighting& seen, const error& e);

}  // namespace mqttspan
