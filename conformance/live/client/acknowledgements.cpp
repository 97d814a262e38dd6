// C-ACKCODES, C-ACKERR, C-RPI: reason codes and properties of a server's answers.
#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

using namespace wire;

bytes simple(unsigned first, unsigned id, unsigned code) { return framed(first, u16(id) + u8(code) + u8(0)); }
bytes listed(unsigned first, unsigned id, std::string_view inside, std::string_view codes_) {
  return framed(first, u16(id) + properties(protocol_version::v5, hex(inside)) + hex(codes_));
}
bytes reasoned(unsigned first, unsigned id, std::string_view inside) { return framed(first, u16(id) + u8(0) + properties(protocol_version::v5, hex(inside))); }
constexpr std::string_view twice = "1f 0001 61 1f 0001 62";
constexpr std::string_view foreign = "21 0001";  // Receive Maximum

#define ONLY_5(ids) {"", "", ids}
const bad_answer bad_codes[] = {
    {"puback-01", "PUBACK with reason code 0x01", ONLY_5("MQTT-3.4.2-1"), request::publish_1, [](const subject&, unsigned id) { return simple(0x40, id, 0x01); }},
    {"puback-92", "PUBACK with reason code 0x92", ONLY_5("MQTT-3.4.2-1"), request::publish_1, [](const subject&, unsigned id) { return simple(0x40, id, 0x92); }},
    {"puback-ff", "PUBACK with reason code 0xFF", ONLY_5("MQTT-3.4.2-1"), request::publish_1, [](const subject&, unsigned id) { return simple(0x40, id, 0xFF); }},
    {"puback-reason-twice", "PUBACK with two Reason Strings", ONLY_5("U5-3.4.2.2.2-a"), request::publish_1, [](const subject&, unsigned id) { return reasoned(0x40, id, twice); }, protocol_error},
    {"puback-foreign", "PUBACK with a Receive Maximum", ONLY_5("U5-2.2.2.2-a"), request::publish_1, [](const subject&, unsigned id) { return reasoned(0x40, id, foreign); }, malformed},
    {"pubrec-01", "PUBREC with reason code 0x01", ONLY_5("MQTT-3.5.2-1"), request::publish_2, [](const subject&, unsigned id) { return simple(0x50, id, 0x01); }},
    {"pubrec-92", "PUBREC with reason code 0x92", ONLY_5("MQTT-3.5.2-1"), request::publish_2, [](const subject&, unsigned id) { return simple(0x50, id, 0x92); }},
    {"pubrec-ff", "PUBREC with reason code 0xFF", ONLY_5("MQTT-3.5.2-1"), request::publish_2, [](const subject&, unsigned id) { return simple(0x50, id, 0xFF); }},
    {"pubrec-reason-twice", "PUBREC with two Reason Strings", ONLY_5("U5-3.5.2.2.2-a"), request::publish_2, [](const subject&, unsigned id) { return reasoned(0x50, id, twice); }, protocol_error},
    {"pubcomp-10", "PUBCOMP with reason code 0x10", ONLY_5("MQTT-3.7.2-1"), request::publish_2, [](const subject&, unsigned id) { return simple(0x70, id, 0x10); }, malformed_or_protocol, duty::should, true},
    {"pubcomp-80", "PUBCOMP with reason code 0x80", ONLY_5("MQTT-3.7.2-1"), request::publish_2, [](const subject&, unsigned id) { return simple(0x70, id, 0x80); }, malformed_or_protocol, duty::should, true},
    {"pubcomp-reason-twice", "PUBCOMP with two Reason Strings", ONLY_5("U5-3.7.2.2.2-a"), request::publish_2,
     [](const subject&, unsigned id) { return reasoned(0x70, id, twice); }, protocol_error, duty::should, true},
    {"suback-03", "SUBACK with code 0x03", {"~U31-3.9-a", "MQTT-3.9.3-2 MQTT-4.8.0-1", "MQTT-3.9.3-2"}, request::subscribe,
     [](const subject& t, unsigned id) { return framed(0x90, u16(id) + properties(t.s.version()) + u8(3)); }},
    {"suback-7f", "SUBACK with code 0x7F", {"~U31-3.9-a", "MQTT-3.9.3-2 MQTT-4.8.0-1", "MQTT-3.9.3-2"}, request::subscribe,
     [](const subject& t, unsigned id) { return framed(0x90, u16(id) + properties(t.s.version()) + u8(0x7F)); }},
    {"suback-81", "SUBACK with code 0x81", {"~U31-3.9-a", "MQTT-3.9.3-2 MQTT-4.8.0-1", "MQTT-3.9.3-2"}, request::subscribe,
     [](const subject& t, unsigned id) { return framed(0x90, u16(id) + properties(t.s.version()) + u8(0x81)); }},
    {"suback-two", "SUBACK with two codes for one filter", {"~U31-3.9-b", "~MQTT-3.9.3-2", "MQTT-3.9.3-2"}, request::subscribe,
     [](const subject& t, unsigned id) { return framed(0x90, u16(id) + properties(t.s.version()) + hex("01 01")); }},
    {"suback-reason-twice", "SUBACK with two Reason Strings", ONLY_5("U5-3.9.2.1.2-a"), request::subscribe, [](const subject&, unsigned id) { return listed(0x90, id, twice, "01"); }, protocol_error},
    {"suback-none", "SUBACK without a reason code", ONLY_5("~U5-3.9.3-a"), request::subscribe, [](const subject&, unsigned id) { return listed(0x90, id, "", ""); }},
    {"unsuback-01", "UNSUBACK with reason code 0x01", ONLY_5("MQTT-3.11.3-2"), request::unsubscribe, [](const subject&, unsigned id) { return listed(0xB0, id, "", "01"); }},
    {"unsuback-81", "UNSUBACK with reason code 0x81", ONLY_5("MQTT-3.11.3-2"), request::unsubscribe, [](const subject&, unsigned id) { return listed(0xB0, id, "", "81"); }},
    {"unsuback-two", "UNSUBACK with two codes for one filter", ONLY_5("MQTT-3.11.3-2"), request::unsubscribe, [](const subject&, unsigned id) { return listed(0xB0, id, "", "00 00"); }},
    {"unsuback-reason-twice", "UNSUBACK with two Reason Strings", ONLY_5("U5-3.11.2.1.2-a"), request::unsubscribe, [](const subject&, unsigned id) { return listed(0xB0, id, twice, "00"); }, protocol_error},
    {"unsuback-none", "UNSUBACK without a reason code", ONLY_5("~U5-3.11.3-a"), request::unsubscribe, [](const subject&, unsigned id) { return listed(0xB0, id, "", ""); }},
};

const bad_packet bad_disconnects[] = {
    {"disconnect-01", "DISCONNECT with reason code 0x01", ONLY_5("MQTT-3.14.2-1"), [](const subject&) { return hex("e0 01 01"); }, malformed_or_protocol},
    {"disconnect-04", "DISCONNECT with reason code 0x04, which is a client's", ONLY_5("U5-3.14.2.1-b"), [](const subject&) { return hex("e0 01 04"); }, malformed_or_protocol},
    {"disconnect-84", "DISCONNECT with reason code 0x84, which belongs to CONNACK", ONLY_5("MQTT-3.14.2-1"), [](const subject&) { return hex("e0 01 84"); }, malformed_or_protocol},
    {"disconnect-session-expiry", "DISCONNECT with a Session Expiry Interval", ONLY_5("MQTT-3.14.2-2"), [](const subject&) { return hex("e0 07 00 05 11 00000001"); }, malformed_or_protocol},
    {"disconnect-reason-twice", "DISCONNECT with two Reason Strings", ONLY_5("U5-3.14.2.2.3-a"), [](const subject&) { return hex("e0 0a 8b 08 1f 0001 61 1f 0001 62"); }, protocol_error},
    {"disconnect-reference-twice", "DISCONNECT with two Server References", ONLY_5("U5-3.14.2.2.5-a"), [](const subject&) { return hex("e0 0a 9d 08 1c 0001 61 1c 0001 62"); }, protocol_error},
    {"auth-01", "AUTH with reason code 0x01", ONLY_5("MQTT-3.15.2-1"), [](const subject&) { return hex("f0 06 01 04 15 0001 78"); }, malformed_or_protocol},
    {"pubrel-10", "PUBREL with reason code 0x10", ONLY_5("MQTT-3.6.2-1"), [](const subject&) { return hex("62 04 0009 10 00"); }, malformed_or_protocol},
    {"pubrel-80", "PUBREL with reason code 0x80", ONLY_5("MQTT-3.6.2-1"), [](const subject&) { return hex("62 04 0009 80 00"); }, malformed_or_protocol},
    {"pubrel-reason-twice", "PUBREL with two Reason Strings", ONLY_5("U5-3.6.2.2.2-a"), [](const subject&) { return hex("62 0c 0009 00 08 1f 0001 61 1f 0001 62"); }, protocol_error},
};

// The short forms, which mean success: the exchange must go on, and the client stays.
struct short_form {
  std::string_view name;
  std::string_view title;
  std::string_view behind_id;  // what stands behind the packet identifier
};
constexpr short_form short_forms[] = {{"2", "Remaining Length 2", ""}, {"3", "Remaining Length 3", "00"}, {"4", "Remaining Length 4", "00 00"}};

// The last answer to a message: PUBACK at QoS 1, PUBCOMP at QoS 2.
task<> takes_short_last(subject& t, int level, bytes rest) {
  link& l = co_await join(t);
  const std::uint16_t id = co_await has_asked(t, l, level == 1 ? request::publish_1 : request::publish_2, level == 2);
  l.send(framed(level == 1 ? 0x40u : 0x70u, u16(id) + rest));
  co_await still_there(t, l);
}
task<> takes_short_puback(subject& t, bytes rest) { return takes_short_last(t, 1, std::move(rest)); }
task<> takes_short_pubcomp(subject& t, bytes rest) { return takes_short_last(t, 2, std::move(rest)); }
task<> takes_short_pubrec(subject& t, bytes rest) {
  link& l = co_await join(t);
  const std::uint16_t id = co_await has_asked(t, l, request::publish_2, false);
  l.send(framed(0x50, u16(id) + rest));
  const received release = co_await expect<pubrel>(t, l);
  t.s.require(release.as<pubrel>()->packet_id == id, "expected PUBREL " + std::to_string(id) + ", got " + in_words(*release, t.s.version()));
}
task<> takes_short_pubrel(subject& t, bytes rest) {
  link& l = co_await join(t);
  l.send(message_bytes(t, t.s.topic("in"), "x", 2, 9));
  co_await expect<pubrec>(t, l);
  l.send(framed(0x62, u16(9) + rest));
  co_await expect<pubcomp>(t, l);
}
struct shortened {
  std::string_view name;
  std::string_view packet;
  cited statements;
  task<> (*takes)(subject& t, bytes rest);
  needs_driver driven = needs_driver::yes;
};
const shortened shortened_packets[] = {
    {"puback", "PUBACK", ONLY_5("U5-3.4.2.1-a"), takes_short_puback},
    {"pubrec", "PUBREC", ONLY_5("U5-3.5.2.1-a"), takes_short_pubrec},
    {"pubrel", "PUBREL", ONLY_5("U5-3.6.2.1-a"), takes_short_pubrel, needs_driver::no},
    {"pubcomp", "PUBCOMP", ONLY_5("U5-3.7.2.1-a"), takes_short_pubcomp},
};
task<> takes_short_disconnect(subject& t, bytes packet) {
  link& l = co_await join(t);
  l.send(packet);
  const bool over = co_await ends(t, l);
  t.s.recommended(over, "the client keeps the connection behind a DISCONNECT; it should close it");
}

// C-ACKERR

task<> takes_refusal(subject& t, int level, unsigned code) {
  link& l = co_await join(t);
  const std::uint16_t id = co_await has_asked(t, l, level == 1 ? request::publish_1 : request::publish_2, false);
  l.send(framed(level == 1 ? 0x40u : 0x50u, u16(id) + u8(code)));
  for (const received& r : co_await still_there(t, l)) {
    if (r.as<pubrel>()) t.s.fail("behind a refusal came " + in_words(*r, t.s.version()), "MQTT-4.3.3-4");
    if (r.as<publish>()) t.s.fail("the refused message was sent again: " + in_words(*r, t.s.version()), "MQTT-4.4.0-2");
  }
  const received next = co_await published(t, l, t.s.topic("q"), "next", 1);
  l.send(framed(0x40, u16(next.as<publish>()->packet_id)));
  co_await still_there(t, l);
}
task<> takes_subscribe_refusal(subject& t, bool v5_code) {
  link& l = co_await join(t);
  const std::uint16_t id = co_await has_asked(t, l, request::subscribe, false);
  l.send(framed(0x90, u16(id) + properties(t.s.version()) + u8(v5_code ? 0x87 : 0x80)));
  co_await still_there(t, l);
}

// C-RPI

task<> minds_explanations(subject& t, bytes behind_id) {
  json options{{"request_problem_information", 0}};
  link& l = co_await join(t, arrival(options), "client");
  const auto wants = t.greeting().properties.get(prop::request_problem_information);
  if (wants != 0) t.s.inconclusive("the driver was asked for Request Problem Information 0, but CONNECT has none");
  const std::uint16_t id = co_await has_asked(t, l, request::publish_1, false);
  l.send(framed(0x40, u16(id) + u8(0) + properties(t.s.version(), behind_id)));
  co_await expect_close(t, l, protocol_error);
}

}  // namespace

void add_acknowledgements(catalogue& all) {
  add_bad_answers(all, "C-ACKCODES", bad_codes);
  add_bad_packets(all, "C-ACKCODES", bad_disconnects);
  for (const shortened& what : shortened_packets)
    for (const short_form& row : short_forms)
      all.push_back({"C-ACKCODES", "short-" + std::string(what.name) + "-" + std::string(row.name), std::string(what.packet) + " of " + std::string(row.title) + " means success", what.statements,
                     [&what, &row](subject& t) { return what.takes(t, hex(row.behind_id)); }, what.driven});
  all.push_back({"C-ACKCODES", "short-disconnect-0", "DISCONNECT of Remaining Length 0", ONLY_5("U5-3.14.2.1-a"), [](subject& t) { return takes_short_disconnect(t, hex("e0 00")); }});
  all.push_back({"C-ACKCODES", "short-disconnect-1", "DISCONNECT of Remaining Length 1", ONLY_5("U5-3.14.2.1-a"), [](subject& t) { return takes_short_disconnect(t, hex("e0 01 8b")); }});
  for (const unsigned code : {0x80u, 0x83u, 0x87u, 0x90u, 0x97u, 0x99u}) {
    const std::string digits = std::string("89"[code >> 4 == 9] + std::string(1, "0123456789abcdef"[code & 15]));
    all.push_back({"C-ACKERR", "puback-" + digits, "PUBACK 0x" + digits + ": no resend, and the connection goes on", ONLY_5("MQTT-4.4.0-2 U5-4.13.2-a"),
                   [code](subject& t) { return takes_refusal(t, 1, code); }, needs_driver::yes});
    all.push_back({"C-ACKERR", "pubrec-" + digits, "PUBREC 0x" + digits + ": no PUBREL, no resend, and the connection goes on", ONLY_5("MQTT-4.3.3-4 MQTT-4.4.0-2 U5-4.13.2-a"),
                   [code](subject& t) { return takes_refusal(t, 2, code); }, needs_driver::yes});
  }
  all.push_back({"C-ACKERR", "suback", "SUBACK that refuses: the connection goes on", {"", "", "U5-4.13.2-a"}, [](subject& t) { return takes_subscribe_refusal(t, true); }, needs_driver::yes});
  all.push_back({"C-RPI", "reason-string", "PUBACK with a Reason String, which the client did not want", ONLY_5("U5-3.1.2.11.7-c MQTT-3.1.2-29"),
                 [](subject& t) { return minds_explanations(t, hex("1f 0001 61")); }, needs_driver::yes});
  all.push_back({"C-RPI", "user-property", "PUBACK with a User Property, which the client did not want", ONLY_5("U5-3.1.2.11.7-c MQTT-3.1.2-29"),
                 [](subject& t) { return minds_explanations(t, hex("26 0001 61 0001 62")); }, needs_driver::yes});
}

}  // namespace mqttspan::conformance::client
