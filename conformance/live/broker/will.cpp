// B-WILL, B-WILLDELAY, B-KA: the will, and the clock that may bring it about.
#include "bad_packets.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

struct testament {
  qos level = qos::at_least_once;
  bool retain = false;
  std::string payload = "last will";
  std::uint16_t keep_alive = 0;
  std::uint32_t delay = 0, expiry = 0;  // 5.0
  std::vector<property> more{};
};

// A client with a will for the topic `will` of this play.
task<link&> join_with_will(session& s, std::string_view role, const testament& t) {
  greeting hello(s, role);
  hello.texts.push_back(s.topic("will"));
  hello.packet.keep_alive = t.keep_alive;
  hello.packet.will.emplace();
  will& w = *hello.packet.will;
  w.topic = hello.texts.back();
  w.payload = as_bytes(t.payload);
  w.qos = t.level;
  w.retain = t.retain;
  std::vector<property> own = t.more;
  if (t.delay != 0) own.push_back(prop::will_delay_interval(t.delay));
  w.properties = own;
  if (t.expiry != 0) hello.properties = {prop::session_expiry_interval(t.expiry)};
  link& l = co_await join(s, role, hello);
  co_return l;
}

task<link&> join_mourner(session& s) {
  link& l = co_await join(s, "mourner");
  co_await subscribe_to(s, l, s.topic("will"), qos::exactly_once);
  co_return l;
}

// All that came for the topic up to a message that is sent now.
task<std::vector<message>> wills_so_far(session& s, link& mourner) {
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, s.topic("will"), "end", qos::exactly_once);
  std::vector<message> came = co_await messages_until(s, mourner, s.topic("will"), "end");
  came.pop_back();
  co_return came;
}

// Waits for the will, and sees that it comes once.
task<message> one_will(session& s, link& mourner, milliseconds at_most) {
  const news n = co_await mourner.wait(at_most);
  s.require(n == news::packet, "expected the will within " + std::to_string(at_most.count() / 1'000) + " s, it did not come");
  std::vector<message> came = co_await wills_so_far(s, mourner);
  s.require(came.size() == 1, "expected the will once, it came " + std::to_string(came.size()) + " times");
  co_return came.front();
}

enum class way { abort, close, protocol_error, keep_alive, takeover };

task<> end_by(session& s, link& l, way how) {
  if (how == way::abort || how == way::close) l.close(how == way::abort);
  if (how == way::protocol_error) l.send(hex("00 00"));
  if (how == way::takeover) co_await join(s, "mortal");
}

task<> will_comes(session& s, way how, testament t) {
  link& mourner = co_await join_mourner(s);
  if (how == way::keep_alive) t.keep_alive = 1;
  link& l = co_await join_with_will(s, "mortal", t);
  co_await end_by(s, l, how);
  const message m = co_await one_will(s, mourner, milliseconds(8'000));
  s.require(m.payload == t.payload, "the will has another payload");
  s.require(m.qos == t.level, "the will has QoS " + std::to_string(static_cast<int>(m.qos)));
  s.require(!m.retain, "the will comes with RETAIN 1 to a subscription that was there before");
  if (!t.retain) co_return;
  link& late = co_await join(s, "late");
  late.send(framed(0x82, u16(1) + properties(s.version()) + text(s.topic("will")) + u8(0)));
  bool found = false;
  for (int i = 0; i < 2; ++i) {
    const received r = co_await hear(s, late, "the retained will, and SUBACK");
    if (r.as<publish>()) found = message_of(r).retain && message_of(r).payload == t.payload;
  }
  s.require(found, "the will was to be retained, but is not");
  co_await publish_message(s, late, s.topic("will"), "", qos::at_most_once, true);
}

task<> not_retained(session& s) {
  link& mourner = co_await join_mourner(s);
  link& l = co_await join_with_will(s, "mortal", testament());
  l.close(true);
  co_await one_will(s, mourner, milliseconds(8'000));
  link& late = co_await join(s, "late");
  co_await subscribe_to(s, late, s.topic("will"), qos::at_most_once);
  const std::vector<received> behind = co_await ping(s, late);
  for (const received& r : behind) s.require(!r.as<publish>(), "the will was not to be retained, but is");
}

task<> will_does_not_come(session& s, bool has_will) {
  link& mourner = co_await join_mourner(s);
  if (has_will) {
    link& l = co_await join_with_will(s, "mortal", testament());
    co_await leave(s, l);
  } else {
    link& l = co_await join(s, "mortal");
    l.close(true);
  }
  const std::vector<message> came = co_await wills_so_far(s, mourner);
  s.require(came.empty(), has_will ? "the will was published although the client left with DISCONNECT" : "something was published for a client that had no will");
}

// --- B-WILLDELAY -----------------------------------------------------------------------------------------------------------------------------

// How long the will takes: not before `earliest`, since the delay has not passed; and not much later than it should.
task<> will_waits(session& s, std::uint32_t delay, std::uint32_t expiry, std::int64_t earliest) {
  link& mourner = co_await join_mourner(s);
  testament t;
  t.delay = delay;
  t.expiry = expiry;
  link& l = co_await join_with_will(s, "mortal", t);
  const auto began = std::chrono::steady_clock::now();
  l.close(true);
  co_await one_will(s, mourner, milliseconds(7'000));
  const auto took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began).count();
  s.require(took >= earliest, "the will came after " + std::to_string(took) + " ms, before its delay had passed or the session ended");
}

task<> return_saves(session& s) {
  link& mourner = co_await join_mourner(s);
  testament t;
  t.delay = 2;
  t.expiry = 30;
  link& l = co_await join_with_will(s, "mortal", t);
  l.close(true);
  greeting hello(s, "mortal");
  hello.packet.clean_start = false;
  hello.properties = {prop::session_expiry_interval(30)};
  link& again = co_await join(s, "again", hello);
  co_await s.pause(milliseconds(4'500));
  const std::vector<message> came = co_await wills_so_far(s, mourner);
  s.require(came.empty(), "the will was published although the client came back within the Will Delay Interval");
  co_await leave(s, again);
}

task<> leaves_with_will(session& s) {
  link& mourner = co_await join_mourner(s);
  link& l = co_await join_with_will(s, "mortal", testament());
  disconnect bye;
  bye.reason_code = reason_code::disconnect_with_will_message;
  l.send(bye);
  co_await one_will(s, mourner, milliseconds(8'000));
}

task<> keeps_properties(session& s) {
  link& mourner = co_await join_mourner(s);
  testament t;
  t.more = {prop::user("b", "1"), prop::user("a", "2"), prop::user("b", "3"), prop::user("b", "1")};
  link& l = co_await join_with_will(s, "mortal", t);
  l.close(true);
  const message m = co_await one_will(s, mourner, milliseconds(8'000));
  const std::vector<std::string> sent{"b=1", "a=2", "b=3", "b=1"};
  s.require(m.user_properties == sent, "the will's user properties came changed, or in another order");
}

// --- B-KA ------------------------------------------------------------------------------------------------------------------------------------

task<> closes_the_silent(session& s, std::uint16_t keep_alive) {
  greeting hello(s, "client");
  hello.packet.keep_alive = keep_alive;
  link& l = co_await reach(s, "client");
  const received welcome = co_await greet(s, l, hello);
  if (is_error(welcome.as<connack>()->reason_code)) s.inconclusive("a good CONNECT was refused");
  const std::uint16_t interval = welcome.as<connack>()->properties.get(prop::server_keep_alive).value_or(keep_alive);
  if (interval == 0 || interval > 4) s.inconclusive("the broker sets a Server Keep Alive of " + std::to_string(interval) + " s");
  const auto began = std::chrono::steady_clock::now();
  const news n = co_await l.wait(milliseconds(1'500 * interval + 6'000));
  const auto took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began).count();
  s.require(n != news::nothing, "still open after " + std::to_string(took) + " ms of silence at Keep Alive " + std::to_string(interval) + " s");
  if (n == news::packet) co_await until_closed(s, l);
  if (took < 1'000 * interval) s.info("closed after " + std::to_string(took) + " ms already");
  else if (took > 2'500 * interval) s.info("closed after " + std::to_string(took) + " ms");
}

// Packets of any kind, each within the interval, keep the connection.
task<> bears_the_talkative(session& s, bool pinging) {
  greeting hello(s, "client");
  hello.packet.keep_alive = 2;
  link& l = co_await join(s, "client", hello);
  for (int i = 0; i < 5; ++i) {
    const news n = co_await l.wait(milliseconds(1'200));
    s.require(n != news::closed, "closed although something was sent within each Keep Alive interval");
    if (n == news::packet) (void)l.take();
    if (pinging) l.send(pingreq{});
    else l.send(framed(0x30, text(s.topic("t")) + properties(s.version()) + "x"));
  }
  co_await ping(s, l);
}

task<> bears_silence_at_0(session& s) {
  link& l = co_await join(s, "client");
  const news n = co_await l.wait(milliseconds(8'000));
  if (n == news::closed) s.info("closed at Keep Alive 0, as a server may for reasons of its own");
  else co_await ping(s, l);
}

}  // namespace

void add_will(catalogue& all) {
  constexpr std::string_view v3 = "MQTT-3.1.2-8 MQTT-3.1.2-10 MQTT-3.1.2-16 U311-3.1.3.3-a", v5 = "MQTT-3.1.2-7 MQTT-3.1.2-8 MQTT-3.1.2-10 MQTT-3.1.2-14";
  const cited comes{"~U31-3.1-h", v3, v5};
  all.push_back({"B-WILL", "abort", "the connection is reset", comes, [](session& s) { return will_comes(s, way::abort, testament()); }});
  all.push_back({"B-WILL", "close", "the client closes without DISCONNECT", comes, [](session& s) { return will_comes(s, way::close, testament()); }});
  all.push_back({"B-WILL", "protocol-error", "the client sends packet type 0", comes, [](session& s) { return will_comes(s, way::protocol_error, testament()); }});
  all.push_back({"B-WILL", "keep-alive", "the client is silent for too long", {"~U31-2.2-c", v3, v5}, [](session& s) { return will_comes(s, way::keep_alive, testament()); }, 5});
  all.push_back({"B-WILL", "takeover", "another client takes over", {"~U31-3.1-l", v3, v5}, [](session& s) { return will_comes(s, way::takeover, testament()); }});
  for (const qos level : {qos::at_most_once, qos::exactly_once})
    all.push_back({"B-WILL", "qos-" + std::to_string(static_cast<int>(level)), "a will of QoS " + std::to_string(static_cast<int>(level)), comes, [level](session& s) {
                     testament t;
                     t.level = level;
                     return will_comes(s, way::abort, t);
                   }});
  all.push_back({"B-WILL", "retained", "a retained will", {"~U31-3.1-h", "MQTT-3.1.2-17", "MQTT-3.1.2-15"}, [](session& s) {
                   testament t;
                   t.retain = true;
                   return will_comes(s, way::abort, t);
                 }, 0, "retain"});
  all.push_back({"B-WILL", "binary", "a will of arbitrary bytes", {"", "U311-3.1.3.3-a", "MQTT-3.1.2-7"}, [](session& s) {
                   testament t;
                   t.payload = hex("00 ff 80 c0 0a");
                   return will_comes(s, way::abort, t);
                 }});
  all.push_back({"B-WILL", "not-retained", "a will that is not retained", {"~U31-3.1-h", "MQTT-3.1.2-16", "MQTT-3.1.2-14"}, not_retained});
  all.push_back({"B-WILL", "disconnect", "the client leaves with DISCONNECT", {"~U31-3.14-a", "MQTT-3.1.2-10 MQTT-3.14.4-3", "MQTT-3.1.2-10 MQTT-3.14.4-3"},
                 [](session& s) { return will_does_not_come(s, true); }});
  all.push_back({"B-WILL", "none", "a client without a will", {"", "MQTT-3.1.2-12", "MQTT-3.1.2-8"}, [](session& s) { return will_does_not_come(s, false); }});

  const cited delayed{"", "", "MQTT-3.1.2-8"};
  all.push_back({"B-WILLDELAY", "delay-shorter", "Will Delay 2 s, session of 20 s", delayed, [](session& s) { return will_waits(s, 2, 20, 1'000); }, 4});
  all.push_back({"B-WILLDELAY", "delay-longer", "Will Delay 20 s, session of 2 s", delayed, [](session& s) { return will_waits(s, 20, 2, 1'000); }, 4});
  all.push_back({"B-WILLDELAY", "delay-equal", "Will Delay and session of 2 s", delayed, [](session& s) { return will_waits(s, 2, 2, 1'000); }, 4});
  all.push_back({"B-WILLDELAY", "no-session", "Will Delay 20 s, no session", delayed, [](session& s) { return will_waits(s, 20, 0, 0); }});
  all.push_back({"B-WILLDELAY", "return", "the client comes back within the Will Delay", {"", "", "MQTT-3.1.3-9"}, return_saves, 5});
  all.push_back({"B-WILLDELAY", "disconnect-with-will", "DISCONNECT with code 0x04", delayed, leaves_with_will});
  all.push_back({"B-WILLDELAY", "user-properties", "user properties of a will", {"", "", "MQTT-3.1.3-10"}, keeps_properties});

  const cited silent{"U31-2.2-c", "MQTT-3.1.2-24", "MQTT-3.1.2-22 MQTT-3.2.2-22"};
  all.push_back({"B-KA", "silent-1", "silence at Keep Alive 1 s", silent, [](session& s) { return closes_the_silent(s, 1); }, 4});
  all.push_back({"B-KA", "silent-2", "silence at Keep Alive 2 s", silent, [](session& s) { return closes_the_silent(s, 2); }, 6});
  all.push_back({"B-KA", "pinging", "a PINGREQ within each Keep Alive interval", silent, [](session& s) { return bears_the_talkative(s, true); }, 6});
  all.push_back({"B-KA", "publishing", "a PUBLISH within each Keep Alive interval", silent, [](session& s) { return bears_the_talkative(s, false); }, 6});
  all.push_back({"B-KA", "zero", "silence at Keep Alive 0", {"U31-2.2-c", "U311-3.1.2.10-a", "U5-3.1.2.10-b"}, bears_silence_at_0, 8});
}

}  // namespace mqttspan::conformance::broker
