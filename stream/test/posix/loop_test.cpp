#include <mqttspan/posix/loop.hpp>

#include <csignal>
#include <thread>

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

using posix::readiness;

// Notes what it is told, and does what it is told to do then.
struct listener final : posix::watcher {
  listener(loop& l, std::string n, std::vector<std::string>& d) : in(l), name(std::move(n)), diary_of(d) {}
  ~listener() { in.forget(*this); }
  void on_ready(readiness r) override { note(r.read ? (r.write ? "both" : "read") : "write"); }
  void on_time() override { note("time"); }
  void on_soon() override { note("soon"); }
  void note(const char* what) {
    diary_of.push_back(name + " " + what);
    if (then) then();
  }
  loop& in;
  std::string name;
  std::vector<std::string>& diary_of;
  std::function<void()> then;
};

class loops : public testing::TestWithParam<loop_backend> {
 protected:
  void SetUp() override {
    for (auto& pair : pairs) {
      int ends[2];
      ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
      pair = {unique_fd(ends[0]), unique_fd(ends[1])};
    }
  }
  static void poke(const unique_fd& fd) { ASSERT_EQ(::write(fd.get(), "x", 1), 1); }

  loop in{GetParam()};
  std::vector<std::string> told;
  std::pair<unique_fd, unique_fd> pairs[2];
};
MQTTSPAN_BOTH_BACKENDS(loops);
using lines = std::vector<std::string>;

TEST_P(loops, ends_when_nobody_is_left) {
  in.run();
  EXPECT_FALSE(in.run_once());
  listener a(in, "a", told);
  in.wake_at(a, posix::steady_now());
  in.run();
  EXPECT_EQ(told, (lines{"a time"}));
  in.soon(a);
  in.run();
  EXPECT_EQ(told, (lines{"a time", "a soon"}));
  in.post([&] { told.push_back("posted"); });
  in.run();
  EXPECT_EQ(told.back(), "posted");
  ASSERT_TRUE(in.watch(a, pairs[0].first.get(), {.read = true}));
  a.then = [&] { in.forget(a); };
  poke(pairs[0].second);
  in.run();
  EXPECT_EQ(told.back(), "a read");
}

TEST_P(loops, times_come_in_order_each_once) {
  listener a(in, "a", told), b(in, "b", told), c(in, "c", told);
  const instant now = posix::steady_now();
  in.wake_at(a, now + 3);
  in.wake_at(b, now + 1);
  in.wake_at(c, now + 2);
  in.wake_at(c, now + 4);  // replaces
  EXPECT_EQ(in.next_time(), now + 1);
  in.run();
  EXPECT_EQ(told, (lines{"b time", "a time", "c time"}));
  in.wake_at(a, now);
  in.wake_at(a, {});
  in.run();
  EXPECT_EQ(told.size(), 3u);
}

TEST_P(loops, a_time_that_is_over_does_not_keep_sockets_from_their_turn) {
  listener a(in, "a", told), b(in, "b", told);
  ASSERT_TRUE(in.watch(b, pairs[0].first.get(), {.read = true}));
  a.then = [&] { in.wake_at(a, in.now()); };
  in.wake_at(a, in.now());
  poke(pairs[0].second);
  b.then = [&] { in.stop(); };
  in.run();
  EXPECT_EQ(told.back(), "a time");
  EXPECT_EQ(told.size(), 2u);
}

TEST_P(loops, knows_the_time_also_where_it_does_not_run) {
  const instant before = posix::steady_now();
  while (posix::steady_now() == before) {
  }
  EXPECT_GT(in.now(), before);
  listener a(in, "a", told);
  instant within;
  a.then = [&] {
    within = in.now();
    const instant start = posix::steady_now();
    while (posix::steady_now() - start < 3) {
    }
    EXPECT_EQ(in.now(), within);  // of one turn there is one
  };
  in.soon(a);
  in.run();
  EXPECT_GE(within, before);
}

TEST_P(loops, watches_what_is_wanted_and_no_more) {
  listener a(in, "a", told);
  const int fd = pairs[0].first.get();
  ASSERT_TRUE(in.watch(a, fd, {.write = true}));
  turn(in, 1);
  EXPECT_EQ(told, (lines{"a write"}));
  ASSERT_TRUE(in.watch(a, fd, {.read = true, .write = true}));
  poke(pairs[0].second);
  turn(in, 1);
  EXPECT_EQ(told.back(), "a both");
  ASSERT_TRUE(in.watch(a, fd, {.read = true}));
  turn(in, 1);
  EXPECT_EQ(told.back(), "a read");
  ASSERT_TRUE(in.watch(a, fd, {}));
  EXPECT_FALSE(in.run_once(false));
  EXPECT_EQ(told.size(), 3u);
}

TEST_P(loops, another_descriptor_replaces_the_first) {
  listener a(in, "a", told);
  ASSERT_TRUE(in.watch(a, pairs[0].first.get(), {.read = true}));
  ASSERT_TRUE(in.watch(a, pairs[1].first.get(), {.read = true}));
  poke(pairs[0].second);
  turn(in, 2);
  EXPECT_EQ(told, lines{});
  poke(pairs[1].second);
  turn(in, 1);
  EXPECT_EQ(told, (lines{"a read"}));
}

TEST_P(loops, one_descriptor_one_watcher) {
  listener a(in, "a", told), b(in, "b", told);
  ASSERT_TRUE(in.watch(a, pairs[0].first.get(), {.read = true}));
  EXPECT_FALSE(in.watch(b, pairs[0].first.get(), {.read = true}));
  EXPECT_FALSE(in.watch(b, -1, {.read = true}));
}

TEST_P(loops, forgets_also_what_was_closed_before) {
  listener a(in, "a", told);
  ASSERT_TRUE(in.watch(a, pairs[0].first.get(), {.read = true}));
  pairs[0] = {};
  in.forget(a);
  EXPECT_FALSE(in.run_once(false)) << "somebody who was forgotten keeps it running";
}

TEST_P(loops, the_end_of_a_peer_is_readable_and_writable) {
  listener a(in, "a", told);
  ASSERT_TRUE(in.watch(a, pairs[0].first.get(), {.read = true}));
  pairs[0].second = {};
  turn(in, 1);
  EXPECT_EQ(told, (lines{"a both"}));
}

TEST_P(loops, who_is_forgotten_in_a_batch_is_not_called_by_it) {
  listener a(in, "a", told), b(in, "b", told);
  ASSERT_TRUE(in.watch(a, pairs[0].first.get(), {.read = true}));
  ASSERT_TRUE(in.watch(b, pairs[1].first.get(), {.read = true}));
  a.then = [&] { in.forget(b); };
  b.then = [&] { in.forget(a); };
  poke(pairs[0].second);
  poke(pairs[1].second);
  turn(in, 1);
  EXPECT_EQ(told.size(), 1u);
  in.forget(a), in.forget(b);
  told.clear();
  in.soon(a), in.soon(b);
  in.run();
  EXPECT_EQ(told, (lines{"a soon"}));
  told.clear();
  a.then = [&] { in.forget(b); };
  in.wake_at(a, in.now()), in.wake_at(b, in.now());
  in.run();
  EXPECT_EQ(told, (lines{"a time"}));
}

TEST_P(loops, soon_is_once_and_again_where_asked_for_meanwhile) {
  listener a(in, "a", told);
  in.soon(a), in.soon(a);
  int again = 3;
  a.then = [&] {
    if (again-- > 0) in.soon(a);
  };
  in.run();
  EXPECT_EQ(told.size(), 4u);
}

TEST_P(loops, who_is_always_soon_does_not_keep_sockets_from_their_turn) {
  listener a(in, "a", told), b(in, "b", told);
  ASSERT_TRUE(in.watch(b, pairs[0].first.get(), {.read = true}));
  a.then = [&] { in.soon(a); };
  in.soon(a);
  bool is_read = false;
  b.then = [&] { is_read = true; };
  poke(pairs[0].second);
  turn(in, 1);
  EXPECT_TRUE(is_read);
}

TEST_P(loops, stops_early_and_can_go_on) {
  listener a(in, "a", told);
  a.then = [&] {
    in.soon(a);
    if (told.size() % 10 == 0) in.stop();
  };
  in.soon(a);
  in.run();
  const std::size_t first = told.size();
  EXPECT_GE(first, 10u);
  EXPECT_LT(first, 40u);
  in.run();
  EXPECT_GT(told.size(), first);
}

TEST_P(loops, takes_work_from_threads_in_their_order) {
  constexpr int each = 2'000;
  listener a(in, "a", told);
  ASSERT_TRUE(in.watch(a, pairs[0].first.get(), {.read = true}));  // somebody is there, so it runs on
  int next[2] = {0, 0};
  bool in_order = true;
  const auto work = [&](int who) {
    for (int i = 0; i < each; ++i)
      in.post([&, who, i] {
        in_order = in_order && next[who] == i;
        ++next[who];
        if (next[0] == each && next[1] == each) in.stop();
      });
  };
  std::thread one(work, 0), other(work, 1);
  in.run();
  one.join(), other.join();
  EXPECT_TRUE(in_order);
  EXPECT_EQ(next[0] + next[1], 2 * each);
}

TEST_P(loops, is_stopped_by_another_thread) {
  listener a(in, "a", told);
  ASSERT_TRUE(in.watch(a, pairs[0].first.get(), {.read = true}));
  std::thread stopper([&] { in.stop(); });
  in.run();
  stopper.join();
}

TEST_P(loops, drops_work_that_is_left) {
  const auto held = std::make_shared<int>(1);
  {
    loop short_lived(GetParam());
    short_lived.post([held] {});
  }
  EXPECT_EQ(held.use_count(), 1);
}

loop* signalled = nullptr;

TEST_P(loops, is_stopped_by_a_signal_handler) {
  listener a(in, "a", told);
  ASSERT_TRUE(in.watch(a, pairs[0].first.get(), {.read = true}));
  signalled = &in;
  const auto before = std::signal(SIGUSR1, [](int) { signalled->stop(); });
  in.post([] { ::raise(SIGUSR1); });
  in.run();
  for (int i = 0; i < 70'000; ++i) in.stop();  // until it cannot be woken up more than it is
  errno = 4711;
  ::raise(SIGUSR1);
  EXPECT_EQ(errno, 4711) << "what the signal interrupts finds another errno";
  std::signal(SIGUSR1, before);
}

TEST(loop_in_a_foreign_one, is_readable_when_there_is_something_to_do) {
  loop in(loop_backend::best);
  if (in.fd() < 0) GTEST_FAIL() << "no epoll here";
  const auto is_readable = [&] {
    pollfd p{in.fd(), POLLIN, 0};
    return ::poll(&p, 1, 0) == 1;
  };
  lines told;
  listener a(in, "a", told);
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const unique_fd here(ends[0]), there(ends[1]);
  ASSERT_TRUE(in.watch(a, here.get(), {.read = true}));
  EXPECT_FALSE(is_readable());
  EXPECT_EQ(in.next_time(), std::nullopt);
  ASSERT_EQ(::write(there.get(), "x", 1), 1);
  EXPECT_TRUE(is_readable());
  EXPECT_TRUE(in.run_once(false));
  EXPECT_EQ(told, (lines{"a read"}));
  char x;
  ASSERT_EQ(::read(here.get(), &x, 1), 1);
  in.post([&] { told.push_back("posted"); });
  EXPECT_TRUE(is_readable());
  in.run_once(false);
  EXPECT_EQ(told.back(), "posted");
  EXPECT_FALSE(is_readable());
  in.soon(a);
  ASSERT_TRUE(in.next_time());
  EXPECT_LE(*in.next_time(), posix::steady_now());
}

TEST(loop_buffers, are_used_again) {
  loop in;
  auto first = in.take_buffer();
  const std::byte* const where = first.get();
  in.give_back(std::move(first));
  EXPECT_EQ(in.take_buffer().get(), where);
}

}  // namespace
}  // namespace mqttspan::test
