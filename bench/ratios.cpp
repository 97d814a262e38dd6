// The main output: each operation's time as a ratio to its floor, as tab-separated lines.
// Floor and operation run in turns of a few ten microseconds, and the answer is the median of the turns' ratios, so that a busy neighbour,
// who slows both down or spoils a few turns, does not change it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rows.hpp"

namespace {

using namespace mqttspan::bench;

constexpr double turn = 20'000;   // nanoseconds
constexpr unsigned sweeps = 5;    // over the whole table, so that a slow second meets all rows alike
constexpr unsigned turns = 101;   // of each row in a sweep

// Keeps the compiler from seeing that a pass has no effect.
volatile std::uint64_t sink;

double nanoseconds(const std::function<std::uint64_t()>& run, unsigned passes) {
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned i = 0; i < passes; ++i) sink = run();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

double quantile(std::vector<double>& values, double which) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(which * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// A row, beside its floor.
class pair {
 public:
  explicit pair(const row& r) : row_(r) {
    for (unsigned i = 0; i < 20; ++i) nanoseconds(r.floor, 1), nanoseconds(r.run, 1);
    std::vector<double> once;
    for (unsigned i = 0; i < 5; ++i) once.push_back(nanoseconds(r.floor, 1));
    passes_ = std::max(1u, static_cast<unsigned>(turn / quantile(once, 0.5)));
  }

  void measure(unsigned times) {
    for (unsigned i = 0; i < times; ++i) {
      const double floor = nanoseconds(row_.floor, passes_), ours = nanoseconds(row_.run, passes_);
      floors_.push_back(floor);
      ours_.push_back(ours);
      ratios_.push_back(ours / floor);
    }
  }

  void print() {
    const double items = static_cast<double>(row_.items) * passes_, bytes = static_cast<double>(row_.bytes) * passes_;
    const double ours = quantile(ours_, 0.5);
    std::printf("%s\t%s\t%s\t%.3f\t%.3f\t%.3f\t%.2f\t%.2f\t%.3f\n", row_.workload.c_str(), row_.version.c_str(), row_.operation.c_str(), quantile(ratios_, 0.5), quantile(ratios_, 0.25),
                quantile(ratios_, 0.75), ours / items, quantile(floors_, 0.5) / items, bytes / ours);
  }

 private:
  const row& row_;
  unsigned passes_ = 1;
  std::vector<double> floors_, ours_, ratios_;
};

}  // namespace

int main(int argc, char** argv) {
  const bool is_quick = argc > 1 && argv[1] == std::string_view("--quick");  // to see that it runs: the figures say nothing
  const std::vector<row> rows = all_rows();
  if (rows.empty()) return 1;
  std::vector<pair> pairs;
  for (const row& r : rows)
    if (r.floor) pairs.emplace_back(r);
  for (unsigned i = 0; i < (is_quick ? 1 : sweeps); ++i)
    for (pair& p : pairs) p.measure(is_quick ? 1 : turns);
  std::puts("workload\tversion\toperation\tratio\tquarter\tthree quarters\tns a packet\tfloor, ns a packet\tGB/s");
  for (pair& p : pairs) p.print();
}
