// C-AUTH, C-AUTHM: enhanced authentication, where the client wants it, and where it does not.
#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

using namespace wire;

bytes auth_of(unsigned code, const bytes& inside) { return framed(0xF0, u8(code) + properties(protocol_version::v5, inside)); }
bytes method(std::string_view name) { return u8(0x15) + text(name); }
bytes data(std::string_view what) { return u8(0x16) + text(what); }

json named() { return {{"authentication_method", "mqttspan-test"}, {"authentication_data", "hello"}}; }
json answering(unsigned code) { return {{"do", "authenticate"}, {"reason_code", code}, {"authentication_method", "mqttspan-test"}, {"authentication_data", "answer"}}; }
bytes continuing() { return auth_of(0x18, method("mqttspan-test") + data("more")); }
arrival accepted() {
  arrival how(named());
  how.properties = {prop::authentication_method("mqttspan-test")};
  return how;
}

// CONNECT with a method, not answered yet.
task<link&> asks_for_authentication(subject& t) {
  link& l = co_await arrive(t, named(), "client");
  const auto wanted = t.greeting().properties.get(prop::authentication_method);
  if (wanted != "mqttspan-test") t.s.inconclusive("the driver was asked for an authentication method, but CONNECT has none");
  co_return l;
}

// C-AUTH

const bad_packet unwanted[] = {
    {"unwanted", "AUTH to a client that named no method", {"", "", "MQTT-4.12.0-6 U5-3.15-a"}, [](const subject&) { return continuing(); }, protocol_error},
    {"unwanted-0", "AUTH of Remaining Length 0 to a client that named no method", {"", "", "U5-3.15-a"}, [](const subject&) { return hex("f0 00"); }, malformed_or_protocol},
    {"unwanted-success", "AUTH 0x00 to a client that named no method", {"", "", "MQTT-4.12.0-6 U5-3.15-a"}, [](const subject&) { return auth_of(0, method("mqttspan-test")); }, protocol_error},
};
task<> minds_method_in_connack(subject& t) {
  link& l = co_await arrive(t, json::object(), "client");
  if (t.greeting().properties.contains(prop::authentication_method)) t.s.skip("the client names a method");
  l.send(framed(0x20, hex("00 00") + properties(protocol_version::v5, method("mqttspan-test"))));
  co_await expect_close(t, l, protocol_error);
}

struct bad_auth {
  std::string_view name;
  std::string_view title;
  cited statements;
  bytes (*packet)();
  codes suitable = protocol_error;
};
const bad_auth bad_auths[] = {
    {"other-method", "AUTH with another method", {"", "", "U5-3.15-a MQTT-4.12.0-5"}, [] { return auth_of(0x18, method("another")); }, malformed_or_protocol},
    {"no-method", "AUTH without a method", {"", "", "U5-3.15.2.2.2-a"}, [] { return auth_of(0x18, data("more")); }, malformed_or_protocol},
    {"method-twice", "AUTH with two methods", {"", "", "U5-3.15.2.2.2-b"}, [] { return auth_of(0x18, method("mqttspan-test") + method("mqttspan-test")); }},
    {"data-twice", "AUTH with data twice", {"", "", "U5-3.15.2.2.3-a"}, [] { return auth_of(0x18, method("mqttspan-test") + data("a") + data("b")); }},
    {"reason-twice", "AUTH with two Reason Strings", {"", "", "U5-3.15.2.2.4-a"}, [] { return auth_of(0x18, method("mqttspan-test") + hex("1f 0001 61 1f 0001 62")); }},
    {"success-first", "AUTH 0x00 before CONNACK", {"", "", "MQTT-4.12.0-2"}, [] { return auth_of(0, method("mqttspan-test")); }, malformed_or_protocol},
    {"length-0", "AUTH of Remaining Length 0", {"", "", "~U5-3.15.2.1-a"}, [] { return hex("f0 00"); }, malformed_or_protocol},
};
const bad_auth bad_auths_of_methods[] = {
    {"length-1", "AUTH of Remaining Length 1", {"", "", "U5-3.15.2.1-c"}, [] { return hex("f0 01 18"); }, malformed},
    {"re-authenticate", "AUTH 0x19 from the server", {"", "", "U5-3.15.2.1-b"}, [] { return auth_of(0x19, method("mqttspan-test")); }, malformed_or_protocol},
};
task<> minds_auth(subject& t, bad_auth row) {
  link& l = co_await asks_for_authentication(t);
  l.send(row.packet());
  co_await expect_close(t, l, row.suitable, duty::should, question::none);
}

// C-AUTHM

task<> answered_auth(subject& t, link& l, unsigned code) {
  const received r = co_await expect<auth>(t, l);
  const auth& a = *r.as<auth>();
  t.s.require(static_cast<unsigned>(a.reason_code) == code, "expected another reason code, got " + in_words(*r, t.s.version()));
  t.s.require(a.properties.get(prop::authentication_method) == "mqttspan-test", "expected the method of CONNECT, got " + in_words(*r, t.s.version()));
}
task<> one_exchange(subject& t, link& l) {
  l.send(continuing());
  const json told = co_await event(t, "authentication");
  co_await tell(t, answering(0x18));  // skips where the driver cannot
  if (told.is_null()) t.s.inconclusive("the driver does not say that AUTH came");
  co_await answered_auth(t, l, 0x18);
}
task<> authenticates(subject& t) {
  link& l = co_await asks_for_authentication(t);
  co_await one_exchange(t, l);
  co_await one_exchange(t, l);
  co_await accept(t, l, accepted());
  co_await still_there(t, l);
}
task<> says_nothing_else(subject& t) {
  link& l = co_await asks_for_authentication(t);
  const std::string objection = co_await ask(t, publishing(t.s.topic("q"), "early", 0));
  co_await one_exchange(t, l);  // fails where another packet comes first
  co_await accept(t, l, accepted());
  co_await still_there(t, l);
}
task<> minds_foreign_connack(subject& t) {
  link& l = co_await asks_for_authentication(t);
  l.send(framed(0x20, hex("00 00") + properties(protocol_version::v5, method("another"))));
  co_await expect_close(t, l, malformed_or_protocol);
}
task<> authenticates_again(subject& t) {
  link& l = co_await asks_for_authentication(t);
  co_await accept(t, l, accepted());
  co_await tell(t, answering(0x19));
  co_await answered_auth(t, l, 0x19);
  co_await still_there(t, l);  // other packets go on
  const received m = co_await published(t, l, t.s.topic("q"), "meanwhile", 0);
  co_await one_exchange(t, l);
  l.send(auth_of(0, method("mqttspan-test")));
  co_await still_there(t, l);
}
task<> fails_again(subject& t) {
  link& l = co_await asks_for_authentication(t);
  co_await accept(t, l, accepted());
  co_await tell(t, answering(0x19));
  co_await answered_auth(t, l, 0x19);
  l.send(hex("e0 01 87"));
  const bool over = co_await ends(t, l);
  t.s.recommended(over, "the client keeps the connection behind DISCONNECT 0x87");
}

}  // namespace

void add_authentication(catalogue& all) {
  add_bad_packets(all, "C-AUTH", unwanted);
  all.push_back({"C-AUTH", "unwanted-connack", "CONNACK with a method to a client that named none", {"", "", "MQTT-4.12.0-6"}, minds_method_in_connack});
  for (const bad_auth& row : bad_auths)
    all.push_back({"C-AUTH", std::string(row.name), std::string(row.title), row.statements, [&row](subject& t) { return minds_auth(t, row); }, needs_driver::yes});
  for (const bad_auth& row : bad_auths_of_methods)
    all.push_back({"C-AUTHM", std::string(row.name), std::string(row.title), row.statements, [&row](subject& t) { return minds_auth(t, row); }, needs_driver::yes});
  const auto add = [&all](std::string name, std::string title, std::string_view statements, std::function<task<>(subject&)> play) {
    all.push_back({"C-AUTHM", std::move(name), std::move(title), {"", "", statements}, std::move(play), needs_driver::yes});
  };
  add("connect", "AUTH before CONNACK, twice", "MQTT-4.12.0-3 MQTT-4.12.0-5 U5-4.12.1-b", authenticates);
  add("nothing-else", "nothing but AUTH before CONNACK", "MQTT-3.1.2-30 MQTT-4.12.0-3", says_nothing_else);
  add("other-method", "CONNACK with another method", "MQTT-4.12.0-5", minds_foreign_connack);
  add("again", "re-authentication, other packets meanwhile", "MQTT-4.12.1-1 U5-4.12.1-a U5-4.12.1-b U5-4.12.1-c", authenticates_again);
  add("again-fails", "re-authentication that fails", "MQTT-4.12.1-2", fails_again);
}

}  // namespace mqttspan::conformance::client
