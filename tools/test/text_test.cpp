#include "text.hpp"

#include <gtest/gtest.h>

namespace mqttspan {
namespace {

using namespace std::string_view_literals;

TEST(quote, leaves_readable_text_alone) {
  EXPECT_EQ(quote("plain/text with spaces"), "\"plain/text with spaces\"");
  EXPECT_EQ(quote("grün 温度 🌡"), "\"grün 温度 🌡\"");
  EXPECT_EQ(quote(""), "\"\"");
}

TEST(quote, escapes_what_a_terminal_acts_on) {
  EXPECT_EQ(quote("\x1b[2J"), R"("\x1b[2J")");
  EXPECT_EQ(quote("a\0b"sv), R"("a\x00b")");
  EXPECT_EQ(quote("a\r\n\tb\x7f"), R"("a\r\n\tb\x7f")");
  EXPECT_EQ(quote("\xc2\x9b"
                  "31m"),
            R"("\u{9b}31m")");  // CSI as a C1 control
  EXPECT_EQ(quote("\xe2\x80\xae"
                  "txt"),
            R"("\u{202e}txt")");  // right-to-left override
  EXPECT_EQ(quote("\xe2\x80\x8b"), R"("\u{200b}")");
}

TEST(quote, escapes_quotes_and_backslashes) { EXPECT_EQ(quote(R"(a"b\c)"), R"("a\"b\\c")"); }

TEST(quote, shows_bytes_that_are_not_utf8) {
  EXPECT_EQ(quote("a\xff"
                  "b"),
            R"("a\xffb")");
  EXPECT_EQ(quote("\xed\xa0\x80"), R"("\xed\xa0\x80")");
  EXPECT_EQ(quote("\xe2\x82"), R"("\xe2\x82")");
}

TEST(quote, cuts_behind_the_limit_in_characters) {
  EXPECT_EQ(quote("abcdef", 3), "\"abc\"…");
  EXPECT_EQ(quote("abc", 3), "\"abc\"");
  EXPECT_EQ(quote("äöü", 2), "\"äö\"…");
}

TEST(preview, chooses_between_text_and_digits) {
  EXPECT_EQ(preview(as_bytes("21.5"), 20), "\"21.5\"");
  EXPECT_EQ(preview(as_bytes("\x00\xff"sv), 20), "00ff");
  EXPECT_EQ(preview(as_bytes("a\x1b"sv), 20), "611b");
}

TEST(preview, cuts_long_payloads) {
  EXPECT_EQ(preview(as_bytes(std::string(1000, 'x')), 3), "\"xxx\"…");
  EXPECT_EQ(preview(as_bytes(std::string(1000, '\xff')), 4), "ffff…");
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "€";  // three bytes each: the look-ahead cuts inside one
  EXPECT_EQ(preview(as_bytes(umlauts), 2), "\"€€\"…");
}

TEST(palette, colours_only_where_asked) {
  EXPECT_EQ(palette(false)(tint::wrong, "x"), "x");
  EXPECT_EQ(palette(true)(tint::wrong, "x"), "\x1b[1;31mx\x1b[0m");
  EXPECT_EQ(palette(true)(tint::plain, "x"), "x");
}

}  // namespace
}  // namespace mqttspan
