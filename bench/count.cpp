// Runs every row under callgrind and has its instructions dumped one by one, with what it allocates: see instructions.sh. On its own it only checks the answers.
// usage: count [--ours | ROW...]      such as W1-5.0/parse_as; all, if none is named; --ours leaves out codecs beside ours
#include <cstdio>
#include <string>
#include <string_view>

#include <valgrind/callgrind.h>

#include "counted_allocations.hpp"
#include "rows.hpp"

namespace {

using namespace mqttspan::bench;

volatile std::uint64_t sink;

// Enough packets that the loop around a pass, some twenty instructions, weighs less than a tenth of one a packet.
constexpr std::size_t enough = 512;

// The dump's name is the row: workload, version, operation, packets; and allocations in a pass.
void count(const row& r) {
  const auto passes = static_cast<unsigned>((enough + r.items - 1) / r.items);
  sink = r.run();  // binds symbols, touches pages
  const std::size_t allocated = mqttspan::test::allocations_in([&r] { sink = r.run(); });
  const std::string name = r.workload + "\t" + r.version + "\t" + r.operation + "\t" + std::to_string(passes * r.items) + "\t" + std::to_string(allocated) + "\t" + std::to_string(r.items);
  CALLGRIND_ZERO_STATS;
  CALLGRIND_TOGGLE_COLLECT;
  for (unsigned i = 0; i < passes; ++i) sink = r.run();
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT(name.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<row> rows = all_rows();
  for (const row& r : rows) {
    bool wanted = argc == 1;
    for (int i = 1; i < argc; ++i) wanted |= r.name() == argv[i] || (r.is_ours && argv[i] == std::string_view("--ours"));
    if (wanted) count(r);
  }
  return rows.empty() ? 1 : 0;
}
