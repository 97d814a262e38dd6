#include "exchanges.hpp"

#include <set>

#include <mqttspan/codec/property.hpp>

namespace mqttspan::conformance::broker {
namespace {

constexpr std::uint32_t a_minute = 60;

task<link&> visit(session& s, std::string_view as, bool is_first, std::uint16_t receive_maximum) {
  greeting hello(s, "lasting");
  hello.packet.clean_start = is_first && s.v5();  // 3.x: what begins clean does not last
  if (s.v5()) hello.properties.push_back(prop::session_expiry_interval(a_minute));
  if (s.v5() && receive_maximum != 0) hello.properties.push_back(prop::receive_maximum(receive_maximum));
  link& l = co_await reach(s, as);
  const received answer = co_await greet(s, l, hello);
  const connack& c = *answer.as<connack>();
  if (is_error(c.reason_code)) s.inconclusive("a good CONNECT was refused: " + in_words(*answer, s.version()));
  if (is_first && c.properties.get(prop::session_expiry_interval).value_or(a_minute) == 0) s.skip("the broker keeps no sessions");
  if (!is_first && !s.v3_1() && !c.session_present) s.inconclusive("the session is not there any more");
  co_return l;
}

}  // namespace

using namespace wire;

bytes publish_of(const session& s, std::string_view topic, std::string_view payload, qos level, std::uint16_t packet_id, bool dup, const bytes& inside) {
  const unsigned first = 0x30u | (dup ? 8u : 0u) | static_cast<unsigned>(level) << 1;
  return framed(first, text(topic) + (level == qos::at_most_once ? bytes() : u16(packet_id)) + properties(s.version(), inside) + bytes(payload));
}

bytes puback_of(std::uint16_t packet_id) { return framed(0x40, u16(packet_id)); }
bytes pubrec_of(std::uint16_t packet_id) { return framed(0x50, u16(packet_id)); }
bytes pubrel_of(std::uint16_t packet_id) { return framed(0x62, u16(packet_id)); }
bytes pubcomp_of(std::uint16_t packet_id) { return framed(0x70, u16(packet_id)); }

task<> complete(session& s, link& l, std::uint16_t packet_id, qos level) {
  if (level == qos::at_least_once) co_await answered<puback>(s, l, packet_id);
  if (level != qos::exactly_once) co_return;
  co_await answered<pubrec>(s, l, packet_id);
  l.send(pubrel_of(packet_id));
  co_await answered<pubcomp>(s, l, packet_id);
}

task<> subscribe_at(session& s, link& l, std::string topic, qos level) {
  const std::uint8_t granted = co_await subscribe_to(s, l, topic, level);
  if (granted != static_cast<std::uint8_t>(level)) s.inconclusive("the broker grants QoS " + std::to_string(granted) + " only");
}

task<link&> subscribed(session& s, std::string_view role, std::string topic, qos level) {
  link& l = co_await join(s, role);
  co_await subscribe_at(s, l, topic, level);
  co_return l;
}

task<message> next_message(session& s, link& l) {
  const received r = co_await expect<publish>(s, l);
  co_return message_of(r);
}

task<std::vector<message>> next_messages(session& s, link& l, std::size_t count) {
  std::vector<message> all;
  while (all.size() < count) {
    message m = co_await next_message(s, l);
    all.push_back(std::move(m));
  }
  co_return all;
}

task<std::vector<message>> next_in_flight(session& s, link& l, std::size_t count) {
  std::vector<message> all = co_await next_messages(s, l, 1);
  while (all.size() < count) {
    const news n = co_await l.wait(patience);
    if (n == news::nothing) break;
    message m = co_await next_message(s, l);
    all.push_back(std::move(m));
  }
  co_return all;
}

task<std::vector<message>> take_at_once(session& s, link& l, std::vector<message> all) {
  std::vector<message> others;
  std::set<std::uint16_t> ids;
  bytes answers;  // in one write, so that all exchanges are under way together
  for (const message& m : all) {
    answers += pubrec_of(m.packet_id);
    ids.insert(m.packet_id);
  }
  l.send(answers);
  while (!ids.empty()) {
    const received r = co_await hear(s, l, "PUBREL");
    if (r.as<publish>()) others.push_back(message_of(r));
    if (r.as<publish>()) continue;
    const auto* release = r.as<pubrel>();
    s.require(release && ids.erase(release->packet_id) == 1, "expected PUBREL with the identifier of a PUBREC, got " + in_words(*r, s.version()));
    l.send(pubcomp_of(release->packet_id));
  }
  co_return others;
}

task<std::vector<message>> messages_so_far(session& s, link& l) {
  const std::vector<received> before = co_await ping(s, l);
  std::vector<message> all;
  for (const received& r : before)
    if (r.as<publish>()) all.push_back(message_of(r));
  co_return all;
}

std::size_t count_of(const std::vector<message>& all, std::string_view payload) {
  std::size_t n = 0;
  for (const message& m : all) n += m.payload == payload;
  return n;
}

task<link&> first_visit(session& s, std::uint16_t receive_maximum) {
  link& l = co_await visit(s, "first", true, receive_maximum);
  co_return l;
}

task<link&> next_visit(session& s, std::string_view as, std::uint16_t receive_maximum) {
  link& l = co_await visit(s, as, false, receive_maximum);
  co_return l;
}

task<> forget_session(session& s) {
  greeting hello(s, "lasting");
  link& l = co_await join(s, "cleaner", hello);
  l.send(disconnect{});
}

task<welcome> join_and_read(session& s, std::string_view role) {
  greeting hello(s, role);
  welcome w;
  link& l = co_await reach(s, role);
  w.connection = &l;
  const received answer = co_await greet(s, l, hello);
  const connack& c = *answer.as<connack>();
  w.text = in_words(*answer, s.version());
  if (is_error(c.reason_code)) s.inconclusive("a good CONNECT was refused: " + w.text);
  w.receive_maximum = c.properties.get(prop::receive_maximum).value_or(65'535);
  w.topic_alias_maximum = c.properties.get(prop::topic_alias_maximum).value_or(0);
  w.maximum_packet_size = c.properties.get(prop::maximum_packet_size).value_or(0);
  w.maximum_qos = c.properties.get(prop::maximum_qos).value_or(2);
  w.retain = c.properties.get(prop::retain_available).value_or(1) != 0;
  w.wildcards = c.properties.get(prop::wildcard_subscription_available).value_or(1) != 0;
  w.identifiers = c.properties.get(prop::subscription_identifier_available).value_or(1) != 0;
  w.shared = c.properties.get(prop::shared_subscription_available).value_or(1) != 0;
  co_return w;
}

// The broker's message and ours have one identifier at the same time.
task<> same_id_both_ways(session& s) {
  const std::string topic = s.topic("t"), back = s.topic("back");
  link& observer = co_await subscribed(s, "observer", back, qos::exactly_once);
  link& l = co_await subscribed(s, "client", topic, qos::exactly_once);
  link& other = co_await join(s, "other");
  co_await publish_message(s, other, topic, "theirs", qos::exactly_once);
  const message theirs = co_await next_message(s, l);
  const std::uint16_t id = theirs.packet_id;
  l.send(publish_of(s, back, "ours", qos::exactly_once, id));
  co_await answered<pubrec>(s, l, id);
  l.send(pubrec_of(id));
  co_await answered<pubrel>(s, l, id);
  l.send(pubrel_of(id));
  co_await answered<pubcomp>(s, l, id);
  l.send(pubcomp_of(id));
  co_await publish_message(s, l, back, "end", qos::exactly_once);
  const std::vector<message> came = co_await messages_until(s, observer, back, "end");
  s.require(count_of(came, "ours") == 1, "expected our message once, got it " + std::to_string(count_of(came, "ours")) + " times");
}

}  // namespace mqttspan::conformance::broker
