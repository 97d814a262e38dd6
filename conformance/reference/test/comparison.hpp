// The codec and the reference decoder side by side.
#pragma once

#include <map>
#include <string>

#include "reference/reference.hpp"

namespace mqttspan::conformance::reference {

struct question {
  protocol version;
  origin sender;
  bytes input;
};

/// In words what the two disagree about: "" where they agree.
///
/// They agree where both accept with the same packet and encode it alike, both wait for more, or the codec reports what the reference reports first. Its class and, in 5.0,
/// its reason code must be among those that count alike.
std::string disagreement(const question& asked);

/// How often each rule was the first that the reference found broken, over all questions of this process.
const std::map<std::string, std::size_t>& broken_rules();

}  // namespace mqttspan::conformance::reference
