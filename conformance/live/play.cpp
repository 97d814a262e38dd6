#include "play.hpp"

#include <unistd.h>

#include <iterator>
#include <set>
#include <sstream>

namespace mqttspan::conformance {

std::string number_text(std::size_t n) {
  std::string out;
  for (int i = 0; i < 4; ++i, n /= 36) out.insert(out.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[n % 36]);
  return out;
}

void narrow(result& r, std::string_view broken) {
  std::istringstream words{std::string(broken)};
  const std::set<std::string> those{std::istream_iterator<std::string>(words), {}};
  std::vector<std::string> left;
  std::copy_if(r.statements.begin(), r.statements.end(), std::back_inserter(left), [&](const std::string& id) { return those.count(id) != 0; });
  if (!left.empty()) r.statements = std::move(left);
}

void conclude(result& r, session& s, task<>& body, bool has_ended, milliseconds at_most) {
  try {
    if (!has_ended) s.inconclusive("not done after " + std::to_string(at_most.count() / 1000) + " s");
    body.take();
    r.found = s.found();
    r.reason = s.reason();
  } catch (const verdict_reached& v) {
    r.found = v.found;
    r.reason = v.reason;
    narrow(r, v.statements);
  }
}

void only_record(result& r, const session& s) {
  if (r.found == verdict::skip || r.found == verdict::inconclusive) return;
  if (r.reason.empty()) r.reason = s.seen();
  r.found = verdict::info;
}

void run_progress::show(std::size_t done, std::size_t fails, instant now, bool is_last) {
  const bool on_terminal = ::isatty(STDERR_FILENO) == 1;
  if (!is_last && !on_terminal && now < next_) return;
  next_ = now + 5'000;
  std::fprintf(stderr, "%s%zu of %zu probes, %zu fail%s", on_terminal ? "\r\x1b[K" : "", done, all_, fails, on_terminal && !is_last ? "" : "\n");
}

}  // namespace mqttspan::conformance
