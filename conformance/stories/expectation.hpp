// What a story expects, compared with what was seen.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "packet_json.hpp"

namespace mqttspan::conformance {

/// Packet identifiers by the names that the story gave them.
using captured_ids = std::map<std::string, std::uint16_t>;

/// How well the sightings fit. `is_strict`: also as the specification only recommends.
struct fit {
  bool is_strict = true;
  captured_ids ids;
};

/// Compares all sightings with all expectations, in order; nothing where they do not fit. A sighting is {"packet":…,"hex":…}, {"packet":…} or {"ended":…};
/// what may be expected is described in README.md. Of several ways to fit the strict one counts. Throws story_error where an expectation is none.
std::optional<fit> match(const packet_json& expected, const std::vector<packet_json>& seen, const captured_ids& ids);

/// Whether `value` has all that `expected` asks for: members may be left out, lists have equal length, but for properties, of which there may be more.
/// Identifiers that are captured are put into `ids`.
bool contains(const packet_json& value, const packet_json& expected, captured_ids& ids);

/// The digits of a step's bytes, without spaces, lists and repetitions expanded, "{name}" replaced by the identifier. Throws story_error.
std::string digits_of(const packet_json& bytes, const captured_ids& ids);

/// The packet with {"is":"name"} replaced by the identifier. Throws story_error.
packet_json with_ids(packet_json packet, const captured_ids& ids);

}  // namespace mqttspan::conformance
