#include "memory.hpp"

#include <algorithm>

namespace mqttspan::fuzz {
namespace {

constexpr std::size_t most_samples = 200, least_samples = 10;

}  // namespace

double theil_sen(const std::vector<memory_sample>& samples) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < samples.size(); ++i)
    for (std::size_t j = i + 1; j < samples.size(); ++j)
      if (samples[j].cases > samples[i].cases) slopes.push_back((samples[j].kib - samples[i].kib) / (samples[j].cases - samples[i].cases));
  if (slopes.empty()) return 0;
  const auto middle = slopes.begin() + static_cast<std::ptrdiff_t>(slopes.size() / 2);
  std::nth_element(slopes.begin(), middle, slopes.end());
  return *middle;
}

void memory_watch::take(memory_sample s) {
  if (turn_++ % skip_ != 0) return;
  samples_.push_back(s);
  if (samples_.size() < most_samples) return;
  std::vector<memory_sample> every_other;
  for (std::size_t i = 0; i < samples_.size(); i += 2) every_other.push_back(samples_[i]);
  samples_ = std::move(every_other);
  skip_ *= 2;
}

bool memory_watch::grows(double least_kib) const {
  const std::vector<memory_sample> behind_start(samples_.begin() + static_cast<std::ptrdiff_t>(samples_.size() / 5), samples_.end());
  if (behind_start.size() < least_samples) return false;
  const double slope = theil_sen(behind_start);
  const double late = theil_sen({behind_start.begin() + static_cast<std::ptrdiff_t>(behind_start.size() / 2), behind_start.end()});
  return slope * (behind_start.back().cases - behind_start.front().cases) >= least_kib && late >= slope / 2;
}

}  // namespace mqttspan::fuzz
