// What goes wrong on the way: peers that vanish, reset, stall, drip, and a system that has nothing left.
#include <mqttspan/posix/server.hpp>

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <csignal>

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

class faults : public with_server {
 protected:
  void hear_messages() {
    server->on.publish = [this](endpoint&, const publish& p) {
      ++messages;
      bytes += p.payload.size();
    };
  }
  /// Sends until the endpoint says that there is no room; nothing is read by the peer meanwhile.
  std::size_t fill(endpoint& e, std::size_t size = 1'000) {
    const std::string payload(size, 'x');
    std::size_t taken = 0;
    for (;; ++taken) {
      const auto r = e.deliver(publish{.topic = "t", .payload = as_bytes(payload)});
      if (!r) {
        EXPECT_EQ(r.error().code, errc::no_space);
        return taken;
      }
      was_over = was_over || r->over_high_water;
      if (taken % 16 == 0) turn(loop, 1);
    }
  }
  std::size_t messages = 0, bytes = 0;
  bool was_over = false;
};
MQTTSPAN_BOTH_BACKENDS(faults);

TEST_P(faults, a_peer_vanishes_in_the_middle_of_a_packet) {
  listen();
  bare_peer peer = guest();
  const std::string half = news("t", std::string(100, 'x'));
  peer.say(half.substr(0, 50));
  turn(loop);
  peer.vanish();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(told.last(), "the peer has gone in the middle of a packet");
  EXPECT_EQ(told.text(), "connected\nerror\nclose\n");
}

TEST_P(faults, a_peer_vanishes_between_packets) {
  listen();
  hear_messages();
  bare_peer peer = guest();
  peer.say(news("t", "1") + news("t", "2"));
  peer.vanish();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(messages, 2u);
  EXPECT_EQ(told.last(), "the peer has gone without DISCONNECT");
}

TEST_P(faults, a_peer_that_has_ended_writing_still_gets_what_it_was_owed) {
  listen();
  bare_peer peer(at);
  peer.say(hello() + wire(publish{.topic = "t", .qos = qos::at_least_once, .packet_id = 7}) + wire(disconnect{}));
  peer.end_writing();
  ASSERT_TRUE(until_closed());
  EXPECT_TRUE(peer.has_gone());
  EXPECT_TRUE(peer.heard().ends_with(wire(puback{.packet_id = 7})));
  EXPECT_EQ(told.last(), "the peer has said goodbye");
  EXPECT_EQ(told.text(), "connected\nclose\n");
}

TEST_P(faults, a_peer_that_does_not_read_any_more_is_still_heard) {
  listen();
  hear_messages();
  bare_peer peer = guest();
  peer.end_reading();
  peer.say(news("t", "1"));
  ASSERT_TRUE(turn_until(loop, [&] { return messages == 1; }));
  peer.say(wire(disconnect{}));
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(told.last(), "the peer has said goodbye");
}

TEST_P(faults, reset_while_reading) {
  listen();
  bare_peer peer = guest();
  peer.reset();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(told.last(), "the peer reset the connection");
  EXPECT_EQ(told.text(), "connected\nerror\nclose\n");
}

TEST_P(faults, reset_while_writing) {
  listen();
  bare_peer peer = guest();
  fill(only());
  peer.reset();
  ASSERT_TRUE(until_closed());
  EXPECT_TRUE(told.last() == "the peer reset the connection" || told.last() == "the peer has closed the connection") << told.last();
  EXPECT_EQ(server->size(), 0u);
}

TEST_P(faults, reset_while_paused_shows_when_something_is_written) {
  listen();
  bare_peer peer = guest();
  only().pause();
  turn(loop, 3);
  peer.reset();
  ASSERT_TRUE(turn_until(loop, [&] {
    if (server->size() != 0) (void)only().send(publish{.topic = "t"});
    return !told.reasons.empty();
  }));
  EXPECT_EQ(told.text(), "connected\nerror\nclose\n");
}

TEST_P(faults, a_paused_endpoint_whose_peer_has_gone_does_not_spin) {
  listen();
  bare_peer peer = guest();
  only().pause();
  turn(loop, 3);
  peer.reset();
  const std::size_t before = loop.turns();
  posix::loop* const l = &loop;
  struct alarm final : posix::watcher {
    void on_ready(posix::readiness) override {}
    void on_time() override { in->stop(); }
    posix::loop* in = nullptr;
  } in_time;
  in_time.in = l;
  loop.wake_at(in_time, posix::steady_now() + 50);
  loop.run();
  EXPECT_LE(loop.turns() - before, 3u);
  loop.forget(in_time);
  only().resume();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(told.last(), "the peer reset the connection");
}

TEST_P(faults, a_slow_reader_is_bounded_told_of_and_drained) {
  listen({.endpoint = {.queue_limit = 200'000}});
  bare_peer peer = guest("slow", protocol_version::v5, 4'096);
  const std::size_t taken = fill(only());
  EXPECT_TRUE(was_over);
  EXPECT_LE(only().waiting(), 200'000u + 65'536u + 2'000u);
  EXPECT_EQ(told.count("drained"), 0u);
  const std::size_t expected = wire(connack{}).size();
  ASSERT_TRUE(turn_until(loop, [&] { return peer.heard(), told.count("drained") != 0; }));
  ASSERT_TRUE(turn_until(loop, [&] { return only().waiting() == 0; }));
  ASSERT_TRUE(turn_until(loop, [&] { return peer.heard().size() >= expected + taken * news("t", std::string(1'000, 'x')).size(); }));
  EXPECT_EQ(told.count("drained"), 1u);
  EXPECT_EQ(told.reasons.size(), 0u);
}

TEST_P(faults, a_reader_that_never_reads_is_given_up) {
  listen({.endpoint = {.write_timeout = 300, .close_timeout = 40}});
  bare_peer peer = guest("slow", protocol_version::v5, 4'096);
  fill(only());
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(told.last(), "the peer takes nothing of what it is sent");
}

TEST_P(faults, a_dripping_peer_has_its_time_for_connect) {
  listen({.endpoint = {.mqtt = {.connect_timeout = 60}}});
  bare_peer peer(at);
  const std::string all = hello();
  std::size_t dripped = 0;
  ASSERT_TRUE(turn_until(loop, [&] {
    if (dripped < all.size() - 1) dripped += peer.say(all.substr(dripped, 1));
    return !told.reasons.empty();
  }));
  EXPECT_GT(dripped, 1u);
  EXPECT_NE(told.last().find("CONNECT"), std::string::npos) << told.last();
  EXPECT_EQ(told.text(), "connected\nerror\nclose\n");
}

TEST_P(faults, a_connect_has_a_size) {
  listen({.endpoint = {.mqtt = {.max_connect_size = 100}}});
  bare_peer peer(at);
  const std::string large = hello(std::string(200, 'n'));
  peer.say(large.substr(0, 5));  // its fixed header is enough
  ASSERT_TRUE(until_closed());
  EXPECT_NE(told.last().find("CONNECT"), std::string::npos) << told.last();
  EXPECT_EQ(told.text(), "connected\nerror\nclose\n");
}

TEST_P(faults, bad_input_has_a_reason_and_what_was_before_it_is_heard) {
  listen({.endpoint = {.close_timeout = 10'000}});
  hear_messages();
  bare_peer peer = guest();
  peer.say(news("t", "1") + std::string("\x30\x04\x00\x01#x", 6) + news("t", "2"));
  ASSERT_TRUE(turn_until(loop, [&] { return peer.has_gone(); }));
  EXPECT_TRUE(peer.has_ended) << "its last words were taken back";
  EXPECT_TRUE(peer.heard().ends_with(std::string("\xE0\x01\x81", 3)));
  peer.vanish();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(messages, 1u);
  EXPECT_NE(told.last().find("topic name has a wildcard"), std::string::npos) << told.last();
}

TEST_P(faults, last_words_arrive_though_the_peer_goes_on_talking) {
  listen({.endpoint = {.close_timeout = 10'000}});
  hear_messages();
  bare_peer peer = guest();
  const std::string much = news("t", std::string(8'000, 'x'));
  while (peer.say(much) == much.size()) {
  }
  only().close(reason_code::administrative_action);
  ASSERT_TRUE(turn_until(loop, [&] { return peer.say("more"), peer.has_gone(); }));
  EXPECT_TRUE(peer.has_ended) << "reset before it could hear why";
  EXPECT_EQ(told.reasons.size(), 0u) << "closed while bytes were still coming in, which takes back what was said last";
  EXPECT_TRUE(peer.heard().ends_with(std::string("\xE0\x01\x98", 3)));
  peer.vanish();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(told.last(), "closed by this side: administrative action");
  EXPECT_EQ(told.count("error"), 0u);
}

TEST_P(faults, a_refusal_arrives_though_the_peer_goes_on_talking) {
  listen({.endpoint = {.close_timeout = 10'000}});
  server->on.connect = [](endpoint& e, const connect&) { (void)e.send(connack{.reason_code = reason_code::not_authorized}); };
  bare_peer peer(at);
  peer.say(hello() + news("t", std::string(50'000, 'x')));
  ASSERT_TRUE(turn_until(loop, [&] { return peer.say("more"), peer.has_gone(); }));
  EXPECT_TRUE(peer.has_ended);
  EXPECT_EQ(peer.heard().substr(0, 4), wire(connack{.reason_code = reason_code::not_authorized}).substr(0, 4));
}

TEST_P(faults, a_peer_that_never_closes_is_left_behind) {
  listen({.endpoint = {.close_timeout = 30}});
  bare_peer peer = guest();
  only().close();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(told.last(), "closed by this side");
}

TEST_P(faults, last_words_that_nobody_takes_are_not_waited_for) {
  listen({.endpoint = {.write_timeout = 0, .close_timeout = 30}});
  bare_peer peer = guest("slow", protocol_version::v5, 4'096);
  fill(only());
  only().close();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(server->size(), 0u);
}

TEST_P(faults, without_a_close_timeout_the_peer_has_all_time) {
  listen({.endpoint = {.close_timeout = 0}});
  bare_peer peer = guest();
  only().close();
  turn(loop);
  EXPECT_EQ(told.reasons.size(), 0u);
  peer.vanish();
  EXPECT_TRUE(until_closed());
}

TEST_P(faults, signals_all_the_time_lose_nothing) {
  listen();
  hear_messages();
  bare_peer peer = guest();
  struct sigaction on_alarm {}, before {};
  on_alarm.sa_handler = [](int) {};  // without SA_RESTART
  ::sigaction(SIGALRM, &on_alarm, &before);
  const itimerval storm{{0, 1'000}, {0, 1'000}}, calm{};
  ::setitimer(ITIMER_REAL, &storm, nullptr);
  const std::string one = news("t", std::string(5'000, 'x'));
  std::string all;
  for (int i = 0; i < 400; ++i) all += one;
  std::size_t said = 0;
  const bool is_through = turn_until(loop, [&] {
    said += peer.say(std::string_view(all).substr(said));
    if (server->size() != 0) (void)only().deliver(publish{.topic = "back", .payload = as_bytes("x")});
    peer.heard();
    return messages == 400;
  });
  ::setitimer(ITIMER_REAL, &calm, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
  EXPECT_TRUE(is_through) << messages;
  EXPECT_EQ(bytes, 400u * 5'000u);
  EXPECT_EQ(told.reasons.size(), 0u);
}

// In a process of its own, which may have but a few descriptors. What it returns is the line that went wrong, 0: none.
int run_out_of_descriptors(loop_backend backend) {
  posix::loop loop(backend);
  posix::server server(loop);
  std::size_t failed = 0;
  server.accept_failed = [&](const std::string& why) { failed += why == "Too many open files"; };
  if (!server.listen({.host = "127.0.0.1", .port = 0})) return __LINE__;
  const address at = server.addresses().front();
  // One goes all the way before: a sanitizer that meets a class for the first time needs descriptors itself.
  if (bare_peer before(at); before.say(hello() + wire(disconnect{})), !turn_until(loop, [&] { return before.has_gone(); })) return __LINE__;
  if (!turn_until(loop, [&] { return server.size() == 0; })) return __LINE__;
  bare_peer first(at), second(at), third(at);  // connected by the kernel; two of them will find no descriptor
  const int next = ::dup(0);
  ::close(next);
  const rlimit few{static_cast<rlim_t>(next + 1), static_cast<rlim_t>(next + 1)};
  if (::setrlimit(RLIMIT_NOFILE, &few) != 0) return __LINE__;
  if (!turn_until(loop, [&] { return failed != 0; })) return __LINE__;
  turn(loop, 100);
  if (server.size() != 1 || failed > 20) return __LINE__;  // tried again now and then, not in every turn
  if (!turn_until(loop, [&] { return failed >= 2; })) return __LINE__;
  first.say(hello() + wire(disconnect{}));
  if (!turn_until(loop, [&] { return first.has_gone(); })) return __LINE__;
  first.vanish();
  if (!turn_until(loop, [&] { return second.say(""), third.say(""), server.size() == 1; })) return __LINE__;
  second.say(hello("second"));
  third.say(hello("third"));
  if (!turn_until(loop, [&] { return second.heard().size() > 4 || third.heard().size() > 4; })) return __LINE__;
  return 0;
}

TEST_P(faults, accepts_again_when_there_are_descriptors_again) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(run_out_of_descriptors(GetParam()) & 0xFF);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "the line, modulo 256";
}

TEST_P(faults, one_flood_does_not_drown_the_others) {
  listen();
  std::size_t flood = 0, flood_when_heard = 0;
  bool is_heard = false;
  server->on.publish = [&](endpoint&, const publish& p) {
    if (p.topic == "flood") ++flood;
    else is_heard = true, flood_when_heard = flood;
  };
  bare_peer noisy = guest("noisy"), quiet = guest("quiet");
  const std::string one = news("flood", std::string(1'000, 'x'));
  std::string much;
  for (int i = 0; i < 2'000; ++i) much += one;
  std::size_t said = noisy.say(much);
  quiet.say(news("quiet", "1"));
  for (int turns = 0; turns < 4 && !is_heard; ++turns) {
    said += noisy.say(std::string_view(much).substr(said % much.size()));
    loop.run_once(false);
  }
  EXPECT_TRUE(is_heard);
  EXPECT_LT(flood_when_heard, 4'000u);
}

}  // namespace
}  // namespace mqttspan::test
