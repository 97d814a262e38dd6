#include "tcp_reassembly.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace mqttspan {
namespace {

// A stream and what it has delivered.
struct receiver {
  tcp_reassembly order;
  std::string text;

  void take(std::uint32_t sequence, std::string_view payload) {
    order.segment(sequence, as_bytes(payload), [this](bytes_view bytes) { text += as_text(bytes); });
  }
};

receiver opened(std::uint32_t sequence) {
  receiver r;
  r.order.open(sequence);
  return r;
}

TEST(tcp_reassembly, passes_segments_in_order) {
  receiver r = opened(99);
  r.take(100, "ab");
  r.take(102, "c");
  EXPECT_EQ(r.text, "abc");
  EXPECT_EQ(r.order.delivered(), 3u);
}

TEST(tcp_reassembly, holds_what_comes_early) {
  receiver r = opened(99);
  r.take(104, "ef");
  r.take(102, "cd");
  EXPECT_EQ(r.text, "");
  EXPECT_EQ(r.order.held_back(), 4u);
  r.take(100, "ab");
  EXPECT_EQ(r.text, "abcdef");
  EXPECT_EQ(r.order.held_back(), 0u);
}

TEST(tcp_reassembly, drops_what_comes_again) {
  receiver r = opened(99);
  r.take(100, "abc");
  r.take(100, "abc");
  r.take(101, "bc");
  EXPECT_EQ(r.text, "abc");
}

TEST(tcp_reassembly, takes_the_new_part_of_an_overlap) {
  receiver r = opened(99);
  r.take(100, "abc");
  r.take(101, "bcde");
  EXPECT_EQ(r.text, "abcde");
}

TEST(tcp_reassembly, joins_held_pieces_that_overlap) {
  receiver r = opened(99);
  r.take(103, "de");
  r.take(102, "cdef");
  r.take(103, "d");
  r.take(100, "ab");
  EXPECT_EQ(r.text, "abcdef");
}

TEST(tcp_reassembly, goes_over_the_end_of_the_sequence_numbers) {
  receiver r = opened(0xFFFF'FFFD);
  r.take(0xFFFF'FFFE, "abc");
  r.take(3, "fg");
  r.take(1, "de");
  EXPECT_EQ(r.text, "abcdefg");
}

TEST(tcp_reassembly, begins_with_the_first_segment_where_the_syn_is_missing) {
  receiver r;
  r.take(500, "ab");
  r.take(502, "c");
  EXPECT_EQ(r.text, "abc");
}

TEST(tcp_reassembly, tells_a_repeated_opening_from_another) {
  receiver r = opened(99);
  EXPECT_FALSE(r.order.is_other_opening(99));
  EXPECT_TRUE(r.order.is_other_opening(12345));
  EXPECT_FALSE(tcp_reassembly().is_other_opening(5));
}

TEST(tcp_reassembly, delivers_any_order_of_segments_once) {
  const std::string stream = "the quick brown fox";
  std::vector<std::size_t> starts = {0, 4, 10, 16};
  do {
    receiver r = opened(41);
    for (const std::size_t start : starts) r.take(static_cast<std::uint32_t>(42 + start), std::string_view(stream).substr(start, 7));
    EXPECT_EQ(r.text, stream);
  } while (std::next_permutation(starts.begin(), starts.end()));
}

}  // namespace
}  // namespace mqttspan
