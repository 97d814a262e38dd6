#include <mqttspan/codec/varint.hpp>

#include <gtest/gtest.h>

#include <cstring>

#include "hex.hpp"

namespace mqttspan {
namespace {

using test::hex;
using test::to_hex;

struct row {
  std::uint32_t value;
  const char* bytes;
};

// 5.0 table 1-1, both ends of each length
constexpr row boundaries[] = {{0, "00"},           {1, "01"},           {127, "7f"},           {128, "8001"},           {16'383, "ff7f"},
                              {16'384, "808001"},  {2'097'151, "ffff7f"}, {2'097'152, "80808001"}, {268'435'455, "ffffff7f"}};

TEST(varint, is_written_in_its_shortest_form) {
  for (const row& r : boundaries) {
    std::byte room[8];
    std::memset(room, 0xEE, sizeof room);
    const auto written = encode_varint(r.value, room);
    ASSERT_TRUE(written.has_value()) << r.value;
    EXPECT_EQ(room[written->size()], std::byte{0xEE}) << r.value;
    EXPECT_EQ(to_hex(*written), r.bytes);
    EXPECT_EQ(varint_size(r.value), written->size());
  }
}

TEST(varint, is_read_back) {
  for (const row& r : boundaries) {
    const auto bytes = hex(r.bytes);
    const auto read = decode_varint(bytes);
    ASSERT_TRUE(read.has_value()) << r.bytes;
    EXPECT_EQ(read->value, r.value);
    EXPECT_EQ(read->size, bytes.size());
    EXPECT_TRUE(read->is_minimal());
  }
}

TEST(varint, may_be_longer_than_need_be_and_says_so) {
  for (const char* bytes : {"8000", "808000", "80808000", "ff00", "ffff00", "ffffff00"}) {
    const auto read = decode_varint(hex(bytes));
    ASSERT_TRUE(read.has_value()) << bytes;
    EXPECT_FALSE(read->is_minimal()) << bytes;
    EXPECT_EQ(read->size, hex(bytes).size());
  }
}

TEST(varint, looks_at_nothing_behind_it) {
  const auto read = decode_varint(hex("8001 ff ff ff ff"));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->value, 128u);
  EXPECT_EQ(read->size, 2u);
}

TEST(varint, cut_is_incomplete) {
  for (const char* bytes : {"", "80", "ff", "8080", "808080", "ffffff"}) {
    const auto read = decode_varint(hex(bytes));
    ASSERT_FALSE(read.has_value()) << bytes;
    EXPECT_EQ(read.error().code, errc::incomplete);
    EXPECT_EQ(read.error().offset, hex(bytes).size() + 1);  // how many it takes at least
  }
}

TEST(varint, of_five_bytes_is_malformed) {
  for (const char* bytes : {"80808080", "ffffffff", "8080808001", "ffffffff7f"}) {
    const auto read = decode_varint(hex(bytes));
    ASSERT_FALSE(read.has_value()) << bytes;
    EXPECT_EQ(read.error().code, errc::malformed);
    EXPECT_EQ(read.error().violated, rule::variable_byte_integer_too_long);
    EXPECT_EQ(read.error().offset, 3u);
  }
}

TEST(varint, above_its_range_is_refused) {
  std::byte room[8];
  for (const std::uint32_t value : {268'435'456u, 0xFFFF'FFFFu}) {
    EXPECT_EQ(varint_size(value), 0u);
    const auto written = encode_varint(value, room);
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code, errc::invalid_argument);
    EXPECT_EQ(written.error().violated, rule::variable_byte_integer_too_long);
    EXPECT_EQ(written.error().offset, 0u);
  }
}

TEST(varint, needs_its_room) {
  for (const row& r : boundaries) {
    std::byte room[5] = {};
    const std::size_t size = varint_size(r.value);
    const auto written = encode_varint(r.value, std::span(room).first(size - 1));
    ASSERT_FALSE(written.has_value()) << r.value;
    EXPECT_EQ(written.error().code, errc::no_space);
    EXPECT_EQ(room[size - 1], std::byte{0});
  }
}

static_assert([] {
  std::byte room[4];
  const auto written = encode_varint(321, room);
  return written->size() == 2 && decode_varint(*written)->value == 321;
}());

}  // namespace
}  // namespace mqttspan
