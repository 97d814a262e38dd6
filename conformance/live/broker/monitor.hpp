// The monitor of recipe B-MON: everything that a broker sends, held against its own table.
#pragma once

#include <memory>

#include "../meta.hpp"
#include "../monitor.hpp"

namespace mqttspan::conformance::broker {

/// B-MON, by its own table, and B-ERRCLOSE.
meta_recipes meta();

/// Watches one connection.
std::unique_ptr<monitor> make_monitor(protocol_version version);

}  // namespace mqttspan::conformance::broker
