// The quick walk over properties, by itself: what it leaves to be judged gets the same answer more slowly, and no packet shows which way it took.
#include "property_scan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "guarded_memory.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

// The value at the end of readable memory but `behind` bytes, of a block that has `in_block` bytes from there on. The offset behind the value, or nothing.
template <class Skip>
std::ptrdiff_t skipped(const std::string& bytes, std::size_t in_block, std::size_t behind, Skip skip) {
  static const test::guarded_memory memory(40);
  octet* const p = memory.end() - behind - bytes.size();
  std::memset(p - 20, 'a', 20);  // what stands before it is plain
  std::memset(p, 0xFF, bytes.size() + behind);
  std::memcpy(p, bytes.data(), bytes.size());
  const octet* const after = skip(p, block_ends(p, p + in_block, memory.end()));
  return after ? after - p : -1;
}

std::string text(const std::string& s) { return std::string{static_cast<char>(s.size() >> 8), static_cast<char>(s.size())} + s; }

// Texts of many lengths: in a block that ends with them, behind them, within them; with more or less that may be read behind.
template <class Skip>
void check_texts(const std::string& wrong, Skip skip) {
  for (std::size_t n = 1; n < 3 * block::size; ++n)
    for (const std::size_t behind : {std::size_t{0}, std::size_t{1}, block::size - std::min(block::size, n + 1), block::size - std::min(block::size, n), 2 * block::size}) {
      const std::string good(n, 'a');
      const auto end = static_cast<std::ptrdiff_t>(2 + n);
      EXPECT_EQ(skipped(text(good), 2 + n, behind, skip), end) << n << ' ' << behind;
      EXPECT_EQ(skipped(text(good), 1 + n, behind, skip), -1) << n << ' ' << behind;
      EXPECT_EQ(skipped(text(good), 2 + n + std::min<std::size_t>(behind, 1), behind, skip), end) << n << ' ' << behind;
      for (const std::size_t at : {std::size_t{0}, n - 1})
        for (const char c : wrong) {
          std::string bad = good;
          bad[at] = c;
          EXPECT_EQ(skipped(text(bad), 2 + n, behind, skip), -1) << n << ' ' << behind;
        }
    }
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}}) EXPECT_EQ(skipped(std::string(size, '\0'), size, 0, skip), -1);
  EXPECT_EQ(skipped(text(std::string(65'535, 'a')), 65'537, 0, skip), 65'537);
  EXPECT_EQ(skipped(text(std::string(65'535, 'a')), 65'536, 0, skip), -1);
}

template <text_kind Kind>
const octet* skip_any(const octet* p, const block_ends& end) {
  return skip_any_text<Kind>(p, end.of_block, end.of_packet);
}

TEST(property_scan, goes_behind_plain_texts) {
  const std::string wrong{'\0', '\x80', '\xFF'};
  check_texts(wrong, skip_plain_text);
  check_texts(wrong, skip_any<text_kind::string>);
  for (const std::size_t behind : {std::size_t{0}, block::size}) {
    EXPECT_EQ(skipped(text(""), 2, behind, skip_plain_text), 2);
    EXPECT_EQ(skipped(text(""), 2, behind, skip_any<text_kind::string>), 2);
  }
}

TEST(property_scan, goes_behind_plain_names) {
  check_texts({'\0', '\x80', '\xFF', '#', '+'}, skip_any<text_kind::response_topic>);
  EXPECT_EQ(skipped(text(""), 2, 0, skip_any<text_kind::response_topic>), -1);
}

// A value of so many bytes, the same with a byte fewer in its block, and with one more.
void check_value(const property_row& row, const std::string& value, bool is_usual) {
  const auto skip = [&](const octet* p, const block_ends& end) { return skip_usual_value(property_info(static_cast<std::uint8_t>(row.id)), p, end); };
  const auto size = static_cast<std::ptrdiff_t>(value.size());
  const auto name = static_cast<int>(row.id);
  EXPECT_EQ(skipped(value, value.size(), 0, skip), is_usual ? size : -1) << name;
  EXPECT_EQ(skipped(value, value.size(), 1, skip), is_usual ? size : -1) << name;
  EXPECT_EQ(skipped(value, value.size() + 1, 1, skip), is_usual ? size : -1) << name;
  EXPECT_EQ(skipped(value, value.size() - 1, 0, skip), -1) << name;
  EXPECT_EQ(skipped(value, value.size() - 1, 40, skip), -1) << name;
  EXPECT_EQ(skipped(value, 0, 0, skip), -1) << name;
  EXPECT_EQ(skipped(value, 0, 40, skip), -1) << name;
}

TEST(property_scan, goes_behind_usual_values) {
  for (const property_row& row : rows) {
    const bool may_be_zero = row.minimum == 0;
    switch (row.type) {
      case property_type::byte:
        for (unsigned value = 0; value < 256; ++value) check_value(row, std::string(1, static_cast<char>(value)), value <= 1);
        break;
      case property_type::two_byte:
        check_value(row, {0, 0}, may_be_zero);
        for (unsigned bit = 0; bit < 16; ++bit) check_value(row, {static_cast<char>(1u << bit >> 8), static_cast<char>(1u << bit)}, true);
        break;
      case property_type::four_byte:
        check_value(row, {0, 0, 0, 0}, may_be_zero);
        for (unsigned bit = 0; bit < 32; ++bit)
          check_value(row, {static_cast<char>(1u << bit >> 24), static_cast<char>(1u << bit >> 16), static_cast<char>(1u << bit >> 8), static_cast<char>(1u << bit)}, true);
        break;
      case property_type::variable_byte:
        for (unsigned value = 0; value < 256; ++value) check_value(row, std::string(1, static_cast<char>(value)), value > 0 && value < 128);
        break;
      case property_type::string:
        check_value(row, text("a"), true);
        check_value(row, text("#"), row.id != property_id::response_topic);
        check_value(row, text("\x80"), false);
        break;
      case property_type::binary:
        for (const std::size_t size : {0u, 1u, 255u, 256u, 65'535u}) check_value(row, text(std::string(size, '\xFF')), true);
        break;
      case property_type::string_pair:
        check_value(row, text("a") + text("b"), true);
        check_value(row, text("") + text(""), true);
        check_value(row, text("\x80") + text("b"), false);
        check_value(row, text("a") + text("\x80"), false);
        break;
    }
  }
}

TEST(reader, reads_numbers_most_significant_byte_first) {
  const octet bytes[] = {1, 2, 3, 0x84};
  EXPECT_EQ(load_be16(bytes), 0x0102u);
  EXPECT_EQ(load_be32(bytes), 0x0102'0384u);
}

}  // namespace
}  // namespace mqttspan::detail
