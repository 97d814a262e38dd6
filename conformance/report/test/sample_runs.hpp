// Runs of peers that do not exist, for the tests of the reports.
#pragma once

#include <vector>

#include "result.hpp"

namespace mqttspan::conformance {

/// A result of each verdict and more, with text that breaks what is not escaped.
run nasty_run();

/// Six peers of all kinds, with results for most statements; two codecs with 30,000 family cases each.
std::vector<run> matrix_runs();

}  // namespace mqttspan::conformance
