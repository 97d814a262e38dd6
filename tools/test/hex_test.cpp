#include "hex.hpp"

#include <gtest/gtest.h>

namespace mqttspan {
namespace {

std::string error_of(std::string_view text) {
  try {
    from_hex_dump(text);
  } catch (const hex_error& e) {
    return e.what();
  }
  return "no error";
}

TEST(hex, writes_two_lower_case_digits_a_byte) {
  EXPECT_EQ(to_hex(as_bytes("\x01\xfe")), "01fe");
  EXPECT_EQ(to_hex(as_bytes("\x01\xfe"), " "), "01 fe");
  EXPECT_EQ(to_hex({}), "");
}

TEST(hex, reads_digits_of_either_case) {
  EXPECT_EQ(to_hex(from_hex("01FEaB")), "01feab");
  EXPECT_TRUE(from_hex("").empty());
}

TEST(hex, allows_nothing_but_digits_outside_dumps) { EXPECT_THROW(from_hex("01 02"), hex_error); }

TEST(hex_dump, passes_over_white_space_and_comments) {
  EXPECT_EQ(to_hex(from_hex_dump("c0 00 # ping, 0xZZ\n\t\r\nd000")), "c000d000");
  EXPECT_EQ(to_hex(from_hex_dump("c000 # the comment goes to the end")), "c000");
}

TEST(hex_dump, says_where_it_is_wrong) {
  EXPECT_EQ(error_of("c0 00\nd0 0g"), "line 2, column 4: a byte takes two hexadecimal digits");
  EXPECT_EQ(error_of("c0 0"), "line 1, column 4: a byte takes two hexadecimal digits");
  EXPECT_EQ(error_of("c0,00"), "line 1, column 3: not a hexadecimal digit");
}

TEST(hex_dump, is_told_from_raw_bytes) {
  EXPECT_TRUE(looks_like_hex_dump("# PINGREQ\nc0 00\n"));
  EXPECT_FALSE(looks_like_hex_dump(std::string_view("\xc0\x00", 2)));
  EXPECT_FALSE(looks_like_hex_dump(std::string_view("\x30\x06\x00\x03\x61\x2f\x62\x21", 8)));
  EXPECT_FALSE(looks_like_hex_dump("# only a comment"));
  EXPECT_FALSE(looks_like_hex_dump(""));
}

}  // namespace
}  // namespace mqttspan
