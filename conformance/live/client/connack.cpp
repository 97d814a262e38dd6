// C-CONNACKPROP: properties of CONNACK, twice, where they do not belong, with values that they cannot have.
#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

using namespace wire;

// A property that CONNACK may have once.
struct single {
  std::string_view name;
  std::string_view title;
  std::string_view statement;
  std::string_view digits;  // identifier and a good value
};
constexpr single singles[] = {
    {"session-expiry", "Session Expiry Interval", "U5-3.2.2.3.2-a", "11 00000009"},
    {"receive-maximum", "Receive Maximum", "U5-3.2.2.3.3-a", "21 0009"},
    {"maximum-qos", "Maximum QoS", "U5-3.2.2.3.4-a", "24 01"},
    {"retain-available", "Retain Available", "U5-3.2.2.3.5-a", "25 01"},
    {"maximum-packet-size", "Maximum Packet Size", "U5-3.2.2.3.6-a", "27 00010000"},
    {"assigned-client-identifier", "Assigned Client Identifier", "U5-3.2.2.3.7-a", "12 0001 61"},
    {"topic-alias-maximum", "Topic Alias Maximum", "U5-3.2.2.3.8-a", "22 0009"},
    {"reason-string", "Reason String", "U5-3.2.2.3.9-a", "1f 0001 61"},
    {"wildcard-available", "Wildcard Subscription Available", "U5-3.2.2.3.11-a", "28 01"},
    {"identifier-available", "Subscription Identifier Available", "U5-3.2.2.3.12-a", "29 01"},
    {"shared-available", "Shared Subscription Available", "U5-3.2.2.3.13-a", "2a 01"},
    {"server-keep-alive", "Server Keep Alive", "U5-3.2.2.3.14-a", "13 0000"},
    {"response-information", "Response Information", "U5-3.2.2.3.15-a", "1a 0001 61"},
    {"server-reference", "Server Reference", "U5-3.2.2.3.16-a", "1c 0001 61"},
    {"authentication-method", "Authentication Method", "U5-3.2.2.3.17-a", "15 0001 61"},
    {"authentication-data", "Authentication Data", "U5-3.2.2.3.18-a", "16 0001 61"},
};

struct bad_value {
  std::string_view name;
  std::string_view title;
  std::string_view statement;
  std::string_view digits;
  codes suitable = protocol_error;
};
constexpr bad_value bad_values[] = {
    {"receive-maximum-0", "Receive Maximum 0", "U5-3.2.2.3.3-b", "21 0000"},
    {"maximum-qos-2", "Maximum QoS 2", "U5-3.2.2.3.4-b", "24 02"},
    {"maximum-qos-255", "Maximum QoS 255", "U5-3.2.2.3.4-b", "24 ff"},
    {"retain-available-2", "Retain Available 2", "U5-3.2.2.3.5-b", "25 02"},
    {"maximum-packet-size-0", "Maximum Packet Size 0", "U5-3.2.2.3.6-b", "27 00000000"},
    {"wildcard-available-2", "Wildcard Subscription Available 2", "U5-3.2.2.3.11-b", "28 02"},
    {"identifier-available-2", "Subscription Identifier Available 2", "U5-3.2.2.3.12-b", "29 02"},
    {"shared-available-2", "Shared Subscription Available 2", "U5-3.2.2.3.13-b", "2a 02"},
    {"foreign-will-delay", "a Will Delay Interval", "U5-2.2.2.2-a", "18 00000001", malformed},
    {"foreign-payload-format", "a Payload Format Indicator", "U5-2.2.2.2-a", "01 01", malformed},
    {"foreign-topic-alias", "a Topic Alias", "U5-2.2.2.2-a", "23 0001", malformed},
    {"foreign-subscription-identifier", "a Subscription Identifier", "U5-2.2.2.2-a", "0b 01", malformed},
    {"foreign-request-problem-information", "Request Problem Information", "U5-2.2.2.2-a", "17 01", malformed},
    {"foreign-request-response-information", "Request Response Information", "U5-2.2.2.2-a", "19 01", malformed},
    {"unknown-7f", "the property 0x7F, which is none", "U5-2.2.2.2-a", "7f 00", malformed},
    {"unknown-ff01", "the property 0xFF 0x01, which is none", "U5-2.2.2.2-a", "ff01 00", malformed},
    {"cut-u32", "a Session Expiry Interval of three bytes", "U5-2.2.2.2-b", "11 000000", malformed},
    {"cut-u16", "a Receive Maximum of one byte", "U5-2.2.2.2-b", "21 01", malformed},
};

bytes connack_with(const bytes& inside) { return framed(0x20, hex("00 00") + properties(protocol_version::v5, inside)); }

task<> minds_connack(subject& t, bytes packet, codes suitable) {
  link& l = co_await arrive(t, json::object(), "client");
  l.send(packet);
  co_await expect_close(t, l, suitable);
}
task<> takes_connack(subject& t, bytes packet) {
  link& l = co_await arrive(t, json::object(), "client");
  l.send(packet);
  co_await still_there(t, l);
}

}  // namespace

void add_connack(catalogue& all) {
  for (const single& row : singles)
    all.push_back({"C-CONNACKPROP", std::string(row.name) + "-twice", "CONNACK with two of " + std::string(row.title), {"", "", row.statement},
                   [&row](subject& t) { return minds_connack(t, connack_with(hex(row.digits) + hex(row.digits)), protocol_error); }});
  for (const bad_value& row : bad_values)
    all.push_back({"C-CONNACKPROP", std::string(row.name), "CONNACK with " + std::string(row.title), {"", "", row.statement},
                   [&row](subject& t) { return minds_connack(t, connack_with(hex(row.digits)), row.suitable); }});
  all.push_back({"C-CONNACKPROP", "legal-user-properties", "CONNACK with the same User Property twice", {"", "", "U5-3.1.2.11.8-a"},
                 [](subject& t) { return takes_connack(t, connack_with(user_property("a", "b") + user_property("a", "b"))); }});
  all.push_back({"C-CONNACKPROP", "legal-any-order", "CONNACK with properties in falling order", {"", "", "U5-2.2.2.2-c MQTT-2.2.2-1"},
                 [](subject& t) { return takes_connack(t, connack_with(hex("2a 01 29 01 28 01 27 00010000 25 01 22 0009 21 0009"))); }});
}

}  // namespace mqttspan::conformance::client
