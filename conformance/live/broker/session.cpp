// B-SESS0, B-SESS1, B-RETSURV, B-SEXP: what is kept for a client that is away.
#include <algorithm>

#include <mqttspan/codec/property.hpp>

#include "bad_packets.hpp"
#include "subscribing.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

constexpr std::uint32_t a_while = 60;  // seconds; every session that is left behind ends by itself in 5.0

struct returning {
  link& connection;
  bool session_present;
  std::uint32_t expiry;  // as the broker says; else as it was asked for
};

// A client that keeps its session, or comes back to it.
task<returning> come(session& s, std::string_view role, std::string_view as, bool clean, std::uint32_t expiry = a_while) {
  greeting hello(s, role);
  hello.packet.clean_start = clean;
  if (s.v5() && expiry != 0) hello.properties = {prop::session_expiry_interval(expiry)};
  link& l = co_await reach(s, as);
  const received r = co_await greet(s, l, hello);
  const connack& c = *r.as<connack>();
  if (is_error(c.reason_code)) s.inconclusive("a good CONNECT was refused: " + in_words(*r, s.version()));
  co_return returning{l, c.session_present, c.properties.get(prop::session_expiry_interval).value_or(expiry)};
}

// A session that begins clean in 5.0 may last all the same; in 3.x it is "clean session 0" that makes it last.
bool begins_clean(const session& s) { return s.v5(); }

// The last connection of a play whose sessions last: takes its session with it.
task<> forget(session& s, std::string_view role) {
  const returning last = co_await come(s, role, "cleaner", true, 0);
  co_await leave(s, last.connection);
}

task<> keeps_session(session& s, qos level, bool abort) {
  const std::string topic = s.topic("t");
  const returning first = co_await come(s, "subscriber", "before", begins_clean(s));
  s.require(!first.session_present, "a new client finds a session");
  co_await subscribe_to(s, first.connection, topic, level);
  if (abort) first.connection.close(true);
  else co_await leave(s, first.connection);
  link& publisher = co_await join(s, "publisher");
  for (const char* each : {"1", "2", "3"}) co_await publish_message(s, publisher, topic, each, level);
  const returning again = co_await come(s, "subscriber", "after", false);
  if (first.expiry == 0) s.inconclusive("the broker keeps no sessions: Session Expiry Interval 0 in CONNACK");
  if (!s.v3_1()) s.require(again.session_present, "expected Session Present 1, got 0");
  co_await publish_message(s, publisher, topic, "end", level);
  std::vector<message> came = co_await messages_until(s, again.connection, topic, "end");
  if (level != qos::at_most_once && came.size() < 4) {  // some may come behind the last one
    std::vector<message> late = co_await gather(s, again.connection, 4 - came.size());
    came.insert(came.end(), late.begin(), late.end());
  }
  if (level == qos::at_most_once) {
    s.info(std::to_string(came.size() - 1) + " of 3 QoS 0 messages were kept");
  } else {
    for (const char* each : {"1", "2", "3"})
      s.require(std::any_of(came.begin(), came.end(), [each](const message& m) { return m.payload == each; }), std::string("message ") + each + " of the 3 that were sent meanwhile did not come");
    if (came.size() != 4) s.info("some of the 3 messages came twice");
    else if (came[0].payload != "1" || came[1].payload != "2") s.info("the messages came in another order");
  }
  co_await leave(s, again.connection);
  co_await forget(s, "subscriber");
}

task<> begins_anew(session& s) {
  const std::string topic = s.topic("t");
  const returning first = co_await come(s, "subscriber", "before", begins_clean(s));
  co_await subscribe_to(s, first.connection, topic, qos::at_least_once);
  co_await leave(s, first.connection);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, topic, "queued", qos::at_least_once);
  const returning again = co_await come(s, "subscriber", "after", true);
  s.require(!again.session_present, "expected Session Present 0 on a clean connect, got 1");
  co_await publish_message(s, publisher, topic, "unsubscribed", qos::at_least_once);
  co_await subscribe_to(s, again.connection, s.topic("end"), qos::at_least_once);
  co_await publish_message(s, publisher, s.topic("end"), "end", qos::at_least_once);
  const std::vector<message> came = co_await messages_until(s, again.connection, s.topic("end"), "end");
  s.require(came.size() == 1, "a clean connect still gets \"" + came.front().payload + "\", for which an earlier session had subscribed");
  co_await leave(s, again.connection);
  co_await forget(s, "subscriber");
}

// 3.x: the session of a clean connection is not used later.
task<> leaves_nothing(session& s) {
  const returning first = co_await come(s, "client", "before", true, 0);
  co_await subscribe_to(s, first.connection, s.topic("t"), qos::at_least_once);
  co_await leave(s, first.connection);
  const returning again = co_await come(s, "client", "after", false);
  s.require(!again.session_present, "expected Session Present 0 behind a connection whose session ended with it, got 1");
  co_await leave(s, again.connection);
  co_await forget(s, "client");
}

task<> does_not_know(session& s) {
  const returning first = co_await come(s, "stranger", "client", false);
  s.require(!first.session_present, "expected Session Present 0 for a client id that was never used, got 1");
  co_await leave(s, first.connection);
  co_await forget(s, "stranger");
}

// A session lasts at least as long as its connection.
task<> lasts_while_open(session& s) {
  link& l = co_await join(s, "client");
  co_await subscribe_to(s, l, s.topic("t"), qos::at_least_once);
  for (int i = 0; i < 3; ++i) {
    co_await s.pause(milliseconds(1'000));
    co_await ping(s, l);
  }
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, s.topic("t"), "still", qos::at_least_once);
  const std::vector<message> came = co_await gather(s, l, 1);
  s.require(came.size() == 1, "the subscription is gone although the connection is not");
}

// --- B-RETSURV -------------------------------------------------------------------------------------------------------------------------------

task<> retained_survives(session& s, bool of_subscriber) {
  const std::string topic = s.topic("t");
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, topic, "kept", qos::at_least_once, true);
  if (of_subscriber) {
    link& reader = co_await join(s, "reader");
    co_await subscribe_to(s, reader, topic, qos::at_most_once);
    co_await leave(s, reader);
  } else {
    co_await leave(s, publisher);
  }
  link& subscriber = co_await join(s, "subscriber");
  subscriber.send(framed(0x82, u16(1) + properties(s.version()) + text(topic) + u8(0)));
  bool found = false;
  for (int i = 0; i < 2; ++i) {  // SUBACK and the message, in any order
    const received r = co_await hear(s, subscriber, "the retained message, and SUBACK");
    if (r.as<publish>()) found = message_of(r).payload == "kept";
  }
  s.require(found, "the retained message is gone with its publisher");
  co_await publish_message(s, subscriber, topic, "", qos::at_most_once, true);
}

// --- B-SEXP ----------------------------------------------------------------------------------------------------------------------------------

// Away for less, or for more, than the interval.
task<> expires(session& s, std::uint32_t interval, milliseconds away, bool is_there) {
  const returning first = co_await come(s, "client", "before", true, interval);
  if (first.expiry != interval) s.inconclusive("the broker sets a Session Expiry Interval of its own: " + std::to_string(first.expiry));
  co_await subscribe_to(s, first.connection, s.topic("t"), qos::at_least_once);
  co_await leave(s, first.connection);
  if (away.count() > 0) co_await s.pause(away);
  const returning again = co_await come(s, "client", "after", false, 0);
  if (is_there) s.require(again.session_present, "the session was gone before its Session Expiry Interval of " + std::to_string(interval) + " s had passed");
  else s.require(!again.session_present, "the session was still there behind its Session Expiry Interval of " + std::to_string(interval) + " s");
}

// The DISCONNECT changes the interval.
task<> disconnect_sets(session& s, std::uint32_t at_connect, std::uint32_t at_disconnect, bool is_there) {
  const returning first = co_await come(s, "client", "before", true, at_connect);
  if (first.expiry != at_connect) s.inconclusive("the broker sets a Session Expiry Interval of its own: " + std::to_string(first.expiry));
  const property own[] = {prop::session_expiry_interval(at_disconnect)};
  disconnect bye;
  bye.properties = own;
  first.connection.send(bye);
  co_await until_gone(s, first.connection);
  const returning again = co_await come(s, "client", "after", false, 0);
  s.require(again.session_present == is_there, is_there ? "the session is gone, but DISCONNECT made it last" : "the session is still there, but DISCONNECT ended it");
}

task<> never_expires(session& s) {
  const returning first = co_await come(s, "client", "before", true, 0xFFFF'FFFF);
  if (first.expiry != 0xFFFF'FFFF) s.info("the broker sets a Session Expiry Interval of its own: " + std::to_string(first.expiry));
  co_await leave(s, first.connection);
  co_await s.pause(milliseconds(2'500));
  const returning again = co_await come(s, "client", "after", false, 0);
  s.require(again.session_present || first.expiry != 0xFFFF'FFFF, "the session is gone although it never expires");
  co_await leave(s, again.connection);
}

task<> may_not_raise(session& s) {
  const returning first = co_await come(s, "client", "client", true, 0);
  first.connection.send(hex("e0 07 00 05 11 0000003c"));
  for (const received& r : co_await until_closed(s, first.connection))
    if (const auto* d = r.as<disconnect>()) s.recommended(d->reason_code == reason_code::protocol_error, "DISCONNECT with another code than 0x82");
  const returning again = co_await come(s, "client", "after", false, 0);
  s.require(!again.session_present, "a DISCONNECT that raises the Session Expiry Interval from 0 took effect");
}

}  // namespace

void add_session(catalogue& all) {
  const cited kept{"~U31-4.2-b", "MQTT-3.1.2-4 MQTT-3.1.2-5 MQTT-3.1.3-2 MQTT-3.2.2-2 MQTT-4.1.0-1 MQTT-4.5.0-1", "MQTT-3.1.2-5 MQTT-3.1.2-23 MQTT-3.1.3-2 MQTT-3.1.4-4 MQTT-3.2.2-3 MQTT-4.5.0-1"};
  all.push_back({"B-SESS0", "qos-0", "messages of QoS 0 for a client that is away", {"~U31-4.2-b", "~MQTT-3.1.2-4", "~MQTT-3.1.2-5"}, [](session& s) { return keeps_session(s, qos::at_most_once, false); }});
  all.push_back({"B-SESS0", "qos-1", "messages of QoS 1 for a client that is away", kept, [](session& s) { return keeps_session(s, qos::at_least_once, false); }});
  all.push_back({"B-SESS0", "qos-2", "messages of QoS 2 for a client that is away", kept, [](session& s) { return keeps_session(s, qos::exactly_once, false); }});
  all.push_back({"B-SESS0", "qos-1-abort", "messages of QoS 1 for a client whose connection broke", kept, [](session& s) { return keeps_session(s, qos::at_least_once, true); }});
  all.push_back({"B-SESS0", "qos-2-abort", "messages of QoS 2 for a client whose connection broke", kept, [](session& s) { return keeps_session(s, qos::exactly_once, true); }});
  all.push_back({"B-SESS1", "clean", "a clean connect begins anew", {"", "MQTT-3.1.2-6 MQTT-3.1.4-3 MQTT-3.2.2-1", "MQTT-3.1.2-4 MQTT-3.2.2-2"}, begins_anew});
  all.push_back({"B-SESS1", "clean-leaves-nothing", "the session of a clean connection ends with it", {"", "MQTT-3.1.2-6 MQTT-3.2.2-3", "MQTT-3.1.2-6"}, leaves_nothing});
  all.push_back({"B-SESS1", "unknown", "a client id that nobody used", {"", "MQTT-3.2.2-3", "MQTT-3.1.2-6"}, does_not_know});
  all.push_back({"B-MON", "session-lasts", "a session lasts as long as its connection", {"", "MQTT-4.1.0-2", "MQTT-4.1.0-1"}, lasts_while_open, 3});
  const cited survives{"~U31-2.1-a", "MQTT-3.1.2-7", ""};
  all.push_back({"B-RETSURV", "publisher", "a retained message outlives its publisher's session", survives, [](session& s) { return retained_survives(s, false); }, 0, "retain"});
  all.push_back({"B-RETSURV", "subscriber", "a retained message outlives its subscriber's session", survives, [](session& s) { return retained_survives(s, true); }, 0, "retain"});
  const cited expiry{"", "", "U5-3.1.2.11.2-b MQTT-4.1.0-2"};
  all.push_back({"B-SEXP", "before", "a session is there before its Session Expiry Interval has passed", expiry, [](session& s) { return expires(s, 20, milliseconds(1'000), true); }, 1});
  all.push_back({"B-SEXP", "after", "a session is gone behind its Session Expiry Interval", expiry, [](session& s) { return expires(s, 1, milliseconds(4'500), false); }, 5});
  all.push_back({"B-SEXP", "absent", "without Session Expiry Interval the session ends with the connection", expiry, [](session& s) { return expires(s, 0, milliseconds(0), false); }});
  all.push_back({"B-SEXP", "disconnect-0", "DISCONNECT with Session Expiry Interval 0 ends the session", {"", "", "U5-3.14.2.2.2-c"}, [](session& s) { return disconnect_sets(s, a_while, 0, false); }});
  all.push_back({"B-SEXP", "disconnect-longer", "DISCONNECT with a longer Session Expiry Interval", {"", "", "U5-3.14.2.2.2-c"}, [](session& s) { return disconnect_sets(s, 1, a_while, true); }});
  all.push_back({"B-SEXP", "never", "Session Expiry Interval 0xFFFFFFFF", {"", "", "U5-3.1.2.11.2-b"}, never_expires, 3});
  all.push_back({"B-SEXP", "disconnect-raises", "DISCONNECT that raises the Session Expiry Interval from 0", {"", "", "U5-3.14.2.2.2-b"}, may_not_raise});
  all.push_back({"B-SEXP", "connect-twice", "CONNECT with Session Expiry Interval twice", {"", "", "U5-3.1.2.11.2-a"},
                 [](session& s) { return refuses(s, connect_of(s, 0, {}, hex("11 00000001 11 00000001")), protocol_error); }});
}

}  // namespace mqttspan::conformance::broker
