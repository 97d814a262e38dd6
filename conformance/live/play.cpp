#include "play.hpp"

#include <unistd.h>

namespace mqttspan::conformance {

std::string number_text(std::size_t n) {
  std::string out;
  for (int i = 0; i < 4; ++i, n /= 36) out.insert(out.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[n % 36]);
  return out;
}

void run_progress::show(std::size_t done, std::size_t fails, instant now, bool is_last) {
  const bool on_terminal = ::isatty(STDERR_FILENO) == 1;
  if (!is_last && !on_terminal && now < next_) return;
  next_ = now + 5'000;
  std::fprintf(stderr, "%s%zu of %zu probes, %zu fail%s", on_terminal ? "\r\x1b[K" : "", done, all_, fails, on_terminal && !is_last ? "" : "\n");
}

}  // namespace mqttspan::conformance
