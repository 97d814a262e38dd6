// The monitor of recipe B-MON: everything that a broker sends, held against its own table.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "../monitor.hpp"
#include "../probe.hpp"

namespace mqttspan::conformance::broker {

/// What the monitor judges, a row each. Becomes one result for each row and version.
struct monitor_row {
  std::string_view name;
  std::string_view title;
  cited statements;
};
std::span<const monitor_row> monitor_rows();

/// Watches one connection.
std::unique_ptr<monitor> make_monitor(protocol_version version);

}  // namespace mqttspan::conformance::broker
