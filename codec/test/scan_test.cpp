// The quick scans, by themselves: packets do not show what they see, for what they do not accept is judged once more by every rule. Each says just what a loop
// over the bytes says, and touches no byte that it may not. Built twice, for the vector unit and for general registers.
#include "scan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "guarded_memory.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

using test::guarded_memory;

constexpr std::size_t longest = 6 * block::size + 3;

// Bytes at both sides of each boundary that a scan knows.
constexpr octet telling[] = {0x00, 0x01, 0x02, 0x03, 0x1F, 0x20, 0x22, '#', 0x24, 0x2A, '+', 0x2C, '/', 'a', 0x7E, 0x7F, 0x80, 0x81, 0xA3, 0xAB, 0xFE, 0xFF};

bool is_ascii(octet b) { return b >= 0x01 && b <= 0x7F; }
bool is_wild(octet b) { return b == '#' || b == '+'; }
bool is_of_name(octet b) { return is_ascii(b) && !is_wild(b); }

std::string letters(std::size_t n) {
  std::string s;
  for (std::size_t i = 0; i < n; ++i) s += static_cast<char>('a' + i % 26);
  return s;
}

// Calls `check` with the text where nothing may be read behind it; where so many bytes may be that a block can be read at once, or one fewer; and with nothing before it. What stands behind is `filler`.
template <class Check>
void in_all_places(const std::string& text, Check check, octet filler = 0xFF) {
  static const guarded_memory memory;
  for (const std::size_t behind : {std::size_t{0}, std::size_t{1}, block::size - std::min(block::size, text.size()), block::size - std::min(block::size, text.size() + 1), block::size, 2 * block::size}) {
    octet* const p = memory.end() - behind - text.size();
    std::memset(p, filler, text.size() + behind);
    std::memcpy(p, text.data(), text.size());
    check(p, text.size(), memory.end());
  }
  std::memset(memory.begin(), filler, text.size() + 3 * block::size);
  std::memcpy(memory.begin(), text.data(), text.size());
  check(memory.begin(), text.size(), memory.begin() + text.size() + 2 * block::size);
}

// Plain texts of each length, and the same with one byte changed.
template <class Check>
void for_each_text(Check check) {
  for (std::size_t n = 0; n <= longest; ++n) {
    check(letters(n));
    for (std::size_t at = 0; at < n; ++at)
      for (const octet b : telling) {
        std::string text = letters(n);
        text[at] = static_cast<char>(b);
        check(text);
      }
  }
}

TEST(scan, finds_plain_text) {
  for_each_text([](const std::string& text) {
    const bool expected = std::all_of(text.begin(), text.end(), [](char c) { return is_ascii(static_cast<octet>(c)); });
    in_all_places(text, [&](const octet* p, std::size_t n, const octet* end) {
      ASSERT_EQ(is_plain_text(p, n, end), expected) << testing::PrintToString(text) << " with " << end - p;
      if (end - p < static_cast<std::ptrdiff_t>(block::size)) return;
      ASSERT_EQ(is_short_plain_text(p, static_cast<unsigned>(n)), expected && n <= block::size) << testing::PrintToString(text);
    });
  });
}

TEST(scan, finds_plain_names) {
  for_each_text([](const std::string& text) {
    const bool expected = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_of_name(static_cast<octet>(c)); });
    in_all_places(text, [&](const octet* p, std::size_t n, const octet* end) { ASSERT_EQ(is_plain_name(p, n, end), expected) << testing::PrintToString(text) << " with " << end - p; });
  });
}

TEST(scan, finds_printable_ascii) {
  for_each_text([](const std::string& text) {
    const bool expected = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
    in_all_places(text, [&](const octet* p, std::size_t n, const octet* end) {
      ASSERT_EQ(all_of(p, n, end, [](block b) { return b.printable(); }), expected) << testing::PrintToString(text) << " with " << end - p;
    });
  });
}

TEST(scan, finds_bytes_below_a_limit) {
  for (const octet limit : {octet{1}, octet{3}, octet{0x7F}})
    for (std::size_t n = 0; n <= longest; ++n)
      for (std::size_t at = 0; at <= n; ++at)
        for (const octet b : telling) {
          std::string codes(n, '\0');
          if (at < n) codes[at] = static_cast<char>(b);
          const bool expected = at == n || b < limit;
          in_all_places(codes, [&](const octet* p, std::size_t size, const octet* end) {
            ASSERT_EQ(all_of(p, size, end, [=](block x) { return x.below(limit); }), expected) << n << ' ' << at << ' ' << int{b} << " below " << int{limit};
          });
        }
}

// Level by level, as the statements have it. [MQTT-4.7.1-1] [MQTT-4.7.1-2]
bool is_filter(const std::string& text) {
  if (text.empty() || text[0] == '$') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto b = static_cast<octet>(text[i]);
    if (!is_ascii(b)) return false;
    if (!is_wild(b)) continue;
    if (i != 0 && text[i - 1] != '/') return false;
    if (i + 1 != text.size() && (b == '#' || text[i + 1] != '/')) return false;
  }
  return true;
}

// Whether the quick way promises to see wildcards in a text of this length; it may see them, or leave them to be judged, in others.
bool sees_wildcards([[maybe_unused]] std::size_t n, [[maybe_unused]] std::size_t readable) {
#ifdef MQTTSPAN_VECTOR_SCAN
  return n <= 32 && (n >= 8 || readable >= 16);
#else
  return false;
#endif
}

void check_filter(const std::string& text) {
  const bool expected = is_filter(text);
  const bool has_wildcard = text.find_first_of("#+") != std::string::npos;
  const auto check = [&](const octet* p, std::size_t n, const octet* end) {
    const bool seen = is_plain_filter(p, n, end);
    if (has_wildcard && !sees_wildcards(n, static_cast<std::size_t>(end - p))) {
      ASSERT_FALSE(seen && !expected) << testing::PrintToString(text);
    } else {
      ASSERT_EQ(seen, expected) << testing::PrintToString(text) << " with " << end - p;
    }
  };
  in_all_places(text, check);
  in_all_places(text, check, '#');
}

TEST(scan, finds_plain_filters) {
  for_each_text(check_filter);
  check_filter("$a");
  check_filter("a$");
}

TEST(scan, finds_wildcards_wherever_they_stand) {
  const std::string wild[] = {"/#", "/+", "/+/", "+/", "#/", "/+/+/", "/+a", "a#", "/##", "/++", "+/+"};
  for (std::size_t n = 0; n <= 40; ++n)
    for (std::size_t at = 0; at <= n; ++at)
      for (const std::string& w : wild) check_filter(letters(at) + w + letters(n - at));
  for (const char* all : {"+", "#", "+/+", "+/#", "/", "//", "+//+", "#/+", "/+/#", "+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/#"}) check_filter(all);
}

// Into memory that ends behind the copy, and again into memory that begins with it.
template <class Copy>
void check_copy(const std::string& text, Copy call) {
  static const guarded_memory from, to;
  octet* const source = from.end() - text.size();
  std::memcpy(source, text.data(), text.size());
  std::memset(to.begin(), 0xEE, static_cast<std::size_t>(to.end() - to.begin()));
  octet* const target = to.end() - text.size();
  call(target, source, text.size());
  ASSERT_EQ(std::string(target, to.end()), text);
  ASSERT_TRUE(std::all_of(to.begin(), target, [](octet b) { return b == 0xEE; }));
  std::memset(to.begin(), 0xEE, static_cast<std::size_t>(to.end() - to.begin()));
  std::memcpy(from.begin(), text.data(), text.size());
  call(to.begin(), from.begin(), text.size());
  ASSERT_EQ(std::string(to.begin(), to.begin() + text.size()), text);
  ASSERT_TRUE(std::all_of(to.begin() + text.size(), to.end(), [](octet b) { return b == 0xEE; }));
}

TEST(scan, copies_as_many_bytes_as_it_is_told) {
  for (std::size_t n = 0; n <= longest_inline_copy + 3; ++n) {
    check_copy(letters(n), [](octet* to, const octet* p, std::size_t size) { copy(to, p, size); });
    if (n < block::size) check_copy(letters(n), [](octet* to, const octet* p, std::size_t size) { copy_small(to, p, size); });
  }
}

TEST(scan, judges_what_it_copies) {
  for_each_text([](const std::string& text) {
    const bool expected = std::all_of(text.begin(), text.end(), [](char c) { return is_of_name(static_cast<octet>(c)); });
    check_copy(text, [&](octet* to, const octet* p, std::size_t n) { ASSERT_EQ(copy_all_of(to, p, n, [](block b) { return b.name(); }), expected) << testing::PrintToString(text); });
  });
}

TEST(scan, writes_numbers_most_significant_byte_first) {
  octet out[4];
  store_be16(out, 0x0102);
  EXPECT_EQ(std::vector<octet>(out, out + 2), (std::vector<octet>{1, 2}));
  store_be32(out, 0x0102'0384);
  EXPECT_EQ(std::vector<octet>(out, out + 4), (std::vector<octet>{1, 2, 3, 0x84}));
  EXPECT_EQ(load<octet>(out + 3), 0x84);
}

}  // namespace
}  // namespace mqttspan::detail
