// A reproducer, played again or made smaller; and which versions a peer has.
#pragma once

#include <string>
#include <vector>

#include <mqttspan/codec/version.hpp>

#include "laboratory.hpp"

namespace mqttspan::fuzz {

/// Throws usage_error.
reproducer read_reproducer_file(const std::string& path);
/// The symptom that the reproducer is for; null where it is not there.
const symptom* wanted_in(const examination& e, const reproducer& r);

/// Plays the file three times and says what came. The exit code: 1 where it showed what it is for (anything, if it names nothing) at least once, else 0. Throws usage_error, unreachable.
int replay_file(laboratory& lab, const std::string& path);
/// Prints the smallest reproducer that shows the same. The exit code: 1, and 0 where there is nothing to see. Throws as above.
int minimize_file(laboratory& lab, const std::string& path, double seconds);

/// Those whose CONNECT it accepts. Throws unreachable where there is none.
std::vector<protocol_version> versions_of(laboratory& lab);

}  // namespace mqttspan::fuzz
