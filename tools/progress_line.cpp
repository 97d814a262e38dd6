#include "progress_line.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace mqttspan {

progress_line::progress_line(posix::loop& loop, bool always, std::function<amount()> so_far)
    : loop_(loop), so_far_(std::move(so_far)), started_(posix::steady_now()), is_due_(always) {
  loop_.wake_at(*this, started_ + 1000);
}

progress_line::~progress_line() { loop_.forget(*this); }

void progress_line::on_time() {
  is_due_ = true;
  write(false);
  loop_.wake_at(*this, loop_.now() + 1000);
}

void progress_line::finish() {
  loop_.forget(*this);
  if (std::exchange(is_due_, false)) write(true);
}

void progress_line::write(bool is_last) {
  const amount done = so_far_();
  const double seconds = static_cast<double>(std::max<std::int64_t>(posix::steady_now() - started_, 1)) / 1000;
  const std::string speed = byte_text(static_cast<double>(done.bytes) / seconds);
  std::fprintf(stderr, "\r%llu messages, %s; %.0f messages/s, %s/s    %s", static_cast<unsigned long long>(done.messages),
               byte_text(static_cast<double>(done.bytes)).c_str(), static_cast<double>(done.messages) / seconds, speed.c_str(), is_last ? "\n" : "");
  std::fflush(stderr);
}

std::string byte_text(double bytes) {
  constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < std::size(units); ++unit) bytes /= 1000;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.2f %s", bytes, units[unit]);
  return text;
}

}  // namespace mqttspan
