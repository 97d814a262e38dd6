// C-FIRST, C-NOCONNACK, C-SP, C-TAKEOVER, C-DISC, C-LAX: how connections begin and end.
#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

using namespace wire;

// C-FIRST

task<> begins_with_connect(subject& t) {
  link& l = co_await arrive(t, json::object(), "client");
  if (encoded(*t.hello, t.s.version()) != t.hello.bytes()) t.s.info("CONNECT is good, but not as our encoder writes it");
  arrival how;
  co_await accept(t, l, how);
  co_await still_there(t, l);
}

json full_greeting(const subject& t) {
  json will{{"topic", t.s.topic("will")}, {"payload", "gone"}, {"qos", 1}, {"retain", true}};
  return {{"will", std::move(will)}, {"user_name", "somebody"}, {"password", "secret"}, {"keep_alive", 37}};
}

task<> says_all_in_connect(subject& t) {
  link& l = co_await arrive(t, full_greeting(t), "client");
  const connect& c = t.greeting();
  t.s.require(c.client_id == t.s.client_id("c"), "expected the client id that the driver was told");
  t.s.require(c.will && c.will->topic == t.s.topic("will") && as_text(c.will->payload) == "gone", "expected the will that the driver was told");
  t.s.require(c.will->qos == qos::at_least_once && c.will->retain, "expected a will of QoS 1 with RETAIN");
  t.s.require(c.user_name == "somebody" && c.password && as_text(*c.password) == "secret", "expected the user name and password that the driver was told");
  t.s.require(c.keep_alive == 37, "expected the keep alive that the driver was told");
  arrival how;
  co_await accept(t, l, how);
  co_await still_there(t, l);
}

// C-NOCONNACK

const bad_packet before_connack[] = {
    {"publish-first", "PUBLISH before CONNACK", {"~U31-3.1-j", "MQTT-3.2.0-1 MQTT-4.8.0-1", "MQTT-3.2.0-1"}, [](const subject& t) { return message_bytes(t, t.s.topic("t"), "early", 0, 0); }, protocol_error},
    {"suback-first", "SUBACK before CONNACK", {"~U31-3.1-j", "MQTT-3.2.0-1 MQTT-4.8.0-1", "MQTT-3.2.0-1"},
     [](const subject& t) { return framed(0x90, u16(1) + properties(t.s.version()) + u8(0)); }, protocol_error},
    {"pingresp-first", "PINGRESP before CONNACK", {"~U31-3.1-j", "MQTT-3.2.0-1 MQTT-4.8.0-1", "MQTT-3.2.0-1"}, [](const subject&) { return hex("d0 00"); }, protocol_error},
    {"disconnect-first", "DISCONNECT before CONNACK", {"", "", "MQTT-3.2.0-1 MQTT-3.14.0-1"}, [](const subject&) { return hex("e0 01 8b"); }, protocol_error},
};

task<> closes_before_connack(subject& t, bytes packet, codes suitable) {
  link& l = co_await arrive(t, json::object(), "client");
  l.send(packet);
  co_await expect_close(t, l, suitable, duty::should, question::connack);
}

task<> minds_second_connack(subject& t) {
  link& l = co_await join(t);
  l.send(connack{});
  co_await expect_close(t, l, protocol_error);
}

struct odd_connack {
  std::string_view name;
  std::string_view title;
  cited statements;
  std::string_view digits_3;
  std::string_view digits_5;
};
constexpr cited flag_bits{"~U31-3.2-a", "U311-3.2.2-a MQTT-4.8.0-1", "MQTT-3.2.2-1"};
constexpr odd_connack odd_flags[] = {
    {"flags-02", "CONNACK with bit 1 of the flags set", flag_bits, "20 02 02 00", "20 03 02 00 00"},
    {"flags-80", "CONNACK with bit 7 of the flags set", flag_bits, "20 02 80 00", "20 03 80 00 00"},
    {"flags-fe", "CONNACK with all reserved flags set", flag_bits, "20 02 fe 00", "20 03 fe 00 00"},
};
constexpr cited code_3{"U31-3.2-b", "U311-3.2.2-b", ""};
constexpr cited code_5{"", "", "MQTT-3.2.2-8"};
constexpr odd_connack odd_codes[] = {
    {"code-6", "CONNACK with return code 6", code_3, "20 02 00 06", ""},
    {"code-128", "CONNACK with return code 128", code_3, "20 02 00 80", ""},
    {"code-255", "CONNACK with return code 255", code_3, "20 02 00 ff", ""},
    {"code-01", "CONNACK with reason code 0x01", code_5, "", "20 03 00 01 00"},
    {"code-05", "CONNACK with reason code 0x05, as 3.1.1 had it", code_5, "", "20 03 00 05 00"},
    {"code-18", "CONNACK with reason code 0x18", code_5, "", "20 03 00 18 00"},
    {"code-7f", "CONNACK with reason code 0x7F", code_5, "", "20 03 00 7f 00"},
    {"code-92", "CONNACK with reason code 0x92, which belongs to PUBREL", code_5, "", "20 03 00 92 00"},
    {"code-ff", "CONNACK with reason code 0xFF", code_5, "", "20 03 00 ff 00"},
};

task<> closes_behind_odd_flags(subject& t, const odd_connack& row) {
  link& l = co_await arrive(t, json::object(), "client");
  l.send(hex(t.v5() ? row.digits_5 : row.digits_3));
  co_await expect_close(t, l, malformed_or_protocol);
}
task<> is_not_accepted(subject& t, const odd_connack& row) {
  link& l = co_await arrive(t, json::object(), "client");
  l.send(hex(t.v5() ? row.digits_5 : row.digits_3));
  co_await expect_refused(t, l);
}

json impatient() { return {{"connect_timeout", 2}}; }

task<> waits_for_connack(subject& t) {
  link& l = co_await arrive(t, impatient(), "client");
  const bool over = co_await ends(t, l, milliseconds(12'000));
  t.s.recommended(over, "12 s without CONNACK, and the client still waits; it should close after a reasonable time");
}

// C-SP

json resuming() { return {{"clean", false}, {"session_expiry", 3600}}; }

task<> knows_no_session(subject& t, bool clean) {
  const json options = clean ? json::object() : resuming();
  link& l = co_await arrive(t, options, "client");
  if (clean && !t.greeting().clean_start) t.s.skip("the client wants to go on with a session");
  connack present;
  present.session_present = true;
  l.send(present);
  co_await expect_close(t, l, protocol_error, duty::must);
}

task<> drops_session(subject& t, bool behind_pubrec) {
  arrival first(resuming());
  link& l = co_await join(t, std::move(first), "first");
  co_await has_asked(t, l, request::publish_2, behind_pubrec);
  l.close(true);
  co_await event(t, "closed");
  arrival second(resuming());
  link& again = co_await join(t, std::move(second), "second");
  for (const received& r : co_await still_there(t, again)) {
    if (r.as<pubrel>()) t.s.fail("the session is gone, yet PUBREL of it came");
    const auto* m = r.as<publish>();
    if (m && m->dup) t.s.fail("the session is gone, yet a message of it came with DUP");
    if (m) t.s.info("the message of the lost session was published anew");
  }
}

// C-TAKEOVER, C-DISC

task<> ends_when_told(subject& t, unsigned code) {
  link& l = co_await join(t);
  l.send(framed(0xE0, u8(code) + u8(0)));
  const bool over = co_await ends(t, l);
  t.s.recommended(over, "the client keeps the connection behind a DISCONNECT; it should close it");
}

task<> ends_when_cut(subject& t) {
  link& l = co_await join(t);
  l.close();
  if (!t.program) co_return;
  const json told = co_await event(t, "closed");
  const std::string failure = t.program->failure();
  if (told.is_null() && !failure.empty()) t.s.fail("the client's program " + failure);
  if (told.is_null()) t.s.info("the application was not told that the connection is gone");
}

// A client may finish what is in flight first.
task<> leaves(subject& t, link& l, std::uint16_t in_flight = 0) {
  co_await tell(t, plain("disconnect"));
  const news n = co_await l.wait(milliseconds(1'000));
  if (n == news::nothing && in_flight != 0) l.send(framed(0x40, u16(in_flight)));
  bool said = false;
  for (const received& r : co_await until_closed(t, l)) {
    if (said) t.s.fail("behind DISCONNECT came " + in_words(*r, t.s.version()));
    said = r.as<disconnect>() != nullptr;
  }
  if (!said) t.s.info("the client closed the connection without DISCONNECT");
}
task<> says_goodbye(subject& t) {
  link& l = co_await join(t);
  co_await leaves(t, l);
}
task<> says_goodbye_in_flight(subject& t) {
  arrival how(foreseen(publishing(t.s.topic("q"), "in flight", 1)));
  link& l = co_await join(t, std::move(how), "client");
  const received m = co_await published(t, l, t.s.topic("q"), "in flight", 1);
  co_await leaves(t, l, m.as<publish>()->packet_id);
}

// C-LAX

task<> watches(subject& t, bytes packet) {
  link& l = co_await join(t);
  l.send(packet);
  co_await still_there(t, l);
  t.s.saw("accepted");
}
task<> watches_refusal(subject& t) {
  link& l = co_await arrive(t, json::object(), "client");
  l.send(hex(t.v5() ? "20 03 01 87 00" : "20 02 01 05"));
  const bool over = co_await ends(t, l, milliseconds(2'000));
  t.s.saw(over ? "the client closed" : "the client keeps the connection open");
}

void add_odd_connacks(catalogue& all) {
  for (const bad_packet& row : before_connack)
    all.push_back({"C-NOCONNACK", std::string(row.name), std::string(row.title), row.statements, [&row](subject& t) { return closes_before_connack(t, row.packet(t), row.suitable); }});
  for (const odd_connack& row : odd_flags)
    all.push_back({"C-NOCONNACK", std::string(row.name), std::string(row.title), row.statements, [&row](subject& t) { return closes_behind_odd_flags(t, row); }});
  for (const odd_connack& row : odd_codes)
    all.push_back({"C-NOCONNACK", std::string(row.name), std::string(row.title), row.statements, [&row](subject& t) { return is_not_accepted(t, row); }});
  all.push_back({"C-NOCONNACK", "second", "a second CONNACK", {"", "~U311-3.2-b", "MQTT-3.2.0-2"}, minds_second_connack});
  all.push_back({"C-NOCONNACK", "never", "no CONNACK at all", {"~U31-3.1-j", "~U311-3.2-a", "~U5-3.2-a"}, waits_for_connack, needs_driver::no, 12});
}

}  // namespace

void add_connect(catalogue& all) {
  all.push_back({"C-FIRST", "connect", "CONNECT comes first", {"U31-3.1-j", "MQTT-3.1.0-1", "MQTT-3.1.0-1"}, begins_with_connect});
  all.push_back({"C-FIRST", "full", "CONNECT with a will, user name and password says what it was told to say", {"U31-3.1-j", "MQTT-3.1.0-1", "MQTT-3.1.0-1"}, says_all_in_connect, needs_driver::yes});
  add_odd_connacks(all);
  all.push_back({"C-SP", "clean", "Session Present to a client that wanted a clean start", {"", "", "MQTT-3.2.2-4"}, [](subject& t) { return knows_no_session(t, true); }});
  all.push_back({"C-SP", "new", "Session Present to a client that has not been here before", {"", "", "~MQTT-3.2.2-4"}, [](subject& t) { return knows_no_session(t, false); }, needs_driver::yes});
  all.push_back({"C-SP", "lost-publish", "no Session Present to a client that waits for PUBREC", {"", "", "MQTT-3.2.2-5"}, [](subject& t) { return drops_session(t, false); }, needs_driver::yes});
  all.push_back({"C-SP", "lost-pubrel", "no Session Present to a client that waits for PUBCOMP", {"", "", "MQTT-3.2.2-5"}, [](subject& t) { return drops_session(t, true); }, needs_driver::yes});
  all.push_back({"C-TAKEOVER", "disconnect", "DISCONNECT 0x8E: somebody took the session over", {"", "", "MQTT-3.1.4-3"}, [](subject& t) { return ends_when_told(t, 0x8E); }});
  all.push_back({"C-TAKEOVER", "cut", "the connection is closed as on takeover", {"", "", "MQTT-3.1.4-3"}, ends_when_cut});
  all.push_back({"C-DISC", "client", "DISCONNECT is the last thing that is sent, and then the connection is closed", {"", "MQTT-3.14.4-1 MQTT-3.14.4-2", "MQTT-3.14.4-1 MQTT-3.14.4-2"}, says_goodbye, needs_driver::yes});
  all.push_back({"C-DISC", "in-flight", "the same while a message is in flight", {"", "MQTT-3.14.4-1 MQTT-3.14.4-2", "MQTT-3.14.4-1 MQTT-3.14.4-2"}, says_goodbye_in_flight, needs_driver::yes});
  all.push_back({"C-DISC", "server", "DISCONNECT 0x8B from the server", {"", "", "U5-3.14.4-a"}, [](subject& t) { return ends_when_told(t, 0x8B); }});
  all.push_back({"C-DISC", "server-normal", "DISCONNECT 0x00 from the server", {"", "", "U5-3.14.4-a"}, [](subject& t) { return ends_when_told(t, 0x00); }});
  all.push_back({"C-LAX", "long-length", "PINGRESP with a Remaining Length of two bytes for 0", {"~U31-2.1-d", "~U311-2.2.3-b", ""}, [](subject& t) { return watches(t, hex("d0 8000")); }});
  all.push_back({"C-LAX", "refusal-with-session", "CONNACK that refuses with Session Present", {"", "~MQTT-3.2.2-4", "~MQTT-3.2.2-6"}, watches_refusal});
  all.push_back({"C-LAX", "unknown-subscription", "PUBLISH with a Subscription Identifier that the client never gave", {"", "", "~U5-3.3.4-a"},
                 [](subject& t) { return watches(t, message_bytes(t, t.s.topic("t"), "x", 0, 0, false, hex("0b 07"))); }});
}

}  // namespace mqttspan::conformance::client
