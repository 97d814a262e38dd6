// All probes of brokers. A group of recipes is a file, and adds its rows here.
#pragma once

#include "../probe.hpp"

namespace mqttspan::conformance::broker {

void add_utf8(catalogue& all);
void add_framing(catalogue& all);
void add_connect(catalogue& all);
void add_accept(catalogue& all);
void add_properties(catalogue& all);
void add_topics(catalogue& all);
void add_ends(catalogue& all);
void add_session(catalogue& all);
void add_will(catalogue& all);
void add_retain(catalogue& all);
void add_subscribe(catalogue& all);
void add_match(catalogue& all);
void add_shared(catalogue& all);
void add_qos_in(catalogue& all);
void add_qos_out(catalogue& all);
void add_redelivery(catalogue& all);
void add_limits(catalogue& all);
void add_forwarding(catalogue& all);
void add_conditional(catalogue& all);
void add_enhanced(catalogue& all);
void add_websocket(catalogue& all);

/// All of them, in the order of the groups.
catalogue all_probes();

}  // namespace mqttspan::conformance::broker
