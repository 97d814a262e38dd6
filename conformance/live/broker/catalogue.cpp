#include "catalogue.hpp"

namespace mqttspan::conformance::broker {

catalogue all_probes() {
  catalogue all;
  add_utf8(all);
  add_framing(all);
  add_connect(all);
  return all;
}

}  // namespace mqttspan::conformance::broker
