// Two brokers, and the same cases: where they part.
#pragma once

#include "campaign.hpp"

namespace mqttspan::fuzz {

/// Plays each case alone with both. What differs three times is a finding of the oracle `differs`; what brings `here` down is one, too. Throws unreachable.
campaign_result compare(laboratory& here, laboratory& there, const conformance::peer& who, const campaign_options& how);

/// The differences in what came of one script, by party: "closed | CONNACK ok"; empty where there is none.
std::string difference(const examination& here, const examination& there);

}  // namespace mqttspan::fuzz
