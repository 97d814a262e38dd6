// B-PING, B-DISC: PINGREQ at any time, and how a client leaves.
#include "bad_packets.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

task<> ping_at_once(session& s) {
  link& l = co_await join(s, "client");
  co_await ping(s, l);
}
task<> ping_often(session& s) {
  link& l = co_await join(s, "client");
  for (int i = 0; i < 20; ++i) l.send(pingreq{});
  for (int i = 0; i < 20; ++i) co_await expect<pingresp>(s, l);
}
task<> ping_subscribed(session& s) {
  link& l = co_await join(s, "client");
  co_await subscribe_to(s, l, s.topic("t"), qos::at_most_once);
  co_await ping(s, l);
}
// While the client owes PUBACK or PUBREC, and while it waits for PUBCOMP.
task<> ping_in_flight(session& s, qos level) {
  link& l = co_await join(s, "client");
  co_await receive_one(s, l, level);
  co_await ping(s, l);
}
task<> ping_before_release(session& s) {
  link& l = co_await join(s, "client");
  l.send(framed(0x34, text(s.topic("t")) + u16(1) + properties(s.version()) + "x"));
  co_await expect<pubrec>(s, l);
  co_await ping(s, l);
  l.send(framed(0x62, u16(1)));
  co_await expect<pubcomp>(s, l);
}

// Leaves with these bytes and leaves the closing to the broker, which should do it.
task<> leaves(session& s, bytes packet, bool must_close, codes suitable) {
  const std::string topic = s.topic("t");
  link& l = co_await join(s, "client");
  co_await subscribe_to(s, l, topic, qos::at_most_once);
  l.send(packet);
  link& other = co_await join(s, "other");
  co_await publish_message(s, other, topic, "late");
  for (;;) {
    const news n = co_await l.wait(milliseconds(3'000));
    if (n == news::packet) {
      const received r = l.take();
      const auto* d = r.as<disconnect>();
      if (!d) s.info("behind the client's DISCONNECT came " + in_words(*r, s.version()));
      else s.recommended(suitable.has(static_cast<std::uint8_t>(d->reason_code)), "closed as it must be, but with " + in_words(*r, s.version()));
      continue;
    }
    if (must_close) s.error_was_sent(n == news::closed);
    if (n == news::nothing && must_close) s.fail("expected the connection to be closed; it stays open");
    s.recommended(n == news::closed, "the broker does not close when the client does not");
    co_return;
  }
}

// What the broker itself says before it closes is its last word.
task<> says_goodbye(session& s) {
  link& l = co_await join(s, "client");
  greeting again(s, "client");
  l.send(again.packet);
  const std::vector<received> last = co_await until_closed(s, l);
  for (std::size_t i = 0; i < last.size(); ++i)
    s.require(!last[i].as<disconnect>() || i + 1 == last.size(), "something came behind the broker's DISCONNECT: " + in_words(*last.back(), s.version()));
  s.recommended(!last.empty() && last.back().as<disconnect>(), "closed without a DISCONNECT that says why");
}

struct leaving {
  std::string_view name, title, digits;
  cited statements;
  bool is_bad = false;
  codes suitable = protocol_error;
};
constexpr cited well{"U31-3.14-a", "U311-3.14.4-a", "U5-3.14.4-a U5-3.14.2.1-a"};
constexpr cited well_5{"", "", "U5-3.14.4-a U5-3.14.2.1-a"};
const leaving leavings[] = {
    {"length-0", "DISCONNECT with Remaining Length 0", "e0 00", well},
    {"length-1", "DISCONNECT with Remaining Length 1", "e0 01 00", well_5},
    {"length-2", "DISCONNECT with Remaining Length 2", "e0 02 00 00", well_5},
    {"with-will", "DISCONNECT with code 0x04", "e0 01 04", well_5},
    {"error", "DISCONNECT with code 0x80", "e0 01 80", well_5},
    {"reason-string", "DISCONNECT with a Reason String", "e0 07 00 05 1f 0002 6f6b", well_5},
    {"session-expiry", "DISCONNECT with Session Expiry Interval 0", "e0 07 00 05 11 00000000", well_5},
    {"session-expiry-twice", "DISCONNECT with Session Expiry Interval twice", "e0 0c 00 0a 11 00000000 11 00000000", {"", "", "U5-3.14.2.2.2-a"}, true},
    {"reason-string-twice", "DISCONNECT with two Reason Strings", "e0 0a 00 08 1f 0001 61 1f 0001 62", {"", "", "U5-3.14.2.2.3-a"}, true},
    {"server-code-8e", "DISCONNECT with code 0x8e, which only servers send", "e0 01 8e", {"", "", "U5-3.14.2.1-b"}, true, malformed_or_protocol},
    {"server-code-9c", "DISCONNECT with code 0x9c, which only servers send", "e0 01 9c", {"", "", "U5-3.14.2.1-b"}, true, malformed_or_protocol},
    {"unknown-code", "DISCONNECT with code 0x03, which does not exist", "e0 01 03", {"", "", "U5-3.14.2.1-b"}, true, malformed_or_protocol},
    {"server-reference", "DISCONNECT with Server Reference, which only servers send", "e0 06 00 04 1c 0001 61", {"", "", "U5-3.14.2.1-b"}, true, malformed_or_protocol},
};

}  // namespace

void add_ends(catalogue& all) {
  const cited pings{"U31-3.12-a", "MQTT-3.12.4-1", "MQTT-3.12.4-1"};
  all.push_back({"B-PING", "connected", "PINGREQ right behind CONNACK", pings, ping_at_once});
  all.push_back({"B-PING", "often", "20 PINGREQ at once", pings, ping_often});
  all.push_back({"B-PING", "subscribed", "PINGREQ with a subscription", pings, ping_subscribed});
  all.push_back({"B-PING", "before-puback", "PINGREQ while a PUBACK is due", pings, [](session& s) { return ping_in_flight(s, qos::at_least_once); }});
  all.push_back({"B-PING", "before-pubrec", "PINGREQ while a PUBREC is due", pings, [](session& s) { return ping_in_flight(s, qos::exactly_once); }});
  all.push_back({"B-PING", "before-pubrel", "PINGREQ while a PUBREL is due", pings, ping_before_release});
  all.push_back({"B-DISC", "broker", "the broker sends DISCONNECT behind an error", {"", "", "MQTT-3.14.4-1 MQTT-3.14.4-2"}, says_goodbye});
  for (const leaving& l : leavings)
    all.push_back({"B-DISC", std::string(l.name), std::string(l.title), l.statements, [&l](session& s) { return leaves(s, hex(l.digits), l.is_bad, l.suitable); }});
}

}  // namespace mqttspan::conformance::broker
