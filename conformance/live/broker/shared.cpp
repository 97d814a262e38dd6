// B-SHARED: shared subscriptions. 5.0.
#include "bad_packets.hpp"
#include "subscribing.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

std::string shared(const session& s) { return "$share/" + s.client_id("") + "/" + s.topic("t"); }

struct bad_filter {
  std::string_view name, filter;
  std::string_view statement;
};
constexpr bad_filter bad_filters[] = {
    {"name-empty", "$share//a", "MQTT-4.8.2-1"},         {"filter-missing", "$share/n", "MQTT-4.8.2-2"}, {"filter-empty", "$share/n/", "MQTT-4.8.2-2"},
    {"name-plus", "$share/+/a", "MQTT-4.8.2-2"},         {"name-hash", "$share/#/a", "MQTT-4.8.2-2"},    {"name-with-plus", "$share/n+/a", "MQTT-4.8.2-2"},
    {"name-with-hash", "$share/n#/a", "MQTT-4.8.2-2"},
};

task<> refuses_filter(session& s, std::string_view filter) {
  link& l = co_await join(s, "client");
  l.send(framed(0x82, u16(1) + properties(s.version()) + text(filter) + u8(0)));
  const news n = co_await l.wait(patience);
  s.require(n != news::nothing, "expected the connection to be closed; nothing happens");
  if (n == news::closed) co_return;
  const received r = l.take();
  if (const auto* ack = r.as<suback>()) {
    s.require(is_error(ack->reason_codes.front()), "expected the connection to be closed; the filter is granted");
    s.info("the filter is not granted, but the connection stays open: " + in_words(*r, s.version()));
    co_return;
  }
  s.require(r.as<disconnect>() != nullptr, "expected the connection to be closed, got " + in_words(*r, s.version()));
  co_await until_closed(s, l);
}

task<> join_group(session& s, link& l, qos at_most) {
  asked one;
  one.topic_filter = shared(s);
  one.at_most = at_most;
  co_await subscribe_and_gather(s, l, one, 0);
}

task<> respects_qos(session& s) {
  link& low = co_await join(s, "low");
  co_await join_group(s, low, qos::at_most_once);
  link& high = co_await join(s, "high");
  co_await join_group(s, high, qos::at_least_once);
  link& publisher = co_await join(s, "publisher");
  constexpr std::size_t sent = 20;
  for (std::size_t i = 0; i < sent; ++i) co_await publish_message(s, publisher, s.topic("t"), std::to_string(i), qos::exactly_once);
  const std::vector<message> at_low = co_await gather(s, low, sent, milliseconds(1'000));
  const std::vector<message> at_high = co_await gather(s, high, sent, milliseconds(1'000));
  for (const message& m : at_low) s.require(m.qos == qos::at_most_once, "a member with QoS 0 got a message of a higher QoS");
  for (const message& m : at_high) s.require(m.qos <= qos::at_least_once, "a member with QoS 1 got a message of QoS 2");
  s.require(at_low.size() + at_high.size() <= sent, "of " + std::to_string(sent) + " messages the two members of the group got " + std::to_string(at_low.size() + at_high.size()) + "; each is for one of them");
  if (at_low.size() + at_high.size() != sent) s.info(std::to_string(at_low.size() + at_high.size()) + " of " + std::to_string(sent) + " messages came");
}

task<> no_retained(session& s) {
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, s.topic("t"), "kept", qos::at_least_once, true);
  link& l = co_await join(s, "member");
  asked one;
  one.topic_filter = shared(s);
  const std::vector<message> came = co_await subscribe_and_gather(s, l, one, 0);
  co_await publish_message(s, publisher, s.topic("t"), "", qos::at_most_once, true);
  s.require(came.empty(), "a shared subscription brought a retained message");
}

// Whoever of the two gets it refuses it; then it is not the other's.
task<> refused_is_gone(session& s, qos level) {
  link& one = co_await join(s, "one");
  co_await join_group(s, one, level);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, s.topic("t"), "refused", level);
  const received came = co_await expect<publish>(s, one);
  link& other = co_await join(s, "other");
  co_await join_group(s, other, level);
  one.send(framed(level == qos::at_least_once ? 0x40 : 0x50, u16(came.as<publish>()->packet_id) + hex("83")));
  co_await ping(s, one);
  const std::vector<received> at_other = co_await ping(s, other);
  for (const received& r : at_other) s.require(!r.as<publish>(), "a message that one member refused was given to another");
}

// A member takes a message of QoS 2, and is gone before the exchange is finished.
task<> stays_with_member(session& s, bool returns) {
  greeting hello(s, "member");
  if (returns) hello.properties = {prop::session_expiry_interval(30)};
  link& member = co_await join(s, "before", hello);
  co_await join_group(s, member, qos::exactly_once);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, s.topic("t"), "half", qos::exactly_once);
  const received came = co_await expect<publish>(s, member);
  const std::uint16_t id = came.as<publish>()->packet_id;
  member.send(framed(0x50, u16(id)));
  co_await expect<pubrel>(s, member);
  link& other = co_await join(s, "other");
  co_await join_group(s, other, qos::exactly_once);
  member.close(true);
  if (returns) {
    hello.packet.clean_start = false;
    link& again = co_await join(s, "after", hello);
    const received r = co_await expect<pubrel>(s, again);
    s.require(r.as<pubrel>()->packet_id == id, "PUBREL has another packet id than before");
    again.send(framed(0x70, u16(id)));
    co_await leave(s, again);
  }
  co_await s.pause(milliseconds(returns ? 0 : 1'000));
  const std::vector<received> at_other = co_await ping(s, other);
  for (const received& r : at_other) s.require(!r.as<publish>(), "a message of QoS 2 that one member had taken was given to another");
}

}  // namespace

void add_shared(catalogue& all) {
  for (const bad_filter& f : bad_filters)
    all.push_back({"B-SHARED", std::string(f.name), "SUBSCRIBE to \"" + std::string(f.filter) + "\"", {"", "", f.statement}, [&f](session& s) { return refuses_filter(s, f.filter); }, 0, "shared"});
  all.push_back({"B-SHARED", "no-local", "SUBSCRIBE to a shared filter with No Local", {"", "", "MQTT-3.8.3-4"},
                 [](session& s) { return closes_behind(s, framed(0x82, u16(1) + u8(0) + text(shared(s)) + u8(0x04)), protocol_error); }, 0, "shared"});
  all.push_back({"B-SHARED", "qos", "each member gets no more than its QoS", {"", "", "MQTT-4.8.2-3"}, respects_qos, 0, "shared"});
  all.push_back({"B-SHARED", "retained", "a shared subscription brings no retained messages", {"", "", "U5-3.8.4-b"}, no_retained, 0, "shared retain"});
  all.push_back({"B-SHARED", "refused-qos-1", "a member refuses a message with PUBACK 0x83", {"", "", "MQTT-4.8.2-6"}, [](session& s) { return refused_is_gone(s, qos::at_least_once); }, 0, "shared"});
  all.push_back({"B-SHARED", "refused-qos-2", "a member refuses a message with PUBREC 0x83", {"", "", "MQTT-4.8.2-6"}, [](session& s) { return refused_is_gone(s, qos::exactly_once); }, 0, "shared"});
  all.push_back({"B-SHARED", "member-returns", "a member that took a message of QoS 2 comes back", {"", "", "MQTT-4.8.2-4"}, [](session& s) { return stays_with_member(s, true); }, 0, "shared"});
  all.push_back({"B-SHARED", "member-gone", "a member that took a message of QoS 2 is gone with its session", {"", "", "MQTT-4.8.2-5"}, [](session& s) { return stays_with_member(s, false); }, 2, "shared"});
}

}  // namespace mqttspan::conformance::broker
