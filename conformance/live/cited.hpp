// The statements that a probe or a monitor's row shows, by version.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/version.hpp>

namespace mqttspan::conformance {

/// Statement ids, with spaces between them, for each version that the probe is played in; a version without any is left out.
/// A '~' in front: this version asks for nothing here. The probe is played, and what it saw is `info`, whatever it was.
struct cited {
  std::string_view v3_1{};
  std::string_view v3_1_1{};
  std::string_view v5{};

  constexpr std::string_view in(protocol_version version) const noexcept {
    return version == protocol_version::v3_1 ? v3_1 : version == protocol_version::v3_1_1 ? v3_1_1 : v5;
  }
  constexpr bool played_in(protocol_version version) const noexcept { return !in(version).empty(); }
  constexpr bool only_records(protocol_version version) const noexcept { return in(version).substr(0, 1) == "~"; }
};
/// The single ids.
std::vector<std::string> ids_of(const cited& statements, protocol_version version);

}  // namespace mqttspan::conformance
