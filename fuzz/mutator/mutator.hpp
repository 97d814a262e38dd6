// Changes packets as a parser's enemies would: by structure, not by bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "generators.hpp"
#include "loose_packet.hpp"

namespace mqttspan::fuzz {

/// One way to change a list of packets; false where there is nothing for it to change.
struct mutation {
  const char* name;
  bool (*apply)(std::vector<loose_packet>& packets, test::entropy& choices);
};

/// All of them.
std::span<const mutation> mutations();

/// The stream with one mutation, of those that fit it. The same stream and choices give the same.
std::string mutated(std::string_view stream, test::entropy& choices);

/// Packets of both, taken in turns; now and then the beginning of one packet and the end of another.
std::string crossed(std::string_view a, std::string_view b, test::entropy& choices);

}  // namespace mqttspan::fuzz
