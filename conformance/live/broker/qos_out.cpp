// B-QOSOUT, B-ACKERR, B-RMAXOUT: messages of QoS 1 and 2 that the broker sends.
#include <set>

#include <mqttspan/codec/property.hpp>

#include "exchanges.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

std::string number(std::size_t n) { return std::to_string(n); }

task<> publish_numbered(session& s, std::string topic, qos level, std::size_t from, std::size_t to) {
  link& l = co_await join(s, "publisher" + number(from));
  for (std::size_t i = from; i <= to; ++i) co_await publish_message(s, l, topic, number(i), level);
}

// Answers a message up to its end. In between nothing else may come.
task<> take_message(session& s, link& l, std::uint16_t id, qos level) {
  if (level == qos::at_least_once) l.send(puback_of(id));
  if (level != qos::exactly_once) co_return;
  l.send(pubrec_of(id));
  co_await answered<pubrel>(s, l, id);
  l.send(pubcomp_of(id));
}

task<> one_by_one(session& s, qos level) {
  const std::string topic = s.topic("t");
  link& l = co_await subscribed(s, "client", topic, level);
  for (std::size_t i = 1; i <= 3; ++i) {
    co_await publish_numbered(s, topic, level, i, i);
    const message m = co_await next_message(s, l);
    s.require(!m.dup, "expected DUP 0 on the first attempt, got DUP 1");
    s.require(m.qos == level && m.packet_id != 0, "another QoS, or no identifier");
    s.require(m.payload == number(i), "the messages come in another order");
    co_await take_message(s, l, m.packet_id, level);
  }
  const std::vector<message> more = co_await messages_so_far(s, l);
  s.require(more.empty(), "a message that was acknowledged came again");
}

// Ten of which none is acknowledged at first.
task<> ids_are_unique(session& s, qos level) {
  const std::string topic = s.topic("t");
  link& l = co_await subscribed(s, "client", topic, level);
  co_await publish_numbered(s, topic, level, 1, 10);
  const std::vector<message> came = co_await next_in_flight(s, l, 10);
  if (came.size() < 10) s.info("only " + number(came.size()) + " of 10 messages were in flight at a time");
  std::set<std::uint16_t> ids;
  for (const message& m : came) {
    s.require(!m.dup, "expected DUP 0 on the first attempt, got DUP 1");
    s.require(m.packet_id != 0 && ids.insert(m.packet_id).second, "the identifier " + number(m.packet_id) + " is used by two messages in flight");
  }
  if (level == qos::exactly_once) co_await take_at_once(s, l, came);
}

// Each exchange of two ends by its own identifier.
task<> released_by_id(session& s) {
  const std::string topic = s.topic("t");
  link& l = co_await subscribed(s, "client", topic, qos::exactly_once);
  co_await publish_numbered(s, topic, qos::exactly_once, 1, 2);
  const std::vector<message> came = co_await next_in_flight(s, l, 2);
  if (came.size() < 2) s.info("only one of two messages was in flight at a time");
  for (const message& m : came) {
    l.send(pubrec_of(m.packet_id));
    co_await answered<pubrel>(s, l, m.packet_id);
  }
  for (const message& m : came) l.send(pubcomp_of(m.packet_id));
  co_await ping(s, l);
}

// How far the client goes before it falls silent.
enum class silent_from { publish, pubrel };

// On an open connection nothing is sent again.
task<> not_again(session& s, qos level, silent_from from) {
  const std::string topic = s.topic("t");
  link& l = co_await subscribed(s, "client", topic, level);
  co_await publish_numbered(s, topic, level, 1, 1);
  const message m = co_await next_message(s, l);
  if (from == silent_from::pubrel) {
    l.send(pubrec_of(m.packet_id));
    co_await answered<pubrel>(s, l, m.packet_id);
  }
  co_await s.pause(milliseconds(12'000));
  const std::vector<received> came = co_await ping(s, l);
  s.saw(came.empty() ? "nothing was sent again within 12 s" : "sent again: " + in_words(*came.front(), s.version()));
  for (const received& r : came) {
    const bool is_publish = r.as<publish>() != nullptr;
    if (is_publish && from == silent_from::pubrel) s.fail("PUBLISH was sent again behind its PUBREL");
    if (is_publish) s.require(message_of(r).dup, "sent again, and without DUP");
    s.require(!s.v5(), "expected nothing to be sent again on an open connection, got " + in_words(*r, s.version()));
  }
}

// The client's Receive Maximum is 1, so that the next message shows when the broker takes the one before for acknowledged.
task<> unacknowledged_until(session& s, qos level) {
  const std::string topic = s.topic("t");
  link& l = co_await first_visit(s, 1);
  co_await subscribe_at(s, l, topic, level);
  co_await publish_numbered(s, topic, level, 1, 2);
  const message first = co_await next_message(s, l);
  std::vector<received> came = co_await ping(s, l);
  s.require(came.empty(), "the next message came before the first one was acknowledged");
  if (level == qos::exactly_once) {
    l.send(pubrec_of(first.packet_id));
    co_await answered<pubrel>(s, l, first.packet_id);
    came = co_await ping(s, l);
    s.require(came.empty(), "the next message came before PUBCOMP");
    l.send(pubcomp_of(first.packet_id));
  } else {
    l.send(puback_of(first.packet_id));
  }
  const message second = co_await next_message(s, l);
  s.require(second.payload == "2" && !second.dup, "expected the second message, got \"" + second.payload + "\"");
  co_await forget_session(s);
}

task<> pubrec_of_nothing(session& s) {
  link& l = co_await join(s, "client");
  l.send(pubrec_of(99));
  bool found = false;
  for (const received& r : co_await ping(s, l)) {
    const auto* p = r.as<pubrel>();
    if (!p) continue;
    found = true;
    s.require(p->packet_id == 99, "PUBREL has another packet identifier than the PUBREC that it answers");
    if (s.v5()) s.recommended(p->reason_code == reason_code::packet_identifier_not_found, "PUBREL without the code 0x92 that exists for this");
  }
  if (!found) s.info("no PUBREL");
}

// --- B-ACKERR -------------------------------------------------------------------------------------------------------------------------------

// Refused with this code: the connection goes on, and neither now nor on the next connection the message comes again.
task<> refused_for_good(session& s, qos level, unsigned code) {
  const std::string topic = s.topic("t");
  link& l = co_await first_visit(s);
  co_await subscribe_at(s, l, topic, level);
  co_await publish_numbered(s, topic, level, 1, 1);
  const message m = co_await next_message(s, l);
  l.send(framed(level == qos::at_least_once ? 0x40 : 0x50, u16(m.packet_id) + u8(code)));
  const std::vector<received> came = co_await ping(s, l);
  s.require(!has<pubrel>(came), "PUBREL came although PUBREC refused the message");
  s.require(came.empty(), "expected nothing behind the refusal, got " + (came.empty() ? std::string() : in_words(*came.front(), s.version())));
  co_await publish_numbered(s, topic, level, 2, 2);
  const message next = co_await next_message(s, l);
  s.require(next.payload == "2", "expected the next message, got \"" + next.payload + "\"");
  co_await take_message(s, l, next.packet_id, level);
  co_await ping(s, l);
  l.close(true);
  link& later = co_await next_visit(s);
  const std::vector<received> again = co_await ping(s, later);
  s.require(again.empty(), "expected nothing on the next connection, got " + (again.empty() ? std::string() : in_words(*again.front(), s.version())));
  co_await forget_session(s);
}

// PUBREL and PUBCOMP that say "no such identifier" end their exchange alone.
task<> unknown_goes_on(session& s, bytes packet) {
  const std::string topic = s.topic("t");
  link& l = co_await subscribed(s, "client", topic, qos::at_least_once);
  l.send(packet);
  co_await ping(s, l);
  co_await publish_numbered(s, topic, qos::at_least_once, 1, 1);
  const message m = co_await next_message(s, l);
  s.require(m.payload == "1", "the subscription is gone");
}

// --- B-RMAXOUT ------------------------------------------------------------------------------------------------------------------------------

void judge_in_flight(session& s, std::size_t count, std::size_t limit) {
  s.require(count <= limit, number(count) + " messages are in flight; the Receive Maximum is " + number(limit));
}

// A broker may send fewer at a time than the Receive Maximum allows.
task<> reads_until_full(session& s, link& l, std::size_t limit, std::vector<message>& came) {
  came = co_await next_in_flight(s, l, limit);
  const std::vector<message> more = co_await messages_so_far(s, l);
  judge_in_flight(s, came.size() + more.size(), limit);
  if (came.size() < limit) s.info("only " + number(came.size()) + " in flight at a time, where the Receive Maximum allows " + number(limit));
}

task<> stays_within(session& s, std::uint16_t limit, qos level) {
  const std::string topic = s.topic("t");
  link& l = co_await first_visit(s, limit);
  co_await subscribe_at(s, l, topic, level);
  co_await publish_numbered(s, topic, level, 1, limit + 3u);
  std::vector<message> came;
  co_await reads_until_full(s, l, limit, came);
  for (std::size_t i = 0; i < 3; ++i) {
    co_await take_message(s, l, came[i].packet_id, level);
    const message next = co_await next_message(s, l);
    came.push_back(next);
    const std::vector<message> more = co_await messages_so_far(s, l);
    came.insert(came.end(), more.begin(), more.end());
    judge_in_flight(s, came.size() - (i + 1), limit);
  }
  co_await forget_session(s);
}

// A refusal frees a place, too. 0x80 in PUBACK or PUBREC.
task<> refusal_frees(session& s, qos level) {
  const std::string topic = s.topic("t");
  link& l = co_await first_visit(s, 1);
  co_await subscribe_at(s, l, topic, level);
  co_await publish_numbered(s, topic, level, 1, 2);
  const message m = co_await next_message(s, l);
  l.send(framed(level == qos::at_least_once ? 0x40 : 0x50, u16(m.packet_id) + u8(0x80)));
  const message next = co_await next_message(s, l);
  s.require(next.payload == "2", "expected the next message, got \"" + next.payload + "\"");
  co_await forget_session(s);
}

// Acknowledgements of what is not in flight open no further places.
task<> not_above_its_begin(session& s) {
  const std::string topic = s.topic("t");
  link& l = co_await first_visit(s, 2);
  co_await subscribe_at(s, l, topic, qos::exactly_once);
  for (const unsigned id : {501u, 502u, 503u}) l.send(framed(0x70, u16(id) + u8(0x92)));
  co_await ping(s, l);
  co_await publish_numbered(s, topic, qos::exactly_once, 1, 5);
  std::vector<message> came;
  co_await reads_until_full(s, l, 2, came);
  co_await forget_session(s);
}

// With no place left everything else is still answered.
task<> others_flow(session& s) {
  const std::string topic = s.topic("t");
  link& l = co_await first_visit(s, 1);
  co_await subscribe_at(s, l, topic, qos::at_least_once);
  co_await publish_numbered(s, topic, qos::at_least_once, 1, 3);
  co_await next_message(s, l);
  co_await ping(s, l);
  l.send(publish_of(s, s.topic("own"), "x", qos::at_least_once, 11));
  co_await answered<puback>(s, l, 11);
  l.send(publish_of(s, s.topic("own"), "x", qos::exactly_once, 12));
  co_await complete(s, l, 12, qos::exactly_once);
  co_await subscribe_to(s, l, s.topic("more"), qos::at_most_once);
  l.send(framed(0xA2, u16(13) + properties(s.version()) + text(s.topic("more"))));
  const received r = co_await expect<unsuback>(s, l);
  s.require(r.as<unsuback>()->packet_id == 13, "UNSUBACK has another packet identifier than its UNSUBSCRIBE");
  co_await forget_session(s);
}
task<> qos_0_may_pass(session& s) {
  const std::string topic = s.topic("t");
  link& l = co_await first_visit(s, 1);
  co_await subscribe_at(s, l, topic, qos::at_least_once);
  co_await publish_numbered(s, topic, qos::at_least_once, 1, 2);
  co_await next_message(s, l);
  co_await publish_numbered(s, topic, qos::at_most_once, 7, 7);
  const std::vector<message> came = co_await messages_so_far(s, l);
  s.info(came.empty() ? "QoS 0 waits while no place is left" : "QoS 0 goes on while no place is left");
  co_await forget_session(s);
}

// Each connection counts by its own Receive Maximum, and from zero.
task<> counts_anew(session& s, std::uint16_t before, std::uint16_t after) {
  const std::string topic = s.topic("t");
  link& l = co_await first_visit(s, before);
  co_await subscribe_at(s, l, topic, qos::at_least_once);
  co_await publish_numbered(s, topic, qos::at_least_once, 1, 6);
  std::vector<message> came;
  co_await reads_until_full(s, l, before, came);
  l.close(true);
  link& later = co_await next_visit(s, "return", after);
  co_await reads_until_full(s, later, after, came);
  co_await forget_session(s);
}

// --- rows -----------------------------------------------------------------------------------------------------------------------------------

void add_out(catalogue& all) {
  constexpr cited one{"U31-3.3-c U31-2.1-f", "MQTT-4.3.2-1 MQTT-2.3.1-4", "MQTT-4.3.2-2"}, two{"U31-3.3-c U31-2.1-f", "MQTT-4.3.3-1 MQTT-2.3.1-4", "MQTT-4.3.3-2 MQTT-4.3.3-4"};
  constexpr cited quiet_1{"~U31-4.2-a", "~U311-4.4-a", "MQTT-4.3.2-3 MQTT-4.4.0-1"}, quiet_2{"~U31-4.2-a", "~U311-4.4-a", "MQTT-4.3.3-3 MQTT-4.4.0-1"};
  constexpr cited both_ways{"U31-2.4-b", "U311-2.3.1-c", "U5-2.2.1-b"};
  all.push_back({"B-QOSOUT", "qos-1", "messages of QoS 1, one by one", one, [](session& s) { return one_by_one(s, qos::at_least_once); }});
  all.push_back({"B-QOSOUT", "qos-2", "messages of QoS 2, one by one", two, [](session& s) { return one_by_one(s, qos::exactly_once); }});
  all.push_back({"B-QOSOUT", "qos-1-ten", "ten messages of QoS 1 in flight have ten identifiers", {"U31-2.4-b", "MQTT-2.3.1-4 MQTT-4.3.2-1", "MQTT-4.3.2-2 U5-2.2.1-b"}, [](session& s) { return ids_are_unique(s, qos::at_least_once); }});
  all.push_back({"B-QOSOUT", "qos-2-ten", "ten messages of QoS 2 in flight have ten identifiers", {"U31-2.4-b", "MQTT-2.3.1-4 MQTT-4.3.3-1", "MQTT-4.3.3-2 U5-2.2.1-b"}, [](session& s) { return ids_are_unique(s, qos::exactly_once); }});
  all.push_back({"B-QOSOUT", "released-by-id", "two QoS 2 exchanges at a time", two, released_by_id});
  all.push_back({"B-QOSOUT", "not-again-qos-1", "a message of QoS 1 that is not acknowledged for 12 s", quiet_1, [](session& s) { return not_again(s, qos::at_least_once, silent_from::publish); }, 12});
  all.push_back({"B-QOSOUT", "not-again-qos-2", "a message of QoS 2 that is not acknowledged for 12 s", quiet_2, [](session& s) { return not_again(s, qos::exactly_once, silent_from::publish); }, 12});
  all.push_back({"B-QOSOUT", "not-again-pubrel", "PUBREL that is not acknowledged for 12 s", {"~U31-4.2-a", "MQTT-4.3.3-1", "MQTT-4.3.3-6 MQTT-4.4.0-1"}, [](session& s) { return not_again(s, qos::exactly_once, silent_from::pubrel); }, 12});
  all.push_back({"B-QOSOUT", "until-puback", "QoS 1 counts until PUBACK", {"", "", "MQTT-4.3.2-3"}, [](session& s) { return unacknowledged_until(s, qos::at_least_once); }});
  all.push_back({"B-QOSOUT", "until-pubcomp", "QoS 2 counts until PUBREC, and its PUBREL until PUBCOMP", {"", "", "MQTT-4.3.3-3 MQTT-4.3.3-5"}, [](session& s) { return unacknowledged_until(s, qos::exactly_once); }});
  all.push_back({"B-QOSOUT", "pubrec-of-nothing", "PUBREC with an identifier that is not in use", {"", "", "U5-3.6.2.1-b"}, pubrec_of_nothing});
  all.push_back({"B-QOSOUT", "same-id-both-ways", "one identifier in use in both directions", both_ways, same_id_both_ways});
}

void add_ackerr(catalogue& all) {
  constexpr cited refused{"", "", "MQTT-4.4.0-2 U5-4.13.2-a"}, goes_on{"", "", "U5-4.13.2-a"};
  constexpr std::pair<unsigned, const char*> refusals[] = {{0x80, "80"}, {0x83, "83"}, {0x87, "87"}, {0x90, "90"}, {0x97, "97"}, {0x99, "99"}};
  for (const auto& each : refusals)
    for (const qos level : {qos::at_least_once, qos::exactly_once}) {
      const std::string type = level == qos::at_least_once ? "puback" : "pubrec";
      const unsigned code = each.first;
      all.push_back({"B-ACKERR", type + "-" + each.second, (level == qos::at_least_once ? "PUBACK" : "PUBREC") + std::string(" with code 0x") + each.second, refused,
                     [level, code](session& s) { return refused_for_good(s, level, code); }});
    }
  all.push_back({"B-ACKERR", "pubrel-92", "PUBREL with code 0x92", goes_on, [](session& s) { return unknown_goes_on(s, framed(0x62, u16(44) + u8(0x92))); }});
  all.push_back({"B-ACKERR", "pubcomp-92", "PUBCOMP with code 0x92", goes_on, [](session& s) { return unknown_goes_on(s, framed(0x70, u16(44) + u8(0x92))); }});
}

void add_rmaxout(catalogue& all) {
  constexpr cited within{"", "", "MQTT-3.3.4-9 MQTT-4.9.0-1 MQTT-4.9.0-2 U5-4.9-a"}, freed{"", "", "U5-4.9-a"}, flow{"", "", "MQTT-3.3.4-10 MQTT-4.9.0-3"}, anew{"", "", "U5-4.9-b MQTT-4.9.0-1"};
  constexpr std::uint16_t limits[] = {1, 2, 10};
  for (const std::uint16_t limit : limits)
    for (const qos level : {qos::at_least_once, qos::exactly_once}) {
      all.push_back({"B-RMAXOUT", "within-" + number(limit) + (level == qos::at_least_once ? "-qos-1" : "-qos-2"), "Receive Maximum " + number(limit) + ", and three messages more", within,
                     [limit, level](session& s) { return stays_within(s, limit, level); }});
    }
  all.push_back({"B-RMAXOUT", "puback-80", "PUBACK with code 0x80 frees a place", freed, [](session& s) { return refusal_frees(s, qos::at_least_once); }});
  all.push_back({"B-RMAXOUT", "pubrec-80", "PUBREC with code 0x80 frees a place", freed, [](session& s) { return refusal_frees(s, qos::exactly_once); }});
  all.push_back({"B-RMAXOUT", "not-above", "PUBCOMP of nothing frees no place", freed, not_above_its_begin});
  all.push_back({"B-RMAXOUT", "others-flow", "with no place left all other packets are answered", flow, others_flow});
  all.push_back({"B-RMAXOUT", "qos-0", "QoS 0 with no place left", {"", "", "~MQTT-4.9.0-3"}, qos_0_may_pass});
  all.push_back({"B-RMAXOUT", "anew-more", "a larger Receive Maximum on the next connection", anew, [](session& s) { return counts_anew(s, 1, 3); }});
  all.push_back({"B-RMAXOUT", "anew-fewer", "a smaller Receive Maximum on the next connection", anew, [](session& s) { return counts_anew(s, 3, 1); }});
  all.push_back({"B-RMAXOUT", "anew-same", "the same Receive Maximum on the next connection", anew, [](session& s) { return counts_anew(s, 2, 2); }});
}

}  // namespace

void add_qos_out(catalogue& all) {
  add_out(all);
  add_ackerr(all);
  add_rmaxout(all);
}

}  // namespace mqttspan::conformance::broker
