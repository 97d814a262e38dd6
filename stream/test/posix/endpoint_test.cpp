#include <mqttspan/posix/endpoint.hpp>

#include <array>

#include <mqttspan/stream/memory_pipe.hpp>

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

std::string text(bytes_view bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

class endpoints : public with_server {
 protected:
  void hear() {
    server->on.publish = [this](endpoint&, const publish& p) { heard.push_back(text(p.payload)); };
  }
  std::vector<std::string> heard;
};
MQTTSPAN_BOTH_BACKENDS(endpoints);

// ---- Handlers

TEST_P(endpoints, show_each_packet_to_its_handler_and_the_rest_to_other) {
  listen();
  std::vector<std::string> seen;
  server->on.connect = [&](endpoint& e, const connect& c) { seen.push_back("connect " + std::string(c.client_id)), (void)e.send(connack{}); };
  server->on.publish = [&](endpoint&, const publish& p) { seen.push_back("publish " + text(p.payload)); };
  server->on.other = [&](endpoint&, const packet& p) { seen.push_back("other " + std::to_string(p.index())); };
  bare_peer peer = guest("me");
  const std::array wish{subscription{.topic_filter = "a"}};
  peer.say(news("t", "1") + wire(pingreq{}) + wire(subscribe{.packet_id = 1, .subscriptions = wish}) + wire(disconnect{}));
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(seen, (std::vector<std::string>{"connect me", "publish 1", "other 11", "other 7", "other 13"}));
}

TEST_P(endpoints, accept_everybody_where_nobody_is_asked_and_give_names) {
  listen();
  bare_peer named = guest("named"), nameless = guest(""), old = guest("old", protocol_version::v3_1_1);
  EXPECT_EQ(old.heard(), std::string("\x20\x02\x00\x00", 4));
  EXPECT_EQ(named.heard().find("auto-"), std::string::npos);
  EXPECT_NE(nameless.heard().find("auto-1"), std::string::npos);
}

TEST_P(endpoints, let_the_program_accept_later) {
  listen();
  server->on.connect = [](endpoint&, const connect&) {};
  hear();
  bare_peer peer(at);
  peer.say(hello() + news("t", "1") + news("t", "2"));
  turn(loop);
  EXPECT_EQ(heard.size(), 0u);
  ASSERT_TRUE(only().send(connack{}));
  ASSERT_TRUE(turn_until(loop, [&] { return heard.size() == 2; }));
  EXPECT_EQ(heard, (std::vector<std::string>{"1", "2"}));
}

TEST_P(endpoints, keep_what_was_behind_a_connect_from_who_refuses_it) {
  listen();
  hear();
  server->on.connect = [](endpoint& e, const connect&) { (void)e.send(connack{.reason_code = reason_code::banned}); };
  bare_peer peer(at);
  peer.say(hello() + news("t", "1"));
  peer.end_writing();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(heard.size(), 0u);
}

// ---- Backpressure

// Says all it can while the loop turns; how much of it the kernels take is bounded, so it stops.
std::size_t say_until_full(loop& in, bare_peer& peer, std::string_view much) {
  std::size_t sum = 0, still = 0;
  while (still < 20) {
    const std::size_t n = peer.say(much);
    sum += n;
    still = n == 0 ? still + 1 : 0;
    turn(in, 2);
    if (sum > (256u << 20)) break;
  }
  return sum;
}

TEST_P(endpoints, that_are_paused_are_not_read_and_lose_nothing) {
  listen();
  std::size_t messages = 0;
  server->on.publish = [&](endpoint& e, const publish&) {
    if (++messages == 3) e.pause();
  };
  bare_peer peer = guest();
  const std::string one = news("t", std::string(10'000, 'x'));
  const std::size_t said = say_until_full(loop, peer, one);
  EXPECT_EQ(messages, 3u);
  EXPECT_LT(said, 256u << 20) << "read although nobody wanted it";
  only().resume();
  const std::size_t whole = said / one.size();
  ASSERT_TRUE(turn_until(loop, [&] { return messages >= whole; }));
  EXPECT_EQ(messages, whole);
}

TEST_P(endpoints, tell_nothing_of_what_is_left_while_they_are_paused) {
  listen();
  server->on.publish = [&](endpoint& e, const publish& p) { heard.push_back(text(p.payload)), e.pause(); };
  bare_peer peer = guest();
  peer.say(news("t", "1") + news("t", "2") + news("t", "3"));
  for (std::size_t n = 1; n <= 3; ++n) {
    ASSERT_TRUE(turn_until(loop, [&] { return heard.size() == n; }));
    turn(loop);
    EXPECT_EQ(heard.size(), n);
    EXPECT_TRUE(only().is_paused());
    only().resume();
  }
}

TEST_P(endpoints, do_not_take_who_is_made_to_wait_for_silent) {
  listen({.endpoint = {.idle_timeout = 300}});
  bare_peer peer(at);
  peer.say(wire(connect{.keep_alive = 1, .client_id = "k"}));
  ASSERT_TRUE(turn_until(loop, [&] { return peer.heard().size() >= 4; }));
  only().pause();
  turn(loop, 3);
  peer.say(wire(pingreq{}));
  const instant start = posix::steady_now();
  ASSERT_TRUE(turn_until(loop, [&] { return posix::steady_now() - start > 1'700; }));  // 1.5 times the keep alive
  EXPECT_EQ(told.last(), "");
  only().resume();
  EXPECT_TRUE(turn_until(loop, [&] { return peer.heard().find(wire(pingresp{})) != std::string::npos; }));
  ASSERT_TRUE(until_closed());  // and now it is silent
  EXPECT_EQ(told.last(), "the peer was silent for too long");
}

TEST_P(endpoints, find_out_that_who_is_made_to_wait_has_gone_when_time_is_up) {
  listen({.endpoint = {.idle_timeout = 300}});
  bare_peer peer = guest();
  only().pause();
  turn(loop, 3);
  peer.vanish();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(told.last(), "the peer has gone without DISCONNECT");
}

TEST_P(endpoints, are_read_while_they_wait_for_acknowledgements_though_paused) {
  listen({.endpoint = {.mqtt = {.send_maximum = 1}}});
  bare_peer peer = guest();
  endpoint& e = only();
  e.pause();
  for (const char* const payload : {"1", "2", "3"}) ASSERT_TRUE(e.deliver(publish{.topic = "t", .payload = as_bytes(payload), .qos = qos::at_least_once}));
  for (std::uint16_t id = 1; id <= 3; ++id) {
    ASSERT_TRUE(turn_until(loop, [&] { return peer.heard().ends_with(news("t", std::to_string(id), qos::at_least_once, id)); })) << id;
    peer.say(wire(puback{.packet_id = id}));
  }
}

// ---- Pull mode

class pulling : public endpoints {
 protected:
  void listen_pulling() {
    listen({.endpoint = {.pull = true}});
    server->on.readable = [this](endpoint&) { ++readable; };
  }
  /// All events that there are; CONNECT is accepted.
  void pull(endpoint& e) {
    for (;;) {
      const connection_event event = e.next();
      if (event.kind() == connection_event_kind::nothing) return;
      if (event.get_if<connect>()) (void)e.send(connack{});
      if (const auto* const p = event.get_if<publish>()) heard.push_back(text(p->payload));
    }
  }
  std::size_t readable = 0;
};
MQTTSPAN_BOTH_BACKENDS(pulling);

TEST_P(pulling, stops_reading_where_nobody_asks_and_loses_nothing) {
  listen_pulling();
  bare_peer peer(at);
  peer.say(hello());
  ASSERT_TRUE(turn_until(loop, [&] { return readable != 0; }));
  pull(only());
  const std::string one = news("t", std::string(10'000, 'x'));
  const std::size_t said = say_until_full(loop, peer, one);
  EXPECT_LT(said, 256u << 20) << "read although nobody asked";
  EXPECT_EQ(heard.size(), 0u);
  const std::size_t whole = said / one.size();
  ASSERT_TRUE(turn_until(loop, [&] { return pull(only()), heard.size() >= whole; }));
  EXPECT_EQ(heard.size(), whole);
}

TEST_P(pulling, by_the_readable_handler_needs_nothing_else) {
  listen_pulling();
  server->on.readable = [this](endpoint& e) { pull(e); };
  bare_peer peer = guest();
  std::string all;
  for (int i = 0; i < 500; ++i) all += news("t", std::to_string(i) + std::string(1'000, '.'));
  std::size_t said = 0;
  ASSERT_TRUE(turn_until(loop, [&] { return said += peer.say(std::string_view(all).substr(said)), heard.size() == 500; }));
  for (std::size_t i = 0; i < 500; ++i) EXPECT_EQ(std::atoi(heard[i].c_str()), static_cast<int>(i));
  peer.say(wire(disconnect{}));
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(told.last(), "the peer has said goodbye");
}

TEST_P(pulling, one_event_a_time_is_enough) {
  listen_pulling();
  server->on.readable = [this](endpoint& e) {
    const connection_event event = e.next();
    if (event.get_if<connect>()) (void)e.send(connack{});
    if (const auto* const p = event.get_if<publish>()) heard.push_back(text(p->payload));
  };
  bare_peer peer = guest();
  peer.say(news("t", "1") + news("t", "2") + news("t", "3"));
  EXPECT_TRUE(turn_until(loop, [&] { return heard.size() == 3; }));
}

TEST_P(pulling, reads_only_when_the_program_has_seen_all) {
  listen_pulling();
  bare_peer peer(at);
  peer.say(hello());
  ASSERT_TRUE(turn_until(loop, [&] { return readable != 0; }));
  pull(only());
  peer.say(news("t", "1"));
  ASSERT_TRUE(turn_until(loop, [&] { return readable > 1; }));
  EXPECT_TRUE(only().next().get_if<publish>());
  peer.say(news("t", "2"));
  turn(loop);
  EXPECT_EQ(only().mqtt().input_left(), 0u) << "read although it may still work on the first one";
  pull(only());
  EXPECT_TRUE(turn_until(loop, [&] { return pull(only()), heard.size() == 1; }));
}

TEST_P(pulling, what_waits_for_connack_is_no_reason_to_spin) {
  listen_pulling();
  server->on.readable = [this](endpoint& e) {
    ++readable;
    while (e.next().kind() != connection_event_kind::nothing) {
    }
  };
  bare_peer peer(at);
  peer.say(hello() + news("t", "1"));
  ASSERT_TRUE(turn_until(loop, [&] { return readable != 0; }));
  turn(loop, 50);
  EXPECT_LE(readable, 2u);
  server->on.readable = [this](endpoint& e) { pull(e); };
  ASSERT_TRUE(only().send(connack{}));
  EXPECT_TRUE(turn_until(loop, [&] { return heard.size() == 1; }));
}

TEST_P(pulling, the_end_comes_by_itself_but_behind_what_was_said) {
  listen_pulling();
  bare_peer peer(at);
  peer.say(hello());
  ASSERT_TRUE(turn_until(loop, [&] { return readable != 0; }));
  pull(only());
  peer.say(news("t", "1"));
  turn(loop);
  peer.vanish();
  turn(loop);
  EXPECT_EQ(told.reasons.size(), 0u) << "closed with a message unheard";
  pull(only());
  EXPECT_EQ(heard.size(), 1u);
  ASSERT_TRUE(until_closed());
}

// ---- Large messages

struct chunking {
  std::uint32_t size;
  std::size_t piece;
};

TEST_P(endpoints, put_a_large_message_together_from_any_pieces) {
  for (const chunking& c : {chunking{16u << 20, 65'537}, chunking{300'001, 4'099}, chunking{20'000, 1}}) {
    listen({.endpoint = {.gather = 16u << 20}});
    std::size_t size = 0;
    bool is_right = true;
    server->on.publish = [&](endpoint&, const publish& p) {
      size = p.payload.size();
      for (std::size_t i = 0; i < size; ++i) is_right = is_right && p.payload[i] == static_cast<std::byte>(i * 31 >> 3);
      EXPECT_EQ(p.topic, "large");
      EXPECT_EQ(p.qos, qos::at_least_once);
    };
    bare_peer peer = guest();
    std::string payload(c.size, '\0');
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(i * 31 >> 3);
    const std::string all = news("large", payload, qos::at_least_once, 5);
    std::size_t said = 0;
    ASSERT_TRUE(turn_until(loop, [&] {
      for (int i = 0; i < 64; ++i) said += peer.say(std::string_view(all).substr(said, c.piece));
      return size != 0;
    }));
    EXPECT_EQ(size, c.size);
    EXPECT_TRUE(is_right);
    EXPECT_TRUE(turn_until(loop, [&] { return peer.heard().ends_with(wire(puback{.packet_id = 5})); }));
    told = {};
  }
}

TEST_P(endpoints, give_above_gather_in_pieces) {
  listen({.endpoint = {.gather = 50'000}});
  std::string got;
  std::string order;
  server->on.publish_begin = [&](endpoint&, const publish_begin& b) { order += b.payload_size == 200'000 ? "b" : "?"; };
  server->on.payload_chunk = [&](endpoint&, const payload_chunk& c) { order += order.back() == 'c' ? "" : "c", got += text(c.bytes); };
  server->on.publish_end = [&](endpoint&, const publish_end&) { order += 'e'; };
  hear();
  bare_peer peer = guest();
  const std::string all = news("t", std::string(200'000, 'x')) + news("t", "small");
  std::size_t said = 0;
  ASSERT_TRUE(turn_until(loop, [&] { return said += peer.say(std::string_view(all).substr(said)), heard.size() == 1; }));
  EXPECT_EQ(order, "bce");
  EXPECT_EQ(got, std::string(200'000, 'x'));
}

TEST_P(endpoints, refuse_above_gather_where_nobody_takes_pieces) {
  listen({.endpoint = {.gather = 50'000}});
  bare_peer peer = guest();
  peer.say(news("t", std::string(50'001, 'x')).substr(0, 20));
  ASSERT_TRUE(turn_until(loop, [&] { return peer.has_gone(); }));
  EXPECT_TRUE(peer.heard().ends_with(std::string("\xE0\x01\x95", 3)));
  peer.vanish();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(told.last(), "a message of 50001 bytes is more than is put together here");
}

// ---- Without sockets

TEST_P(endpoints, take_any_transport_and_call_nobody_from_there) {
  listen();
  hear();
  auto [here, there] = memory_pipe::make();
  ASSERT_EQ(there.write_some(as_bytes(hello() + news("t", "1"))).outcome, progress::moved);
  const endpoint& e = server->adopt(std::move(here), -1);
  EXPECT_EQ(told.lines.size(), 0u);
  ASSERT_TRUE(turn_until(loop, [&] { return heard.size() == 1; }));
  EXPECT_TRUE(e.is_open());
  EXPECT_EQ(e.fd(), -1);
}

}  // namespace
}  // namespace mqttspan::test
