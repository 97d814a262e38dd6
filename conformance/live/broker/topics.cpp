// B-QOS3, B-PTOPIC, B-FILTERS: PUBLISH and topic filters that are wrong; and the odd ones that are right.
#include "bad_packets.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

constexpr cited qos_3{"~U31-2.1-c", "MQTT-3.3.1-4", "MQTT-3.3.1-4 U5-3.3.1.2-a"};
bytes publish_qos_3(const session& s, unsigned flags) { return framed(0x36 | flags, text(s.topic("t")) + u16(1) + properties(s.version()) + "x"); }
const bad_packet qos_3_packets[] = {
    {"plain", "PUBLISH with QoS 3", qos_3, [](const session& s) { return publish_qos_3(s, 0); }},
    {"dup", "PUBLISH with QoS 3 and DUP", qos_3, [](const session& s) { return publish_qos_3(s, 8); }},
    {"retain", "PUBLISH with QoS 3 and RETAIN", qos_3, [](const session& s) { return publish_qos_3(s, 1); }},
    {"dup-retain", "PUBLISH with QoS 3, DUP and RETAIN", qos_3, [](const session& s) { return publish_qos_3(s, 9); }},
};

bytes publish_to(const session& s, const bytes& topic, const bytes& inside = {}) { return framed(0x30, text(topic) + properties(s.version(), inside) + "x"); }
constexpr cited wildcard{"~U31-3.3-a", "MQTT-3.3.2-2 MQTT-4.7.1-1", "MQTT-3.3.2-2 MQTT-4.7.0-1"};
constexpr cited empty_topic{"~U31-A-b", "MQTT-4.7.3-1", "MQTT-4.7.3-1 U5-3.3.2.1-a"};
constexpr codes topic_codes(0x81, 0x82, 0x90);
const bad_packet bad_topics[] = {
    {"hash", "PUBLISH to \"#\"", wildcard, [](const session& s) { return publish_to(s, "#"); }, topic_codes},
    {"plus", "PUBLISH to \"+\"", wildcard, [](const session& s) { return publish_to(s, "+"); }, topic_codes},
    {"hash-last", "PUBLISH to a topic that ends in \"/#\"", wildcard, [](const session& s) { return publish_to(s, s.topic("#")); }, topic_codes},
    {"plus-level", "PUBLISH to a topic with a level \"+\"", wildcard, [](const session& s) { return publish_to(s, s.topic("+/x")); }, topic_codes},
    {"hash-within", "PUBLISH to a topic with '#' within a level", wildcard, [](const session& s) { return publish_to(s, s.topic("a#b")); }, topic_codes},
    {"plus-within", "PUBLISH to a topic with '+' within a level", wildcard, [](const session& s) { return publish_to(s, s.topic("a+b")); }, topic_codes},
    {"empty", "PUBLISH to an empty topic", empty_topic, [](const session& s) { return publish_to(s, ""); }, topic_codes},
    {"empty-qos-1", "PUBLISH of QoS 1 to an empty topic", empty_topic, [](const session& s) { return framed(0x32, text("") + u16(1) + properties(s.version()) + "x"); }, topic_codes},
};
bytes will_to(const session& s, const bytes& topic) { return connect_of(s, 0x04, properties(s.version()) + text(topic) + text("bye")); }
constexpr cited will_topic{"~U31-3.3-a", "~U311-3.1.3.2-a", "~U5-3.1.3.3-a"};
const bad_packet bad_will_topics[] = {
    {"will-hash", "will topic with '#'", will_topic, [](const session& s) { return will_to(s, s.topic("#")); }, topic_codes},
    {"will-plus", "will topic with '+'", will_topic, [](const session& s) { return will_to(s, s.topic("+")); }, topic_codes},
    {"will-empty", "empty will topic", will_topic, [](const session& s) { return will_to(s, ""); }, topic_codes},
};

// An empty topic with an alias that is set is no fault.
task<> empty_topic_with_alias(session& s) {
  link& subscriber = co_await join(s, "subscriber");
  co_await subscribe_to(s, subscriber, s.topic("t"), qos::at_most_once);
  greeting hello(s, "publisher");
  link& publisher = co_await reach(s, "publisher");
  const received welcome = co_await greet(s, publisher, hello);
  const auto* c = welcome.as<connack>();
  if (is_error(c->reason_code)) s.inconclusive("a good CONNECT was refused");
  if (c->properties.get(prop::topic_alias_maximum).value_or(0) == 0) s.skip("the broker takes no topic aliases");
  publisher.send(publish_to(s, s.topic("t"), hex("23 0001")));
  publisher.send(publish_to(s, "", hex("23 0001")));
  publisher.send(framed(0x30, text(s.topic("t")) + properties(s.version()) + "end"));
  const std::vector<message> came = co_await messages_until(s, subscriber, s.topic("t"), "end");
  s.require(came.size() == 3, "expected 3 messages, the second by its alias alone; got " + std::to_string(came.size()));
}

struct filter {
  std::string_view name, wire;
  cited statements;
};
#define HASH {"~U31-A-a", "MQTT-4.7.1-2", "MQTT-4.7.1-1"}
#define PLUS {"~U31-A-a", "MQTT-4.7.1-3", "MQTT-4.7.1-2"}
constexpr filter bad_filters[] = {
    {"letter-hash", "a#", HASH},       {"hash-letter", "#a", HASH},     {"hash-slash", "#/", HASH},           {"hash-not-last", "#/a", HASH},
    {"level-hash-level", "a/#/b", HASH}, {"hash-hash", "##", HASH},     {"level-letter-hash", "a/b#", HASH},  {"plus-hash", "+#", HASH},
    {"letter-plus", "a+", PLUS},       {"plus-letter", "+a", PLUS},     {"plus-plus", "++", PLUS},            {"level-plus-letter", "a/+b", PLUS},
    {"letter-plus-level", "a+/b", PLUS}, {"inner-plus", "a/b+c/d", PLUS}, {"empty", "", {"~U31-A-b", "MQTT-4.7.3-1", "MQTT-4.7.3-1"}},
};
constexpr codes filter_codes(0x81, 0x82, 0x8F);

bytes with_filter(const session& s, bool leave, std::string_view topic_filter) {
  return leave ? framed(0xA2, u16(1) + properties(s.version()) + text(topic_filter)) : framed(0x82, u16(1) + properties(s.version()) + text(topic_filter) + u8(0));
}
task<> refuses_filter(session& s, bool leave, std::string_view topic_filter) { co_await closes_behind(s, with_filter(s, leave, topic_filter), filter_codes); }

constexpr std::string_view good_filters[] = {"/", "//", "/a", "a/", "a//b", "+", "#", "/#", "+/#", "+/+", "/+", "a/+/#", " ", "a b", " /#", "$x/#", "$", "a/$b", "+//", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p"};

// SUBACK with success, and UNSUBACK, for each.
task<> takes_filter(session& s, std::string_view topic_filter) {
  link& l = co_await join(s, "client");
  l.send(with_filter(s, false, topic_filter));
  for (;;) {  // '#' and the like may bring retained messages of anybody
    const received r = co_await hear(s, l, "SUBACK");
    if (r.as<publish>()) continue;
    s.require(r.as<suback>() != nullptr, "expected SUBACK, got " + in_words(*r, s.version()));
    if (is_error(r.as<suback>()->reason_codes.front())) s.info("the filter is good, but not granted: " + in_words(*r, s.version()));
    break;
  }
  l.send(with_filter(s, true, topic_filter));
  for (;;) {
    const received r = co_await hear(s, l, "UNSUBACK");
    if (r.as<publish>()) continue;
    s.require(r.as<unsuback>() != nullptr, "expected UNSUBACK, got " + in_words(*r, s.version()));
    co_return;
  }
}

void add_filters(catalogue& all) {
  for (const filter& f : bad_filters) {
    const std::string shown = "\"" + std::string(f.wire) + "\"";
    all.push_back({"B-FILTERS", "subscribe-" + std::string(f.name), "SUBSCRIBE to " + shown, f.statements, [&f](session& s) { return refuses_filter(s, false, f.wire); }});
    all.push_back({"B-FILTERS", "unsubscribe-" + std::string(f.name), "UNSUBSCRIBE from " + shown, f.statements, [&f](session& s) { return refuses_filter(s, true, f.wire); }});
  }
  std::size_t number = 0;
  for (const std::string_view f : good_filters)
    all.push_back({"B-FILTERS", "good-" + std::to_string(++number), "SUBSCRIBE to \"" + std::string(f) + "\", and UNSUBSCRIBE", {"U31-3.8-b U31-3.10-a", "U311-4.7-a", "U5-4.7.3-a"},
                   [f](session& s) { return takes_filter(s, f); }});
}

}  // namespace

void add_topics(catalogue& all) {
  add_bad_packets(all, "B-QOS3", qos_3_packets);
  add_bad_packets(all, "B-PTOPIC", bad_topics);
  add_bad_connects(all, "B-PTOPIC", bad_will_topics);
  all.push_back({"B-PTOPIC", "empty-with-alias", "PUBLISH to an empty topic with an alias that is set", {"", "", "MQTT-4.7.3-1 U5-3.3.2.1-a"}, empty_topic_with_alias});
  add_filters(all);
}

}  // namespace mqttspan::conformance::broker
