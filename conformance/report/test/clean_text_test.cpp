#include "clean_text.hpp"

#include <gtest/gtest.h>

namespace mqttspan::conformance {
namespace {

TEST(clean_text, leaves_text_lines_and_tabs_alone) {
  EXPECT_EQ(clean_text("a\tb\nc \"<&>'"), "a\tb\nc \"<&>'");
  EXPECT_EQ(clean_text("gr\xc3\xbc\xc3\x9f \xf0\x9f\x8c\x8d \xe4\xb8\xad"), "gr\xc3\xbc\xc3\x9f \xf0\x9f\x8c\x8d \xe4\xb8\xad");
  EXPECT_EQ(clean_text(""), "");
}

TEST(clean_text, escapes_controls) {
  EXPECT_EQ(clean_text(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(clean_text("\x1b[31m\r\x7f"), "\\x1b[31m\\x0d\\x7f");
  EXPECT_EQ(clean_text("\xc2\x85"), "\\xc2\\x85");
}

TEST(clean_text, escapes_what_turns_text_and_what_xml_does_not_know) {
  EXPECT_EQ(clean_text("\xe2\x80\xae"), "\\xe2\\x80\\xae");
  EXPECT_EQ(clean_text("\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd"), "\\xef\\xbf\\xbe\\xef\\xbf\\xbf\xef\xbf\xbd");
}

TEST(clean_text, escapes_bytes_that_are_not_utf8) {
  EXPECT_EQ(clean_text("\xff"), "\\xff");
  EXPECT_EQ(clean_text("a\xc3"), "a\\xc3");
  EXPECT_EQ(clean_text("\xed\xa0\x80."), "\\xed\\xa0\\x80.");
  EXPECT_EQ(clean_text("\xf0\x9f\x8c"), "\\xf0\\x9f\\x8c");
  EXPECT_EQ(clean_text("\xc3" "a"), "\\xc3" "a");
}

}  // namespace
}  // namespace mqttspan::conformance
