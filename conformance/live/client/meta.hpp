// Results that no single probe comes to: what the monitors found, and whether errors ended connections.
#pragma once

#include <vector>

#include "../peer.hpp"
#include "schedule.hpp"

namespace mqttspan::conformance::client {

/// What C-ERRCLOSE shows.
const cited& error_statements();
/// C-MON, one for each row and version that was played, and C-ERRCLOSE, one for each version.
std::vector<result> meta_results(const schedule& played, const peer& who);

}  // namespace mqttspan::conformance::client
