// A packet's bytes, changed where it hurts.
#pragma once

#include <string>

#include "codec/test/generators.hpp"

namespace mqttspan::fuzz {

/// One change: of the first byte, the Remaining Length, a length within, a byte, a string; parts cut off, left out, said twice. In most cases the Remaining Length fits afterwards.
std::string mutated(const std::string& packet, test::entropy& choices);

}  // namespace mqttspan::fuzz
