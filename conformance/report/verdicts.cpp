#include "verdicts.hpp"

#include <numeric>

namespace mqttspan::conformance {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, 6> names = {"pass", "strict-pass", "fail", "info", "skip", "inconclusive"};
static_assert(names.size() == verdicts.size() && static_cast<std::size_t>(verdict::inconclusive) + 1 == names.size());

}  // namespace

std::string_view to_string(verdict v) noexcept { return names[static_cast<std::size_t>(v)]; }

std::optional<verdict> verdict_named(std::string_view name) noexcept {
  for (const verdict v : verdicts)
    if (to_string(v) == name) return v;
  return {};
}

std::string reason_of(const result& r) { return r.known.empty() ? r.reason : r.reason + " [known deviation: " + r.known + "]"; }

std::size_t verdict_counts::total() const { return std::accumulate(counts_.begin(), counts_.end(), std::size_t{0}); }

}  // namespace mqttspan::conformance
