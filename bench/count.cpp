// Runs every operation under callgrind and has its instructions dumped one by one: see instructions.sh. On its own it only checks the answers.
#include <cstdio>
#include <string>

#include <valgrind/callgrind.h>

#include "contenders.hpp"

namespace {

using namespace mqttspan::bench;

volatile std::uint64_t sink;

// Enough packets that the loop around a pass, some twenty instructions, weighs less than a tenth of one a packet.
constexpr std::size_t enough_packets = 512;

// The dump's name is the row: workload, version, operation, packets.
void count(subject& s, std::string_view operation, pass run) {
  const auto passes = static_cast<unsigned>((enough_packets + s.work.packets() - 1) / s.work.packets());
  const std::string name = s.work.name + "\t" + (s.work.version == mqttspan::protocol_version::v5 ? "5.0" : "3.1.1") + "\t" +
                           std::string(operation) + "\t" + std::to_string(passes * s.work.packets());
  sink = run(s);  // binds symbols, touches pages
  CALLGRIND_ZERO_STATS;
  CALLGRIND_TOGGLE_COLLECT;
  for (unsigned i = 0; i < passes; ++i) sink = run(s);
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT(name.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";  // one workload's title, for profiling
  for (workload& work : all_workloads()) {
    if (!only.empty() && only != work.title()) continue;
    subject s(std::move(work));
    count(s, "decode floor", floor_of(direction::read));
    count(s, "generate floor", floor_of(direction::write));
    for (const contender& c : contenders()) {
      if (!agrees(c, s)) return std::fprintf(stderr, "%s: %s does not agree with the floor\n", s.work.title().c_str(), c.operation.data()), 1;
      if (const pass run = c.pass_for(s)) count(s, c.operation, run);
      if (c.floor && c.pass_for(s)) count(s, std::string(c.operation) + " floor", c.floor);
    }
  }
}
