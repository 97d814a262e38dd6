// C-FLAGS, C-VBI: the fixed header of everything that a server sends.
#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

using namespace wire;

bytes with_length(unsigned first, unsigned width, const bytes& body) { return u8(first) + varint(static_cast<std::uint32_t>(body.size()), width) + body; }
bytes publish_body(const subject& t) { return text(t.s.topic("t")) + properties(t.s.version()) + "x"; }

constexpr cited five_bytes{"~U31-2.1-d", "U311-2.2.3-a", "U5-1.5.5-a"};
constexpr cited too_long{"", "", "MQTT-1.5.5-1"};
const bad_packet lengths[] = {
    {"five-bytes-pingresp", "PINGRESP with a Remaining Length of five bytes", five_bytes, [](const subject&) { return hex("d0 8080808000"); }},
    {"five-bytes-publish", "PUBLISH with a Remaining Length of five bytes", five_bytes, [](const subject& t) { return with_length(0x30, 5, publish_body(t)); }},
    {"five-bytes-endless", "Remaining Length of five bytes, all of them saying that there is more", five_bytes, [](const subject&) { return hex("30 ffffffffff"); }},
    {"five-bytes-property-length", "PUBLISH with a Property Length of five bytes", {"", "", "U5-1.5.5-a"}, [](const subject& t) { return framed(0x30, text(t.s.topic("t")) + varint(0, 5) + "x"); }},
    {"five-bytes-subscription-identifier", "PUBLISH with a Subscription Identifier of five bytes", {"", "", "U5-1.5.5-a"},
     [](const subject& t) { return framed(0x30, text(t.s.topic("t")) + properties(t.s.version(), u8(0x0B) + varint(1, 5)) + "x"); }},
    {"long-remaining-length", "PINGRESP with a Remaining Length of two bytes for 0", too_long, [](const subject&) { return hex("d0 8000"); }, malformed_or_protocol},
    {"long-remaining-length-publish", "PUBLISH with a Remaining Length of four bytes", too_long, [](const subject& t) { return with_length(0x30, 4, publish_body(t)); }, malformed_or_protocol},
    {"long-property-length", "PUBLISH with a Property Length of two bytes for 0", too_long, [](const subject& t) { return framed(0x30, text(t.s.topic("t")) + varint(0, 2) + "x"); }, malformed_or_protocol},
};

constexpr cited reserved_types{"~U31-2.1-b", "U311-2.2.1-a", "U5-2.1.2-a"};
constexpr cited wrong_direction{"~U31-2.1-g", "U311-2.2.1-b", "U5-2.1.2-b"};
constexpr cited wrong_length{"~U31-2.1-e", "U311-2.2.3-c", "U5-2.1.4-a"};
constexpr cited short_ack{"~U31-3.4-a", "U311-2.2.3-c U311-3.4-a", "U5-2.1.4-a"};
const bad_packet wrong_packets[] = {
    {"type-0", "packet type 0", reserved_types, [](const subject&) { return hex("00 00"); }},
    {"type-0-body", "packet type 0 with flags and a body", reserved_types, [](const subject&) { return hex("02 02 0001"); }},
    {"type-15", "packet type 15", {"~U31-2.1-b", "U311-2.2.1-a", ""}, [](const subject&) { return hex("f0 00"); }},
    {"connect", "CONNECT from a server", wrong_direction,
     [](const subject& t) {
       connect_parts parts = parts_of(t.s.version());
       parts.payload = text("x");
       return connect_packet(parts, t.s.version());
     }, malformed_or_protocol},
    {"subscribe", "SUBSCRIBE from a server", wrong_direction, [](const subject& t) { return framed(0x82, u16(1) + properties(t.s.version()) + text("t") + u8(0)); }, malformed_or_protocol},
    {"unsubscribe", "UNSUBSCRIBE from a server", wrong_direction, [](const subject& t) { return framed(0xA2, u16(1) + properties(t.s.version()) + text("t")); }, malformed_or_protocol},
    {"pingreq", "PINGREQ from a server", wrong_direction, [](const subject&) { return hex("c0 00"); }, malformed_or_protocol},
    {"disconnect-3", "DISCONNECT from a server, which 3.x has not", {"~U31-2.1-g", "U311-2.2.1-b", ""}, [](const subject&) { return hex("e0 00"); }},
    {"publish-cut", "PUBLISH that ends within its topic name", wrong_length, [](const subject&) { return framed(0x30, hex("0004 616263")); }},
    {"publish-no-id", "PUBLISH of QoS 1 that ends within its packet id", wrong_length, [](const subject& t) { return framed(0x32, text(t.s.topic("t")) + u8(0)); }},
    {"publish-empty", "PUBLISH with Remaining Length 0", wrong_length, [](const subject&) { return hex("30 00"); }},
    {"publish-properties", "PUBLISH whose properties run past its end", {"", "", "U5-2.2.2.1-a"}, [](const subject& t) { return framed(0x30, text(t.s.topic("t")) + hex("7f 01 00")); }},
    {"publish-property-split", "PUBLISH with a property that runs past the Property Length", {"", "", "U5-2.2.2.1-a"},
     [](const subject& t) { return framed(0x30, text(t.s.topic("t")) + hex("04 02 0000 00 01") + "x"); }},
    {"puback-cut", "PUBACK with Remaining Length 1", short_ack, [](const subject&) { return hex("40 01 00"); }},
    {"pubrec-cut", "PUBREC with Remaining Length 1", short_ack, [](const subject&) { return hex("50 01 00"); }},
    {"pubrel-cut", "PUBREL with Remaining Length 1", short_ack, [](const subject&) { return hex("62 01 00"); }},
    {"pubcomp-cut", "PUBCOMP with Remaining Length 1", short_ack, [](const subject&) { return hex("70 01 00"); }},
    {"pingresp-surplus", "PINGRESP with Remaining Length 1", {"~U31-3.4-a", "U311-3.12-a", "U5-3.12.1-a"}, [](const subject&) { return hex("d0 01 00"); }},
    {"disconnect-properties", "DISCONNECT whose properties run past its end", {"", "", "U5-2.2.2.1-a"}, [](const subject&) { return hex("e0 02 8b 05"); }},
};

const bad_answer wrong_answers[] = {
    {"puback-surplus", "PUBACK with one byte too many", {"~U31-3.4-a", "U311-3.4-a U311-2.4-a", ""}, request::publish_1, [](const subject&, unsigned id) { return framed(0x40, u16(id) + u8(0)); }, malformed},
    {"puback-properties", "PUBACK whose properties run past its end", {"", "", "U5-2.2.2.1-a"}, request::publish_1, [](const subject&, unsigned id) { return framed(0x40, u16(id) + hex("00 05")); }, malformed},
    {"pubrec-surplus", "PUBREC with one byte too many", {"~U31-3.4-a", "U311-3.4-a", ""}, request::publish_2, [](const subject&, unsigned id) { return framed(0x50, u16(id) + u8(0)); }, malformed},
    {"suback-empty", "SUBACK without a return code", {"", "U311-2.4-a", "U5-2.3-a"}, request::subscribe, [](const subject& t, unsigned id) { return framed(0x90, u16(id) + properties(t.s.version())); }},
    {"suback-cut", "SUBACK that ends within its packet id", wrong_length, request::subscribe, [](const subject&, unsigned) { return hex("90 01 00"); }, malformed},
    {"suback-properties", "SUBACK without the properties that 5.0 has", {"", "", "U5-2.1.4-a"}, request::subscribe, [](const subject&, unsigned id) { return framed(0x90, u16(id) + u8(1)); }, malformed_or_protocol},
    {"unsuback-surplus", "UNSUBACK with one byte too many", {"~U31-3.4-a", "U311-3.4-a", ""}, request::unsubscribe, [](const subject&, unsigned id) { return framed(0xB0, u16(id) + u8(0)); }, malformed},
    {"unsuback-empty", "UNSUBACK without a reason code", {"", "", "U5-2.3-a"}, request::unsubscribe, [](const subject&, unsigned id) { return framed(0xB0, u16(id) + u8(0)); }},
};

struct bad_connack {
  std::string_view name;
  std::string_view title;
  cited statements;
  std::string_view digits_3, digits_5;
};
constexpr bad_connack wrong_connacks[] = {
    {"connack-surplus", "CONNACK with one byte too many", {"~U31-3.4-a", "U311-3.2.1-a MQTT-4.8.0-1", "U5-2.1.4-a"}, "20 03 00 00 00", "20 04 00 00 00 00"},
    {"connack-cut", "CONNACK with Remaining Length 1", {"~U31-3.4-a", "U311-3.2.1-a MQTT-4.8.0-1", "U5-2.1.4-a"}, "20 01 00", "20 01 00"},
    {"connack-short", "CONNACK as 3.1.1 has it", {"", "", "U5-2.1.4-a"}, "", "20 02 00 00"},
    {"connack-properties", "CONNACK whose properties run past its end", {"", "", "U5-2.2.2.1-a"}, "", "20 04 00 00 05 21"},
};
task<> closes_behind_connack(subject& t, bytes packet) {
  link& l = co_await arrive(t, json::object(), "client");
  l.send(packet);
  co_await expect_close(t, l, malformed);
}

// All of the fifteen other values of a packet's flags, where that packet is due.
struct flagged {
  std::string_view name;
  unsigned first;  // as it should be
  cited statements;
  request behind;
  duty in_5 = duty::should;
};
#define FLAGS_311 "MQTT-2.2.2-2"
#define FLAGS_5 "MQTT-2.1.3-1 U5-2.1.3-a"
constexpr flagged flagged_packets[] = {
    {"connack", 0x20, {"~U31-2.1-a", FLAGS_311, FLAGS_5}, request::nothing},
    {"puback", 0x40, {"~U31-2.1-a", FLAGS_311, FLAGS_5}, request::publish_1},
    {"pubrec", 0x50, {"~U31-2.1-a", FLAGS_311, FLAGS_5}, request::publish_2},
    {"pubrel", 0x62, {"~U31-3.6-a", FLAGS_311, FLAGS_5}, request::nothing},
    {"pubcomp", 0x70, {"~U31-2.1-a", FLAGS_311, FLAGS_5}, request::publish_2},
    {"suback", 0x90, {"~U31-2.1-a", FLAGS_311, FLAGS_5}, request::subscribe},
    {"unsuback", 0xB0, {"~U31-2.1-a", FLAGS_311, FLAGS_5}, request::unsubscribe},
    {"pingresp", 0xD0, {"~U31-2.1-a", FLAGS_311, FLAGS_5}, request::nothing},
    {"disconnect", 0xE0, {"", "", FLAGS_5 " MQTT-3.14.1-1"}, request::nothing},
    {"auth", 0xF0, {"", "", FLAGS_5 " MQTT-3.15.1-1"}, request::nothing, duty::must},
};

bytes body_of(const subject& t, unsigned type, unsigned id) {
  if (type == 2) return hex("00 00") + properties(t.s.version());
  if (type == 9) return u16(id) + properties(t.s.version()) + u8(1);
  if (type == 11) return u16(id) + (t.v5() ? hex("00 00") : bytes());
  if (type == 13) return {};
  if (type == 14) return hex("8b 00");
  if (type == 15) return hex("18 04 15 0001 78");
  return u16(id);
}

task<> minds_flags(subject& t, const flagged& row, unsigned first) {
  const unsigned type = first >> 4;
  link& l = co_await arrive(t, foreseen_request(t, row.behind), "client");
  std::uint16_t id = 9;
  if (type != 2) {
    arrival how;
    co_await accept(t, l, how);
    if (row.behind != request::nothing) id = co_await has_asked(t, l, row.behind, type == 7);
    if (type == 6) {
      l.send(message_bytes(t, t.s.topic("t"), "x", 2, 9));
      co_await expect<pubrec>(t, l);
    }
  }
  l.send(framed(first, body_of(t, type, id)));
  co_await expect_close(t, l, type == 15 ? malformed_or_protocol : malformed, row.in_5);
}

void add_flags(catalogue& all) {
  for (const flagged& row : flagged_packets)
    for (unsigned flags = 0; flags < 16; ++flags) {
      if (flags == (row.first & 15)) continue;
      const unsigned first = (row.first & 0xF0) | flags;
      std::string type(row.name);
      for (char& c : type) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      all.push_back({"C-FLAGS", "flags-" + std::string(row.name) + "-" + std::to_string(flags), type + " with flags " + std::to_string(flags), row.statements,
                     [&row, first](subject& t) { return minds_flags(t, row, first); }, row.behind == request::nothing ? needs_driver::no : needs_driver::yes});
    }
}

}  // namespace

void add_framing(catalogue& all) {
  add_flags(all);
  add_bad_packets(all, "C-FLAGS", wrong_packets);
  add_bad_answers(all, "C-FLAGS", wrong_answers);
  for (const bad_connack& row : wrong_connacks)
    all.push_back({"C-FLAGS", std::string(row.name), std::string(row.title), row.statements,
                   [&row](subject& t) { return closes_behind_connack(t, hex(t.v5() ? row.digits_5 : row.digits_3)); }});
  add_bad_packets(all, "C-VBI", lengths);
}

}  // namespace mqttspan::conformance::client
