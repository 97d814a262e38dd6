// Messages that are passed on: in order, within what the receiver takes, copied once at most.
#include <mqttspan/posix/endpoint.hpp>

#include <array>

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

using posix::message;

class deliveries : public with_server {
 protected:
  bool hears(bare_peer& peer, const std::string& what) {
    return turn_until(loop, [&] { return peer.heard().find(what) != std::string::npos; });
  }
};
MQTTSPAN_BOTH_BACKENDS(deliveries);

TEST_P(deliveries, keep_their_order_across_window_and_queue) {
  listen({.endpoint = {.mqtt = {.send_maximum = 2}}});
  bare_peer peer = guest();
  endpoint& e = only();
  const std::string large(20'000, 'L');
  std::string expected = peer.heard();
  for (std::uint16_t i = 1; i <= 30; ++i) {
    const std::string payload = i % 7 == 0 ? large : std::to_string(i);
    const qos q = i % 3 == 0 ? qos::at_most_once : qos::at_least_once;
    const auto r = e.deliver(publish{.topic = "t", .payload = as_bytes(payload), .qos = q});
    ASSERT_TRUE(r);
    EXPECT_EQ(r->over_high_water, e.waiting() > 32'768);
  }
  EXPECT_GT(e.waiting(), 2 * large.size());
  std::uint16_t id = 0;
  for (std::uint16_t i = 1; i <= 30; ++i) {
    const bool is_counted = i % 3 != 0;
    if (is_counted) ++id;
    expected += news("t", i % 7 == 0 ? large : std::to_string(i), is_counted ? qos::at_least_once : qos::at_most_once, is_counted ? id : std::uint16_t{0});
  }
  std::uint16_t acknowledged = 0;
  ASSERT_TRUE(turn_until(loop, [&] {
    // The peer takes its time, but acknowledges what it has seen whole.
    const std::size_t seen = peer.heard().size();
    if (e.mqtt().send_quota() == 0 && acknowledged < id && e.mqtt().output_size() == 0) peer.say(wire(puback{.packet_id = ++acknowledged}));
    return seen >= expected.size();
  }));
  EXPECT_TRUE(peer.heard() == expected);
}

TEST_P(deliveries, have_the_qos_that_was_asked_for_at_most) {
  listen();
  bare_peer peer = guest();
  ASSERT_TRUE(only().deliver(publish{.topic = "t", .payload = as_bytes("0"), .qos = qos::exactly_once}, qos::at_most_once));
  ASSERT_TRUE(only().deliver(publish{.topic = "t", .payload = as_bytes("1"), .qos = qos::exactly_once}, qos::at_least_once));
  ASSERT_TRUE(only().deliver(publish{.topic = "t", .payload = as_bytes("2"), .qos = qos::at_most_once}, qos::exactly_once));
  EXPECT_TRUE(hears(peer, news("t", "0") + news("t", "1", qos::at_least_once, 1) + news("t", "2")));
}

TEST_P(deliveries, by_3_x_are_without_properties) {
  listen();
  bare_peer peer = guest("old", protocol_version::v3_1_1);
  const std::array properties{prop::user("a", "b"), prop::subscription_identifier(3)};
  ASSERT_TRUE(only().deliver(publish{.topic = "t", .payload = as_bytes("p"), .properties = properties}));
  EXPECT_TRUE(hears(peer, wire(publish{.topic = "t", .payload = as_bytes("p")}, protocol_version::v3_1_1)));
}

TEST_P(deliveries, are_without_alias_and_subscription_identifiers) {
  listen();
  bare_peer peer = guest();
  const std::array came{prop::topic_alias(1), prop::user("a", "b"), prop::subscription_identifier(3)};
  const std::array passed_on{prop::user("a", "b")};
  for (const char c : {'s', 'L'}) {
    const std::string payload(c == 's' ? 10 : 10'000, c);
    ASSERT_TRUE(only().deliver(publish{.topic = "t", .payload = as_bytes(payload), .qos = qos::at_least_once, .dup = true, .packet_id = 77, .properties = came}, qos::at_most_once));
    EXPECT_TRUE(hears(peer, wire(publish{.topic = "t", .payload = as_bytes(payload), .properties = passed_on})));
  }
}

TEST_P(deliveries, of_a_large_payload_share_one_copy) {
  listen();
  constexpr std::size_t receivers = 4;
  std::vector<bare_peer> peers;
  for (std::size_t i = 0; i < receivers; ++i) peers.push_back(guest("p" + std::to_string(i), protocol_version::v5, 65'536));
  std::weak_ptr<const owned<publish>> copy;
  const std::string payload(16u << 20, 'x');  // more than a kernel takes for a peer that reads nothing yet
  {
    message m(publish{.topic = "t", .payload = as_bytes(payload)});
    server->for_each([&](endpoint& e) { ASSERT_TRUE(e.deliver(m)); });
    const auto kept = m.keep();
    copy = kept;
    EXPECT_EQ(kept.use_count(), static_cast<long>(receivers + 2)) << "each holds the same one";
  }
  server->for_each([&](endpoint& e) { EXPECT_GT(e.waiting(), 0u); });
  const std::string expected = news("t", payload);
  ASSERT_TRUE(turn_until(loop, [&] {
    bool all = true;
    for (bare_peer& peer : peers) all = (peer.heard().size() >= expected.size() + 4) && all;
    return all;
  }));
  for (bare_peer& peer : peers) EXPECT_TRUE(peer.heard().ends_with(expected));
  turn(loop);
  EXPECT_TRUE(copy.expired()) << "it is written, and somebody keeps it";
}

TEST_P(deliveries, that_fit_leave_nothing_behind) {
  listen();
  bare_peer peer = guest();
  message m(publish{.topic = "t", .payload = as_bytes("small")});
  ASSERT_TRUE(only().deliver(m));
  EXPECT_EQ(m.keep().use_count(), 2);  // ours and the message's: nobody else asked for it
}

TEST_P(deliveries, are_dropped_with_their_endpoint) {
  listen({.endpoint = {.mqtt = {.send_maximum = 1}}});
  bare_peer peer = guest();
  std::weak_ptr<const owned<publish>> copy;
  {
    message m(publish{.topic = "t", .payload = as_bytes("x"), .qos = qos::at_least_once});
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(only().deliver(m));
    copy = m.keep();
  }
  turn(loop);
  EXPECT_FALSE(copy.expired());
  const auto held = only().shared_from_this();
  peer.vanish();
  ASSERT_TRUE(until_closed());
  EXPECT_TRUE(copy.expired());
  EXPECT_EQ(held->waiting(), 0u);
  for (const std::size_t size : {10u, 100'000u}) {
    const std::string payload(size, 'x');
    const auto r = held->deliver(publish{.topic = "t", .payload = as_bytes(payload)});
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().code, errc::wrong_state);
  }
}

TEST_P(deliveries, are_refused_from_the_goodbye_on_though_others_wait) {
  listen({.endpoint = {.mqtt = {.send_maximum = 1}}});
  bare_peer peer = guest();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(only().deliver(publish{.topic = "t", .qos = qos::at_least_once}));
  only().close();
  const auto r = only().deliver(publish{.topic = "t", .qos = qos::at_least_once});
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, errc::wrong_state);
}

TEST_P(deliveries, that_never_can_be_say_so_at_once) {
  listen();
  bare_peer peer = guest();
  for (const std::size_t size : {10u, 100'000u}) {
    const std::string payload(size, 'x');
    EXPECT_FALSE(only().deliver(publish{.topic = "a/#", .payload = as_bytes(payload)}));
    EXPECT_EQ(only().waiting(), 0u);
  }
  bare_peer fresh(at);
  ASSERT_TRUE(turn_until(loop, [&] { return server->size() == 2; }));
  server->for_each([&](endpoint& e) {
    if (e.mqtt().phase() != connection_phase::fresh) return;
    const std::string payload(100'000, 'x');
    const auto r = e.deliver(publish{.topic = "t", .payload = as_bytes(payload)});
    ASSERT_FALSE(r) << "before CONNECT";
    EXPECT_EQ(r.error().code, errc::wrong_state);
  });
}

TEST_P(deliveries, and_what_is_sent_are_told_when_there_is_room_again_also_after_no_space) {
  listen({.endpoint = {.mqtt = {.output_size = 4'096, .high_water = 4'000}}});
  bare_peer peer = guest("slow", protocol_version::v5, 4'096);
  const std::string payload(3'000, 'x');
  result<sent> r = sent{};
  std::size_t sent_count = 0;
  while ((r = only().send(publish{.topic = "t", .payload = as_bytes(payload)}))) {
    EXPECT_FALSE(r->over_high_water);  // one fits, two do not
    ++sent_count;
    ASSERT_LT(sent_count, 100'000u);
  }
  EXPECT_EQ(r.error().code, errc::no_space);
  EXPECT_TRUE(turn_until(loop, [&] { return peer.heard(), told.count("drained") == 1; }));
}

}  // namespace
}  // namespace mqttspan::test
