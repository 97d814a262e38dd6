// B-REDEL, B-ORDER: what comes again on the next connection, and in which order everything comes.
#include <algorithm>
#include <deque>
#include <map>

#include "exchanges.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

std::string number(std::size_t n) { return std::to_string(n); }

// 3.1 says that it should be so.
void owed(session& s, bool holds, const std::string& otherwise) {
  if (s.v3_1()) s.recommended(holds, otherwise);
  else s.require(holds, otherwise);
}

// --- B-REDEL --------------------------------------------------------------------------------------------------------------------------------

// How far an exchange has come when the connection breaks.
enum class reached { publish, pubrec_under_way, pubrel, acknowledged };

task<link*> up_to(session& s, std::string topic, qos level, reached state, message& m) {
  link& l = co_await first_visit(s);
  co_await subscribe_at(s, l, topic, level);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, topic, "x", level);
  m = co_await next_message(s, l);
  if (state == reached::acknowledged && level == qos::at_least_once) l.send(puback_of(m.packet_id));
  if (state != reached::publish && level == qos::exactly_once) l.send(pubrec_of(m.packet_id));
  if (state != reached::publish && state != reached::pubrec_under_way && level == qos::exactly_once) co_await answered<pubrel>(s, l, m.packet_id);
  if (state == reached::acknowledged && level == qos::exactly_once) l.send(pubcomp_of(m.packet_id));
  if (state == reached::acknowledged) co_await ping(s, l);
  co_return &l;
}

void is_again(session& s, const received& r, const message& first, bool by_pubrel) {
  const auto* release = r.as<pubrel>();
  if (release) {
    owed(s, by_pubrel, "PUBREL came, but the message was never answered by PUBREC");
    owed(s, release->packet_id == first.packet_id, "PUBREL came again with another packet identifier");
    return;
  }
  s.require(r.as<publish>() != nullptr, "expected PUBLISH or PUBREL, got " + in_words(*r, s.version()));
  const message m = message_of(r);
  owed(s, m.packet_id == first.packet_id, "the message came again with packet identifier " + number(m.packet_id) + ", first it was " + number(first.packet_id));
  s.require(m.payload == first.payload && m.qos == first.qos, "the message came again as another one: " + in_words(*r, s.version()));
  s.require(m.dup, "expected DUP 1 on a message that comes again, got DUP 0");
}

task<> comes_again(session& s, qos level, reached state) {
  const std::string topic = s.topic("t");
  message first;
  link* before = co_await up_to(s, topic, level, state, first);
  before->close(true);
  link& l = co_await next_visit(s);
  if (s.v3_1()) {  // it may wait, and only should do it at all
    const news n = co_await l.wait(patience);
    if (n != news::packet) {
      s.info("nothing was sent again within 5 s");
      co_return;
    }
  }
  const received r = co_await hear(s, l, state == reached::pubrel ? "PUBREL again" : "the message again");
  if (state == reached::pubrel) s.require(!r.as<publish>(), "PUBLISH came again behind its PUBREL");
  is_again(s, r, first, state != reached::publish);
  if (r.as<publish>()) {
    l.send(level == qos::at_least_once ? puback_of(first.packet_id) : pubrec_of(first.packet_id));
    if (level == qos::exactly_once) co_await answered<pubrel>(s, l, first.packet_id);
  }
  if (level == qos::exactly_once) l.send(pubcomp_of(first.packet_id));
  const std::vector<received> more = co_await ping(s, l);
  s.require(more.empty(), "behind the end of the exchange came " + (more.empty() ? std::string() : in_words(*more.front(), s.version())));
  co_await forget_session(s);
}

// The next connection, on which nothing may come.
task<> finds_nothing(session& s) {
  link& l = co_await next_visit(s);
  const std::vector<received> came = co_await ping(s, l);
  s.require(came.empty(), "what was acknowledged came again: " + (came.empty() ? std::string() : in_words(*came.front(), s.version())));
  s.saw("nothing came again");
  co_await forget_session(s);
}

task<> comes_no_more(session& s, qos level) {
  const std::string topic = s.topic("t");
  message first;
  link* before = co_await up_to(s, topic, level, reached::acknowledged, first);
  before->close(true);
  co_await finds_nothing(s);
}

// Three exchanges of QoS 2 at a time, as far as the broker begins them together.
task<> three_come_no_more(session& s) {
  const std::string topic = s.topic("t");
  link& l = co_await first_visit(s);
  co_await subscribe_at(s, l, topic, qos::exactly_once);
  link& publisher = co_await join(s, "publisher");
  for (const char* each : {"1", "2", "3"}) co_await publish_message(s, publisher, topic, each, qos::exactly_once);
  std::vector<message> open;
  for (std::size_t done = 0; done < 3;) {
    if (open.empty()) open = co_await next_in_flight(s, l, 3 - done);
    done += open.size();
    open = co_await take_at_once(s, l, open);
  }
  co_await ping(s, l);
  l.close(true);
  co_await finds_nothing(s);
}

// Several unacknowledged ones: each with its identifier, and in their order.
task<> all_come_again(session& s, qos level, int times) {
  const std::string topic = s.topic("t");
  link* l = &co_await first_visit(s);
  co_await subscribe_at(s, *l, topic, level);
  link& publisher = co_await join(s, "publisher");
  for (std::size_t i = 1; i <= 5; ++i) co_await publish_message(s, publisher, topic, number(i), level);
  const std::vector<message> first = co_await next_in_flight(s, *l, 5);
  if (first.size() < 5) s.saw("only " + number(first.size()) + " of 5 messages were in flight at a time");
  for (int i = 0; i < times; ++i) {
    l->close(true);
    l = &co_await next_visit(s, "return" + number(static_cast<std::size_t>(i)));
    const std::vector<message> again = co_await next_messages(s, *l, first.size());
    for (std::size_t k = 0; k < first.size(); ++k) {
      owed(s, again[k].payload == first[k].payload, "the messages came again in another order");
      owed(s, again[k].packet_id == first[k].packet_id || again[k].payload != first[k].payload, "message " + first[k].payload + " came again with another packet identifier");
      s.require(again[k].dup, "expected DUP 1 on a message that comes again, got DUP 0");
    }
  }
  co_await forget_session(s);
}

// What waited for the client comes behind what was under way, and is no repetition.
task<> new_ones_behind(session& s) {
  const std::string topic = s.topic("t");
  message first;
  link* before = co_await up_to(s, topic, qos::at_least_once, reached::publish, first);
  before->close(true);
  link& publisher = co_await join(s, "second");
  co_await publish_message(s, publisher, topic, "new", qos::at_least_once);
  link& l = co_await next_visit(s);
  std::vector<message> came;
  while (came.size() < 2) {  // acknowledged at once: the second may wait for that
    message m = co_await next_message(s, l);
    l.send(puback_of(m.packet_id));
    came.push_back(std::move(m));
  }
  owed(s, came[0].payload == "x" && came[1].payload == "new", "the messages came in another order");
  for (const message& m : came) {
    if (m.payload == "x") s.require(m.dup, "expected DUP 1 on a message that comes again, got DUP 0");
    else s.require(!m.dup || s.v3_1(), "expected DUP 0 on a message that comes first, got DUP 1");
  }
  co_await forget_session(s);
}

// --- B-ORDER --------------------------------------------------------------------------------------------------------------------------------

constexpr std::size_t all_of_them = 1'000, at_a_time = 50;

// Ten exchanges at a time, as the broker allows; QoS 0 just goes out.
task<> publish_batch(session& s, link& l, std::string topic, qos level, std::size_t from, std::size_t count, std::size_t window) {
  for (std::size_t done = 0; done < count; done += window) {
    const std::size_t now = std::min(window, count - done);
    for (std::size_t i = 1; i <= now; ++i) l.send(publish_of(s, topic, number(from + done + i - 1), level, static_cast<std::uint16_t>(i)));
    for (std::size_t i = 1; i <= now && level == qos::at_least_once; ++i) co_await answered<puback>(s, l, static_cast<std::uint16_t>(i));
    for (std::size_t i = 1; i <= now && level == qos::exactly_once; ++i) co_await answered<pubrec>(s, l, static_cast<std::uint16_t>(i));
    for (std::size_t i = 1; i <= now && level == qos::exactly_once; ++i) l.send(pubrel_of(static_cast<std::uint16_t>(i)));
    for (std::size_t i = 1; i <= now && level == qos::exactly_once; ++i) co_await answered<pubcomp>(s, l, static_cast<std::uint16_t>(i));
  }
}

// The numbers of one topic must rise. Those of QoS 0 may have gaps.
struct rising {
  std::size_t last = 0;
  std::size_t count = 0;
};
void judge_order(session& s, const std::vector<message>& came, qos level, std::map<std::string, rising>& topics) {
  for (const message& m : came) {
    rising& r = topics[m.topic];
    const std::size_t n = std::stoul(m.payload);
    s.require(n > r.last, "message " + number(n) + " came behind message " + number(r.last));
    s.require(level == qos::at_most_once || n == r.last + 1, "message " + number(n) + " came behind message " + number(r.last) + ": others are lost");
    r.last = n;
    ++r.count;
  }
}

task<> in_order(session& s, qos level) {
  const std::string topics[] = {s.topic("a"), s.topic("b")};
  link& subscriber = co_await join(s, "subscriber");
  for (const std::string& topic : topics) co_await subscribe_at(s, subscriber, topic, level);
  const welcome w = co_await join_and_read(s, "publisher");
  const std::size_t window = std::min<std::size_t>(w.receive_maximum, 10);
  std::map<std::string, rising> seen;
  for (std::size_t from = 1; from <= all_of_them; from += at_a_time) {
    for (const std::string& topic : topics) co_await publish_batch(s, *w.connection, topic, level, from, at_a_time, window);
    if (level == qos::at_most_once) co_await ping(s, *w.connection);
    const std::vector<message> came = co_await messages_until(s, subscriber, topics[1], number(from + at_a_time - 1));
    judge_order(s, came, level, seen);
  }
  s.saw("all in order");
  if (level == qos::at_most_once && seen[topics[1]].count < all_of_them) s.info("of " + number(all_of_them) + " messages of QoS 0 came " + number(seen[topics[1]].count));
}

// Answers so many messages up to their end, one after the other, and none of the others that come meanwhile.
task<> take_some(session& s, link& l, qos level, std::size_t count) {
  std::deque<std::uint16_t> waiting;
  bool is_under_way = false;
  for (std::size_t done = 0; done < count;) {
    const received r = co_await hear(s, l, "a message, or PUBREL");
    if (const auto* p = r.as<publish>()) waiting.push_back(p->packet_id);
    if (const auto* release = r.as<pubrel>()) {
      l.send(pubcomp_of(release->packet_id));
      is_under_way = false;
      ++done;
    }
    if (is_under_way || waiting.empty() || done == count) continue;
    l.send(level == qos::at_least_once ? puback_of(waiting.front()) : pubrec_of(waiting.front()));
    waiting.pop_front();
    is_under_way = level == qos::exactly_once;
    done += level == qos::at_least_once;
  }
}

// Some acknowledged, the connection broken, the rest on the next one: nothing overtakes.
task<> in_order_again(session& s, qos level) {
  const std::string topic = s.topic("t");
  link& l = co_await first_visit(s);
  co_await subscribe_at(s, l, topic, level);
  const welcome w = co_await join_and_read(s, "publisher");
  co_await publish_batch(s, *w.connection, topic, level, 1, 40, std::min<std::size_t>(w.receive_maximum, 10));
  co_await take_some(s, l, level, 3);
  co_await ping(s, l);
  l.close(true);
  link& later = co_await next_visit(s);
  co_await publish_batch(s, *w.connection, topic, level, 41, 10, std::min<std::size_t>(w.receive_maximum, 10));
  const std::vector<message> came = co_await messages_until(s, later, topic, "50");
  std::size_t last = 3;
  for (const message& m : came) {
    const std::size_t n = std::stoul(m.payload);
    owed(s, n == last + 1, "on the next connection message " + m.payload + " came behind message " + number(last));
    last = n;
  }
  s.saw("all in order");
  co_await forget_session(s);
}

}  // namespace

void add_redelivery(catalogue& all) {
  constexpr cited again{"U31-4.2-b U31-2.1-f", "MQTT-3.3.1-1 MQTT-4.4.0-1 U311-4.4-a", "MQTT-3.3.1-1 MQTT-4.4.0-1"};
  constexpr cited done{"~U31-4.2-b", "MQTT-4.4.0-1", "MQTT-4.4.0-1"};
  all.push_back({"B-REDEL", "qos-1-publish", "the connection breaks before PUBACK", again, [](session& s) { return comes_again(s, qos::at_least_once, reached::publish); }});
  all.push_back({"B-REDEL", "qos-2-publish", "the connection breaks before PUBREC", again, [](session& s) { return comes_again(s, qos::exactly_once, reached::publish); }});
  all.push_back({"B-REDEL", "qos-2-pubrec", "the connection breaks right behind PUBREC", again, [](session& s) { return comes_again(s, qos::exactly_once, reached::pubrec_under_way); }});
  all.push_back({"B-REDEL", "qos-2-pubrel", "the connection breaks before PUBCOMP", {"U31-4.2-b", "MQTT-4.4.0-1 U311-4.4-a", "MQTT-4.4.0-1"}, [](session& s) { return comes_again(s, qos::exactly_once, reached::pubrel); }});
  all.push_back({"B-REDEL", "qos-1-done", "the connection breaks behind PUBACK", done, [](session& s) { return comes_no_more(s, qos::at_least_once); }});
  all.push_back({"B-REDEL", "qos-2-done", "the connection breaks behind PUBCOMP", done, [](session& s) { return comes_no_more(s, qos::exactly_once); }});
  all.push_back({"B-REDEL", "three-qos-2-done", "the connection breaks behind three PUBCOMP", done, three_come_no_more});
  all.push_back({"B-REDEL", "five-qos-1", "the connection breaks with five QoS 1 messages under way", again, [](session& s) { return all_come_again(s, qos::at_least_once, 1); }});
  all.push_back({"B-REDEL", "five-qos-2", "the connection breaks with five QoS 2 messages under way", again, [](session& s) { return all_come_again(s, qos::exactly_once, 1); }});
  all.push_back({"B-REDEL", "three-breaks", "the connection breaks three times with five messages under way", again, [](session& s) { return all_come_again(s, qos::at_least_once, 3); }});
  all.push_back({"B-REDEL", "new-ones-behind", "a message that waited comes behind one that was under way", again, new_ones_behind});
  constexpr cited order{"~U31-4.3-a", "MQTT-4.6.0-5 MQTT-4.6.0-6", "MQTT-4.6.0-5 MQTT-4.6.0-6"};
  for (const qos level : {qos::at_most_once, qos::at_least_once, qos::exactly_once})
    all.push_back({"B-ORDER", "qos-" + number(static_cast<std::size_t>(level)), "1,000 numbered messages on each of two topics", order, [level](session& s) { return in_order(s, level); }});
  for (const qos level : {qos::at_least_once, qos::exactly_once})
    all.push_back({"B-ORDER", "again-qos-" + number(static_cast<std::size_t>(level)), "50 numbered messages; the connection breaks among them", order, [level](session& s) { return in_order_again(s, level); }});
}

}  // namespace mqttspan::conformance::broker
