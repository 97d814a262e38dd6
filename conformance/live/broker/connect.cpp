// CONNECT that is wrong: B-FIRST, B-CONN2, B-PNAME, B-PLEVEL, B-CRSV, B-WFLAGS, B-CPAY, B-PWNOUSER.
#include "bad_packets.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

// --- B-FIRST ---------------------------------------------------------------------------------------------------------------------------------

constexpr cited first_is_connect{"~U31-3.1-j", "MQTT-3.1.0-1", "MQTT-3.1.0-1 MQTT-3.14.0-1 U5-3.1-a"};
const bad_packet first_packets[] = {
    {"publish", "PUBLISH as the first packet", first_is_connect, [](const session& s) { return framed(0x30, text(s.topic("t")) + properties(s.version()) + "x"); }},
    {"publish-qos-1", "PUBLISH of QoS 1 as the first packet", first_is_connect, [](const session& s) { return framed(0x32, text(s.topic("t")) + u16(1) + properties(s.version()) + "x"); }},
    {"puback", "PUBACK as the first packet", first_is_connect, [](const session&) { return hex("40 02 0001"); }},
    {"pubrec", "PUBREC as the first packet", first_is_connect, [](const session&) { return hex("50 02 0001"); }},
    {"pubrel", "PUBREL as the first packet", first_is_connect, [](const session&) { return hex("62 02 0001"); }},
    {"pubcomp", "PUBCOMP as the first packet", first_is_connect, [](const session&) { return hex("70 02 0001"); }},
    {"subscribe", "SUBSCRIBE as the first packet", first_is_connect, [](const session& s) { return framed(0x82, u16(1) + properties(s.version()) + text(s.topic("t")) + u8(0)); }},
    {"unsubscribe", "UNSUBSCRIBE as the first packet", first_is_connect, [](const session& s) { return framed(0xA2, u16(1) + properties(s.version()) + text(s.topic("t"))); }},
    {"pingreq", "PINGREQ as the first packet", first_is_connect, [](const session&) { return hex("c0 00"); }},
    {"disconnect", "DISCONNECT as the first packet", first_is_connect, [](const session&) { return hex("e0 00"); }},
    {"auth", "AUTH as the first packet", {"", "", first_is_connect.v5}, [](const session&) { return hex("f0 06 18 04 15 0001 78"); }},
    {"connack", "CONNACK as the first packet", first_is_connect, [](const session& s) { return framed(0x20, hex("0000") + properties(s.version())); }},
    {"suback", "SUBACK as the first packet", first_is_connect, [](const session& s) { return framed(0x90, u16(1) + properties(s.version()) + u8(0)); }},
    {"unsuback", "UNSUBACK as the first packet", first_is_connect, [](const session& s) { return framed(0xB0, u16(1) + (s.v5() ? hex("0000") : bytes())); }},
    {"pingresp", "PINGRESP as the first packet", first_is_connect, [](const session&) { return hex("d0 00"); }},
};

task<> only_closes(session& s, const bad_packet& row) {
  link& l = co_await reach(s, "client");
  l.send(row.packet(s));
  const news n = co_await l.wait(patience);
  s.error_was_sent(n == news::closed);
  s.require(n != news::nothing, "expected the connection to be closed; it stays open");
  if (n == news::packet) {
    const received r = l.take();
    s.require(r.as<connack>() != nullptr, "expected the connection to be closed without a word; got " + in_words(*r, s.version()));
    s.info("a CONNACK came although there was no CONNECT: " + in_words(*r, s.version()));
    co_await until_closed(s, l);
  }
  s.saw("closed");
}

task<> says_nothing(session& s) {
  constexpr milliseconds long_enough{12'000};
  link& l = co_await reach(s, "client");
  const news n = co_await l.wait(long_enough);
  s.require(n != news::packet, "something came before any CONNECT");
  s.info(n == news::closed ? "closed within " + std::to_string(long_enough.count() / 1000) + " s" : "still open after " + std::to_string(long_enough.count() / 1000) + " s");
}

// --- B-CONN2 ---------------------------------------------------------------------------------------------------------------------------------

task<> second_connect(session& s, std::string_view role) {
  link& l = co_await join(s, "client");
  greeting again(s, role);
  l.send(again.packet);
  co_await expect_close(s, l, protocol_error);
}

// --- B-PNAME, B-PLEVEL -----------------------------------------------------------------------------------------------------------------------

bytes named(const session& s, std::string_view name, unsigned level) {
  connect_parts parts = parts_of(s.version());
  parts.name = name;
  parts.level = level;
  parts.payload = text(s.client_id("client"));
  return connect_packet(with_credentials(s, std::move(parts)), s.version());
}

// The answer may have the form of any version: it is looked at as bytes. 0x20, a length of 2 or 3, flags, code.
task<> foreign_name(session& s, bytes connect, bool must_close) {
  link& l = co_await reach(s, "client");
  l.keep_raw();
  l.send(connect);
  const bytes answer = co_await raw_until_closed(s, l, milliseconds(2'000));
  const bool accepted = answer.size() >= 4 && answer[0] == 0x20 && answer[3] == 0;
  s.require(!accepted, "the CONNECT was accepted");
  if (must_close) s.error_was_sent(l.is_closed());
  s.require(!must_close || l.is_closed(), "expected the connection to be closed; it stays open");
  s.saw(l.is_closed() ? "closed" : "neither accepted nor closed");
}

struct protocol_name {
  std::string_view name;
  std::string_view wire;
  std::string_view title;
};
constexpr protocol_name wrong_names[] = {
    {"last-letter-small", "MQTt", "protocol name \"MQTt\""}, {"small", "mqtt", "protocol name \"mqtt\""},         {"empty", "", "empty protocol name"},
    {"six-letters", "MQTTxx", "protocol name \"MQTTxx\""},   {"three-letters", "MQT", "protocol name \"MQT\""}, {"http", "HTTP", "protocol name \"HTTP\""},
};

// 3.1.1 wants return code 1 and then a close; for 5.0 the close is enough.
task<> unknown_level(session& s, unsigned level) {
  link& l = co_await reach(s, "client");
  l.keep_raw();
  l.send(named(s, s.v3_1() ? "MQIsdp" : "MQTT", level));
  const bytes answer = co_await raw_until_closed(s, l, milliseconds(4'000));
  const auto code = answer.size() >= 4 && answer[0] == 0x20 ? static_cast<unsigned char>(answer[3]) : -1;
  const bool in_3_form = answer.size() == 4, in_5_form = answer.size() > 4;
  s.error_was_sent(l.is_closed());
  s.require(code != 0, "expected a refusal; the CONNECT was accepted");
  s.require(l.is_closed(), "expected the connection to be closed; it stays open");
  s.saw(code < 0 ? "closed without CONNACK" : "CONNACK " + std::to_string(code) + " and closed");
  if (s.version() == protocol_version::v3_1_1) {
    if (in_5_form) s.info("the CONNACK has the form of 5.0, with reason code " + std::to_string(code));
    else s.require(in_3_form && code == 1, "expected CONNACK with return code 1 before the close; " + (code < 0 ? "closed without CONNACK" : "the code is " + std::to_string(code)));
  } else if (s.v5() && code >= 0) {
    s.recommended((in_5_form && code == 0x84) || (in_3_form && code == 1), "the code is " + std::to_string(code));
  }
}

task<> bridge_level(session& s, std::string_view name, unsigned level) {
  link& l = co_await reach(s, "client");
  l.keep_raw();
  l.send(named(s, name, level));
  const bytes answer = co_await raw_until_closed(s, l, milliseconds(2'000));
  const bool accepted = answer.size() >= 4 && answer[0] == 0x20 && answer[3] == 0;
  s.info(accepted ? "accepted, as brokers do that know bridges by it" : "refused");
}

// --- B-CRSV, B-WFLAGS, B-CPAY, B-PWNOUSER ----------------------------------------------------------------------------------------------------

constexpr unsigned will_flag = 0x04, will_retain = 0x20, password_flag = 0x40, user_flag = 0x80;
bytes will_fields(const session& s, const bytes& payload = "bye") { return properties(s.version()) + text(s.topic("will")) + text(payload); }

const bad_packet reserved_flag[] = {
    {"bit-0", "connect flags with bit 0 set", {"~U31-2.1-a", "MQTT-3.1.2-3 MQTT-3.1.4-1", "MQTT-3.1.2-3 MQTT-3.1.4-1 U5-3.1.2.3-a"},
     [](const session& s) { return connect_of(s, 0x01); }},
};

constexpr cited no_will_qos{"~U31-3.1-e", "MQTT-3.1.2-11 MQTT-3.1.2-13", "MQTT-3.1.2-11"};
constexpr cited no_will_retain{"~U31-3.1-e", "MQTT-3.1.2-11 MQTT-3.1.2-15", "MQTT-3.1.2-13"};
const bad_packet will_flags[] = {
    {"qos-1-without-will", "Will QoS 1 without Will Flag", no_will_qos, [](const session& s) { return connect_of(s, 0x08); }, malformed_or_protocol},
    {"qos-2-without-will", "Will QoS 2 without Will Flag", no_will_qos, [](const session& s) { return connect_of(s, 0x10); }, malformed_or_protocol},
    {"qos-3-without-will", "Will QoS 3 without Will Flag", {"~U31-3.1-e", "MQTT-3.1.2-11 MQTT-3.1.2-13 MQTT-3.1.2-14", "MQTT-3.1.2-11 U5-3.1.2.6-a"},
     [](const session& s) { return connect_of(s, 0x18); }, malformed_or_protocol},
    {"retain-without-will", "Will Retain without Will Flag", no_will_retain, [](const session& s) { return connect_of(s, will_retain); }, malformed_or_protocol},
    {"qos-1-retain-without-will", "Will QoS 1 and Will Retain without Will Flag", {"~U31-3.1-e", "MQTT-3.1.2-11 MQTT-3.1.2-13 MQTT-3.1.2-15", "MQTT-3.1.2-11 MQTT-3.1.2-13"},
     [](const session& s) { return connect_of(s, 0x28); }, malformed_or_protocol},
    {"qos-3", "a will of QoS 3", {"~U31-2.2-a", "MQTT-3.1.2-14", "MQTT-3.1.2-12 U5-3.1.2.6-a"}, [](const session& s) { return connect_of(s, will_flag | 0x18, will_fields(s)); }},
    {"qos-3-retain", "a will of QoS 3, retained", {"~U31-2.2-a", "MQTT-3.1.2-14", "MQTT-3.1.2-12 U5-3.1.2.6-a"},
     [](const session& s) { return connect_of(s, will_flag | will_retain | 0x18, will_fields(s, {})); }},
};

const bad_packet connect_payloads[] = {
    {"will-missing", "Will Flag, but no will", {"~U31-3.1-h", "MQTT-3.1.2-9", "MQTT-3.1.2-9"}, [](const session& s) { return connect_of(s, will_flag); }},
    {"will-message-missing", "Will Flag, a will topic, but no will message", {"~U31-3.1-h", "MQTT-3.1.2-9", "MQTT-3.1.2-9"},
     [](const session& s) { return connect_of(s, will_flag, properties(s.version()) + text(s.topic("will"))); }},
    {"will-surplus", "no Will Flag, but a will", {"~U31-3.1-i", "MQTT-3.1.2-11", "U5-2.1.4-a MQTT-3.1.2-9"}, [](const session& s) { return connect_of(s, 0, will_fields(s)); }},
    {"user-missing", "User Name Flag, but no user name", {"", "MQTT-3.1.2-19", "MQTT-3.1.2-17"}, [](const session& s) { return connect_of(s, user_flag); }},
    {"user-surplus", "no User Name Flag, but a user name", {"~U31-3.1-i", "MQTT-3.1.2-18", "MQTT-3.1.2-16"}, [](const session& s) { return connect_of(s, 0, text("user")); }},
    {"password-missing", "Password Flag, but no password", {"", "MQTT-3.1.2-21", "MQTT-3.1.2-19"}, [](const session& s) { return connect_of(s, user_flag | password_flag, text("user")); }},
    {"password-surplus", "no Password Flag, but a password", {"~U31-3.1-i", "MQTT-3.1.2-20", "MQTT-3.1.2-18"},
     [](const session& s) { return connect_of(s, user_flag, text("user") + text("secret")); }},
    {"empty", "CONNECT without a payload", {"~U31-3.1-f", "MQTT-3.1.3-3", "MQTT-3.1.3-3"}, [](const session& s) { return connect_packet(parts_of(s.version()), s.version()); }},
    {"no-properties", "CONNECT in the layout of 3.1.1", {"", "", "U5-3.1.2-a"},
     [](const session& s) { return framed(0x10, text("MQTT") + hex("05 02 0000") + text("aaaa" + s.client_id("client"))); }},
};

const bad_packet password_alone[] = {
    {"refused", "a password without a user name", {"~U31-3.1-d", "MQTT-3.1.2-22", ""}, [](const session& s) { return connect_of(s, password_flag, text("secret")); }},
};

// Such a CONNECT has no fault: it may be refused for what it says, but not for how it says it.
task<> is_well_formed(session& s, bytes (*packet)(const session&)) {
  link& l = co_await reach(s, "client");
  l.send(packet(s));
  const news n = co_await l.wait(patience);
  s.require(n != news::nothing, "expected CONNACK, nothing came");
  if (n == news::closed) s.inconclusive("closed without CONNACK: nobody can tell whether for how the CONNECT is written, or for what it says");
  const received r = l.take();
  const auto* c = r.as<connack>();
  s.require(c != nullptr, "expected CONNACK, got " + in_words(*r, s.version()));
  const bool is_fault = c->reason_code == reason_code::malformed_packet || c->reason_code == reason_code::protocol_error;
  s.require(!is_fault, "the CONNECT is well-formed, but was refused as if it were not: " + in_words(*r, s.version()));
  if (is_error(c->reason_code)) s.info("refused: " + in_words(*r, s.version()));
}

struct good_connect {
  std::string_view check, name, title;
  cited statements;
  bytes (*packet)(const session& s);
};
const good_connect well_formed[] = {
    {"B-CPAY", "binary-will", "a will message of arbitrary bytes", {"", "MQTT-3.1.2-9", "MQTT-3.1.2-9"},
     [](const session& s) { return connect_of(s, will_flag, will_fields(s, hex("00 ff fe 80 c0"))); }},
    {"B-CPAY", "empty-will", "an empty will message", {"U31-3.1-h", "MQTT-3.1.2-9", "MQTT-3.1.2-9"}, [](const session& s) { return connect_of(s, will_flag, will_fields(s, {})); }},
    {"B-CPAY", "binary-password", "a password of arbitrary bytes", {"", "U311-3.1.3.5-a", "MQTT-3.1.2-19"},
     [](const session& s) { return connect_of(s, user_flag | password_flag, text("user") + text(hex("00 ff fe 80 c0"))); }},
    {"B-CPAY", "empty-password", "an empty password", {"", "U311-3.1.3.5-a", "MQTT-3.1.2-19"},
     [](const session& s) { return connect_of(s, user_flag | password_flag, text("user") + text("")); }},
    {"B-CPAY", "user-missing-3.1", "User Name Flag, but no user name: valid in 3.1", {"U31-3.1-c", "", ""}, [](const session& s) { return connect_of(s, user_flag); }},
    {"B-CPAY", "password-missing-3.1", "Password Flag, but no password: valid in 3.1", {"U31-3.1-c", "", ""},
     [](const session& s) { return connect_of(s, user_flag | password_flag, text("user")); }},
    {"B-PWNOUSER", "well-formed", "a password without a user name", {"", "", "MQTT-3.1.2-19"}, [](const session& s) { return connect_of(s, password_flag, text("secret")); }},
};

void add_names_and_levels(catalogue& all) {
  const cited name{"~U31-3.1-a U31-3.1-k", "MQTT-3.1.2-1", "MQTT-3.1.2-1"};
  for (const protocol_name& row : wrong_names)
    all.push_back({"B-PNAME", std::string(row.name), std::string(row.title), name,
                   [&row](session& s) { return foreign_name(s, named(s, row.wire, static_cast<unsigned>(s.version())), s.v5()); }});
  all.push_back({"B-PNAME", "3.1-name", "protocol name \"MQIsdp\" with this version's level", {"", "~MQTT-3.1.2-1", "MQTT-3.1.2-1"},
                 [](session& s) { return foreign_name(s, named(s, "MQIsdp", static_cast<unsigned>(s.version())), s.v5()); }});
  for (const unsigned level : {0u, 1u, 2u, 6u, 9u, 127u, 255u})
    all.push_back({"B-PLEVEL", "level-" + std::to_string(level), "protocol level " + std::to_string(level), {"~U31-3.1-k", "MQTT-3.1.2-2", "MQTT-3.1.2-2"},
                   [level](session& s) { return unknown_level(s, level); }});
  all.push_back({"B-PLEVEL", "bridge-3.1", "protocol level 0x83", {"~U31-3.1-a", "", ""}, [](session& s) { return bridge_level(s, "MQIsdp", 0x83); }});
  all.push_back({"B-PLEVEL", "bridge-3.1.1", "protocol level 0x84", {"", "~MQTT-3.1.2-2", ""}, [](session& s) { return bridge_level(s, "MQTT", 0x84); }});
}

}  // namespace

void add_connect(catalogue& all) {
  for (const bad_packet& row : first_packets)
    all.push_back({"B-FIRST", std::string(row.name), std::string(row.title), row.statements, [&row](session& s) { return only_closes(s, row); }});
  all.push_back({"B-FIRST", "nothing", "nothing is sent at all", {"~U31-3.1-j", "~U311-3.1.4-a", "~U5-3.1.4-a"}, says_nothing, 13});
  const cited once{"~U31-3.1-j", "MQTT-3.1.0-2", "MQTT-3.1.0-2"};
  all.push_back({"B-CONN2", "same-id", "a second CONNECT with the same client id", once, [](session& s) { return second_connect(s, "client"); }});
  all.push_back({"B-CONN2", "other-id", "a second CONNECT with another client id", once, [](session& s) { return second_connect(s, "other"); }});
  add_names_and_levels(all);
  add_bad_connects(all, "B-CRSV", reserved_flag);
  add_bad_connects(all, "B-WFLAGS", will_flags);
  add_bad_connects(all, "B-CPAY", connect_payloads);
  add_bad_connects(all, "B-PWNOUSER", password_alone);
  for (const good_connect& row : well_formed)
    all.push_back({std::string(row.check), std::string(row.name), std::string(row.title), row.statements, [&row](session& s) { return is_well_formed(s, row.packet); }});
}

}  // namespace mqttspan::conformance::broker
