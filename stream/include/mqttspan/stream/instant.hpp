// Time as the owner counts it. The library never asks a clock.
#pragma once

#include <compare>
#include <cstdint>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// A point in time: milliseconds since a beginning of the owner's choice, from a clock that never goes back.
struct instant {
  std::int64_t milliseconds = 0;  ///< since that beginning

  /// Earlier and later.
  friend constexpr auto operator<=>(instant, instant) noexcept = default;
  /// So many milliseconds later.
  friend constexpr instant operator+(instant at, std::int64_t more) noexcept { return {at.milliseconds + more}; }
  /// Milliseconds between the two.
  friend constexpr std::int64_t operator-(instant later, instant earlier) noexcept { return later.milliseconds - earlier.milliseconds; }
};

}  // namespace mqttspan
