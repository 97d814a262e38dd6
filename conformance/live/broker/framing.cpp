// B-VBI, B-VBILAX, B-FLAGS, B-TYPE0, B-LEN, B-PID0: the fixed header, lengths and packet identifiers.
#include "bad_packets.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

bytes with_length(unsigned first, unsigned width, const bytes& body) { return u8(first) + varint(static_cast<std::uint32_t>(body.size()), width) + body; }
bytes publish_body(const session& s) { return text(s.topic("t")) + properties(s.version()) + "x"; }
bytes subscribe_body(const session& s, const bytes& inside = {}) { return u16(1) + properties(s.version(), inside) + text(s.topic("t")) + u8(0); }
bytes unsubscribe_body(const session& s) { return u16(1) + properties(s.version()) + text(s.topic("t")); }

constexpr cited five_bytes{"~U31-2.1-d", "U311-2.2.3-a", "U5-1.5.5-a"};
const bad_packet five_byte_lengths[] = {
    {"five-bytes-pingreq", "PINGREQ with a Remaining Length of five bytes", five_bytes, [](const session&) { return hex("c0 8080808000"); }},
    {"five-bytes-publish", "PUBLISH with a Remaining Length of five bytes", five_bytes, [](const session& s) { return with_length(0x30, 5, publish_body(s)); }},
    {"five-bytes-endless", "Remaining Length of five bytes, all of them saying that there is more", five_bytes, [](const session&) { return hex("30 ffffffffff"); }},
    {"five-bytes-property-length", "SUBSCRIBE with a Property Length of five bytes", {"", "", "U5-1.5.5-a"},
     [](const session& s) { return framed(0x82, u16(1) + varint(0, 5) + text(s.topic("t")) + u8(0)); }},
    {"five-bytes-subscription-identifier", "SUBSCRIBE with a Subscription Identifier of five bytes", {"", "", "U5-1.5.5-a"},
     [](const session& s) { return framed(0x82, subscribe_body(s, u8(0x0B) + varint(1, 5))); }},
};
// That a sender must not is said; what a receiver does is not.
constexpr cited too_long{"", "", "~MQTT-1.5.5-1"};
const bad_packet longer_lengths[] = {
    {"long-remaining-length-pingreq", "PINGREQ with a Remaining Length of two bytes for 0", too_long, [](const session&) { return hex("c0 8000"); }},
    {"long-remaining-length-publish", "PUBLISH with a Remaining Length of four bytes", too_long, [](const session& s) { return with_length(0x30, 4, publish_body(s)); }},
    {"long-property-length", "SUBSCRIBE with a Property Length of two bytes for 0", too_long,
     [](const session& s) { return framed(0x82, u16(1) + varint(0, 2) + text(s.topic("t")) + u8(0)); }},
    {"long-subscription-identifier", "SUBSCRIBE with a Subscription Identifier of two bytes for 1", too_long,
     [](const session& s) { return framed(0x82, subscribe_body(s, u8(0x0B) + varint(1, 2))); }},
};
constexpr cited lax{"~U31-2.1-d", "~U311-2.2.3-b", ""};
const bad_packet lax_lengths[] = {
    {"pingreq", "PINGREQ with a Remaining Length of two bytes for 0", lax, [](const session&) { return hex("c0 8000"); }},
    {"publish", "PUBLISH with a Remaining Length of four bytes", lax, [](const session& s) { return with_length(0x30, 4, publish_body(s)); }},
};

constexpr cited reserved_types{"~U31-2.1-b", "U311-2.2.1-a", "U5-2.1.2-a"};
constexpr cited wrong_direction{"~U31-2.1-g", "U311-2.2.1-b", "U5-2.1.2-b"};
const bad_packet wrong_types[] = {
    {"type-0", "packet type 0", reserved_types, [](const session&) { return hex("00 00"); }},
    {"type-0-flags", "packet type 0 with flags and a body", reserved_types, [](const session&) { return hex("02 02 0001"); }},
    {"type-15", "packet type 15", {"~U31-2.1-b", "U311-2.2.1-a", ""}, [](const session&) { return hex("f0 00"); }},
    {"connack", "CONNACK from a client", wrong_direction, [](const session& s) { return framed(0x20, hex("00 00") + properties(s.version())); }, malformed_or_protocol},
    {"suback", "SUBACK from a client", wrong_direction, [](const session& s) { return framed(0x90, u16(1) + properties(s.version()) + u8(0)); }, malformed_or_protocol},
    {"unsuback", "UNSUBACK from a client", wrong_direction,
     [](const session& s) { return framed(0xB0, u16(1) + (s.v5() ? hex("00 00") : bytes())); }, malformed_or_protocol},
    {"pingresp", "PINGRESP from a client", wrong_direction, [](const session&) { return hex("d0 00"); }, malformed_or_protocol},
};

constexpr cited id_0{"~U31-2.4-a", "MQTT-2.3.1-1", "MQTT-2.2.1-3 U5-2.2.1-a"};
const bad_packet zero_ids[] = {
    {"subscribe", "SUBSCRIBE with packet id 0", id_0, [](const session& s) { return framed(0x82, u16(0) + properties(s.version()) + text(s.topic("t")) + u8(0)); }, malformed_or_protocol},
    {"unsubscribe", "UNSUBSCRIBE with packet id 0", id_0, [](const session& s) { return framed(0xA2, u16(0) + properties(s.version()) + text(s.topic("t"))); }, malformed_or_protocol},
    {"publish-qos-1", "PUBLISH of QoS 1 with packet id 0", id_0, [](const session& s) { return framed(0x32, text(s.topic("t")) + u16(0) + properties(s.version()) + "x"); }, malformed_or_protocol},
    {"publish-qos-2", "PUBLISH of QoS 2 with packet id 0", id_0, [](const session& s) { return framed(0x34, text(s.topic("t")) + u16(0) + properties(s.version()) + "x"); }, malformed_or_protocol},
};

#define LEN_311 "U311-2.2.3-c"
#define LEN_5 "U5-2.1.4-a"
const bad_packet wrong_lengths[] = {
    {"publish-cut", "PUBLISH that ends within its topic name", {"~U31-2.1-e", LEN_311, LEN_5}, [](const session&) { return framed(0x30, hex("0004 616263")); }},
    {"publish-no-id", "PUBLISH of QoS 1 that ends within its packet id", {"~U31-2.1-e", LEN_311, LEN_5}, [](const session& s) { return framed(0x32, text(s.topic("t")) + u8(0)); }},
    {"publish-properties", "PUBLISH whose properties run past its end", {"", "", "U5-2.2.2.1-a"}, [](const session& s) { return framed(0x30, text(s.topic("t")) + hex("7f 01 00")); }},
    {"publish-property-split", "PUBLISH with a property that runs past the Property Length", {"", "", "U5-2.2.2.1-a"},
     [](const session& s) { return framed(0x30, text(s.topic("t")) + hex("04 02 0000 00 01") + "x"); }},
    {"subscribe-cut", "SUBSCRIBE that ends before the last byte of options", {"~U31-2.1-e", LEN_311 " U311-3.8.3-a", LEN_5},
     [](const session& s) { return framed(0x82, subscribe_body(s).substr(0, subscribe_body(s).size() - 1)); }},
    {"subscribe-surplus", "SUBSCRIBE with one byte too many", {"~U31-2.1-e", LEN_311 " U311-3.8.3-a", LEN_5}, [](const session& s) { return framed(0x82, subscribe_body(s) + u8(0)); }},
    {"subscribe-filter-too-long", "SUBSCRIBE whose filter's length runs past its end", {"~U31-2.1-e", LEN_311, LEN_5},
     [](const session& s) { return framed(0x82, u16(1) + properties(s.version()) + hex("ffff 61 00")); }},
    {"subscribe-no-payload", "SUBSCRIBE that ends behind its variable header", {"~U31-3.8-c", "U311-2.4-a", "U5-2.3-a"},
     [](const session& s) { return framed(0x82, u16(1) + properties(s.version())); }, malformed_or_protocol},
    {"subscribe-properties", "SUBSCRIBE whose properties run past its end", {"", "", "U5-2.2.2.1-a"},
     [](const session& s) { return framed(0x82, u16(1) + hex("7f") + text(s.topic("t")) + u8(0)); }},
    {"unsubscribe-cut", "UNSUBSCRIBE that ends within its filter", {"~U31-2.1-e", LEN_311, LEN_5},
     [](const session& s) { return framed(0xA2, unsubscribe_body(s).substr(0, unsubscribe_body(s).size() - 1)); }},
    {"unsubscribe-surplus", "UNSUBSCRIBE with one byte too many", {"~U31-2.1-e", LEN_311, LEN_5}, [](const session& s) { return framed(0xA2, unsubscribe_body(s) + u8(0)); }},
    {"unsubscribe-no-payload", "UNSUBSCRIBE that ends behind its variable header", {"~U31-3.8-c", "U311-2.4-a", "U5-2.3-a"},
     [](const session& s) { return framed(0xA2, u16(1) + properties(s.version())); }, malformed_or_protocol},
    {"puback-cut", "PUBACK with Remaining Length 1", {"~U31-3.4-a", LEN_311 " U311-3.4-a", LEN_5}, [](const session&) { return hex("40 01 00"); }},
    {"pubrec-cut", "PUBREC with Remaining Length 1", {"~U31-3.4-a", LEN_311 " U311-3.4-a", LEN_5}, [](const session&) { return hex("50 01 00"); }},
    {"pubrel-cut", "PUBREL with Remaining Length 1", {"~U31-3.4-a", LEN_311 " U311-3.4-a", LEN_5}, [](const session&) { return hex("62 01 00"); }},
    {"pubcomp-cut", "PUBCOMP with Remaining Length 1", {"~U31-3.4-a", LEN_311 " U311-3.4-a", LEN_5}, [](const session&) { return hex("70 01 00"); }},
    {"pingreq-surplus", "PINGREQ with Remaining Length 1", {"~U31-3.4-a", "U311-3.12-a", "U5-3.12.1-a"}, [](const session&) { return hex("c0 01 00"); }},
    {"disconnect-surplus", "DISCONNECT with Remaining Length 1", {"~U31-3.4-a", "U311-3.12-a", ""}, [](const session&) { return hex("e0 01 00"); }},
    {"disconnect-properties", "DISCONNECT whose properties run past its end", {"", "", "U5-2.2.2.1-a"}, [](const session&) { return hex("e0 02 00 05"); }},
};
const bad_packet wrong_connect_lengths[] = {
    {"connect-cut", "CONNECT that ends within its client id", {"~U31-2.1-e", LEN_311, LEN_5},
     [](const session& s) {
       connect_parts parts = parts_of(s.version());
       parts.payload = hex("0008 61626364656667");
       return connect_packet(parts, s.version());
     }},
    {"connect-surplus", "CONNECT with one byte too many", {"~U31-3.1-i", LEN_311, LEN_5}, [](const session& s) { return connect_of(s, 0, u8(0)); }},
    {"connect-no-payload", "CONNECT that ends behind its variable header", {"~U31-3.1-f", "U311-2.4-a", "U5-2.3-a"},
     [](const session& s) { return connect_packet(parts_of(s.version()), s.version()); }},
    {"connect-header-cut", "CONNECT that ends within Keep Alive", {"~U31-3.1-a", "U311-3.1.2-a", LEN_5},
     [](const session& s) { return framed(0x10, text(parts_of(s.version()).name) + u8(parts_of(s.version()).level) + hex("02 00")); }},
    {"connect-properties", "CONNECT whose properties run past its end", {"", "", "U5-2.2.2.1-a"},
     [](const session& s) { return framed(0x10, text("MQTT") + hex("05 02 0000 7f") + text(s.client_id("client"))); }},
};

// All of the fifteen other values of a packet's flags, where that packet is due.
struct flagged {
  std::string_view name;
  unsigned first;  // as it should be
  cited statements;
  task<> (*play)(session& s, unsigned first);
};

task<> flags_of_request(session& s, unsigned first) {
  const unsigned type = first >> 4;
  const bytes body = type == 8 ? subscribe_body(s) : type == 10 ? unsubscribe_body(s) : type == 15 ? hex("18 04 15 0001 78") : bytes();
  link& l = co_await join(s, "client");
  l.send(framed(first, body));
  co_await expect_close(s, l, type == 15 ? malformed_or_protocol : malformed);
}
task<> flags_of_connect(session& s, unsigned first) {
  bytes packet = connect_of(s);
  packet[0] = static_cast<char>(first);
  co_await refuses(s, packet, malformed);
}
// PUBACK, PUBREC and PUBCOMP answer a message of the broker's.
task<> flags_of_answer(session& s, unsigned first) {
  const unsigned type = first >> 4;
  link& l = co_await join(s, "client");
  const std::uint16_t id = co_await receive_one(s, l, type == 4 ? qos::at_least_once : qos::exactly_once);
  if (type == 7) {
    l.send(framed(0x50, u16(id)));
    co_await expect<pubrel>(s, l);
  }
  l.send(framed(first, u16(id)));
  co_await expect_close(s, l, malformed);
}
task<> flags_of_release(session& s, unsigned first) {
  link& l = co_await join(s, "client");
  l.send(framed(0x34, text(s.topic("t")) + u16(1) + properties(s.version()) + "x"));
  co_await expect<pubrec>(s, l);
  l.send(framed(first, u16(1)));
  co_await expect_close(s, l, malformed);
}

#define FLAGS_311 "MQTT-2.2.2-1 MQTT-2.2.2-2"
#define FLAGS_5 "MQTT-2.1.3-1 U5-2.1.3-a"
const flagged flagged_packets[] = {
    {"connect", 0x10, {"~U31-2.1-a", FLAGS_311, FLAGS_5}, flags_of_connect},
    {"puback", 0x40, {"~U31-2.1-a", FLAGS_311, FLAGS_5}, flags_of_answer},
    {"pubrec", 0x50, {"~U31-2.1-a", FLAGS_311, FLAGS_5}, flags_of_answer},
    {"pubrel", 0x62, {"~U31-3.6-a", FLAGS_311 " MQTT-3.6.1-1", FLAGS_5 " MQTT-3.6.1-1"}, flags_of_release},
    {"pubcomp", 0x70, {"~U31-2.1-a", FLAGS_311, FLAGS_5}, flags_of_answer},
    {"subscribe", 0x82, {"~U31-3.6-a", FLAGS_311 " MQTT-3.8.1-1", FLAGS_5 " MQTT-3.8.1-1"}, flags_of_request},
    {"unsubscribe", 0xA2, {"~U31-3.6-a", FLAGS_311 " MQTT-3.10.1-1", FLAGS_5 " MQTT-3.10.1-1"}, flags_of_request},
    {"pingreq", 0xC0, {"~U31-2.1-a", FLAGS_311, FLAGS_5}, flags_of_request},
    {"disconnect", 0xE0, {"~U31-2.1-a", FLAGS_311 " MQTT-3.14.1-1", FLAGS_5 " MQTT-3.14.1-1"}, flags_of_request},
    {"auth", 0xF0, {"", "", FLAGS_5 " MQTT-3.15.1-1"}, flags_of_request},
};

void add_flags(catalogue& all) {
  for (const flagged& row : flagged_packets)
    for (unsigned flags = 0; flags < 16; ++flags) {
      if (flags == (row.first & 15)) continue;
      const unsigned first = (row.first & 0xF0) | flags;
      std::string type(row.name);
      for (char& c : type) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      all.push_back({"B-FLAGS", std::string(row.name) + "-" + std::to_string(flags), type + " with flags " + std::to_string(flags), row.statements,
                     [&row, first](session& s) { return row.play(s, first); }});
    }
}

}  // namespace

void add_framing(catalogue& all) {
  add_bad_packets(all, "B-VBI", five_byte_lengths);
  add_bad_packets(all, "B-VBI", longer_lengths);
  add_bad_packets(all, "B-VBILAX", lax_lengths);
  add_flags(all);
  add_bad_packets(all, "B-TYPE0", wrong_types);
  add_bad_packets(all, "B-LEN", wrong_lengths);
  add_bad_connects(all, "B-LEN", wrong_connect_lengths);
  add_bad_packets(all, "B-PID0", zero_ids);
}

}  // namespace mqttspan::conformance::broker
