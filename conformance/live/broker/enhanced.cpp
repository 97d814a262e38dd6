// B-AUTH, B-AUTHM, B-AUTHRC, and AUTH for B-MAXPKTPROP. A broker without any method must refuse it; one with a method is told of by the peer file:
// "offers": {"auth": {"method": "…", "first": "<hex>", "answers": ["<hex>", …], "wrong": "<hex>"}}: the data of CONNECT, what the client answers to each
// AUTH of the broker's, and an answer that must fail.
#include <mqttspan/codec/property.hpp>

#include "bad_packets.hpp"
#include "exchanges.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

bytes method_property(std::string_view method) { return u8(0x15) + text(method); }
bytes data_property(std::string_view data) { return u8(0x16) + text(data); }
bytes auth_of(unsigned code, const bytes& inside) { return framed(0xF0, u8(code) + varint(static_cast<std::uint32_t>(inside.size())) + inside); }

// --- B-AUTH ---------------------------------------------------------------------------------------------------------------------------------

constexpr std::string_view unknown_method = "mqttspan-unknown";

constexpr cited method{"", "", "MQTT-4.12.0-1"}, uninvited{"", "", "MQTT-4.12.0-7 U5-3.15-a"};
const bad_packet unknown_methods[] = {
    {"unknown-method", "CONNECT with a method that no broker knows", method, [](const session& s) { return connect_of(s, 0, {}, method_property(unknown_method)); }, codes(0x8C, 0x87)},
    {"unknown-method-data", "CONNECT with a method that no broker knows, and data", method, [](const session& s) { return connect_of(s, 0, {}, method_property(unknown_method) + data_property("secret")); }, codes(0x8C, 0x87)},
    {"unknown-method-empty", "CONNECT with an empty method", method, [](const session& s) { return connect_of(s, 0, {}, method_property("")); }, codes(0x8C, 0x87)},
};
const bad_packet bad_auths[] = {
    {"uninvited-18", "AUTH 0x18 though CONNECT named no method", uninvited, [](const session&) { return auth_of(0x18, method_property("m")); }, malformed_or_protocol},
    {"uninvited-19", "AUTH 0x19 though CONNECT named no method", uninvited, [](const session&) { return auth_of(0x19, method_property("m")); }, malformed_or_protocol},
    {"uninvited-data", "AUTH 0x18 with data though CONNECT named no method", uninvited, [](const session&) { return auth_of(0x18, method_property("m") + data_property("d")); }, malformed_or_protocol},
    {"no-method", "AUTH without method", {"", "", "U5-3.15.2.2.2-a"}, [](const session&) { return auth_of(0x18, {}); }, malformed_or_protocol},
    {"no-method-data", "AUTH with data and without method", {"", "", "U5-3.15.2.2.2-a"}, [](const session&) { return auth_of(0x19, data_property("d")); }, malformed_or_protocol},
    {"method-twice", "AUTH with two methods", {"", "", "U5-3.15.2.2.2-b"}, [](const session&) { return auth_of(0x18, method_property("m") + method_property("m")); }, malformed_or_protocol},
    {"data-twice", "AUTH with data twice", {"", "", "U5-3.15.2.2.3-a"}, [](const session&) { return auth_of(0x18, method_property("m") + data_property("d") + data_property("d")); }, malformed_or_protocol},
    {"reason-twice", "AUTH with two Reason Strings", {"", "", "U5-3.15.2.2.4-a"}, [](const session&) { return auth_of(0x18, method_property("m") + hex("1f 0001 61 1f 0001 61")); }, malformed_or_protocol},
    {"length-0", "AUTH with Remaining Length 0", {"", "", "~U5-3.15.2.1-a"}, [](const session&) { return hex("f0 00"); }, malformed_or_protocol},
};

// --- with a method --------------------------------------------------------------------------------------------------------------------------

struct offer {
  std::string method;
  bytes first, wrong;
  std::vector<bytes> answers;
};
offer offer_of(const session& s) {
  const auto& auth = s.peer().offers.at("auth");
  offer o;
  o.method = auth.at("method").get<std::string>();
  o.first = hex(auth.value("first", ""));
  o.wrong = hex(auth.value("wrong", "00"));
  for (const auto& each : auth.value("answers", std::vector<std::string>())) o.answers.push_back(hex(each));
  return o;
}

bytes answer_with(const offer& o, const bytes& data, unsigned code = 0x18) { return auth_of(code, method_property(o.method) + data_property(data)); }

void same_method(session& s, const received& r, const property_list& list, const offer& o) {
  s.require(list.get(prop::authentication_method) == std::string_view(o.method), "expected the method of CONNECT, " + o.method + ": " + in_words(*r, s.version()));
}

// One AUTH of the broker's that asks for more.
task<> is_asked(session& s, link& l, offer o) {
  const received r = co_await expect<auth>(s, l);
  s.require(r.as<auth>()->reason_code == reason_code::continue_authentication, "expected AUTH 0x18, got " + in_words(*r, s.version()));
  same_method(s, r, r.as<auth>()->properties, o);
}

task<link&> begins(session& s, offer o) {
  link& l = co_await reach(s, "client");
  l.send(connect_of(s, 0, {}, method_property(o.method) + (o.first.empty() ? bytes() : data_property(o.first))));
  co_return l;
}

task<link&> authenticated(session& s, offer o) {
  link& l = co_await begins(s, o);
  for (const bytes& data : o.answers) {
    co_await is_asked(s, l, o);
    l.send(answer_with(o, data));
  }
  const received r = co_await hear(s, l, "CONNACK");
  s.require(r.as<connack>() != nullptr, "expected CONNACK at the end of the authentication, got " + in_words(*r, s.version()));
  if (is_error(r.as<connack>()->reason_code)) s.inconclusive("the authentication by the peer file's data fails: " + in_words(*r, s.version()));
  same_method(s, r, r.as<connack>()->properties, o);
  co_return l;
}

// The broker's AUTH, first without a limit and then, where it says more than it must, within one byte less.
task<> asks_within(session& s) {
  const offer o = offer_of(s);
  link& free = co_await begins(s, o);
  const received whole = co_await expect<auth>(s, free);
  free.close();
  const property_list& list = whole.as<auth>()->properties;
  const bool talks = list.contains(prop::reason_string) || list.contains(prop::user_property);
  const std::size_t limit = talks ? whole.bytes().size() - 1 : whole.bytes().size();
  link& l = co_await reach(s, "limited");
  l.send(connect_of(s, 0, {}, u8(0x27) + u32(static_cast<std::uint32_t>(limit)) + method_property(o.method) + (o.first.empty() ? bytes() : data_property(o.first))));
  const news n = co_await l.wait(patience);
  if (!talks) s.info("it has neither a Reason String nor a User Property, so that nothing can be left out");
  if (n != news::packet) co_return;
  const received less = l.take();
  s.require(less.bytes().size() <= limit, in_words(*less, s.version()) + " has " + std::to_string(less.bytes().size()) + " bytes; the client's Maximum Packet Size is " + std::to_string(limit));
}

task<> succeeds(session& s) {
  link& l = co_await authenticated(s, offer_of(s));
  co_await ping(s, l);
}
task<> fails(session& s) {
  const offer o = offer_of(s);
  link& l = co_await begins(s, o);
  co_await is_asked(s, l, o);
  l.send(answer_with(o, o.wrong));
  co_await expect_refusal(s, l, codes(0x87, 0x86, 0x80));
}
// Within the first authentication: an answer that breaks a rule.
task<> answers_badly(session& s, unsigned code, bool other_method) {
  offer o = offer_of(s);
  link& l = co_await begins(s, o);
  co_await is_asked(s, l, o);
  const bytes data = o.answers.empty() ? o.wrong : o.answers.front();
  if (other_method) o.method += "-other";
  l.send(answer_with(o, data, code));
  co_await expect_refusal(s, l, codes(0x82, 0x81, 0x87, 0x8C));
}

task<> reauthenticates(session& s, bool with_traffic) {
  const offer o = offer_of(s);
  link& l = co_await authenticated(s, o);
  l.send(answer_with(o, o.first, 0x19));
  for (const bytes& data : o.answers) {
    co_await is_asked(s, l, o);
    if (with_traffic) co_await ping(s, l);
    l.send(answer_with(o, data));
  }
  const received r = co_await expect<auth>(s, l);
  s.require(r.as<auth>()->reason_code == reason_code::success, "expected AUTH 0x00 at the end of the re-authentication, got " + in_words(*r, s.version()));
  same_method(s, r, r.as<auth>()->properties, o);
  co_await ping(s, l);
}
task<> reauthenticates_wrongly(session& s) {
  const offer o = offer_of(s);
  link& l = co_await authenticated(s, o);
  l.send(answer_with(o, o.first, 0x19));
  co_await is_asked(s, l, o);
  l.send(answer_with(o, o.wrong));
  co_await expect_close(s, l, codes(0x87, 0x86));
}
task<> changes_method(session& s) {
  offer o = offer_of(s);
  link& l = co_await authenticated(s, o);
  o.method += "-other";
  l.send(answer_with(o, o.first, 0x19));
  co_await expect_close(s, l, codes(0x82, 0x8C));
}
// AUTH that breaks its form, behind an authentication.
task<> sends_bad_auth(session& s, bytes packet) {
  link& l = co_await authenticated(s, offer_of(s));
  l.send(packet);
  co_await expect_close(s, l, malformed_or_protocol);
}
task<> sends_code_0(session& s) {
  const offer o = offer_of(s);
  link& l = co_await authenticated(s, o);
  l.send(answer_with(o, o.first, 0));
  co_await expect_close(s, l, malformed_or_protocol);
}

}  // namespace

void add_enhanced(catalogue& all) {
  add_bad_connects(all, "B-AUTH", unknown_methods);
  add_bad_packets(all, "B-AUTH", bad_auths);
  const std::string needs = "+auth";
  all.push_back({"B-MAXPKTPROP", "auth", "AUTH under a limit", {"", "", "MQTT-3.15.2-2 MQTT-3.15.2-3"}, asks_within, 0, needs});
  all.push_back({"B-AUTHM", "success", "an authentication that succeeds", {"", "", "MQTT-4.12.0-2 MQTT-4.12.0-5 U5-4.12.1-b"}, succeeds, 0, needs});
  all.push_back({"B-AUTHM", "failure", "an authentication that fails", {"", "", "MQTT-4.12.0-4"}, fails, 0, needs});
  all.push_back({"B-AUTHM", "other-method", "AUTH with another method than CONNECT", {"", "", "MQTT-4.12.0-5"}, [](session& s) { return answers_badly(s, 0x18, true); }, 0, needs});
  all.push_back({"B-AUTHM", "too-early", "AUTH 0x19 before CONNACK", {"", "", "U5-4.12.1-a"}, [](session& s) { return answers_badly(s, 0x19, false); }, 0, needs});
  all.push_back({"B-AUTHM", "again", "a re-authentication", {"", "", "MQTT-4.12.1-1 MQTT-4.12.0-2 MQTT-4.12.0-5 U5-4.12.1-b U5-3.15.2.1-b"}, [](session& s) { return reauthenticates(s, false); }, 0, needs});
  all.push_back({"B-AUTHM", "again-traffic", "a re-authentication with other packets in between", {"", "", "U5-4.12.1-c"}, [](session& s) { return reauthenticates(s, true); }, 0, needs});
  all.push_back({"B-AUTHM", "again-wrong", "a re-authentication that fails", {"", "", "MQTT-4.12.1-2"}, reauthenticates_wrongly, 0, needs});
  all.push_back({"B-AUTHM", "again-other-method", "a re-authentication with another method", {"", "", "MQTT-4.12.1-1"}, changes_method, 0, needs});
  all.push_back({"B-AUTHM", "code-0", "AUTH 0x00, which only servers send", {"", "", "U5-3.15.2.1-b"}, sends_code_0, 0, needs});
  all.push_back({"B-AUTHM", "length-1", "AUTH with Remaining Length 1", {"", "", "~U5-3.15.2.1-c"}, [](session& s) { return sends_bad_auth(s, hex("f0 01 19")); }, 0, needs});
  constexpr std::pair<unsigned, const char*> codes_of[] = {{0x00, "00"}, {0x19, "19"}, {0x80, "80"}, {0x01, "01"}};
  for (const auto& each : codes_of) {
    const unsigned code = each.first;
    all.push_back({"B-AUTHRC", std::string("code-") + each.second, std::string("AUTH 0x") + each.second + " within an authentication", {"", "", "MQTT-4.12.0-3"}, [code](session& s) { return answers_badly(s, code, false); }, 0, needs});
  }
}

}  // namespace mqttspan::conformance::broker
