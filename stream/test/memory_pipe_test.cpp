#include <mqttspan/stream/memory_pipe.hpp>

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mqttspan {
namespace {

bytes_view bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// Reads until there is nothing more, `room` bytes at a time.
template <class Transport>
std::string read_all(Transport& t, progress& last, std::size_t room = 3) {
  std::string all;
  std::vector<std::byte> buffer(room);
  for (;;) {
    const transfer read = t.read_some(buffer);
    last = read.outcome;
    if (read.outcome != progress::moved) return all;
    all.append(reinterpret_cast<const char*>(buffer.data()), read.size);
  }
}

TEST(memory_pipe, carries_bytes_both_ways) {
  auto [here, there] = memory_pipe::make();
  EXPECT_EQ(here.write_some(bytes_of("ping")), (transfer{progress::moved, 4}));
  EXPECT_EQ(there.write_some(bytes_of("pong!")), (transfer{progress::moved, 5}));
  progress last{};
  EXPECT_EQ(read_all(there, last), "ping");
  EXPECT_EQ(last, progress::wants_read);
  EXPECT_EQ(read_all(here, last), "pong!");
}

TEST(memory_pipe, takes_no_more_than_its_capacity) {
  auto [here, there] = memory_pipe::make(5);
  EXPECT_EQ(here.write_some(bytes_of("1234567")), (transfer{progress::moved, 5}));
  EXPECT_EQ(here.write_some(bytes_of("67")), (transfer{progress::wants_write, 0}));
  std::array<std::byte, 2> two{};
  EXPECT_EQ(there.read_some(two), (transfer{progress::moved, 2}));
  EXPECT_EQ(here.write_some(bytes_of("67")), (transfer{progress::moved, 2}));
  progress last{};
  EXPECT_EQ(read_all(there, last), "34567") << "around the end of the ring";
}

TEST(memory_pipe, moves_in_one_piece_what_does_not_go_around_the_end) {
  auto [here, there] = memory_pipe::make(8);
  std::array<std::byte, 20> room{};
  ASSERT_EQ(here.write_some(bytes_of("123456")).size, 6u);
  ASSERT_EQ(there.read_some(room).size, 6u);
  EXPECT_EQ(here.write_some(bytes_of("abcdefgh")), (transfer{progress::moved, 2}));
  EXPECT_EQ(here.write_some(bytes_of("cdefgh")), (transfer{progress::moved, 6}));
  EXPECT_EQ(there.read_some(room), (transfer{progress::moved, 2}));
  EXPECT_EQ(there.read_some(room), (transfer{progress::moved, 6}));
}

TEST(memory_pipe, assigned_goes_on_both_ways) {
  auto [here, there] = memory_pipe::make();
  auto [other, its_peer] = memory_pipe::make();
  other = std::move(here);
  progress last{};
  ASSERT_EQ(other.write_some(bytes_of("out")).size, 3u);
  EXPECT_EQ(read_all(there, last), "out");
  ASSERT_EQ(there.write_some(bytes_of("in")).size, 2u);
  EXPECT_EQ(read_all(other, last), "in");
}

TEST(memory_pipe, ends_in_good_order_behind_what_was_written) {
  auto [here, there] = memory_pipe::make();
  ASSERT_EQ(here.write_some(bytes_of("last")).outcome, progress::moved);
  EXPECT_EQ(here.shut_down().outcome, progress::moved);
  EXPECT_EQ(here.write_some(bytes_of("more")).outcome, progress::failed);
  EXPECT_TRUE(there.has_pending());
  progress last{};
  EXPECT_EQ(read_all(there, last), "last");
  EXPECT_EQ(last, progress::end);
  EXPECT_EQ(there.write_some(bytes_of("still")).outcome, progress::moved) << "the other direction goes on";
  EXPECT_EQ(read_all(here, last), "still");
}

TEST(memory_pipe, an_end_that_is_destroyed_ends_both_directions) {
  auto ends = memory_pipe::make();
  ASSERT_EQ(ends.first.write_some(bytes_of("x")).outcome, progress::moved);
  { const memory_pipe gone = std::move(ends.first); }
  progress last{};
  EXPECT_EQ(read_all(ends.second, last), "x");
  EXPECT_EQ(last, progress::end);
  EXPECT_EQ(ends.second.write_some(bytes_of("y")).outcome, progress::failed);
  EXPECT_FALSE(ends.second.failure().empty());
}

TEST(memory_pipe, moves_without_ending) {
  auto [here, there] = memory_pipe::make();
  memory_pipe moved = std::move(here);
  ASSERT_EQ(moved.write_some(bytes_of("a")).outcome, progress::moved);
  auto [other, unused] = memory_pipe::make();
  other = std::move(moved);
  ASSERT_EQ(other.write_some(bytes_of("b")).outcome, progress::moved);
  progress last{};
  EXPECT_EQ(read_all(there, last), "ab");
  EXPECT_EQ(last, progress::wants_read);
}

}  // namespace
}  // namespace mqttspan
