// B-MATCH: which topic names fit which filters.
#include "../dialogue.hpp"
#include "../wire.hpp"
#include "catalogue.hpp"

namespace mqttspan::conformance::broker {
namespace {

// '~' stands for the play's own first level, so that plays do not meet. Names that cannot begin with it are told apart by their payload.
struct pair {
  std::string_view name, filter;
  bool matches;
};
constexpr pair pairs[] = {
    {"~/a", "~/a", true},          {"~/a", "~/b", false},         {"~/a", "~/A", false},           {"~/a", "~/a/", false},        {"~/a/", "~/a", false},
    {"~/a/", "~/a/", true},        {"~/a/", "~/a/+", true},       {"~/a", "~/a/+", false},         {"~/a/b", "~/a/+", true},      {"~/a/b/c", "~/a/+", false},
    {"~/a/b/c", "~/a/+/c", true},  {"~/a//c", "~/a/+/c", true},   {"~/a/c", "~/a/+/c", false},     {"~/a/b/c", "~/+/+/c", true},  {"~/a/b/c", "~/+/b", false},
    {"~/a", "~/#", true},          {"~", "~/#", true},            {"~/a/b/c", "~/#", true},        {"~/", "~/#", true},           {"~//", "~/#", true},
    {"~/a/b", "~/a/#", true},      {"~/a", "~/a/#", true},        {"~/ab", "~/a/#", false},        {"~/a/", "~/a/#", true},       {"~/b/a", "~/a/#", false},
    {"~/a/b/c", "~/+/b/#", true},  {"~/a/b", "~/+/b/#", true},    {"~/a/c/b", "~/+/b/#", false},   {"~/a", "~/+", true},          {"~/", "~/+", true},
    {"~", "~/+", false},           {"~", "~", true},              {"~", "~/", false},              {"~/", "~", false},            {"~//a", "~/+/a", true},
    {"~//a", "~/a", false},        {"~/a/a", "~//a", false},      {"~//a", "~//a", true},          {"~/a b", "~/a b", true},      {"~/a b", "~/a  b", false},
    {"~/ a", "~/a", false},        {"~/a ", "~/a", false},        {"~/ ", "~/+", true},            {"~/aa", "~/a", false},        {"~/a", "~/aa", false},
    {"~/\xc3\xa9", "~/\xc3\xa9", true}, {"~/\xc3\xa9", "~/e\xcc\x81", false}, {"~/e\xcc\x81", "~/\xc3\xa9", false}, {"~/\xc3\x89", "~/\xc3\xa9", false}, {"~/\xe2\x84\xab", "~/\xc3\x85", false},
    {"~/$x", "~/+", true},         {"~/$x", "~/#", true},         {"~/%41", "~/A", false},         {"~/a.b", "~/a/b", false},     {"~/a*", "~/ab", false},
    {"~/ab", "~/a*", false},       {"~/\\x61", "~/a", false},     {"~/a", "+/a", true},            {"~/a", "+/+", true},          {"~/a", "#", true},
    {"/~/a", "/~/a", true},        {"/~/a", "~/a", false},        {"~/a", "/~/a", false},          {"/~/a", "+/+/a", true},       {"/~/a", "/+/a", true},
    {"/~/a", "/#", true},          {"/~/a", "+/a", false},        {"~/a/b", "+/+", false},
};
// Filters that begin with a wildcard against names that begin with '$'.
constexpr pair dollars[] = {
    {"$~/a", "#", false}, {"$~/a", "+/a", false}, {"$~/a", "+/#", false}, {"$~/a", "+/+", false}, {"$~", "+", false}, {"$~", "#", false},
};
// Whether a server lets clients use such names at all is its own affair.
constexpr pair own_dollars[] = {{"$~/a", "$~/a", true}, {"$~/a", "$~/#", true}, {"$~/a", "$~/+", true}};

std::string own(const session& s, std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '~' ? s.client_id("") : std::string(1, c);
  return out;
}

task<> fits_or_not(session& s, const pair& p) {
  const std::string name = own(s, p.name), filter = own(s, p.filter), payload = s.client_id("payload"), end = own(s, "~end/x");
  link& subscriber = co_await join(s, "subscriber");
  co_await subscribe_to(s, subscriber, end, qos::at_most_once);
  subscriber.send(wire::framed(0x82, wire::u16(2) + wire::properties(s.version()) + wire::text(filter) + wire::u8(0)));
  link& publisher = co_await join(s, "publisher");
  for (;;) {  // other plays' messages may come before SUBACK
    const received r = co_await hear(s, subscriber, "SUBACK");
    const auto* ack = r.as<suback>();
    if (ack && is_error(ack->reason_codes.front())) s.inconclusive("the subscription was refused");
    if (ack) break;
  }
  co_await publish_message(s, publisher, name, payload);
  if (name.front() == '$') {  // such a name may be too much for a broker
    publisher.send(pingreq{});
    const news n = co_await publisher.wait(patience);
    if (n != news::packet || !publisher.take().as<pingresp>()) s.inconclusive("the broker does not let clients publish to such a name");
  }
  co_await publish_message(s, publisher, end, "end");
  const std::vector<message> came = co_await messages_until(s, subscriber, end, "end");
  bool found = false;
  for (const message& m : came)
    if (m.payload == payload) found = m.topic == name;
  if (found == p.matches) s.saw(found ? "delivered" : "not delivered");
  else s.fail("the name \"" + name + "\" " + (p.matches ? "matches" : "does not match") + " the filter \"" + filter + "\", but the message was " + (found ? "" : "not ") + "delivered");
}

std::string title_of(const pair& p) {
  return "name \"" + std::string(p.name) + "\", filter \"" + std::string(p.filter) + "\": " + (p.matches ? "a match" : "no match");
}

}  // namespace

void add_match(catalogue& all) {
  std::size_t number = 0;
  for (const pair& p : pairs)
    all.push_back({"B-MATCH", "pair-" + std::to_string(++number), title_of(p), {"U31-A-c", "MQTT-3.3.2-3 MQTT-4.7.3-4 U311-4.7-b", "MQTT-3.3.2-3 MQTT-4.7.3-4 U5-4.7.1-a U5-4.7.3-b"},
                   [&p](session& s) { return fits_or_not(s, p); }});
  for (const pair& p : dollars)
    all.push_back({"B-MATCH", "dollar-" + std::to_string(++number), title_of(p), {"~U31-A-c", "MQTT-4.7.2-1", "MQTT-4.7.2-1"}, [&p](session& s) { return fits_or_not(s, p); }});
  for (const pair& p : own_dollars)
    all.push_back({"B-MATCH", "own-dollar-" + std::to_string(++number), title_of(p), {"~U31-A-c", "~MQTT-3.3.2-3", "~MQTT-3.3.2-3"}, [&p](session& s) { return fits_or_not(s, p); }});
}

}  // namespace mqttspan::conformance::broker
