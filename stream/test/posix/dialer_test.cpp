#include "dialer.hpp"

#include <thread>

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

using posix::dialer;
using posix::socket_address;

class dialers : public testing::TestWithParam<loop_backend> {
 protected:
  dialer::done then() {
    return [this](unique_fd fd, std::string reason) {
      ++calls;
      connected = std::move(fd);
      why = std::move(reason);
    };
  }
  bool until_done() {
    return turn_until(in, [this] { return calls != 0; });
  }
  static unique_fd listen(const char* host, std::uint16_t port = 0, int backlog = 8) {
    return posix::listen_at(posix::resolve_at_once({.host = host, .port = port}).at(0), backlog);
  }
  static socket_address where(const unique_fd& fd) { return socket_address::of_socket(fd.get()); }

  loop in{GetParam()};
  int calls = 0;
  unique_fd connected;
  std::string why;
};
MQTTSPAN_BOTH_BACKENDS(dialers);

TEST_P(dialers, connect_in_a_later_turn) {
  const unique_fd at = listen("127.0.0.1");
  const dialer d(in, where(at).name(), 5'000, then());
  EXPECT_EQ(calls, 0);
  ASSERT_TRUE(until_done());
  ASSERT_TRUE(connected) << why;
  EXPECT_EQ(socket_address::of_peer(connected.get()), where(at));
  turn(in);
  EXPECT_EQ(calls, 1);
}

TEST_P(dialers, by_the_name_of_localhost_reach_either_family) {
  for (const char* const host : {"127.0.0.1", "::1"}) {
    calls = 0;
    const unique_fd at = listen(host);
    ASSERT_TRUE(at) << host << ": " << posix::error_text(errno);
    const dialer d(in, address{.host = "localhost", .port = where(at).name().port}, 5'000, then());
    ASSERT_TRUE(until_done());
    EXPECT_TRUE(connected) << host << ": " << why;
  }
}

TEST_P(dialers, fall_back_from_6_to_4_where_only_4_listens) {
  const unique_fd at = listen("127.0.0.1");
  const std::uint16_t port = where(at).name().port;
  const dialer d(in, std::vector{posix::resolve_at_once({.host = "::1", .port = port}).at(0), where(at)}, 5'000, then());
  ASSERT_TRUE(until_done());
  ASSERT_TRUE(connected) << why;
  EXPECT_EQ(socket_address::of_peer(connected.get()), where(at));
}

// A listening socket whose queue is full says nothing at all, like a host behind a wall.
struct silent_host {
  silent_host() {
    for (int i = 0; i < 64; ++i) {
      queue.push_back(posix::start_connecting(socket_address::of_socket(at.get())));
      pollfd p{queue.back().get(), POLLOUT, 0};
      if (::poll(&p, 1, 100) == 0) return;
    }
    ADD_FAILURE() << "the queue has no end here";
  }
  unique_fd at = posix::listen_at(posix::resolve_at_once({.host = "127.0.0.1", .port = 0}).at(0), 1);
  std::vector<unique_fd> queue;
};

TEST_P(dialers, give_the_first_a_head_start_and_no_more) {
  const silent_host silent;
  const unique_fd good = listen("127.0.0.1");
  const instant start = posix::steady_now();
  const dialer d(in, std::vector{where(silent.at), where(good)}, 10'000, then());
  ASSERT_TRUE(until_done());
  ASSERT_TRUE(connected) << why;
  EXPECT_EQ(socket_address::of_peer(connected.get()), where(good));
  EXPECT_GE(posix::steady_now() - start, 240);  // a lower bound: a head start there was
}

TEST_P(dialers, give_up_in_time_and_say_so) {
  const silent_host silent;
  const dialer d(in, where(silent.at).name(), 30, then());
  ASSERT_TRUE(until_done());
  EXPECT_FALSE(connected);
  EXPECT_EQ(why, "cannot connect to " + where(silent.at).name().text() + ": no answer");
}

TEST_P(dialers, say_who_was_refused) {
  unique_fd at = listen("127.0.0.1");
  const address gone = where(at).name();
  at = {};
  const dialer d(in, gone, 5'000, then());
  ASSERT_TRUE(until_done());
  EXPECT_FALSE(connected);
  EXPECT_EQ(why, "cannot connect to " + gone.text() + ": Connection refused");
}

TEST_P(dialers, say_what_cannot_be_found) {
  const dialer d(in, address{.host = "no such host", .port = 1}, 15'000, then());
  ASSERT_TRUE(until_done());
  EXPECT_FALSE(connected);
  EXPECT_EQ(why.substr(0, 26), "cannot find no such host: ") << why;
}

TEST_P(dialers, say_what_is_wrong_with_a_path) {
  const std::string too_long(300, 'x');
  const dialer d(in, address{.host = {}, .port = 0, .path = too_long}, 5'000, then());
  ASSERT_TRUE(until_done());
  EXPECT_EQ(why, "cannot find " + too_long + ": the path is too long for a socket");
  calls = 0;
  const dialer nobody(in, address{.host = {}, .port = 0, .path = "/nonexistent/mqtt.sock"}, 5'000, then());
  ASSERT_TRUE(until_done());
  EXPECT_EQ(why, "cannot connect to /nonexistent/mqtt.sock: No such file or directory");
}

TEST_P(dialers, connect_to_paths) {
  const temporary_folder folder;
  const address here{.host = {}, .port = 0, .path = folder.file("s")};
  const unique_fd at = posix::listen_at(posix::resolve_at_once(here).at(0));
  const dialer d(in, here, 5'000, then());
  ASSERT_TRUE(until_done());
  EXPECT_TRUE(connected) << why;
}

TEST_P(dialers, may_go_while_a_name_is_looked_up) {
  for (int i = 0; i < 5; ++i) {
    std::optional<dialer> d(std::in_place, in, address{.host = "no such host", .port = 1}, 15'000u, then());
    turn(in, i);
    calls = 0;  // it may have been quick
    d.reset();
    turn(in, 3);
    EXPECT_EQ(calls, 0);
  }
  EXPECT_FALSE(in.run_once(false)) << "something of them is left in the loop";
}

TEST_P(dialers, may_go_while_they_connect_and_in_their_call) {
  const silent_host silent;
  {
    const dialer d(in, where(silent.at).name(), 10'000, then());
    turn(in, 3);
  }
  EXPECT_FALSE(in.run_once(false));
  const unique_fd at = listen("127.0.0.1");
  auto d = std::unique_ptr<dialer>();
  d = std::make_unique<dialer>(in, where(at).name(), 5'000u, [&](unique_fd, const std::string&) {
    ++calls;
    d.reset();
  });
  ASSERT_TRUE(until_done());
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace mqttspan::test
