// What two connections and their applications owe each other when all is said and done.
#pragma once

#include <string>

#include "pair.hpp"

namespace mqttspan::test {

/// For a pair that is connected and has nothing more to say: QoS 0 came at most once, QoS 1 at least once, QoS 2 exactly once, each in its order, nothing came from nowhere, nobody wrote
/// what he may not, and neither end remembers anything. Empty where all of it holds, else what does not.
std::string broken_promise(pair& both);

}  // namespace mqttspan::test
