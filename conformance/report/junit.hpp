// A run as JUnit XML, which every CI system shows.
#pragma once

#include <string>

#include "result.hpp"

namespace mqttspan::conformance {

/// A test suite a check, a test case a result. `fail` is a failure, `skip` is skipped; `inconclusive` is an error, since nobody may take it for passed;
/// `info` and `strict-pass` pass, and say so in their output.
std::string to_junit(const run& r);

}  // namespace mqttspan::conformance
