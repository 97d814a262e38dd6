// CONNECT that is good, and what becomes of it: B-CONNACK, B-CID, B-CIDEMPTY, B-TAKEOVER, B-REJPIPE, B-REFUSE, B-CORDER.
#include "bad_packets.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

std::string words(const session& s, const received& r) { return in_words(*r, s.version()); }

// The first packet, which must be CONNACK.
task<received> first_answer(session& s, link& l) {
  received r = co_await hear(s, l, "CONNACK");
  s.require(r.as<connack>() != nullptr, "expected CONNACK as the first packet, got " + words(s, r));
  co_return r;
}

bool is_success(const received& r) { return r.as<connack>()->reason_code == reason_code::success; }

// --- B-CONNACK -------------------------------------------------------------------------------------------------------------------------------

struct variant {
  std::string_view name, title;
  void (*change)(greeting& hello, const session& s);
  bool only_5 = false;
};

const variant variants[] = {
    {"plain", "CONNECT with a client id only", [](greeting&, const session&) {}},
    {"keep-alive", "CONNECT with the longest Keep Alive", [](greeting& g, const session&) { g.packet.keep_alive = 65'535; }},
    {"not-clean", "CONNECT that does not begin clean", [](greeting& g, const session&) { g.packet.clean_start = false; }},
    {"will", "CONNECT with a will",
     [](greeting& g, const session& s) {
       g.texts.push_back(s.topic("will"));
       g.packet.will.emplace();
       g.packet.will->topic = g.texts.back();
       g.packet.will->payload = as_bytes("bye");
     }},
    {"session-expiry", "CONNECT with Session Expiry Interval", [](greeting& g, const session&) { g.properties = {prop::session_expiry_interval(1)}; }, true},
    {"receive-maximum", "CONNECT with Receive Maximum", [](greeting& g, const session&) { g.properties = {prop::receive_maximum(std::uint16_t{1})}; }, true},
    {"maximum-packet-size", "CONNECT with Maximum Packet Size", [](greeting& g, const session&) { g.properties = {prop::maximum_packet_size(1'000)}; }, true},
    {"topic-alias-maximum", "CONNECT with Topic Alias Maximum", [](greeting& g, const session&) { g.properties = {prop::topic_alias_maximum(std::uint16_t{10})}; }, true},
    {"request-response-information", "CONNECT that asks for response information",
     [](greeting& g, const session&) { g.properties = {prop::request_response_information(std::uint8_t{1})}; }, true},
    {"request-problem-information", "CONNECT that asks for no problem information",
     [](greeting& g, const session&) { g.properties = {prop::request_problem_information(std::uint8_t{0})}; }, true},
    {"user-properties", "CONNECT with user properties", [](greeting& g, const session&) { g.properties = {prop::user("a", "1"), prop::user("a", "2"), prop::user("", "")}; }, true},
    {"all-properties", "CONNECT with all properties but those of authentication",
     [](greeting& g, const session&) {
       g.properties = {prop::user("k", "v"), prop::maximum_packet_size(100'000), prop::request_problem_information(std::uint8_t{1}),
                       prop::topic_alias_maximum(std::uint16_t{2}), prop::session_expiry_interval(0), prop::request_response_information(std::uint8_t{0}),
                       prop::receive_maximum(std::uint16_t{5})};
     }, true},
};

task<> is_welcome(session& s, const variant& v) {
  greeting hello(s, "client");
  v.change(hello, s);
  link& l = co_await reach(s, "client");
  if (!hello.properties.empty()) hello.packet.properties = hello.properties;
  l.send(hello.packet);
  const received r = co_await first_answer(s, l);
  if (!is_success(r)) s.inconclusive("the CONNECT is good, but the broker has reasons of its own: " + words(s, r));
  co_await subscribe_to(s, l, s.topic("t"), qos::at_most_once);
  const std::vector<received> more = co_await ping(s, l);
  for (const received& each : more)
    s.require(!each.as<connack>(), "a second CONNACK came");
}

// --- B-CID -----------------------------------------------------------------------------------------------------------------------------------

// Fixed ids, which every run has: other letters in each version, so that its plays do not meet.
std::string fixed_id(const session& s, std::size_t begin, std::size_t size) {
  static constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const std::size_t shift = begin + 3 * static_cast<std::size_t>(s.version());
  std::string id;
  for (std::size_t i = 0; i < size; ++i) id += alphabet[(shift + i) % alphabet.size()];
  return id;
}

task<> takes_id(session& s, std::string id, bool must) {
  connect_parts parts = parts_of(s.version());
  parts.payload = text(id);
  link& l = co_await reach(s, "client");
  l.send(connect_packet(with_credentials(s, parts), s.version()));
  const news n = co_await l.wait(patience);
  if (n != news::packet) {
    if (must) s.fail("expected CONNACK 0, but the connection was closed or nothing came");
    s.info(n == news::closed ? "refused: closed" : "no answer");
    co_return;
  }
  const received r = l.take();
  const auto* c = r.as<connack>();
  s.require(c != nullptr, "expected CONNACK, got " + words(s, r));
  if (must && c->reason_code == reason_code::client_identifier_not_valid) s.fail("expected CONNACK 0, got " + words(s, r));
  if (must && is_error(c->reason_code)) s.inconclusive("refused, but not for the client id: " + words(s, r));
  if (!must) s.info(is_error(c->reason_code) ? "refused: " + words(s, r) : "accepted");
}

struct odd_id {
  std::string_view name, title, wire;
  std::size_t times = 1;
};
constexpr odd_id odd_ids[] = {
    {"24-bytes", "client id of 24 letters", "x", 24}, {"1000-bytes", "client id of 1,000 letters", "x", 1'000}, {"65535-bytes", "client id of 65,535 letters", "x", 65'535},
    {"space", "client id with a space", "mqttspan odd"}, {"slash", "client id with '/'", "mqttspan/odd"}, {"plus", "client id with '+'", "mqttspan+odd"},
    {"hash", "client id with '#'", "mqttspan#odd"}, {"accent", "client id with a letter outside ASCII", "mqttspan-\xc3\xa9"},
    {"dollar", "client id that begins with '$'", "$mqttspan"}, {"control", "client id with a control character", "mqttspan\x07"},
};

// --- B-CIDEMPTY ------------------------------------------------------------------------------------------------------------------------------

bytes connect_without_id(const session& s, bool clean) {
  connect_parts parts = parts_of(s.version());
  parts.flags = clean ? 0x02u : 0x00u;
  parts.payload = text("");
  return connect_packet(with_credentials(s, parts), s.version());
}

// One at a time; the verdict is about the two together.
task<received> without_id(session& s, link& l) {
  l.send(connect_without_id(s, true));
  received r = co_await first_answer(s, l);
  co_return r;
}

task<> two_without_id(session& s) {
  link& first = co_await reach(s, "first");
  const received one = co_await without_id(s, first);
  if (!is_success(one)) {
    co_await until_closed(s, first);
    s.recommended(one.as<connack>()->reason_code == reason_code::client_identifier_not_valid, "an empty client id is refused with " + words(s, one));
    co_return;
  }
  link& second = co_await reach(s, "second");
  const received two = co_await without_id(s, second);
  s.require(is_success(two), "an empty client id was accepted once, and then refused: " + words(s, two));
  co_await ping(s, first);  // both live: they have different ids
  co_await ping(s, second);
  if (!s.v5()) co_return;
  const auto id = one.as<connack>()->properties.get(prop::assigned_client_identifier), other = two.as<connack>()->properties.get(prop::assigned_client_identifier);
  s.require(id && other, "expected an Assigned Client Identifier in CONNACK, there is none");
  s.require(!id->empty() && *id != *other, "two clients that are connected have the same Assigned Client Identifier");
}

// The id that was assigned is as good as one that was sent: the session is found again by it.
task<> assigned_id_counts(session& s) {
  link& first = co_await reach(s, "first");
  connect_parts parts = parts_of(s.version());
  parts.properties = u8(0x11) + u32(60);
  parts.payload = text("");
  first.send(connect_packet(with_credentials(s, parts), s.version()));
  const received one = co_await first_answer(s, first);
  if (!is_success(one)) s.inconclusive("an empty client id is refused: " + words(s, one));
  const auto assigned = one.as<connack>()->properties.get(prop::assigned_client_identifier);
  s.require(assigned.has_value(), "expected an Assigned Client Identifier in CONNACK, there is none");
  const std::string id(*assigned);
  first.send(disconnect{});
  co_await until_closed(s, first);
  greeting hello(s, "again");
  hello.packet.client_id = id;
  hello.packet.clean_start = false;
  link& again = co_await reach(s, "again");
  const received two = co_await greet(s, again, hello);
  s.require(is_success(two), "a CONNECT with the assigned client id was refused: " + words(s, two));
  const auto expiry = one.as<connack>()->properties.get(prop::session_expiry_interval);
  if (expiry && *expiry == 0) s.inconclusive("the broker keeps no session: Session Expiry Interval 0 in CONNACK");
  s.require(two.as<connack>()->session_present, "the session under the assigned client id is gone");
}

task<> without_id_not_clean(session& s) {
  link& l = co_await reach(s, "client");
  l.send(connect_without_id(s, false));
  if (s.v5()) {
    const received r = co_await first_answer(s, l);
    if (!is_success(r)) s.info("refused: " + words(s, r));
    else s.require(r.as<connack>()->properties.contains(prop::assigned_client_identifier), "expected an Assigned Client Identifier in CONNACK, there is none");
    co_return;
  }
  const received r = co_await first_answer(s, l);
  s.require(return_code(r.as<connack>()->reason_code) == std::uint8_t{2}, "expected CONNACK 2, got " + words(s, r));
  co_await until_closed(s, l);
}

// --- B-TAKEOVER ------------------------------------------------------------------------------------------------------------------------------

task<> takes_over(session& s, bool clean) {
  greeting hello(s, "twin");
  hello.packet.clean_start = clean;
  if (s.v5() && !clean) hello.properties = {prop::session_expiry_interval(30)};
  link& older = co_await join(s, "older", hello);
  link& newer = co_await reach(s, "newer");
  const received r = co_await greet(s, newer, hello);
  s.require(is_success(r), "the second connection with the client id was refused: " + words(s, r));
  const std::vector<received> last = co_await until_closed(s, older);
  co_await ping(s, newer);
  if (!clean && !s.v3_1()) s.require(r.as<connack>()->session_present, "the session of the connection that was taken over is not there any more");
  if (!s.v5()) co_return;
  const auto* why = last.empty() ? nullptr : last.back().as<disconnect>();
  s.recommended(why && why->reason_code == reason_code::session_taken_over, why ? "the DISCONNECT has another code than 0x8e" : "closed without a DISCONNECT that says why");
  newer.send(disconnect{});
}

// --- B-REJPIPE -------------------------------------------------------------------------------------------------------------------------------

bytes publish_bytes(const session& s, std::string_view topic, std::string_view payload) { return framed(0x30, text(topic) + properties(s.version()) + bytes(payload)); }

// A CONNECT that has to be refused, with PUBLISH behind it in the same write.
task<> ignores_behind_refused(session& s) {
  const std::string topic = s.topic("t");
  link& subscriber = co_await join(s, "subscriber");
  co_await subscribe_to(s, subscriber, topic, qos::at_most_once);
  connect_parts parts = parts_of(s.version());
  parts.payload = text(s.client_id("refused"));
  parts.flags |= 0x01;  // the reserved bit
  link& l = co_await reach(s, "refused");
  l.send(connect_packet(with_credentials(s, parts), s.version()) + publish_bytes(s, topic, "from the refused one") +
         framed(0x82, u16(1) + properties(s.version()) + text(s.topic("other")) + u8(0)));
  for (const received& r : co_await until_closed(s, l))
    if (const auto* c = r.as<connack>(); !c || !is_error(c->reason_code)) s.fail("expected nothing but a refusal, got " + words(s, r));
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, topic, "end");
  const std::vector<message> came = co_await messages_until(s, subscriber, topic, "end");
  s.require(came.size() == 1, "the PUBLISH behind the refused CONNECT was processed");
}

task<> takes_behind_accepted(session& s) {
  const std::string topic = s.topic("t");
  greeting hello(s, "client");
  link& l = co_await reach(s, "client");
  l.send(encoded(hello.packet, s.version()) + framed(0x82, u16(7) + properties(s.version()) + text(topic) + u8(0)) + publish_bytes(s, topic, "early"));
  const received r = co_await first_answer(s, l);
  if (!is_success(r)) s.inconclusive("a good CONNECT was refused: " + words(s, r));
  const received ack = co_await expect<suback>(s, l);
  s.require(ack.as<suback>()->packet_id == 7, "SUBACK has another packet id");
  const std::vector<message> came = co_await messages_until(s, l, topic, "early");
  s.require(came.size() == 1, "expected the message that was sent behind CONNECT once");
}

// --- B-REFUSE, B-CORDER ----------------------------------------------------------------------------------------------------------------------

task<> is_refused(session& s, std::string user, std::string password, codes suitable) {
  greeting hello(s, "client");
  hello.packet.user_name = user;
  hello.packet.password = as_bytes(password);
  link& l = co_await reach(s, "client");
  l.send(hello.packet);
  const news n = co_await l.wait(patience);
  if (n == news::packet) {
    const received r = l.take();
    s.require(r.as<connack>() != nullptr, "expected CONNACK or a close, got " + words(s, r));
    s.require(is_error(r.as<connack>()->reason_code), "accepted with credentials that are wrong");
    s.recommended(suitable.has(static_cast<std::uint8_t>(r.as<connack>()->reason_code)), "refused with " + words(s, r));
  } else {
    s.info("closed without a CONNACK that says why, which is only recommended");
  }
  co_await until_closed(s, l);
}

inline constexpr codes bad_credentials(0x86, 0x87);

// A client id that a server need not take: whoever refuses it must say so, and close.
task<> refuses_id(session& s, std::string id) {
  connect_parts parts = parts_of(s.version());
  parts.payload = text(id);
  link& l = co_await reach(s, "client");
  l.send(connect_packet(with_credentials(s, parts), s.version()));
  const news n = co_await l.wait(patience);
  s.require(n != news::nothing, "expected an answer, nothing came");
  if (n == news::closed) s.inconclusive("closed without CONNACK: nobody can tell whether for the client id");
  const received r = l.take();
  s.require(r.as<connack>() != nullptr, "expected CONNACK as the first packet, got " + words(s, r));
  if (is_success(r)) s.skip("the broker takes this client id");
  co_await until_closed(s, l);
  const bool is_named = r.as<connack>()->reason_code == reason_code::client_identifier_not_valid;
  if (s.v5()) s.recommended(is_named, "refused with " + words(s, r));
  else s.require(is_named, "expected CONNACK 2, got " + words(s, r));
}

task<> refuses_wrong_password(session& s) {
  if (!s.peer().user_name || !s.peer().password) s.skip("the peer file has no credentials");
  co_await is_refused(s, *s.peer().user_name, *s.peer().password + "-not", bad_credentials);
}
task<> refuses_swapped_credentials(session& s) {
  if (!s.peer().user_name || !s.peer().password) s.skip("the peer file has no credentials");
  co_await is_refused(s, *s.peer().password, *s.peer().user_name, bad_credentials);
}

}  // namespace

void add_accept(catalogue& all) {
  for (const variant& v : variants) {
    const cited welcome{v.only_5 ? "" : "U31-3.1-j", v.only_5 ? "" : "MQTT-3.1.4-4 MQTT-3.2.0-1", "MQTT-3.1.4-5 MQTT-3.2.0-1"};
    all.push_back({"B-CONNACK", std::string(v.name), std::string(v.title), welcome, [&v](session& s) { return is_welcome(s, v); }});
  }
  const cited taken{"U31-3.1-b", "MQTT-3.1.3-5", "MQTT-3.1.3-5"};
  for (const std::size_t size : {1u, 22u, 23u})
    for (const std::size_t begin : {0u, 23u, 46u})
      all.push_back({"B-CID", std::to_string(size) + "-bytes-from-" + std::to_string(begin), "client id of " + std::to_string(size) + " letters and digits", taken,
                     [begin, size](session& s) { return takes_id(s, fixed_id(s, begin + size, size), true); }});
  for (const odd_id& odd : odd_ids)
    all.push_back({"B-CID", std::string(odd.name), std::string(odd.title), {"~U31-3.1-b", "~U311-3.1.3.1-a", "~U5-3.1.3.1-a"}, [&odd](session& s) {
                     std::string id;
                     for (std::size_t i = 0; i < odd.times; ++i) id += odd.wire;
                     return takes_id(s, id, false);
                   }});
  all.push_back({"B-CIDEMPTY", "clean", "two clients without a client id", {"~U31-3.1-b", "MQTT-3.1.3-6 MQTT-3.2.2-5", "MQTT-3.1.3-6 MQTT-3.2.2-16"}, two_without_id});
  all.push_back({"B-CIDEMPTY", "assigned", "the assigned client id is used again", {"", "", "MQTT-3.1.3-7"}, assigned_id_counts});
  all.push_back({"B-CIDEMPTY", "not-clean", "no client id, and no clean start", {"~U31-3.1-b", "MQTT-3.1.3-7 MQTT-3.1.3-8 MQTT-3.2.2-5", "MQTT-3.2.2-16"}, without_id_not_clean});
  const cited twin{"U31-3.1-l", "MQTT-3.1.4-2", "MQTT-3.1.4-3"};
  all.push_back({"B-TAKEOVER", "clean", "a second connection with the same client id, clean", twin, [](session& s) { return takes_over(s, true); }});
  all.push_back({"B-TAKEOVER", "resumed", "a second connection with the same client id goes on with the session", {"U31-3.1-l", "MQTT-3.1.4-2 MQTT-4.1.0-2", "MQTT-3.1.4-3 MQTT-4.1.0-1"},
                 [](session& s) { return takes_over(s, false); }});
  all.push_back({"B-REJPIPE", "refused", "PUBLISH and SUBSCRIBE right behind a CONNECT that is refused", {"", "MQTT-3.1.4-5 MQTT-3.2.2-4 MQTT-3.2.2-5", "MQTT-3.1.4-6 MQTT-3.2.2-6 MQTT-3.2.2-7"},
                 ignores_behind_refused});
  all.push_back({"B-REJPIPE", "accepted", "SUBSCRIBE and PUBLISH right behind a CONNECT that is accepted", {"~U31-3.1-j", "U311-3.1.4-c", "U5-3.1.4-b"}, takes_behind_accepted});
  all.push_back({"B-REFUSE", "password", "a wrong password", {"~U31-3.1-j", "MQTT-3.2.2-4 U311-3.1.4-b U311-3.2.2-d", "MQTT-3.1.4-2 MQTT-3.2.2-6 MQTT-3.2.2-7"}, refuses_wrong_password});
  const cited own_choice{"~U31-3.1-b", "MQTT-3.1.3-9 MQTT-3.2.2-5", "MQTT-3.1.3-8 MQTT-3.2.2-7"};
  all.push_back({"B-REFUSE", "long-client-id", "a client id of 65,535 letters, where it is refused", own_choice, [](session& s) { return refuses_id(s, std::string(65'535, 'x')); }});
  all.push_back({"B-REFUSE", "odd-client-id", "a client id of characters that a server need not take, where it is refused", own_choice,
                 [](session& s) { return refuses_id(s, s.client_id("") + " /+#"); }});
  all.push_back({"B-CORDER", "swapped", "user name and password in each other's place", {"~U31-3.1-g", "MQTT-3.1.3-1", "MQTT-3.1.3-1"}, refuses_swapped_credentials});
}

}  // namespace mqttspan::conformance::broker
