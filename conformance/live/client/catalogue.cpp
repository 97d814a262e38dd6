#include "catalogue.hpp"

namespace mqttspan::conformance::client {

catalogue all_probes() {
  catalogue all;
  add_connect(all);
  add_utf8(all);
  add_framing(all);
  add_publish(all);
  add_acknowledgements(all);
  add_qos_in(all);
  add_qos_out(all);
  add_connack(all);
  add_limits(all);
  add_capabilities(all);
  add_authentication(all);
  return all;
}

}  // namespace mqttspan::conformance::client
