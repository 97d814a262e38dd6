#include <mqttspan/codec/strictness.hpp>

#include <gtest/gtest.h>

namespace mqttspan {
namespace {

TEST(strictness, flags_combine) {
  // Not constants: what the compiler evaluates tells nothing about what runs.
  leniency two = leniency::ill_formed_utf8;
  two = two | leniency::payload_not_utf8;
  EXPECT_TRUE(has(two, leniency::ill_formed_utf8));
  EXPECT_TRUE(has(two, leniency::payload_not_utf8));
  EXPECT_FALSE(has(two, leniency::bridge_levels));
  EXPECT_FALSE(has(leniency::none, leniency::ill_formed_utf8));
  strictness both = strictness::control_characters;
  both = both | strictness::noncharacters;
  EXPECT_TRUE(has(both, strictness::noncharacters));
  EXPECT_FALSE(has(both, strictness::v3_1_as_v3_1_1));
}

TEST(strictness, sizes_are_those_of_the_specification) {
  EXPECT_EQ(max_remaining_length, 268'435'455u);
  EXPECT_EQ(max_packet_length, 268'435'460u);
}

}  // namespace
}  // namespace mqttspan
