// Every operation on every workload under Google Benchmark: time per packet, bytes per second. For ratios run `ratios`.
#include <cstdio>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "contenders.hpp"

namespace {

using namespace mqttspan::bench;

void measure(benchmark::State& state, subject& s, pass run) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(run(s));
    benchmark::ClobberMemory();
  }
  const auto passes = static_cast<double>(state.iterations());
  const auto packets = static_cast<double>(s.work.packets()), bytes = static_cast<double>(s.work.bytes.size());
  using benchmark::Counter;
  state.counters["per_packet"] = Counter(passes * packets, Counter::kIsRate | Counter::kInvert);
  state.counters["per_byte"] = Counter(passes * bytes, Counter::kIsRate | Counter::kInvert);
  state.counters["bytes"] = Counter(passes * bytes, Counter::kIsRate);
}

void add(subject& s, std::string_view operation, pass run) {
  const std::string name = s.work.title() + "/" + std::string(operation);
  benchmark::RegisterBenchmark(name.c_str(), [&s, run](benchmark::State& state) { measure(state, s, run); });
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<subject> subjects;
  for (workload& work : all_workloads()) subjects.emplace_back(std::move(work));
  for (subject& s : subjects) {
    add(s, "decode floor", floor_of(direction::read));
    add(s, "generate floor", floor_of(direction::write));
    for (const contender& c : contenders()) {
      if (!agrees(c, s)) return std::fprintf(stderr, "%s: %s does not agree with the floor\n", s.work.title().c_str(), c.operation.data()), 1;
      if (const pass run = c.pass_for(s)) add(s, c.operation, run);
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
