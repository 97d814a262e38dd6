// Which fails of a run are known.
#pragma once

#include <functional>

#include "peer_file.hpp"
#include "run_output.hpp"

namespace mqttspan::conformance {

/// Whether the run has tried what the deviation names.
using was_tried = std::function<bool(const known_deviation&)>;

/// A result that fits is neither skipped nor inconclusive.
bool is_tried_in(const run& r, const known_deviation& of);

/// Marks the fails that the file knows, writes the run, and prints its summary; then how many fails are known, and which deviations were tried and are gone.
/// Returns how many fails the file does not know. Throws as write_run.
std::size_t settle(run& r, const peer_file& who, const destinations& where, const was_tried& tried);

}  // namespace mqttspan::conformance
