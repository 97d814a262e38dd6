#include "catalogue.hpp"

#include <algorithm>

namespace mqttspan::conformance::client {
namespace {

// A client is refused, or sent away: recipe and name.
constexpr std::string_view partings[] = {"C-NOCONNACK/code-*",  "C-NOCONNACK/disconnect-first", "C-LAX/refusal-*",         "C-TAKEOVER/disconnect",    "C-DISC/server*",
                                         "C-ACKCODES/disconnect-*", "C-ACKCODES/short-disconnect-*", "C-UTF8/disconnect-*", "C-FLAGS/flags-disconnect-*", "C-FLAGS/disconnect-*"};

}  // namespace

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
  add_websocket(all);
  for (probe& p : all)
    p.parts = std::any_of(std::begin(partings), std::end(partings), [&p](std::string_view pattern) { return fits(pattern, p.check + "/" + p.name); });
  return all;
}

}  // namespace mqttspan::conformance::client
