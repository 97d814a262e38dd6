#include <mqttspan/codec/utf8.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace mqttspan {
namespace {

using namespace std::string_view_literals;

TEST(utf8, accepts_the_edges_of_each_length) {
  for (const auto text : {""sv, "a"sv, "\0"sv, "\x7F"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv, "\xEF\xBF\xBF"sv,
                          "\xEF\xBB\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv}) {
    EXPECT_TRUE(is_well_formed_utf8(text)) << text;
    EXPECT_EQ(find_ill_formed_utf8(text), std::string_view::npos);
  }
}

// Unicode table 3-7, one of each class of ill-formed sequence
constexpr std::string_view ill_formed[] = {
    "\x80"sv,             // stray continuation
    "\xBF"sv,
    "\xC0\x80"sv,         // overlong: two bytes for ASCII
    "\xC1\xBF"sv,
    "\xC2"sv,             // cut
    "\xC2\x41"sv,         // no continuation
    "\xE0\x80\x80"sv,     // overlong: three bytes
    "\xE0\x9F\xBF"sv,
    "\xED\xA0\x80"sv,     // surrogates
    "\xED\xBF\xBF"sv,
    "\xE1\x80"sv,
    "\xE1\x80\x41"sv,
    "\xE1\x41\x80"sv,
    "\xF0\x80\x80\x80"sv,  // overlong: four bytes
    "\xF0\x8F\xBF\xBF"sv,
    "\xF1\x80\x80"sv,
    "\xF1\x80\x80\x41"sv,
    "\xF1\x80\x41\x80"sv,
    "\xF1\x41\x80\x80"sv,
    "\xF4\x90\x80\x80"sv,  // above U+10FFFF
    "\xF5\x80\x80\x80"sv,
    "\xF8\x88\x80\x80\x80"sv,
    "\xFE"sv,
    "\xFF"sv,
};

TEST(utf8, refuses_each_class_of_ill_formed_sequence) {
  for (const auto text : ill_formed) EXPECT_EQ(find_ill_formed_utf8(text), 0u) << testing::PrintToString(text);
}

TEST(utf8, finds_the_first_ill_formed_sequence_wherever_it_stands) {
  for (const std::string_view front : {"a"sv, "0123456"sv, "01234567"sv, "\xC3\xA9"sv, "0123456789abcde"sv, "0123456789abcdef"sv, "\xF0\x9F\x98\x80"sv}) {
    for (const auto bad : ill_formed) {
      const std::string text = std::string(front) + std::string(bad) + "tail of the text";
      EXPECT_EQ(find_ill_formed_utf8(text), front.size()) << testing::PrintToString(text);
      EXPECT_FALSE(is_well_formed_utf8(text));
    }
  }
}

static_assert(is_well_formed_utf8("\u20AC") && !is_well_formed_utf8("\xC3"));

// Every code point but the surrogates, encoded by hand.
TEST(utf8, code_points_have_the_value_that_was_written) {
  const std::pair<std::string_view, std::uint32_t> rows[] = {
      {"\x7F"sv, 0x7F}, {"\xC2\x80"sv, 0x80}, {"\xD5\x95"sv, 0x555}, {"\xDF\xBF"sv, 0x7FF}, {"\xE0\xA0\x80"sv, 0x800}, {"\xE5\x95\x95"sv, 0x5555}, {"\xEA\xAA\xAA"sv, 0xAAAA},
      {"\xEF\xBF\xBF"sv, 0xFFFF}, {"\xF0\x90\x80\x80"sv, 0x1'0000}, {"\xF1\x95\x95\x95"sv, 0x5'5555}, {"\xF2\xAA\xAA\xAA"sv, 0xA'AAAA}, {"\xF4\x8F\xBF\xBF"sv, 0x10'FFFF},
      {"\xF0\x9F\x98\x80"sv, 0x1'F600}, {"\xE2\x82\xAC"sv, 0x20AC}};
  for (const auto& [text, value] : rows) {
    const detail::code_point got = detail::decode_code_point(text);
    EXPECT_EQ(got.value, value);
    EXPECT_EQ(got.size, text.size());
  }
  for (const auto text : ill_formed) {
    EXPECT_EQ(detail::decode_code_point(text).value, 0u) << text;
    EXPECT_EQ(detail::decode_code_point(text).size, 0u) << text;
  }
}

TEST(utf8, accepts_every_scalar_value) {
  for (std::uint32_t c = 0; c <= 0x10'FFFF; ++c) {
    std::string text;
    const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (c < 0x80) add(c);
    else if (c < 0x800) add(0xC0 | c >> 6), add(0x80 | (c & 0x3F));
    else if (c < 0x1'0000) add(0xE0 | c >> 12), add(0x80 | (c >> 6 & 0x3F)), add(0x80 | (c & 0x3F));
    else add(0xF0 | c >> 18), add(0x80 | (c >> 12 & 0x3F)), add(0x80 | (c >> 6 & 0x3F)), add(0x80 | (c & 0x3F));
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    ASSERT_EQ(is_well_formed_utf8(text), !surrogate) << std::hex << c;
  }
}

}  // namespace
}  // namespace mqttspan
