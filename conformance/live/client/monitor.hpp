// C-MON: everything that a client sends, on every connection of every probe, by the strictest rules.
#pragma once

#include <memory>
#include <span>

#include "../monitor.hpp"
#include "../probe.hpp"

namespace mqttspan::conformance::client {

struct monitor_row {
  std::string_view name;
  std::string_view title;
  cited statements;
};
std::span<const monitor_row> monitor_rows();

/// For a new connection, on which the peer is a client.
std::unique_ptr<monitor> make_monitor(protocol_version version);

}  // namespace mqttspan::conformance::client
