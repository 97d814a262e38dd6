#include <mqttspan/stream/transport.hpp>

#include <string>

#include <gtest/gtest.h>

#include <mqttspan/stream/memory_pipe.hpp>

namespace mqttspan {
namespace {

// What is no transport.
struct without_failure {
  transfer read_some(std::span<std::byte>) noexcept;
  transfer write_some(bytes_view) noexcept;
  transfer shut_down() noexcept;
  bool has_pending() const noexcept;
};
struct may_throw : memory_pipe {
  transfer read_some(std::span<std::byte>);
};
static_assert(!transport<without_failure>);
static_assert(!transport<may_throw>);
static_assert(!std::copyable<any_transport>);

// Turns each byte over on its way: a transport on top of another.
class inverted {
 public:
  explicit inverted(any_transport lower) : lower_(std::move(lower)) {}
  transfer read_some(std::span<std::byte> into) noexcept {
    const transfer t = lower_.read_some(into);
    for (std::byte& b : into.first(t.size)) b = ~b;
    return t;
  }
  transfer write_some(bytes_view from) noexcept {
    const std::byte one = ~from.front();
    return lower_.write_some({&one, 1});
  }
  transfer shut_down() noexcept { return lower_.shut_down(); }
  bool has_pending() const noexcept { return lower_.has_pending(); }
  std::string_view failure() const noexcept { return lower_.failure(); }

 private:
  any_transport lower_;
};

TEST(any_transport, is_empty_until_it_is_given_one) {
  any_transport none;
  EXPECT_FALSE(none);
  auto ends = memory_pipe::make();
  none = std::move(ends.first);
  EXPECT_TRUE(none);
}

TEST(any_transport, passes_everything_on_through_a_stack) {
  auto ends = memory_pipe::make();
  any_transport here = inverted(any_transport(inverted(std::move(ends.first))));
  any_transport there = std::move(ends.second);
  const std::byte sent[] = {std::byte{0x42}};
  EXPECT_EQ(here.write_some(sent), (transfer{progress::moved, 1}));
  EXPECT_FALSE(here.has_pending());
  std::byte received[4]{};
  EXPECT_TRUE(there.has_pending());
  EXPECT_EQ(there.read_some(received), (transfer{progress::moved, 1}));
  EXPECT_EQ(received[0], sent[0]);
  EXPECT_EQ(here.shut_down().outcome, progress::moved);
  EXPECT_EQ(there.read_some(received).outcome, progress::end);
  there = {};
  EXPECT_EQ(here.read_some(received).outcome, progress::end);
  EXPECT_EQ(here.write_some(sent).outcome, progress::failed);
  EXPECT_EQ(here.failure(), "the other end of the pipe is gone");
}

}  // namespace
}  // namespace mqttspan
