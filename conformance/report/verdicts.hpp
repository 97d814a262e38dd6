// The names of the verdicts, and how many of each there are.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "result.hpp"

namespace mqttspan::conformance {

/// All of them, the gravest first: the order of every table that people see.
inline constexpr std::array verdicts = {verdict::fail, verdict::inconclusive, verdict::skip, verdict::info, verdict::pass, verdict::strict_pass};

/// "pass", "strict-pass", "fail", "info", "skip", "inconclusive".
std::string_view to_string(verdict v) noexcept;
std::optional<verdict> verdict_named(std::string_view name) noexcept;

/// The result's reason, and that it is known where it is.
std::string reason_of(const result& r);

/// How many results have each verdict.
class verdict_counts {
 public:
  verdict_counts() = default;
  explicit verdict_counts(std::span<const result> results) {
    for (const result& r : results) add(r.found);
  }

  void add(verdict v) { ++counts_[static_cast<std::size_t>(v)]; }

  std::size_t operator[](verdict v) const { return counts_[static_cast<std::size_t>(v)]; }
  std::size_t total() const;

  friend bool operator==(const verdict_counts&, const verdict_counts&) = default;

 private:
  std::array<std::size_t, verdicts.size()> counts_{};
};

}  // namespace mqttspan::conformance
