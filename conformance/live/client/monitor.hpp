// C-MON: everything that a client sends, on every connection of every probe, by the strictest rules.
#pragma once

#include <memory>

#include "../meta.hpp"
#include "../monitor.hpp"

namespace mqttspan::conformance::client {

/// C-MON, by its own table, and C-ERRCLOSE.
meta_recipes meta();

/// For a new connection, on which the peer is a client.
std::unique_ptr<monitor> make_monitor(protocol_version version);

}  // namespace mqttspan::conformance::client
