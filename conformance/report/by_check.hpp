// The results of a run, sorted by what they belong to.
#pragma once

#include <string_view>
#include <vector>

#include "verdicts.hpp"

namespace mqttspan::conformance {

struct check_results {
  std::string_view check;  ///< points into the run
  verdict_counts counts;
  std::vector<const result*> results;
};

/// One entry a check, in the order in which the run came to them. Points into the run.
std::vector<check_results> by_check(const run& r);

}  // namespace mqttspan::conformance
