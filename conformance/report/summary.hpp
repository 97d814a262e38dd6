// A run on the terminal.
#pragma once

#include <cstdio>

#include "result.hpp"

namespace mqttspan::conformance {

/// How many results have each verdict, a table by check, and the fails: the statement, what was expected and seen, the bytes. A check with many fails
/// shows the first few and says how many there are. Of known deviations each reason is a line. Safe for a terminal whatever the peer sent; coloured where `out` is one.
void print_summary(std::FILE* out, const run& r);

}  // namespace mqttspan::conformance
