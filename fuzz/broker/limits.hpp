// How much is played, and from which seed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace CLI {
class App;
}

namespace mqttspan::fuzz {

struct limits {
  std::uint64_t seed = 1;
  std::uint64_t max_cases = 20'000;
  double max_time = 60;           ///< seconds of playing
  std::size_t max_findings = 10;  ///< crashes, hangs and the like: behind so many it ends
  double minimize_time = 10;      ///< seconds for each of those
};

/// --seed, --max-time, --max-cases, --max-findings, --minimize-time. Borrows `how_much`.
void add_limits(CLI::App& command, limits& how_much);

}  // namespace mqttspan::fuzz
