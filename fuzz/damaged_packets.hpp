// Packets by their values, of which half have one value that may be wrong.
#pragma once

#include "generators.hpp"

namespace mqttspan::fuzz {

/// A random packet; every other one with one field replaced by any value that its C++ type can hold.
test::sample perhaps_damaged(test::entropy& choices);

}  // namespace mqttspan::fuzz
