// Every row under Google Benchmark, with its filters and formats: time per packet and per byte, bytes per second. For ratios run `ratios`.
#include <benchmark/benchmark.h>

#include "rows.hpp"

namespace {

using namespace mqttspan::bench;

void measure(benchmark::State& state, const row& r) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(r.run());
    benchmark::ClobberMemory();
  }
  const auto passes = static_cast<double>(state.iterations());
  const auto packets = static_cast<double>(r.items), bytes = static_cast<double>(r.bytes);
  using benchmark::Counter;
  state.counters["per_packet"] = Counter(passes * packets, Counter::kIsRate | Counter::kInvert);
  state.counters["per_byte"] = Counter(passes * bytes, Counter::kIsRate | Counter::kInvert);
  state.counters["bytes"] = Counter(passes * bytes, Counter::kIsRate);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<row> rows = all_rows();
  if (rows.empty()) return 1;
  for (const row& r : rows) benchmark::RegisterBenchmark(r.name().c_str(), [&r](benchmark::State& state) { measure(state, r); });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
