#include "limits.hpp"

#include <CLI/CLI.hpp>

namespace mqttspan::fuzz {

void add_limits(CLI::App& command, limits& how_much) {
  command.add_option("--seed", how_much.seed, "The same seed gives the same cases; 1 if not given");
  command.add_option("--max-time", how_much.max_time, "Seconds of playing")->check(CLI::Range(0.1, 1e7));
  command.add_option("--max-cases", how_much.max_cases, "Cases to play");
  command.add_option("--max-findings", how_much.max_findings, "Ends behind so many crashes, hangs and the like")->check(CLI::Range(1, 1000));
  command.add_option("--minimize-time", how_much.minimize_time, "Seconds to make one finding small")->check(CLI::Range(0.0, 1e6));
}

}  // namespace mqttspan::fuzz
