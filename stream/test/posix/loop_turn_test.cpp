// What a turn of the loop waits for.
#include <mqttspan/posix/loop.hpp>

#include <gtest/gtest.h>

namespace {

using namespace mqttspan::posix;

class counter final : public watcher {
 public:
  explicit counter(loop& where) : loop_(where) {}
  ~counter() { loop_.forget(*this); }
  int soons = 0;
  int times = 0;

 private:
  void on_ready(readiness) override {}
  void on_time() override { ++times; }
  void on_soon() override { ++soons; }
  loop& loop_;
};

}  // namespace

TEST(loop_turn, a_turn_that_has_done_something_does_not_wait) {
  loop here;
  counter one(here), other(here);
  here.wake_at(other, steady_now() + 2'000);
  here.soon(one);
  EXPECT_TRUE(here.run_once());
  EXPECT_EQ(one.soons, 1);
  EXPECT_EQ(other.times, 0);
  EXPECT_TRUE(here.run_once() || other.times == 1);  // and the next one does
  EXPECT_EQ(other.times, 1);
}
