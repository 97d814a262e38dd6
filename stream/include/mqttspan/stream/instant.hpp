// Time as the owner counts it. The library never asks a clock.
#pragma once

#include <compare>
#include <cstdint>

namespace mqttspan {

/// A point in time: milliseconds since a beginning of the owner's choice, from a clock that never goes back.
struct instant {
  std::int64_t milliseconds = 0;

  friend constexpr auto operator<=>(instant, instant) noexcept = default;
  friend constexpr instant operator+(instant at, std::int64_t later_by) noexcept { return {at.milliseconds + later_by}; }
  friend constexpr std::int64_t operator-(instant later, instant earlier) noexcept { return later.milliseconds - earlier.milliseconds; }
};

}  // namespace mqttspan
