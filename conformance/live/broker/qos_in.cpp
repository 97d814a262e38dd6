// B-QOSIN, B-DUPPROP, B-RMAXIN: messages of QoS 1 and 2 that we send, and what the broker makes of repeats.
#include <algorithm>

#include "exchanges.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

task<> qos_0_is_not_answered(session& s) {
  link& l = co_await join(s, "client");
  l.send(publish_of(s, s.topic("t"), "x", qos::at_most_once, 0));
  const std::vector<received> came = co_await ping(s, l);
  s.require(came.empty(), "expected no answer to QoS 0, got " + (came.empty() ? std::string() : in_words(*came.front(), s.version())));
}

task<> repeats_the_id(session& s, qos level) {
  link& l = co_await join(s, "client");
  constexpr std::uint16_t ids[] = {1, 2, 255, 256, 32'768, 65'535};
  for (const std::uint16_t id : ids) {
    l.send(publish_of(s, s.topic("t"), "x", level, id));
    co_await complete(s, l, id, level);
  }
}

// The same identifier again, behind the end of its exchange; `dup` must not matter then.
task<> id_is_new_again(session& s, qos level, bool dup) {
  const std::string topic = s.topic("t");
  link& subscriber = co_await subscribed(s, "subscriber", topic, level);
  link& l = co_await join(s, "client");
  for (const char* payload : {"one", "two", "end"}) {
    l.send(publish_of(s, topic, payload, level, 7, dup));
    co_await complete(s, l, 7, level);
  }
  const std::vector<message> came = co_await messages_until(s, subscriber, topic, "end");
  s.require(count_of(came, "two") == 1 && count_of(came, "one") == 1, "expected each of the messages that had one identifier one after the other; got " + std::to_string(came.size()) + " of 3");
}

// QoS 1 may arrive twice; each copy is answered.
task<> qos_1_repeated(session& s) {
  const std::string topic = s.topic("t");
  link& subscriber = co_await subscribed(s, "subscriber", topic, qos::at_least_once);
  link& l = co_await join(s, "client");
  l.send(publish_of(s, topic, "x", qos::at_least_once, 1) + publish_of(s, topic, "x", qos::at_least_once, 1, true));
  co_await answered<puback>(s, l, 1);
  co_await answered<puback>(s, l, 1);
  co_await publish_message(s, l, topic, "end", qos::at_least_once);
  const std::vector<message> came = co_await messages_until(s, subscriber, topic, "end");
  s.require(count_of(came, "x") >= 1, "the message is lost");
  s.saw("delivered " + std::to_string(count_of(came, "x")) + " times");
}

// PUBREC for a repeat. In 5.0 a client sends again on a new connection only: a broker that ends the connection over it does no wrong.
task<bool> repeat_is_taken(session& s, link& l, bool is_due) {
  const news n = co_await l.wait(patience);
  received r;
  if (n == news::packet) r = l.take();
  if (!is_due && (n == news::closed || (n == news::packet && r.as<disconnect>()))) {
    s.info("the broker ends the connection when PUBLISH is sent again on it");
    co_return false;
  }
  s.require(n == news::packet, n == news::closed ? "expected PUBREC for the repeat, but the connection was closed" : "expected PUBREC for the repeat, but nothing came");
  s.require(r.as<pubrec>() && r.as<pubrec>()->packet_id == 1, "expected PUBREC for the repeat, got " + in_words(*r, s.version()));
  co_return true;
}

// Where in a QoS 2 exchange the PUBLISH comes again.
enum class again { at_once, behind_pubrec, three_times, on_a_new_connection };

task<> qos_2_once(session& s, again when) {
  const std::string topic = s.topic("t");
  const bytes first = publish_of(s, topic, "x", qos::exactly_once, 1), repeat = publish_of(s, topic, "x", qos::exactly_once, 1, true);
  link& subscriber = co_await subscribed(s, "subscriber", topic, qos::exactly_once);
  link* l = &co_await first_visit(s);
  co_await subscribe_to(s, *l, s.topic("own"), qos::at_most_once);  // some brokers keep no session without
  l->send(when == again::at_once ? first + repeat : first);
  co_await answered<pubrec>(s, *l, 1);
  if (when == again::on_a_new_connection) {
    l->close(true);
    l = &co_await next_visit(s);
  }
  const int repeats = when == again::three_times ? 3 : 1;
  for (int i = 0; i < repeats; ++i) {
    if (when != again::at_once) l->send(repeat);
    const bool taken = co_await repeat_is_taken(s, *l, !s.v5() || when == again::on_a_new_connection);
    if (!taken) co_return;
  }
  l->send(pubrel_of(1));
  co_await answered<pubcomp>(s, *l, 1);
  co_await publish_message(s, *l, topic, "end", qos::exactly_once);
  const std::vector<message> came = co_await messages_until(s, subscriber, topic, "end");
  s.require(count_of(came, "x") == 1, "expected the message exactly once, got it " + std::to_string(count_of(came, "x")) + " times");
  s.saw("delivered once");
  co_await forget_session(s);
}

// PUBREL again, on this connection or on the next one, is answered again, and delivers nothing.
task<> pubrel_repeated(session& s, bool on_a_new_connection) {
  const std::string topic = s.topic("t");
  link& subscriber = co_await subscribed(s, "subscriber", topic, qos::exactly_once);
  link* l = &co_await first_visit(s);
  co_await subscribe_to(s, *l, s.topic("own"), qos::at_most_once);  // some brokers keep no session without
  l->send(publish_of(s, topic, "x", qos::exactly_once, 1));
  co_await complete(s, *l, 1, qos::exactly_once);
  if (on_a_new_connection) {
    l->close(true);
    l = &co_await next_visit(s);
  }
  l->send(pubrel_of(1));
  const received r = co_await expect<pubcomp>(s, *l);
  s.require(r.as<pubcomp>()->packet_id == 1, "PUBCOMP has another packet identifier than its PUBREL");
  co_await publish_message(s, *l, topic, "end", qos::exactly_once);
  const std::vector<message> came = co_await messages_until(s, subscriber, topic, "end");
  s.require(count_of(came, "x") == 1, "expected the message exactly once, got it " + std::to_string(count_of(came, "x")) + " times");
  s.saw("delivered once");
  co_await forget_session(s);
}

task<> pubrel_of_nothing(session& s) {
  link& l = co_await join(s, "client");
  l.send(pubrel_of(77));
  const received r = co_await expect<pubcomp>(s, l);
  const pubcomp& p = *r.as<pubcomp>();
  s.saw("answered by PUBCOMP");
  s.require(p.packet_id == 77, "PUBCOMP has another packet identifier than its PUBREL");
  if (s.v5()) s.recommended(p.reason_code == reason_code::packet_identifier_not_found, "PUBCOMP without the code 0x92 that exists for this");
}

// Several at once, within what the broker allows.
task<> several_at_once(session& s, qos level) {
  const std::string topic = s.topic("t");
  link& subscriber = co_await subscribed(s, "subscriber", topic, level);
  const welcome w = co_await join_and_read(s, "client");
  link& l = *w.connection;
  const auto count = static_cast<std::uint16_t>(std::min<std::uint32_t>(w.receive_maximum, 10));
  for (std::uint16_t id = 1; id <= count; ++id) l.send(publish_of(s, topic, std::to_string(id), level, static_cast<std::uint16_t>(id * 100)));
  for (std::uint16_t id = 1; id <= count && level == qos::at_least_once; ++id) co_await answered<puback>(s, l, static_cast<std::uint16_t>(id * 100));
  for (std::uint16_t id = 1; id <= count && level == qos::exactly_once; ++id) co_await answered<pubrec>(s, l, static_cast<std::uint16_t>(id * 100));
  for (std::uint16_t id = 1; id <= count && level == qos::exactly_once; ++id) l.send(pubrel_of(static_cast<std::uint16_t>(id * 100)));
  for (std::uint16_t id = 1; id <= count && level == qos::exactly_once; ++id) co_await answered<pubcomp>(s, l, static_cast<std::uint16_t>(id * 100));
  co_await publish_message(s, l, topic, "end", level);
  const std::vector<message> came = co_await messages_until(s, subscriber, topic, "end");
  for (std::uint16_t id = 1; id <= count; ++id) s.require(count_of(came, std::to_string(id)) == 1, "message " + std::to_string(id) + " came " + std::to_string(count_of(came, std::to_string(id))) + " times");
}

// A subscription in between has an identifier of its own, and takes part in the same numbering.
task<> other_requests_between(session& s) {
  link& l = co_await join(s, "client");
  l.send(publish_of(s, s.topic("t"), "x", qos::exactly_once, 1));
  co_await answered<pubrec>(s, l, 1);
  l.send(framed(0x82, u16(2) + properties(s.version()) + text(s.topic("u")) + u8(0)));
  const received r = co_await expect<suback>(s, l);
  s.require(r.as<suback>()->packet_id == 2, "SUBACK has another packet identifier than its SUBSCRIBE");
  l.send(pubrel_of(1));
  co_await answered<pubcomp>(s, l, 1);
}

// --- B-DUPPROP ------------------------------------------------------------------------------------------------------------------------------

task<> dup_is_not_passed_on(session& s, qos sent, qos granted) {
  const std::string topic = s.topic("t");
  link& subscriber = co_await subscribed(s, "subscriber", topic, granted);
  link& l = co_await join(s, "client");
  l.send(publish_of(s, topic, "x", sent, 5, true));
  co_await complete(s, l, 5, sent);
  const message m = co_await next_message(s, subscriber);
  s.require(m.payload == "x", "another message came");
  s.require(!m.dup, "expected DUP 0 on the first copy to a subscriber; got DUP 1, as it was published");
}

// --- B-RMAXIN -------------------------------------------------------------------------------------------------------------------------------

task<welcome> with_limit(session& s) {
  welcome w = co_await join_and_read(s, "client");
  if (w.receive_maximum > 60'000) s.skip("the broker's Receive Maximum is " + std::to_string(w.receive_maximum) + ": no reasonable number of messages is above it");
  co_return w;
}

task<> fill(session& s, link& l, std::uint32_t count) {
  for (std::uint32_t id = 1; id <= count; ++id) l.send(publish_of(s, s.topic("t"), "x", qos::exactly_once, static_cast<std::uint16_t>(id)));
  for (std::uint32_t id = 1; id <= count; ++id) co_await answered<pubrec>(s, l, static_cast<std::uint16_t>(id));
}

task<> too_many(session& s) {
  const welcome w = co_await with_limit(s);
  co_await fill(s, *w.connection, w.receive_maximum);
  w.connection->send(publish_of(s, s.topic("t"), "too much", qos::exactly_once, static_cast<std::uint16_t>(w.receive_maximum + 1)));
  co_await expect_close(s, *w.connection, codes(0x93));
}
task<> too_many_qos_1(session& s) {
  const welcome w = co_await with_limit(s);
  co_await fill(s, *w.connection, w.receive_maximum);
  w.connection->send(publish_of(s, s.topic("t"), "too much", qos::at_least_once, static_cast<std::uint16_t>(w.receive_maximum + 1)));
  co_await expect_close(s, *w.connection, codes(0x93));
}
// As many as it allows, released, and as many again.
task<> just_enough(session& s) {
  const welcome w = co_await with_limit(s);
  for (int round = 0; round < 2; ++round) {
    co_await fill(s, *w.connection, w.receive_maximum);
    for (std::uint32_t id = 1; id <= w.receive_maximum; ++id) {
      w.connection->send(pubrel_of(static_cast<std::uint16_t>(id)));
      co_await answered<pubcomp>(s, *w.connection, static_cast<std::uint16_t>(id));
    }
  }
  co_await ping(s, *w.connection);
}
// The count begins anew with each connection, for it is no part of the session. What is not released counts again only when it is sent again.
task<> qos_1_does_not_add_up(session& s) {
  const welcome w = co_await with_limit(s);
  for (std::uint32_t i = 0; i < 2 * w.receive_maximum + 1; ++i) {
    w.connection->send(publish_of(s, s.topic("t"), "x", qos::at_least_once, 9));
    co_await answered<puback>(s, *w.connection, 9);
  }
}

}  // namespace

void add_qos_in(catalogue& all) {
  constexpr cited plain{"U31-3.3-c", "MQTT-3.3.4-1", "MQTT-3.3.4-1"};
  constexpr cited one{"U31-3.3-c U31-2.4-c", "MQTT-2.3.1-6 MQTT-3.3.4-1 MQTT-4.3.2-2", "MQTT-2.2.1-5 MQTT-3.3.4-1 MQTT-4.3.2-4"};
  constexpr cited two{"U31-3.3-c U31-2.4-c", "MQTT-2.3.1-6 MQTT-3.3.4-1 MQTT-4.3.3-2", "MQTT-2.2.1-5 MQTT-3.3.4-1 MQTT-4.3.3-8 MQTT-4.3.3-11"};
  constexpr cited one_new{"U31-2.4-b U31-2.1-f", "MQTT-4.3.2-2", "MQTT-4.3.2-5"}, two_new{"U31-2.4-b U31-2.1-f", "MQTT-4.3.3-2", "MQTT-4.3.3-12"};
  constexpr cited once{"U31-3.3-c", "MQTT-4.3.3-2", "MQTT-4.3.3-10"};
  constexpr cited released{"~U31-3.3-c", "MQTT-4.3.3-2", "MQTT-4.3.3-11 U5-3.7.2.1-b"};
  constexpr cited several{"U31-2.4-b", "U311-4.3-a", "U5-2.2.1-b"};
  all.push_back({"B-QOSIN", "qos-0", "PUBLISH of QoS 0 is not answered", plain, qos_0_is_not_answered});
  all.push_back({"B-QOSIN", "qos-1", "PUBLISH of QoS 1 is answered with its identifier", one, [](session& s) { return repeats_the_id(s, qos::at_least_once); }});
  all.push_back({"B-QOSIN", "qos-2", "PUBLISH of QoS 2 and PUBREL are answered with their identifier", two, [](session& s) { return repeats_the_id(s, qos::exactly_once); }});
  all.push_back({"B-QOSIN", "qos-1-next", "an identifier is free behind PUBACK", one_new, [](session& s) { return id_is_new_again(s, qos::at_least_once, false); }});
  all.push_back({"B-QOSIN", "qos-1-next-dup", "an identifier is free behind PUBACK, though DUP is set", one_new, [](session& s) { return id_is_new_again(s, qos::at_least_once, true); }});
  all.push_back({"B-QOSIN", "qos-2-next", "an identifier is free behind PUBCOMP", two_new, [](session& s) { return id_is_new_again(s, qos::exactly_once, false); }});
  all.push_back({"B-QOSIN", "qos-2-next-dup", "an identifier is free behind PUBCOMP, though DUP is set", two_new, [](session& s) { return id_is_new_again(s, qos::exactly_once, true); }});
  all.push_back({"B-QOSIN", "qos-1-repeated", "PUBLISH of QoS 1 again before its PUBACK", one, qos_1_repeated});
  all.push_back({"B-QOSIN", "qos-2-at-once", "PUBLISH of QoS 2 twice before its PUBREC", once, [](session& s) { return qos_2_once(s, again::at_once); }});
  all.push_back({"B-QOSIN", "qos-2-behind-pubrec", "PUBLISH of QoS 2 again behind its PUBREC", once, [](session& s) { return qos_2_once(s, again::behind_pubrec); }});
  all.push_back({"B-QOSIN", "qos-2-three-times", "PUBLISH of QoS 2 three times more behind its PUBREC", once, [](session& s) { return qos_2_once(s, again::three_times); }});
  all.push_back({"B-QOSIN", "qos-2-new-connection", "PUBLISH of QoS 2 again on the next connection", {"~U31-4.2-b", "MQTT-4.3.3-2", "MQTT-4.3.3-10"}, [](session& s) { return qos_2_once(s, again::on_a_new_connection); }});
  all.push_back({"B-QOSIN", "pubrel-repeated", "PUBREL again behind its PUBCOMP", released, [](session& s) { return pubrel_repeated(s, false); }});
  all.push_back({"B-QOSIN", "pubrel-new-connection", "PUBREL again on the next connection", released, [](session& s) { return pubrel_repeated(s, true); }});
  all.push_back({"B-QOSIN", "pubrel-of-nothing", "PUBREL with an identifier that is not in use", released, pubrel_of_nothing});
  all.push_back({"B-QOSIN", "several-qos-1", "ten PUBLISH of QoS 1 at once", several, [](session& s) { return several_at_once(s, qos::at_least_once); }});
  all.push_back({"B-QOSIN", "several-qos-2", "ten PUBLISH of QoS 2 at once", several, [](session& s) { return several_at_once(s, qos::exactly_once); }});
  all.push_back({"B-QOSIN", "subscribe-between", "SUBSCRIBE within an exchange of QoS 2", several, other_requests_between});
  all.push_back({"B-QOSIN", "same-id-both-ways", "one identifier in use in both directions", several, same_id_both_ways});
  constexpr cited dup{"U31-2.1-f", "MQTT-3.3.1-3", "MQTT-3.3.1-3"};
  for (const qos sent : {qos::at_least_once, qos::exactly_once})
    for (const qos granted : {qos::at_most_once, qos::at_least_once, qos::exactly_once})
      all.push_back({"B-DUPPROP", "qos-" + std::to_string(static_cast<int>(sent)) + "-to-" + std::to_string(static_cast<int>(granted)), "PUBLISH with DUP, to a subscription of QoS " + std::to_string(static_cast<int>(granted)), dup,
                     [sent, granted](session& s) { return dup_is_not_passed_on(s, sent, granted); }});
  constexpr cited limit{"", "", "U5-3.3.4-d"}, counted{"", "", "MQTT-3.3.4-7 U5-3.3.4-d"};
  all.push_back({"B-RMAXIN", "one-more", "one unreleased QoS 2 message more than the broker's Receive Maximum", limit, too_many});
  all.push_back({"B-RMAXIN", "one-more-qos-1", "a QoS 1 message beside as many unreleased QoS 2 ones as the broker takes", limit, too_many_qos_1});
  all.push_back({"B-RMAXIN", "just-enough", "as many as the broker takes, twice", counted, just_enough});
  all.push_back({"B-RMAXIN", "qos-1", "more QoS 1 messages than that, one after the other", counted, qos_1_does_not_add_up});
}

}  // namespace mqttspan::conformance::broker
