// Everything in MQTT that has a name here, for looking up: packet types, properties, reason codes, rules and statements.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "packet_json.hpp"

namespace mqttspan {

/// One thing with a name. `facts` begins with "kind" and "name".
struct name_entry {
  packet_json facts;
  std::optional<unsigned> number{};  ///< by which it can be looked up too
};

/// All of them, from the library's tables.
std::vector<name_entry> all_names();

/// Those that the word means: a number (35, 0x23), a statement id ("MQTT-3.3.2-2", "5.0/MQTT-3.3.2-2"; the rules then come with this statement
/// only), a name in any case, or where nothing is so called, a part of a name.
std::vector<name_entry> names_for(std::string_view word);

}  // namespace mqttspan
