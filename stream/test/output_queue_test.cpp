#include <mqttspan/stream/output_queue.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstring>
#include <string>
#include <vector>

#include "rapidcheck_samples.hpp"

namespace mqttspan {
namespace {

struct queue {
  explicit queue(std::size_t limit) : memory(2 * limit), out(memory) {}
  std::vector<std::byte> memory;
  output_queue out;

  void write(std::string_view text) {
    std::memcpy(out.tail().data(), text.data(), text.size());
    out.commit(text.size());
  }
  std::string read_all() {
    std::string all;
    while (!out.front().empty()) {
      all += as_text(out.front());
      out.consume(out.front().size());
    }
    return all;
  }
};

TEST(output_queue, without_memory_has_no_space) {
  output_queue none;
  EXPECT_EQ(none.limit(), 0U);
  EXPECT_EQ(none.space(), 0U);
  EXPECT_EQ(none.size(), 0U);
  EXPECT_TRUE(none.front().empty());
  EXPECT_TRUE(none.tail().empty());
}

TEST(output_queue, holds_half_of_its_memory) {
  queue q(8);
  EXPECT_EQ(q.out.limit(), 8U);
  q.write("12345678");
  EXPECT_EQ(q.out.space(), 0U);
  EXPECT_TRUE(q.out.tail().empty());
  q.out.consume(3);
  EXPECT_EQ(q.out.space(), 3U);
  EXPECT_EQ(q.out.tail().size(), 3U);
  q.write("abc");
  EXPECT_EQ(q.read_all(), "45678abc");
  EXPECT_EQ(q.out.space(), 8U);
}

TEST(output_queue, hands_over_a_borrowed_payload_in_its_place) {
  queue q(32);
  q.write("head");
  q.out.borrow(as_bytes(std::string_view("payload")));
  EXPECT_TRUE(q.out.is_borrowing());
  q.write("behind");
  EXPECT_EQ(q.out.size(), 17U);
  EXPECT_EQ(q.out.kept(), 10U);
  EXPECT_EQ(as_text(q.out.front()), "head");
  q.out.consume(2);
  EXPECT_EQ(as_text(q.out.front()), "ad");
  q.out.consume(2);
  EXPECT_EQ(as_text(q.out.front()), "payload");
  q.out.consume(3);
  EXPECT_EQ(as_text(q.out.front()), "load");
  EXPECT_TRUE(q.out.is_borrowing());
  q.out.consume(4);
  EXPECT_FALSE(q.out.is_borrowing());
  EXPECT_EQ(q.read_all(), "behind");
  EXPECT_EQ(q.out.size(), 0U);
}

TEST(output_queue, may_borrow_with_nothing_ahead) {
  queue q(8);
  q.out.borrow(as_bytes(std::string_view("payload")));
  EXPECT_EQ(as_text(q.out.front()), "payload");
  q.write("b");
  EXPECT_EQ(q.read_all(), "payloadb");
}

// A model: the text that was written, in the order in which it was written.
TEST(output_queue, never_loses_or_reorders_a_byte) {
  test::holds([] {
    queue q(*rc::gen::inRange<std::size_t>(1, 40));
    std::string expected, got, payload;
    char next = 'a';
    const auto text = [&next](std::size_t size) {
      std::string out(size, ' ');
      for (char& c : out) c = next = next == 'z' ? 'a' : static_cast<char>(next + 1);
      return out;
    };
    for (const auto& [what, size] : *rc::gen::container<std::vector<std::pair<unsigned, std::size_t>>>(rc::gen::pair(rc::gen::inRange(0U, 6U), rc::gen::inRange<std::size_t>(0, 50)))) {
      if (what < 3) {
        const std::string out = text(std::min(size, q.out.space()));
        RC_ASSERT(q.out.tail().size() == q.out.space());
        q.write(out);
        expected += out;
      } else if (what == 3 && !q.out.is_borrowing() && size != 0) {
        payload = text(size);
        q.out.borrow(as_bytes(payload));
        expected += payload;
      } else {
        const std::size_t taken = std::min(size, q.out.front().size());
        got += as_text(q.out.front().first(taken));
        q.out.consume(taken);
      }
      RC_ASSERT(got.size() + q.out.size() == expected.size());
      RC_ASSERT(q.out.kept() <= q.out.limit());
      RC_ASSERT(q.out.front().empty() == (q.out.size() == 0));
    }
    got += q.read_all();
    RC_ASSERT(got == expected);
  });
}

// It never moves more bytes than have left it.
TEST(output_queue, is_linear) {
  queue q(1'000);
  std::size_t written = 0, moved = 0;
  q.write(std::string(900, 'x'));
  for (int i = 0; i < 10'000; ++i) {
    const std::byte* const before = q.out.front().data();
    const std::size_t kept = q.out.kept();
    (void)q.out.tail();
    if (q.out.front().data() != before) moved += kept;
    q.write("12345678");
    q.out.consume(8);
    written += 8;
  }
  EXPECT_LE(moved, written);
}

}  // namespace
}  // namespace mqttspan
