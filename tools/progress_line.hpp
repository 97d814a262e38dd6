// How far a long job is, for somebody who watches.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <mqttspan/posix/loop.hpp>

namespace mqttspan {

/// What is done so far.
struct amount {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
};

/// Writes a line to standard error each second, over the one before; and, where there was one, or `always`, a last one that stays.
class progress_line final : private posix::watcher {
 public:
  /// The loop must outlive it. `so_far` is asked for each line.
  progress_line(posix::loop& loop, bool always, std::function<amount()> so_far);
  ~progress_line();

  /// The last line.
  void finish();

 private:
  void on_ready(posix::readiness) override {}
  void on_time() override;
  void write(bool is_last);

  posix::loop& loop_;
  std::function<amount()> so_far_;
  instant started_;
  bool is_due_;
};

/// "1.5 MB": three digits at least, a thousand steps.
std::string byte_text(double bytes);

}  // namespace mqttspan
