// A probe is one row: what it is called, which statements it shows in which version, and the dialogue that shows them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cited.hpp"
#include "session.hpp"
#include "task.hpp"

namespace mqttspan::conformance {

struct probe {
  std::string check;  ///< the recipe: "B-UTF8"
  std::string name;   ///< its own within the recipe: "publish-topic-lone-surrogate"
  std::string title;  ///< for people: "PUBLISH: topic name with a lone surrogate"
  cited statements;
  std::function<task<>(session&)> play;
  unsigned seconds = 0;   ///< how long it waits, about, where its recipe is about time
  std::string needs{};  ///< capabilities, by the names of peer files, with spaces between them; "+acl": one that the peer file must offer
  std::string (*bad_packet)(const session&) = nullptr;  ///< what a probe of one bad packet sends; else null
  bool is_first_packet = false;                         ///< that packet is a CONNECT, in place of a good one

  /// "B-UTF8/5.0/publish-topic-lone-surrogate".
  std::string id(protocol_version version) const { return check + "/" + std::string(to_string(version)) + "/" + name; }
};

using catalogue = std::vector<probe>;

}  // namespace mqttspan::conformance
