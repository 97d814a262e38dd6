// C-QOSOUT, C-REDEL, C-SESS, C-EXPQ2: what a client does with its own messages of QoS 1 and 2, also beyond a connection.
#include <set>

#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

using namespace wire;

bytes ack(unsigned first, unsigned id) { return framed(first, u16(id)); }
std::string payload_of(const received& r) { return std::string(as_text(r.as<publish>()->payload)); }

json resuming() { return {{"clean", false}, {"session_expiry", 3600}}; }
json resuming_for(unsigned seconds, bool clean) { return {{"clean", clean}, {"session_expiry", seconds}}; }

// C-QOSOUT

task<std::vector<std::uint16_t>> several(subject& t, link& l, int level, int count) {
  std::vector<std::uint16_t> ids;
  for (int i = 0; i < count; ++i) {
    const received m = co_await published(t, l, t.s.topic("q"), "m" + std::to_string(i), level);
    const publish& p = *m.as<publish>();
    t.s.require(!p.dup, "expected DUP 0 when a message is sent for the first time");
    t.s.require(static_cast<int>(p.qos) == level, "expected QoS " + std::to_string(level) + ", got " + in_words(*m, t.s.version()));
    ids.push_back(p.packet_id);
  }
  t.s.require(level == 0 || std::set<std::uint16_t>(ids.begin(), ids.end()).size() == ids.size(), "expected an identifier of its own for each message in flight");
  co_return ids;
}

task<> sends_qos_0(subject& t) {
  arrival how(foreseen(publishing(t.s.topic("q"), "m0", 0)));
  link& l = co_await join(t, std::move(how), "client");
  co_await several(t, l, 0, 3);
  for (const received& r : co_await still_there(t, l)) t.s.fail("all of QoS 0 has come, yet there came " + in_words(*r, t.s.version()));
}
task<> sends_qos_1(subject& t) {
  arrival how(foreseen(publishing(t.s.topic("q"), "m0", 1)));
  link& l = co_await join(t, std::move(how), "client");
  for (const std::uint16_t id : co_await several(t, l, 1, 3)) l.send(ack(0x40, id));
  for (const received& r : co_await still_there(t, l)) t.s.fail("all is acknowledged, yet there came " + in_words(*r, t.s.version()));
}
task<> sends_qos_2(subject& t) {
  arrival how(foreseen(publishing(t.s.topic("q"), "m0", 2)));
  link& l = co_await join(t, std::move(how), "client");
  const std::vector<std::uint16_t> ids = co_await several(t, l, 2, 3);
  const std::vector<std::uint16_t> order{ids[1], ids[0], ids[2]};
  bytes recs;
  for (const std::uint16_t id : order) recs += ack(0x50, id);
  l.send(recs);
  for (const std::uint16_t id : order) {
    const received r = co_await expect<pubrel>(t, l);
    t.s.require(r.as<pubrel>()->packet_id == id, "expected PUBRELs in the order of the PUBRECs, " + std::to_string(id) + " now, got " + in_words(*r, t.s.version()));
  }
  for (const std::uint16_t id : ids) l.send(ack(0x70, id));
  for (const received& r : co_await still_there(t, l)) t.s.fail("all is acknowledged, yet there came " + in_words(*r, t.s.version()));
}
// Whether anything comes again while nothing is answered. In 3.1.1 that is not forbidden.
task<> waits_patiently(subject& t, int level, bool behind_pubrec) {
  link& l = co_await join(t);
  co_await has_asked(t, l, level == 1 ? request::publish_1 : request::publish_2, behind_pubrec);
  co_await t.s.pause(milliseconds(8'000));
  for (const received& r : co_await still_there(t, l))
    if (r.as<publish>() || r.as<pubrel>()) {
      if (t.v5()) t.s.fail("sent again on an open connection: " + in_words(*r, t.s.version()));
      t.s.info("sent again on an open connection, which this version does not forbid: " + in_words(*r, t.s.version()));
    }
}
task<> minds_unknown_pubrec(subject& t) {
  link& l = co_await join(t);
  l.send(ack(0x50, 4'321));
  const std::vector<received> before = co_await still_there(t, l);
  bool answered = false;
  for (const received& r : before)
    if (const auto* p = r.as<pubrel>()) answered = true, t.s.recommended(p->reason_code == reason_code::packet_identifier_not_found, "an unknown identifier was answered by PUBREL 0x00, though there is 0x92 for it");
  if (!answered) t.s.info("PUBREC of an unknown identifier is not answered, though there is PUBREL 0x92 for it");
}

// C-REDEL

enum class cut_at { publish_1, publish_2, pubrel };

task<link&> cut(subject& t, cut_at where, std::vector<std::uint16_t>* ids, int count) {
  arrival first(resuming());
  link& l = co_await join(t, std::move(first), "first");
  *ids = co_await several(t, l, where == cut_at::publish_1 ? 1 : 2, count);
  if (where == cut_at::pubrel)
    for (const std::uint16_t id : *ids) {
      l.send(ack(0x50, id));
      co_await expect<pubrel>(t, l);
    }
  l.close(true);
  co_await event(t, "closed");
  arrival again(resuming());
  again.session_present = true;
  link& second = co_await join(t, std::move(again), "second");
  co_return second;
}

// Whether it is what must come again: messages in the order in which they began, PUBREL in any.
bool is_due(const received& r, cut_at where, const std::vector<std::uint16_t>& ids, std::size_t number) {
  const auto* p = r.as<publish>();
  if (where == cut_at::pubrel) return r.as<pubrel>() && std::find(ids.begin(), ids.end(), r.as<pubrel>()->packet_id) != ids.end();
  return p && p->packet_id == ids[number] && payload_of(r) == "m" + std::to_string(number);
}
std::uint16_t id_of(const received& r) { return r.as<publish>() ? r.as<publish>()->packet_id : r.as<pubrel>()->packet_id; }

// Each is answered at once: a client may wait for that before it sends the next one again.
task<> sends_again(subject& t, cut_at where) {
  std::vector<std::uint16_t> ids;
  link& l = co_await cut(t, where, &ids, 3);
  const unsigned answer = where == cut_at::publish_1 ? 0x40u : where == cut_at::pubrel ? 0x70u : 0x50u;
  for (std::size_t came = 0, done = 0; done < ids.size();) {
    const std::string awaited = came == ids.size() ? "PUBREL" : (where == cut_at::pubrel ? "PUBREL " : "PUBLISH ") + std::to_string(ids[came]) + " of the session";
    const received r = co_await hear(t, l, awaited);
    if (where == cut_at::publish_2 && r.as<pubrel>()) {
      l.send(ack(0x70, id_of(r)));
      ++done;
      continue;
    }
    const std::string in_order = where == cut_at::pubrel ? "" : ", in the order in which it began";
    t.s.require(came < ids.size() && is_due(r, where, ids, came), "expected " + awaited + in_order + ", got " + in_words(*r, t.s.version()));
    if (id_of(r) != ids[came]) t.s.info("PUBREL " + std::to_string(id_of(r)) + " comes again in front of one that was sent before it");
    l.send(ack(answer, id_of(r)));
    ++came;
    if (where != cut_at::publish_2) ++done;
  }
  for (const received& r : co_await still_there(t, l)) t.s.fail("all is acknowledged, yet there came " + in_words(*r, t.s.version()));
}
task<> marks_again(subject& t, cut_at where) {
  std::vector<std::uint16_t> ids;
  link& l = co_await cut(t, where, &ids, 1);
  const received r = co_await published_again(t, l);
  t.s.require(r.as<publish>()->dup, "expected DUP 1 when a message is sent again, got " + in_words(*r, t.s.version()));
}

// What is in flight keeps its identifier: a new message takes another. It may also wait until the session's are done.
task<> keeps_ids(subject& t) {
  std::vector<std::uint16_t> ids;
  link& l = co_await cut(t, cut_at::publish_1, &ids, 2);
  co_await published_again(t, l);
  co_await tell(t, publishing(t.s.topic("q"), "new", 1));
  std::set<std::uint16_t> taken(ids.begin(), ids.end());
  for (int i = 0; i < 2; ++i)
    for (const received& r : co_await still_there(t, l)) {
      if (!r.as<publish>() || payload_of(r) != "new") continue;
      const std::uint16_t id = r.as<publish>()->packet_id;
      t.s.require(taken.count(id) == 0, "a new message took the identifier " + std::to_string(id) + ", which one of the session still has");
      co_return;
    }
  for (const std::uint16_t id : ids) l.send(ack(0x40, id));
  co_await published_again(t, l);
}

// C-SESS

// The receiver's half of QoS 2 belongs to the session: what was given to the application is not given again.
task<> remembers_received(subject& t) {
  arrival first(resuming());
  link& l = co_await join(t, std::move(first), "first");
  l.send(message_bytes(t, t.s.topic("q"), "once", 2, 7));
  co_await expect<pubrec>(t, l);
  l.close(true);
  co_await event(t, "closed");
  arrival again(resuming());
  again.session_present = true;
  link& second = co_await join(t, std::move(again), "second");
  second.send(message_bytes(t, t.s.topic("q"), "once", 2, 7, true));
  co_await expect<pubrec>(t, second);
  second.send(ack(0x62, 7));
  co_await expect<pubcomp>(t, second);
  second.send(message_bytes(t, t.s.topic("q"), "last", 0, 0));
  int count = 0;
  for (const json& m : co_await messages_until(t, "last"))
    if (text_in(m.value("payload", json(""))) == "once") ++count;
  t.s.require(count == 1, "expected the message to be given to the application once, it was given " + std::to_string(count) + " times");
}
// Nothing of a session that ended with its connection may come on the next one.
task<> forgets(subject& t, bool clean) {
  arrival first(resuming_for(0, true));
  link& l = co_await join(t, std::move(first), "first");
  co_await has_asked(t, l, request::publish_2, true);
  l.close(true);
  co_await event(t, "closed");
  arrival again(resuming_for(0, clean));
  link& second = co_await join(t, std::move(again), "second");
  t.s.require(t.greeting().clean_start == clean, "the driver was told another clean flag than CONNECT has");
  for (const received& r : co_await still_there(t, second)) {
    if (r.as<pubrel>()) t.s.fail("the session is gone, yet PUBREL of it came");
    const auto* m = r.as<publish>();
    if (m && m->dup) t.s.fail("the session is gone, yet a message of it came with DUP");
    if (m) t.s.info("the message of the lost session was published anew");
  }
}

// C-EXPQ2

json expiring(const subject& t) {
  json what = publishing(t.s.topic("q"), "short-lived", 2);
  what["message_expiry"] = 1;
  return what;
}
task<> goes_on_behind_expiry(subject& t) {
  link& l = co_await join(t);
  co_await tell(t, expiring(t));
  const received m = co_await expect<publish>(t, l);
  const std::uint16_t id = m.as<publish>()->packet_id;
  if (!m.as<publish>()->properties.contains(prop::message_expiry_interval)) t.s.skip("the driver does not set a Message Expiry Interval");
  co_await t.s.pause(milliseconds(1'500));
  l.send(ack(0x50, id));
  const received r = co_await expect<pubrel>(t, l);
  t.s.require(r.as<pubrel>()->packet_id == id, "expected PUBREL " + std::to_string(id) + ", got " + in_words(*r, t.s.version()));
  l.send(ack(0x70, id));
  co_await still_there(t, l);
}
json manual() { return {{"manual", true}}; }
json refusing(unsigned id) { return {{"do", "acknowledge"}, {"packet", "pubrec"}, {"packet_id", id}, {"reason_code", 0x83}}; }
task<> takes_refused_id_as_new(subject& t) {
  arrival how(manual());
  link& l = co_await join(t, std::move(how), "client");
  for (int i = 0; i < 2; ++i) {
    l.send(message_bytes(t, t.s.topic("q"), "refused", 2, 7));
    const json told = co_await event(t, "message");
    if (told.is_null()) t.s.fail("expected the application to be given the message" + std::string(i == 0 ? "" : ", whose identifier was free again behind PUBREC 0x83"));
    co_await tell(t, refusing(7));
    const received r = co_await expect<pubrec>(t, l);
    t.s.require(r.as<pubrec>()->packet_id == 7 && is_error(r.as<pubrec>()->reason_code), "expected PUBREC 7 with 0x83, got " + in_words(*r, t.s.version()));
  }
}
task<> looks_at_bad_text(subject& t) {
  link& l = co_await join(t);
  l.send(message_bytes(t, t.s.topic("q"), hex("61 ff"), 1, 7, false, hex("01 01")));
  const news n = co_await l.wait(patience);
  if (n == news::nothing) t.s.fail("expected an answer");
  if (n == news::closed) co_return;
  const received r = l.take();
  const auto* a = r.as<puback>();
  const auto* d = r.as<disconnect>();
  if (a && a->reason_code == reason_code::success) t.s.info("taken without a look at the payload, as a receiver may");
  else t.s.recommended((a && a->reason_code == reason_code::payload_format_invalid) || (d && d->reason_code == reason_code::payload_format_invalid), "answered by " + in_words(*r, t.s.version()) + " where 0x99 suits");
}

}  // namespace

void add_qos_out(catalogue& all) {
  const auto add = [&all](std::string check, std::string name, std::string title, const cited& statements, std::function<task<>(subject&)> play, unsigned seconds = 0) {
    all.push_back({std::move(check), std::move(name), std::move(title), statements, std::move(play), needs_driver::yes, seconds});
  };
  const cited out_1{"U31-3.3-c U31-2.4-b", "MQTT-4.3.2-1", "MQTT-4.3.2-2 MQTT-4.3.2-3"};
  const cited out_2{"U31-3.3-c U31-2.4-b", "MQTT-4.3.3-1 MQTT-4.6.0-4", "MQTT-4.3.3-2 MQTT-4.3.3-3 MQTT-4.3.3-4 MQTT-4.3.3-5 MQTT-4.6.0-4"};
  add("C-QOSOUT", "qos-0", "several messages of QoS 0", {"U31-2.1-f", "MQTT-3.3.1-2 MQTT-4.3.1-1", "MQTT-3.3.1-2 MQTT-4.3.1-1"}, sends_qos_0);
  add("C-QOSOUT", "qos-1", "several messages of QoS 1", out_1, sends_qos_1);
  add("C-QOSOUT", "qos-2", "several messages of QoS 2, PUBRELs in the order of the PUBRECs", out_2, sends_qos_2);
  add("C-QOSOUT", "patience-1", "nothing comes again while PUBACK is missing", {"~U31-4.2-a", "~U311-4.4-a", "MQTT-4.4.0-1"}, [](subject& t) { return waits_patiently(t, 1, false); }, 8);
  add("C-QOSOUT", "patience-2", "nothing comes again while PUBREC is missing", {"~U31-4.2-a", "~U311-4.4-a", "MQTT-4.4.0-1"}, [](subject& t) { return waits_patiently(t, 2, false); }, 8);
  add("C-QOSOUT", "patience-pubrel", "nothing comes again while PUBCOMP is missing", {"~U31-4.2-a", "~U311-4.4-a", "MQTT-4.4.0-1 MQTT-4.3.3-6"}, [](subject& t) { return waits_patiently(t, 2, true); }, 8);
  all.push_back({"C-QOSOUT", "pubrec-unknown", "PUBREC of an unknown identifier", {"", "", "U5-3.6.2.1-b"}, minds_unknown_pubrec});
  const cited again{"~U31-4.2-b", "MQTT-4.4.0-1 MQTT-4.6.0-1 MQTT-2.3.1-3 U311-4.4-a", "MQTT-4.4.0-1 MQTT-4.6.0-1"};
  const cited marked{"~U31-2.1-f", "MQTT-3.3.1-1", "MQTT-3.3.1-1"};
  const cited again_rel{"~U31-4.2-b", "MQTT-4.4.0-1 MQTT-2.3.1-3 U311-4.4-a", "MQTT-4.4.0-1 MQTT-4.3.3-6"};
  add("C-REDEL", "publish-1", "cut before PUBACK: sent again, in order", again, [](subject& t) { return sends_again(t, cut_at::publish_1); });
  add("C-REDEL", "publish-2", "cut before PUBREC: sent again, in order", again, [](subject& t) { return sends_again(t, cut_at::publish_2); });
  add("C-REDEL", "pubrel", "cut before PUBCOMP: PUBREL again, and no PUBLISH", again_rel, [](subject& t) { return sends_again(t, cut_at::pubrel); });
  add("C-REDEL", "dup-1", "cut before PUBACK: what is sent again has DUP", marked, [](subject& t) { return marks_again(t, cut_at::publish_1); });
  add("C-REDEL", "dup-2", "cut before PUBREC: what is sent again has DUP", marked, [](subject& t) { return marks_again(t, cut_at::publish_2); });
  add("C-REDEL", "ids", "a new message takes no identifier of the session", {"U31-2.4-b", "MQTT-2.3.1-3", "MQTT-4.4.0-1"}, keeps_ids);
  const cited kept{"~U31-4.2-b", "MQTT-3.1.2-4 MQTT-4.1.0-1", "MQTT-3.1.2-23 U5-3.1.2.11.2-b"};
  add("C-SESS", "received-qos-2", "a message of QoS 2 is delivered once, also when the connection is cut before PUBREL", kept, remembers_received);
  add("C-SESS", "sent-pubrel", "the sender's half of QoS 2 is kept", kept, [](subject& t) { return sends_again(t, cut_at::pubrel); });
  add("C-SESS", "clean", "a clean start brings nothing of the last session", {"~U31-4.2-b", "MQTT-3.1.2-6", "MQTT-3.1.2-4"}, [](subject& t) { return forgets(t, true); });
  add("C-SESS", "expired", "a session that expires with its connection is not gone on with", {"", "", "U5-3.1.2.11.2-b"}, [](subject& t) { return forgets(t, false); });
  add("C-EXPQ2", "expired", "Message Expiry passes between PUBLISH and PUBREC", {"", "", "MQTT-4.3.3-7 MQTT-4.3.3-13"}, goes_on_behind_expiry, 2);
  add("C-EXPQ2", "refused", "behind PUBREC 0x83 an identifier means a new message", {"", "", "MQTT-4.3.3-9"}, takes_refused_id_as_new);
  all.push_back({"C-EXPQ2", "payload-format", "Payload Format Indicator 1 with a payload that is not UTF-8", {"", "", "U5-3.3.2.3.2-a"}, looks_at_bad_text});
}

}  // namespace mqttspan::conformance::client
