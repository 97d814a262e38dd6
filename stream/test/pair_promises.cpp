#include "pair_promises.hpp"

#include <algorithm>

namespace mqttspan::test {
namespace {

std::string broken_by(endpoint& e) {
  if (!e.monitor().fault().empty()) return e.monitor().fault();
  if (e.has_ended()) return "the connection has ended, rule " + std::string(to_string(e.ending().error.violated));
  if (!e.is_idle()) return "something is left to say";
  if (e.monitor().in_flight() != 0) return std::to_string(e.monitor().in_flight()) + " exchanges are not finished";
  if (e.line().export_session({}) != 0) return "the session is not empty";
  return e.line().output_size() == 0 ? "" : "output is left";
}

std::string broken_count(const endpoint& from, const endpoint& to) {
  for (const message& m : from.outbox) {
    const auto times = std::count(to.inbox.begin(), to.inbox.end(), m.text);
    const bool good = m.qos == qos::at_most_once ? times <= 1 : m.qos == qos::at_least_once ? times >= 1 : times == 1;
    if (!good) return "QoS " + std::to_string(static_cast<int>(m.qos)) + ' ' + m.text + " came " + std::to_string(times) + " times";
  }
  for (const std::string& text : to.inbox)
    if (std::none_of(from.outbox.begin(), from.outbox.end(), [&](const message& m) { return m.text == text; })) return "came from nowhere: " + text;
  return {};
}

// In the order in which they were sent, each QoS by itself. [MQTT-4.6.0-5]
std::string broken_order(const endpoint& from, const endpoint& to) {
  for (const qos q : {qos::at_least_once, qos::exactly_once}) {
    std::size_t last = 0;
    for (const message& m : from.outbox) {
      if (m.qos != q) continue;
      const auto at = static_cast<std::size_t>(std::find(to.inbox.begin(), to.inbox.end(), m.text) - to.inbox.begin());
      if (at < last) return "out of order: " + m.text;
      last = at;
    }
  }
  return {};
}

}  // namespace

std::string broken_promise(pair& both) {
  for (endpoint* e : {&both.client, &both.server})
    if (std::string broken = broken_by(*e); !broken.empty()) return (e == &both.client ? "client: " : "server: ") + broken;
  for (const auto& [from, to] : {std::pair(&both.client, &both.server), std::pair(&both.server, &both.client)})
    for (std::string broken : {broken_count(*from, *to), broken_order(*from, *to)})
      if (!broken.empty()) return broken;
  return {};
}

}  // namespace mqttspan::test
