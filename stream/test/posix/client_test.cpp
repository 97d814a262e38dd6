#include <mqttspan/posix/client.hpp>

#include <mqttspan/stream/memory_pipe.hpp>

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

class clients : public with_server {
 protected:
  void SetUp() override { mine.keep(client.on); }
  bool until_connected() {
    return turn_until(loop, [&] { return client.is_open() && client->mqtt().phase() == connection_phase::connected; });
  }
  bool until_mine_closed(std::size_t times = 1) {
    return turn_until(loop, [&] { return mine.reasons.size() >= times; });
  }
  posix::client client{loop, options()};
  diary mine;

 private:
  static posix::endpoint_options options() { return {.mqtt = {.connect_timeout = 5'000}, .close_timeout = 2'000}; }
};
MQTTSPAN_BOTH_BACKENDS(clients);

TEST_P(clients, have_no_endpoint_before_they_are_opened) {
  EXPECT_EQ(client.operator->(), nullptr);
  EXPECT_FALSE(client.is_open());
}

TEST_P(clients, send_early_and_it_waits) {
  listen();
  std::string got;
  server->on.publish = [&](endpoint&, const publish& p) { got = p.topic; };
  ASSERT_TRUE(client.open(at));
  EXPECT_TRUE(client.is_open());
  EXPECT_EQ(mine.lines.size(), 0u);
  ASSERT_TRUE(client->send(connect{.client_id = "me"}));
  ASSERT_TRUE(client->send(publish{.topic = "early"}));
  EXPECT_GT(client->waiting(), 0u);
  ASSERT_TRUE(turn_until(loop, [&] { return got == "early"; }));
  client->close();
  ASSERT_TRUE(until_mine_closed());
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(mine.text(), "connected\nclose\n");
  EXPECT_EQ(mine.last(), "closed by this side");
  EXPECT_EQ(told.last(), "the peer has said goodbye");
}

TEST_P(clients, let_the_loop_end_when_they_have_closed) {
  listen();
  ASSERT_TRUE(client.open(at));
  ASSERT_TRUE(client->send(connect{.client_id = "me"}));
  client.on.connack = [&](endpoint& e, const connack&) {
    server->stop_listening();
    e.close();
  };
  loop.run();
  EXPECT_EQ(mine.reasons.size(), 1u);
  EXPECT_EQ(told.reasons.size(), 1u);
}

TEST_P(clients, tell_what_does_not_connect) {
  listen();
  server.reset();
  ASSERT_TRUE(client.open(at));
  ASSERT_TRUE(client->send(connect{.client_id = "me"}));
  ASSERT_TRUE(until_mine_closed());
  EXPECT_EQ(mine.text(), "error\nclose\n");
  EXPECT_EQ(mine.last(), "cannot connect to " + at.text() + ": Connection refused");
  EXPECT_FALSE(client.is_open());
}

TEST_P(clients, tell_what_refuses_them) {
  listen();
  server->on.connect = [](endpoint& e, const connect&) { (void)e.send(connack{.reason_code = reason_code::bad_user_name_or_password}); };
  ASSERT_TRUE(client.open(at));
  ASSERT_TRUE(client->send(connect{.client_id = "me"}));
  ASSERT_TRUE(until_mine_closed());
  EXPECT_EQ(mine.text(), "connected\nerror\nclose\n");
  EXPECT_EQ(mine.last(), "the peer has said goodbye: bad user name or password");
}

TEST_P(clients, open_again_from_their_close_handler) {
  listen();
  int times = 0;
  client.on.close = [&](endpoint& e, const closing&) {
    EXPECT_TRUE(e.has_closed());
    if (++times < 4) {
      EXPECT_TRUE(client.open(at));
      EXPECT_TRUE(client->send(connect{.client_id = "me"}));
    }
  };
  client.on.connack = [](endpoint& e, const connack&) { e.close(); };
  ASSERT_TRUE(client.open(at));
  ASSERT_TRUE(client->send(connect{.client_id = "me"}));
  ASSERT_TRUE(turn_until(loop, [&] { return times == 4; }));
  EXPECT_EQ(mine.count("connected"), 4u);
}

TEST_P(clients, do_not_open_twice_nor_while_they_close) {
  listen();
  client.on.error = [&](endpoint&, const closing&) { EXPECT_FALSE(client.open(at)) << "close is still to come"; };
  client.on.close = {};
  ASSERT_TRUE(client.open(at));
  EXPECT_FALSE(client.open(at));
  ASSERT_TRUE(client->send(connect{.client_id = "me"}));
  ASSERT_TRUE(until_connected());
  client->close();
  EXPECT_FALSE(client.is_open());
  EXPECT_FALSE(client.open(at)) << "the first one would never be told that it has closed";
  ASSERT_TRUE(turn_until(loop, [&] { return client->has_closed(); }));
  ASSERT_TRUE(client.open(at));
  client->abort();
  ASSERT_TRUE(turn_until(loop, [&] { return client->has_closed(); }));
  server.reset();
  ASSERT_TRUE(client.open(at));
  ASSERT_TRUE(turn_until(loop, [&] { return client->has_closed(); }));
}

TEST_P(clients, count_the_time_for_connack_from_the_byte_stream_on) {
  listen();
  posix::client late(loop, {.mqtt = {.connect_timeout = 200}});
  diary told_late;
  told_late.keep(late.on);
  ASSERT_TRUE(late.open(at));
  ASSERT_TRUE(late->send(connect{.client_id = "me"}));
  const instant start = posix::steady_now();
  while (posix::steady_now() - start < 250) {  // the program has something else to do
  }
  ASSERT_TRUE(turn_until(loop, [&] { return late->mqtt().phase() == connection_phase::connected || !told_late.reasons.empty(); }));
  EXPECT_EQ(told_late.last(), "");
}

TEST_P(clients, give_up_a_server_that_says_nothing) {
  const unique_fd silent = posix::listen_at(posix::resolve_at_once({.host = "127.0.0.1", .port = 0}).at(0));
  posix::client impatient(loop, {.mqtt = {.connect_timeout = 30}, .close_timeout = 10});
  diary told_it;
  told_it.keep(impatient.on);
  ASSERT_TRUE(impatient.open(posix::socket_address::of_socket(silent.get()).name()));
  ASSERT_TRUE(impatient->send(connect{.client_id = "me"}));
  ASSERT_TRUE(turn_until(loop, [&] { return !told_it.reasons.empty(); }));
  EXPECT_EQ(told_it.text(), "connected\nerror\nclose\n");
  EXPECT_NE(told_it.last().find("CONNACK"), std::string::npos) << told_it.last();
}

TEST_P(clients, may_be_closed_or_aborted_before_they_are_connected) {
  listen();
  for (const bool aborts : {true, false}) {
    for (int turns = 0; turns < 4; ++turns) {
      const std::size_t before = mine.reasons.size();
      ASSERT_TRUE(client.open(at));
      if (turns % 2 == 0) (void)client->send(connect{.client_id = "me"});
      turn(loop, turns);
      if (aborts) client->abort();
      else client->close();
      ASSERT_TRUE(until_mine_closed(before + 1)) << turns;
      EXPECT_EQ(mine.last(), "closed by this side");
    }
  }
}

TEST_P(clients, ping_and_are_closed_where_they_do_not) {
  listen();
  std::size_t pings = 0;
  server->on.pingreq = [&](endpoint&, const pingreq&) { ++pings; };
  ASSERT_TRUE(client.open(at));
  ASSERT_TRUE(client->send(connect{.keep_alive = 1, .client_id = "me"}));
  bare_peer silent(at);
  silent.say(wire(connect{.keep_alive = 1, .client_id = "silent"}));
  ASSERT_TRUE(until_closed());
  EXPECT_NE(told.last().find("keep alive"), std::string::npos) << told.last();
  EXPECT_GE(pings, 1u);
  EXPECT_TRUE(client.is_open());
  EXPECT_TRUE(silent.heard().ends_with(std::string("\xE0\x01\x8D", 3)));
}

TEST_P(clients, whose_keep_alive_is_longer_than_their_write_timeout_ping) {
  listen();
  std::size_t pings = 0;
  server->on.pingreq = [&](endpoint&, const pingreq&) { ++pings; };
  posix::client quick(loop, {.write_timeout = 50});
  ASSERT_TRUE(quick.open(at));
  ASSERT_TRUE(quick->send(connect{.keep_alive = 1, .client_id = "quick"}));
  ASSERT_TRUE(turn_until(loop, [&] { return pings >= 2 || !quick.is_open(); }));
  EXPECT_TRUE(quick.is_open());
}

TEST_P(clients, that_are_paused_do_not_miss_the_answer_to_their_ping) {
  listen();
  ASSERT_TRUE(client.open(at));
  ASSERT_TRUE(client->send(connect{.keep_alive = 1, .client_id = "me"}));
  ASSERT_TRUE(until_connected());
  client->pause();
  const instant start = posix::steady_now();
  ASSERT_TRUE(turn_until(loop, [&] { return posix::steady_now() - start > 2'300; }));
  EXPECT_EQ(mine.last(), "");
  client->resume();
  turn(loop);
  EXPECT_TRUE(client.is_open());
}

TEST_P(clients, are_gone_without_a_word_where_they_are_destroyed) {
  listen();
  for (int turns = 0; turns < 6; ++turns) {
    diary its;
    {
      posix::client short_lived(loop);
      its.keep(short_lived.on);
      ASSERT_TRUE(short_lived.open(at));
      ASSERT_TRUE(short_lived->send(connect{.client_id = "me"}));
      turn(loop, turns);
      its.lines.clear();
    }
    turn(loop, 3);
    EXPECT_EQ(its.text(), "");
  }
  ASSERT_TRUE(turn_until(loop, [&] { return server->size() == 0; }));
}

TEST_P(clients, wrap_their_transport) {
  listen();
  address asked;
  client.wrap = [&](any_transport lower, const address& to) {
    asked = to;
    return lower;
  };
  ASSERT_TRUE(client.open({.host = "localhost", .port = at.port}));
  ASSERT_TRUE(client->send(connect{.client_id = "me"}));
  ASSERT_TRUE(until_connected());
  EXPECT_EQ(asked, (address{.host = "localhost", .port = at.port}));
}

TEST_P(clients, know_what_time_it_is_however_long_the_loop_has_rested) {
  const instant start = posix::steady_now();
  posix::loop rested(GetParam());
  while (posix::steady_now() - start < 250) {
  }
  posix::client late(rested, {.mqtt = {.connect_timeout = 200}});
  diary its;
  its.keep(late.on);
  auto [here, there] = memory_pipe::make();
  ASSERT_TRUE(late.open(std::move(here), -1));
  ASSERT_TRUE(late->send(connect{.client_id = "me"}));
  rested.run_once(false);
  EXPECT_EQ(its.text(), "connected\n");
}

}  // namespace
}  // namespace mqttspan::test
