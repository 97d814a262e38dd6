#include "reference/text_rules.hpp"

#include <gtest/gtest.h>

namespace mqttspan::conformance::reference {
namespace {

bool well_formed(std::initializer_list<unsigned> sequence) {
  std::string text;
  for (const unsigned byte : sequence) text += static_cast<char>(byte);
  return ill_formed_at(text) == std::string::npos;
}

TEST(utf8, has_128_sequences_of_one_byte_1920_of_two_61440_of_three) {
  int one = 0;
  int two = 0;
  int three = 0;
  for (unsigned a = 0; a < 256; ++a) {
    one += well_formed({a}) ? 1 : 0;
    for (unsigned b = 0; b < 256; ++b) {
      if (a < 0x80 || b < 0x80) continue;
      two += well_formed({a, b}) ? 1 : 0;
      for (unsigned c = 0x80; c < 256; ++c) three += well_formed({a, b, c}) ? 1 : 0;
    }
  }
  EXPECT_EQ(one, 128);
  EXPECT_EQ(two, 1920);
  EXPECT_EQ(three, 65536 - 2048 - 2048);  // less those of one and two bytes, and the surrogates
}

TEST(utf8, has_256_beginnings_of_four_byte_sequences) {
  int four = 0;
  for (unsigned a = 0xE0; a < 256; ++a) {
    for (unsigned b = 0x80; b < 256; ++b) {
      for (const unsigned c : {0x7FU, 0x80U, 0xBFU, 0xC0U}) {
        for (const unsigned d : {0x7FU, 0x80U, 0xBFU, 0xC0U}) four += d >= 0x80 && c >= 0x80 && well_formed({a, b, c, d}) ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(four, 1'048'576 / 64 / 64 * 2 * 2);
}

TEST(utf8, names_the_first_byte_of_the_first_ill_formed_sequence) {
  EXPECT_EQ(ill_formed_at("ab\xC3\xA9"), std::string::npos);
  EXPECT_EQ(ill_formed_at("ab\xC3"), 2U);
  EXPECT_EQ(ill_formed_at("a\xED\xA0\x80"), 1U);
  EXPECT_EQ(ill_formed_at("\xF0\x9F\x98z"), 0U);
  EXPECT_EQ(ill_formed_at("\xEF\xBB\xBF"), std::string::npos);
}

struct filter_row {
  const char* filter;
  const char* in_3_1;
  const char* in_3_1_1;
  const char* in_5_0;
};

std::string first_fault(protocol version, const std::string& filter) {
  findings found(version);
  check_filter(filter, 0, found);
  return found.faults().empty() ? "" : found.faults().front().rule;
}

TEST(filter, follows_the_grammar_of_its_version) {
  constexpr const char* multi = "multi_level_wildcard_misplaced";
  constexpr const char* single = "single_level_wildcard_misplaced";
  constexpr filter_row rows[] = {
      {"#", "", "", ""},
      {"a/#", "", "", ""},
      {"+", "", "", ""},
      {"+/+/#", "", "", ""},
      {"/", "", "", ""},
      {"", "topic_filter_empty", "topic_filter_empty", "topic_filter_empty"},
      {"a#", multi, multi, multi},
      {"#/a", multi, multi, multi},
      {"##", multi, multi, multi},
      {"a+", single, single, single},
      {"a/+b", single, single, single},
      {"$share", "", "", ""},
      {"$shareX/a", "", "", ""},
      {"$share/n/a", "", "", ""},
      {"$share/n/#", "", "", ""},
      {"$share/n//", "", "", ""},
      {"$share/", "", "", "share_name_empty"},
      {"$share//a", "", "", "share_name_empty"},
      {"$share/n", "", "", "share_without_topic_filter"},
      {"$share/n/", "", "", "share_without_topic_filter"},
      {"$share/+/a", "", "", "share_name_has_wildcard"},
      {"$share/n#/a", multi, multi, "share_name_has_wildcard"},
      {"$share/n/a#", multi, multi, multi},
  };
  for (const filter_row& row : rows) {
    EXPECT_EQ(first_fault(protocol::v3_1, row.filter), row.in_3_1) << row.filter;
    EXPECT_EQ(first_fault(protocol::v3_1_1, row.filter), row.in_3_1_1) << row.filter;
    EXPECT_EQ(first_fault(protocol::v5, row.filter), row.in_5_0) << row.filter;
  }
}

TEST(filter, may_have_plus_beside_one_slash_in_3_1_by_one_reading) {
  findings found(protocol::v3_1);
  check_filter("a/+b", 0, found);
  ASSERT_EQ(found.faults().size(), 1U);
  EXPECT_TRUE(found.faults().front().policy);
}

}  // namespace
}  // namespace mqttspan::conformance::reference
