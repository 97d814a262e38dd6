// The main output: each operation's time as a ratio to its floor, as tab-separated lines.
// Floor and operation run in turns of a few ten microseconds, and the answer is the median of the turns' ratios, so that a busy neighbour,
// who slows both down or spoils a few turns, does not change it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "contenders.hpp"

namespace {

using namespace mqttspan::bench;

constexpr double turn = 20'000;   // nanoseconds
constexpr unsigned sweeps = 5;    // over the whole table, so that a slow second meets all rows alike
constexpr unsigned turns = 101;   // of each row in a sweep

// Keeps the compiler from seeing that a pass has no effect.
volatile std::uint64_t sink;

double nanoseconds(pass run, subject& s, unsigned passes) {
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned i = 0; i < passes; ++i) sink = run(s);
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

double quantile(std::vector<double>& values, double which) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(which * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// One operation on one workload, beside its floor.
class row {
 public:
  row(subject& s, const contender& c) : subject_(s), contender_(c), floor_(floor_of(c)), run_(c.pass_for(s)) {
    for (unsigned i = 0; i < 20; ++i) nanoseconds(floor_, s, 1), nanoseconds(run_, s, 1);
    std::vector<double> once;
    for (unsigned i = 0; i < 5; ++i) once.push_back(nanoseconds(floor_, s, 1));
    passes_ = std::max(1u, static_cast<unsigned>(turn / quantile(once, 0.5)));
  }

  void measure() {
    for (unsigned i = 0; i < turns; ++i) {
      const double floor = nanoseconds(floor_, subject_, passes_), ours = nanoseconds(run_, subject_, passes_);
      floors_.push_back(floor);
      ours_.push_back(ours);
      ratios_.push_back(ours / floor);
    }
  }

  void print() {
    const double packets = static_cast<double>(subject_.work.packets()) * passes_;
    std::printf("%s\t%s\t%s\t%.3f\t%.3f\t%.3f\t%.2f\t%.2f\n", subject_.work.name.c_str(),
                subject_.work.version == mqttspan::protocol_version::v5 ? "5.0" : "3.1.1", std::string(contender_.operation).c_str(),
                quantile(ratios_, 0.5), quantile(ratios_, 0.25), quantile(ratios_, 0.75), quantile(ours_, 0.5) / packets,
                quantile(floors_, 0.5) / packets);
  }

 private:
  subject& subject_;
  const contender& contender_;
  pass floor_, run_;
  unsigned passes_ = 1;
  std::vector<double> floors_, ours_, ratios_;
};

}  // namespace

int main() {
  std::vector<subject> subjects;
  for (workload& work : all_workloads()) subjects.emplace_back(std::move(work));
  std::vector<row> rows;
  for (subject& s : subjects)
    for (const contender& c : contenders()) {
      if (!agrees(c, s))
        return std::fprintf(stderr, "%s: %s does not agree with the floor\n", s.work.title().c_str(), c.operation.data()), 1;
      if (c.pass_for(s)) rows.emplace_back(s, c);
    }
  for (unsigned i = 0; i < sweeps; ++i)
    for (row& r : rows) r.measure();
  std::puts("workload\tversion\toperation\tratio\tquarter\tthree quarters\tns a packet\tfloor, ns a packet");
  for (row& r : rows) r.print();
}
