// All probes of clients. A group of recipes is a file, and adds its rows here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "../probe.hpp"
#include "dialogue.hpp"

namespace mqttspan::conformance::client {

/// What a probe needs of the client: nothing but its coming, or that a driver tells it what to do.
enum class needs_driver : bool { no, yes };

/// Like `conformance::probe`.
struct probe {
  std::string check;  ///< the recipe: "C-UTF8"
  std::string name;   ///< its own within the recipe
  std::string title;  ///< for people
  cited statements;
  std::function<task<>(subject&)> play;
  needs_driver driven = needs_driver::no;
  unsigned seconds = 0;  ///< how long it waits, about, where its recipe is about time
  std::string needs{};   ///< capabilities, by the names of peer files, with spaces between them
  bool parts = false;    ///< it refuses the client, or sends it away: one that connects by itself may not come again

  std::string id(protocol_version version) const { return check + "/" + std::string(to_string(version)) + "/" + name; }
};
using catalogue = std::vector<probe>;

void add_connect(catalogue& all);
void add_utf8(catalogue& all);
void add_framing(catalogue& all);
void add_publish(catalogue& all);
void add_acknowledgements(catalogue& all);
void add_qos_in(catalogue& all);
void add_qos_out(catalogue& all);
void add_connack(catalogue& all);
void add_limits(catalogue& all);
void add_capabilities(catalogue& all);
void add_authentication(catalogue& all);
void add_websocket(catalogue& all);

/// All of them, in the order of the groups.
catalogue all_probes();

}  // namespace mqttspan::conformance::client
