// Whether a peer's memory grows with the cases: a slope that a few outliers do not bend (Theil-Sen), and that does not flatten.
#pragma once

#include <cstddef>
#include <vector>

namespace mqttspan::fuzz {

struct memory_sample {
  double cases;
  double kib;
};

/// The median of the slopes between all pairs, in KiB a case; 0 for less than two samples. Quadratic: a few hundred samples.
double theil_sen(const std::vector<memory_sample>& samples);

/// Takes samples, thins them out where they get many, and says whether they grow.
class memory_watch {
 public:
  void take(memory_sample s);
  void clear() { samples_.clear(), skip_ = 1, turn_ = 0; }
  const std::vector<memory_sample>& samples() const noexcept { return samples_; }

  /// Grown by `least_kib` at least behind the first fifth, at a slope that the second half keeps up with.
  bool grows(double least_kib) const;

 private:
  std::vector<memory_sample> samples_;
  std::size_t skip_ = 1, turn_ = 0;
};

}  // namespace mqttspan::fuzz
