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
  return all;
}

}  // namespace mqttspan::conformance::client
