// C-PUBBAD: messages that no server may send.
#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

using namespace wire;

bytes with(const subject& t, std::string_view digits) { return message_bytes(t, t.s.topic("t"), "x", 0, 0, false, hex(digits)); }
bytes topic_is(const subject& t, std::string_view topic) { return message_bytes(t, topic, "x", 0, 0); }

constexpr cited qos_3{"U31-2.1-c", "MQTT-3.3.1-4", "MQTT-3.3.1-4 U5-3.3.1.2-a"};
constexpr cited wildcard{"U31-3.3-a", "MQTT-3.3.2-2 MQTT-4.7.1-1", "MQTT-3.3.2-2 MQTT-4.7.0-1"};
constexpr cited empty_topic{"U31-A-b", "MQTT-4.7.3-1", "MQTT-4.7.3-1 U5-3.3.2.1-a"};
constexpr cited id_0{"U31-2.4-a", "MQTT-2.3.1-1", "MQTT-2.2.1-4 U5-2.2.1-a"};
constexpr cited not_here{"", "", "U5-2.2.2.2-a"};
// The text has a gap: it is our reading that this is an error.
constexpr cited gap_indicator{"", "", "~U5-3.3.2.3.2-b"};

const bad_packet bad_publishes[] = {
    {"qos-3", "PUBLISH with QoS 3", qos_3, [](const subject& t) { return framed(0x36, text(t.s.topic("t")) + u16(9) + properties(t.s.version()) + "x"); }},
    {"qos-3-dup", "PUBLISH with QoS 3, DUP and RETAIN", qos_3, [](const subject& t) { return framed(0x3F, text(t.s.topic("t")) + u16(9) + properties(t.s.version()) + "x"); }},
    {"topic-hash", "PUBLISH to \"#\"", wildcard, [](const subject& t) { return topic_is(t, "#"); }, malformed_or_protocol},
    {"topic-plus", "PUBLISH to \"a/+/b\"", wildcard, [](const subject& t) { return topic_is(t, "a/+/b"); }, malformed_or_protocol},
    {"topic-hash-within", "PUBLISH to \"a#b\"", wildcard, [](const subject& t) { return topic_is(t, "a#b"); }, malformed_or_protocol},
    {"topic-plus-within", "PUBLISH to \"a+\"", wildcard, [](const subject& t) { return topic_is(t, "a+"); }, malformed_or_protocol},
    {"topic-empty", "PUBLISH to an empty topic name", empty_topic, [](const subject& t) { return topic_is(t, ""); }, malformed_or_protocol},
    {"id-0-qos-1", "PUBLISH of QoS 1 with packet id 0", id_0, [](const subject& t) { return message_bytes(t, t.s.topic("t"), "x", 1, 0); }, malformed_or_protocol},
    {"id-0-qos-2", "PUBLISH of QoS 2 with packet id 0", id_0, [](const subject& t) { return message_bytes(t, t.s.topic("t"), "x", 2, 0); }, malformed_or_protocol},
    {"dup-qos-0", "PUBLISH of QoS 0 with DUP", {"~U31-2.1-f", "~MQTT-3.3.1-2", "~MQTT-3.3.1-2"}, [](const subject& t) { return framed(0x38, text(t.s.topic("t")) + properties(t.s.version()) + "x"); }, malformed_or_protocol},
    {"payload-format-twice", "PUBLISH with two Payload Format Indicators", gap_indicator, [](const subject& t) { return with(t, "01 01 01 01"); }, protocol_error},
    {"payload-format-2", "PUBLISH with Payload Format Indicator 2", gap_indicator, [](const subject& t) { return with(t, "01 02"); }, malformed_or_protocol},
    {"expiry-twice", "PUBLISH with two Message Expiry Intervals", {"", "", "~U5-3.3.2.3.3-a"}, [](const subject& t) { return with(t, "02 00000009 02 00000009"); }, protocol_error},
    {"alias-twice", "PUBLISH with two Topic Aliases", {"", "", "U5-3.3.2.3.4-a"}, [](const subject& t) { return with(t, "23 0001 23 0001"); }, codes(0x82, 0x94)},
    {"response-topic-twice", "PUBLISH with two Response Topics", {"", "", "U5-3.3.2.3.5-a"}, [](const subject& t) { return with(t, "08 0001 72 08 0001 72"); }, protocol_error},
    {"response-topic-hash", "PUBLISH with the Response Topic \"a/#\"", {"", "", "MQTT-3.3.2-14"}, [](const subject& t) { return with(t, "08 0003 612f23"); }, malformed_or_protocol},
    {"response-topic-plus", "PUBLISH with the Response Topic \"+\"", {"", "", "MQTT-3.3.2-14"}, [](const subject& t) { return with(t, "08 0001 2b"); }, malformed_or_protocol},
    {"correlation-data-twice", "PUBLISH with Correlation Data twice", {"", "", "U5-3.3.2.3.6-a"}, [](const subject& t) { return with(t, "09 0001 72 09 0001 72"); }, protocol_error},
    {"subscription-identifier-0", "PUBLISH with Subscription Identifier 0", {"", "", "U5-3.3.2.3.8-a"}, [](const subject& t) { return with(t, "0b 00"); }, protocol_error},
    {"content-type-twice", "PUBLISH with two Content Types", {"", "", "U5-3.3.2.3.9-a"}, [](const subject& t) { return with(t, "03 0001 72 03 0001 72"); }, protocol_error},
    {"property-unknown", "PUBLISH with the property 0x7F, which is none", not_here, [](const subject& t) { return with(t, "7f 00"); }},
    {"property-0", "PUBLISH with the property 0x00, which is none", not_here, [](const subject& t) { return with(t, "00 00"); }},
    {"property-reason-string", "PUBLISH with a Reason String", not_here, [](const subject& t) { return with(t, "1f 0001 72"); }},
    {"property-receive-maximum", "PUBLISH with a Receive Maximum", not_here, [](const subject& t) { return with(t, "21 0001"); }},
    {"property-session-expiry", "PUBLISH with a Session Expiry Interval", not_here, [](const subject& t) { return with(t, "11 00000001"); }},
};

// What looks odd, but is legal.
struct good_publish {
  std::string_view name;
  std::string_view title;
  cited statements;
  std::string_view topic, payload, digits;
};
constexpr good_publish good_publishes[] = {
    {"legal-user-properties", "PUBLISH with the same User Property twice", {"", "", "U5-3.1.2.11.8-a"}, "", "x", "26 0001 61 0001 62 26 0001 61 0001 62"},
    {"legal-any-order", "PUBLISH with properties in falling order", {"", "", "U5-2.2.2.2-c"}, "", "x", "26 0001 61 0001 62 09 0001 72 03 0001 72 02 00000009 01 00"},
    {"legal-empty-payload", "PUBLISH without a payload", {"U31-3.3-d", "U311-3.3.3-a", "U5-3.3.3-a"}, "", "", ""},
};
task<> takes_message(subject& t, const good_publish& row) {
  link& l = co_await join(t);
  l.send(message_bytes(t, t.s.topic("t"), row.payload, 1, 9, false, hex(row.digits)));
  const received ack = co_await expect<puback>(t, l);
  t.s.require(ack.as<puback>()->packet_id == 9, "expected PUBACK 9, got " + in_words(*ack, t.s.version()));
  co_await still_there(t, l);
}

// A server has no others than those of the client's own subscriptions.
task<> takes_identifiers(subject& t) {
  const std::pair<std::string, unsigned> filters[] = {{t.s.topic("t"), 1}, {t.s.topic("+"), 128}, {t.s.topic("#"), 1}};
  const auto with_identifier = [](const auto& each) {
    json what = subscribing(each.first, 1);
    what["subscription_identifier"] = each.second;
    return what;
  };
  arrival how(foreseen(with_identifier(filters[0])));
  link& l = co_await join(t, std::move(how), "client");
  for (const auto& each : filters) {
    co_await tell(t, with_identifier(each));
    const received asked = co_await expect<subscribe>(t, l);
    if (asked.as<subscribe>()->properties.get(prop::subscription_identifier) != each.second) t.s.inconclusive("the client does not send the Subscription Identifier: " + in_words(*asked, t.s.version()));
    answer_by_the_way(t, l, asked);
  }
  l.send(message_bytes(t, t.s.topic("t"), "x", 1, 9, false, hex("0b 01 0b 8001 0b 01")));
  const received ack = co_await expect<puback>(t, l);
  t.s.require(ack.as<puback>()->packet_id == 9, "expected PUBACK 9, got " + in_words(*ack, t.s.version()));
  co_await still_there(t, l);
}

}  // namespace

void add_publish(catalogue& all) {
  add_bad_packets(all, "C-PUBBAD", bad_publishes);
  all.push_back({"C-PUBBAD", "legal-subscription-identifiers", "PUBLISH with the Subscription Identifiers of three subscriptions, two of them equal", {"", "", "U5-3.3.2.3.8-b"}, takes_identifiers, needs_driver::yes});
  for (const good_publish& row : good_publishes)
    all.push_back({"C-PUBBAD", std::string(row.name), std::string(row.title), row.statements, [&row](subject& t) { return takes_message(t, row); }});
}

}  // namespace mqttspan::conformance::client
