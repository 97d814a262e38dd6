// A probe is one row: what it is called, which statements it shows in which version, and the dialogue that shows them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "session.hpp"
#include "task.hpp"

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

struct probe {
  std::string check;  ///< the recipe: "B-UTF8"
  std::string name;   ///< its own within the recipe: "publish-topic-lone-surrogate"
  std::string title;  ///< for people: "PUBLISH: topic name with a lone surrogate"
  cited statements;
  std::function<task<>(session&)> play;
  unsigned seconds = 0;   ///< how long it waits, about, where its recipe is about time
  std::string needs{};  ///< capabilities, by the names of peer files, with spaces between them; "+acl": one that the peer file must offer

  /// "B-UTF8/5.0/publish-topic-lone-surrogate".
  std::string id(protocol_version version) const { return check + "/" + std::string(to_string(version)) + "/" + name; }
};

using catalogue = std::vector<probe>;

}  // namespace mqttspan::conformance
