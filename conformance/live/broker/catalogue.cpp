#include "catalogue.hpp"

namespace mqttspan::conformance::broker {

catalogue all_probes() {
  catalogue all;
  add_utf8(all);
  add_framing(all);
  add_connect(all);
  add_accept(all);
  add_properties(all);
  add_topics(all);
  add_ends(all);
  add_session(all);
  add_will(all);
  add_retain(all);
  add_subscribe(all);
  add_match(all);
  add_shared(all);
  add_qos_in(all);
  add_qos_out(all);
  add_redelivery(all);
  add_limits(all);
  add_forwarding(all);
  add_conditional(all);
  add_enhanced(all);
  add_websocket(all);
  return all;
}

}  // namespace mqttspan::conformance::broker
