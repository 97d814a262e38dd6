// C-QOSIN: what a client does with messages of QoS 1 and 2.
#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

using namespace wire;

std::string number(unsigned id) { return std::to_string(id); }

// The next answer must be a P with that identifier.
template <control_packet P>
task<> answered(subject& t, link& l, unsigned id) {
  const received r = co_await expect<P>(t, l);
  t.s.require(r.as<P>()->packet_id == id, "expected " + std::string(to_string(P::type)) + " " + number(id) + ", got " + in_words(*r, t.s.version()));
  if (t.v5() && is_error(r.as<P>()->reason_code)) t.s.info("answered with " + in_words(*r, t.s.version()));
}

task<> give(subject& t, link& l, std::string payload, int level, unsigned id, bool dup = false) {
  l.send(message_bytes(t, t.s.topic("q"), payload, level, id, dup));
  if (level == 1) co_await answered<puback>(t, l, id);
  if (level == 2) co_await answered<pubrec>(t, l, id);
}
task<> release(subject& t, link& l, unsigned id) {
  l.send(framed(0x62, u16(id)));
  co_await answered<pubcomp>(t, l, id);
}

// How often the application was given that payload, before the message "last", which is sent now.
task<int> given(subject& t, link& l, std::string payload) {
  l.send(message_bytes(t, t.s.topic("q"), "last", 0, 0));
  int count = 0;
  for (const json& m : co_await messages_until(t, "last"))
    if (text_in(m.value("payload", json(""))) == payload) ++count;
  co_return count;
}

task<link&> subscriber(subject& t) {
  arrival how(foreseen(subscribing(t.s.topic("q"), 2)));
  link& l = co_await join(t, std::move(how), "client");
  if (t.program) co_await subscribed(t, l, t.s.topic("q"), 2);
  co_return l;
}

task<> answers_qos_1(subject& t) {
  link& l = co_await join(t);
  co_await give(t, l, "one", 1, 1);
  co_await give(t, l, "two", 1, 65'535);
  co_await still_there(t, l);
}
task<> answers_qos_2(subject& t) {
  link& l = co_await join(t);
  co_await give(t, l, "one", 2, 1);
  co_await release(t, l, 1);
  co_await give(t, l, "two", 2, 65'535);
  co_await release(t, l, 65'535);
  co_await still_there(t, l);
}
task<> delivers_once(subject& t) {
  link& l = co_await subscriber(t);
  co_await give(t, l, "once", 2, 7);
  co_await give(t, l, "once", 2, 7, true);
  co_await give(t, l, "once", 2, 7, true);
  co_await release(t, l, 7);
  const int count = co_await given(t, l, "once");
  t.s.require(count == 1, "expected the message to be given to the application once, it was given " + std::to_string(count) + " times");
}
task<> takes_id_again_2(subject& t) {
  link& l = co_await subscriber(t);
  for (int i = 0; i < 3; ++i) {
    co_await give(t, l, "each", 2, 7);
    co_await release(t, l, 7);
  }
  const int count = co_await given(t, l, "each");
  t.s.require(count == 3, "expected three messages that came one after the other under one identifier, the application was given " + std::to_string(count));
}
task<> takes_id_again_1(subject& t, bool dup) {
  link& l = co_await subscriber(t);
  co_await give(t, l, "each", 1, 7);
  co_await give(t, l, "each", 1, 7, dup);
  const int count = co_await given(t, l, "each");
  if (count == 2) co_return;
  if (!dup) t.s.fail("expected two messages that came one after the other under one identifier, the application was given " + std::to_string(count));
  t.s.fail("behind PUBACK an identifier means a new message whatever DUP says; of two the application was given " + std::to_string(count));
}
task<> releases_unknown(subject& t) {
  link& l = co_await join(t);
  l.send(framed(0x62, u16(77)));
  const received r = co_await expect<pubcomp>(t, l);
  t.s.require(r.as<pubcomp>()->packet_id == 77, "expected PUBCOMP 77, got " + in_words(*r, t.s.version()));
  if (t.v5()) t.s.recommended(r.as<pubcomp>()->reason_code == reason_code::packet_identifier_not_found, "an unknown identifier was answered with code 0, though there is 0x92 for it");
  co_await still_there(t, l);
}
task<> releases_twice(subject& t) {
  link& l = co_await join(t);
  co_await give(t, l, "x", 2, 7);
  co_await release(t, l, 7);
  l.send(framed(0x62, u16(7)));
  const received r = co_await expect<pubcomp>(t, l);
  t.s.require(r.as<pubcomp>()->packet_id == 7, "expected PUBCOMP 7, got " + in_words(*r, t.s.version()));
  co_await still_there(t, l);
}

template <control_packet P>
task<> in_order(subject& t, link& l, std::vector<unsigned> ids) {
  for (const unsigned id : ids) co_await answered<P>(t, l, id);
}
std::vector<unsigned> odd_ids() { return {5, 3, 9, 1, 700, 2}; }

task<> acknowledges_in_order(subject& t, int level) {
  link& l = co_await join(t);
  bytes all;
  for (const unsigned id : odd_ids()) all += message_bytes(t, t.s.topic("q"), "m" + number(id), level, id);
  l.send(all);
  if (level == 1) {
    co_await in_order<puback>(t, l, odd_ids());
    co_return;
  }
  co_await in_order<pubrec>(t, l, odd_ids());
  all.clear();
  for (const unsigned id : odd_ids()) all += framed(0x62, u16(id));
  l.send(all);
  co_await in_order<pubcomp>(t, l, odd_ids());
}
task<> takes_mixture(subject& t) {
  link& l = co_await join(t);
  l.send(message_bytes(t, t.s.topic("q"), "a", 2, 1) + message_bytes(t, t.s.topic("q"), "b", 1, 2) + message_bytes(t, t.s.topic("q"), "c", 0, 0) + message_bytes(t, t.s.topic("q"), "d", 1, 3));
  std::vector<std::uint16_t> acks;
  bool rec = false;
  while (acks.size() < 2 || !rec) {
    const received r = co_await hear(t, l, "PUBACK or PUBREC");
    if (const auto* a = r.as<puback>()) acks.push_back(a->packet_id);
    else if (r.as<pubrec>()) rec = true;
    else if (!answer_by_the_way(t, l, r)) t.s.fail("expected PUBACK or PUBREC, got " + in_words(*r, t.s.version()));
  }
  t.s.require(acks.front() == 2 && acks.back() == 3, "expected PUBACK 2, then 3");
  co_await release(t, l, 1);
}
task<> takes_empty(subject& t) {
  link& l = co_await join(t);
  co_await give(t, l, "", 1, 4);
  co_await give(t, l, "", 2, 5);
  co_await release(t, l, 5);
  l.send(framed(0x31, text(t.s.topic("q")) + properties(t.s.version())));
  co_await still_there(t, l);
}
task<> takes_unasked(subject& t, int level) {
  link& l = co_await join(t);
  l.send(message_bytes(t, "never/subscribed", "unasked", level, 4));
  if (level == 1) co_await answered<puback>(t, l, 4);
  if (level == 2) {
    co_await answered<pubrec>(t, l, 4);
    co_await release(t, l, 4);
  }
  co_await still_there(t, l);
}
task<> takes_before_suback(subject& t) {
  arrival how(foreseen(subscribing(t.s.topic("q"), 1)));
  link& l = co_await join(t, std::move(how), "client");
  co_await tell(t, subscribing(t.s.topic("q"), 1));
  const received asked = co_await expect<subscribe>(t, l);
  co_await give(t, l, "early", 1, 3);
  l.send(framed(0x90, u16(asked.as<subscribe>()->packet_id) + properties(t.s.version()) + u8(1)));
  const int count = co_await given(t, l, "early");
  if (count != 1) t.s.info("the message that came before SUBACK was acknowledged, but the application was given it " + std::to_string(count) + " times");
}
task<> takes_own_id(subject& t, int level) {
  link& l = co_await join(t);
  const std::uint16_t id = co_await has_asked(t, l, level == 1 ? request::publish_1 : request::publish_2, false);
  co_await give(t, l, "same", level, id);
  if (level == 2) co_await release(t, l, id);
  if (level == 1) l.send(framed(0x40, u16(id)));
  if (level == 2) {
    l.send(framed(0x50, u16(id)));
    co_await answered<pubrel>(t, l, id);
    l.send(framed(0x70, u16(id)));
  }
  co_await still_there(t, l);
}

}  // namespace

void add_qos_in(catalogue& all) {
  const auto add = [&all](std::string name, std::string title, const cited& statements, std::function<task<>(subject&)> play, needs_driver driven = needs_driver::no) {
    all.push_back({"C-QOSIN", std::move(name), std::move(title), statements, std::move(play), driven});
  };
  const cited flow_1{"U31-3.3-c U31-2.4-c", "MQTT-2.3.1-6 MQTT-3.3.4-1 MQTT-4.3.2-2", "MQTT-2.2.1-5 MQTT-3.3.4-1 MQTT-4.3.2-4"};
  const cited flow_2{"U31-3.3-c U31-2.4-c", "MQTT-2.3.1-6 MQTT-3.3.4-1 MQTT-4.3.3-2", "MQTT-2.2.1-5 MQTT-3.3.4-1 MQTT-4.3.3-8 MQTT-4.3.3-11"};
  add("qos-1", "QoS 1 is answered by PUBACK with its identifier", flow_1, answers_qos_1);
  add("qos-2", "QoS 2 is answered by PUBREC, PUBREL by PUBCOMP", flow_2, answers_qos_2);
  add("qos-2-dup", "QoS 2, sent three times before PUBREL, is delivered once", {"U31-3.3-c", "MQTT-4.3.3-2", "MQTT-4.3.3-10"}, delivers_once, needs_driver::yes);
  add("qos-2-id-again", "behind PUBCOMP an identifier means a new message", {"U31-3.3-c", "MQTT-4.3.3-2", "MQTT-4.3.3-12"}, takes_id_again_2, needs_driver::yes);
  add("qos-1-id-again", "behind PUBACK an identifier means a new message", {"U31-3.3-c", "MQTT-4.3.2-2", "MQTT-4.3.2-5"}, [](subject& t) { return takes_id_again_1(t, false); }, needs_driver::yes);
  add("qos-1-id-again-dup", "behind PUBACK an identifier means a new message, also with DUP", {"U31-2.1-f", "MQTT-4.3.2-2", "MQTT-4.3.2-5"}, [](subject& t) { return takes_id_again_1(t, true); }, needs_driver::yes);
  add("pubrel-unknown", "PUBREL of an unknown identifier is answered by PUBCOMP", {"U31-3.3-c", "MQTT-4.3.3-2", "MQTT-4.3.3-11 U5-3.7.2.1-b"}, releases_unknown);
  add("pubrel-twice", "PUBREL that comes twice is answered twice", {"U31-3.3-c", "MQTT-4.3.3-2", "MQTT-4.3.3-11 U5-3.7.2.1-b"}, releases_twice);
  add("qos-1-order", "PUBACKs come in the order of the messages", {"~U31-4.3-a", "MQTT-4.6.0-2 U311-4.3-a", "MQTT-4.6.0-2"}, [](subject& t) { return acknowledges_in_order(t, 1); });
  add("qos-2-order", "PUBRECs come in the order of the messages", {"~U31-4.3-a", "MQTT-4.6.0-3 U311-4.3-a", "MQTT-4.6.0-3"}, [](subject& t) { return acknowledges_in_order(t, 2); });
  add("mixture", "messages of all QoS at once", {"U31-3.3-c", "MQTT-3.3.4-1 MQTT-4.6.0-2", "MQTT-3.3.4-1 MQTT-4.6.0-2"}, takes_mixture);
  add("empty-payload", "empty payloads, at every QoS", {"U31-3.3-d", "U311-3.3.3-a", "U5-3.3.3-a"}, takes_empty);
  const cited unasked{"U31-3.3-c", "MQTT-4.5.0-2 U311-4.5-a", "MQTT-4.5.0-2 U5-4.5-a"};
  for (const int level : {0, 1, 2})
    add("unasked-" + std::to_string(level), "QoS " + std::to_string(level) + " to a topic that the client has not subscribed to", unasked, [level](subject& t) { return takes_unasked(t, level); });
  add("before-suback", "a message before SUBACK", {"U31-3.8-b", "U311-3.8.4-a", "U5-3.8.4-a"}, takes_before_suback, needs_driver::yes);
  for (const int level : {1, 2})
    add("own-id-" + std::to_string(level), "QoS " + std::to_string(level) + " with the identifier of a message of the client's own that is in flight", {"U31-2.4-b", "U311-2.3.1-c", "U5-2.2.1-b"},
        [level](subject& t) { return takes_own_id(t, level); }, needs_driver::yes);
}

}  // namespace mqttspan::conformance::client
