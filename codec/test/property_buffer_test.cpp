#include <mqttspan/codec/property_buffer.hpp>

#include <vector>

#include <gtest/gtest.h>

#include <mqttspan/codec/generate.hpp>

#include "hex.hpp"

namespace mqttspan {
namespace {

using namespace mqttspan::test;

std::vector<property> of(const auto& buffer) { return {buffer.begin(), buffer.end()}; }

const std::vector<property> three = {prop::topic_alias(5), prop::user("a", "1"), prop::user("b", "2")};

TEST(property_buffer, keeps_the_order_of_what_is_added) {
  property_buffer<4> buffer;
  EXPECT_TRUE(buffer.empty());
  EXPECT_TRUE(buffer.append(three));
  EXPECT_TRUE(buffer.add(prop::content_type("x")));
  EXPECT_EQ(of(buffer), (std::vector<property>{three[0], three[1], three[2], prop::content_type("x")}));
}

TEST(property_buffer, is_unchanged_where_something_does_not_fit) {
  property_buffer<4> buffer;
  ASSERT_TRUE(buffer.add(prop::content_type("x")));
  ASSERT_TRUE(buffer.append(three));
  EXPECT_FALSE(buffer.add(prop::user("c", "3")));
  EXPECT_FALSE(buffer.set(prop::message_expiry_interval(1)));
  EXPECT_FALSE(buffer.append(three));
  EXPECT_EQ(buffer.size(), 4u);
  property_buffer<2> small;
  EXPECT_FALSE(small.append(three));
  EXPECT_TRUE(small.empty());
}

TEST(property_buffer, set_replaces_the_first_or_adds) {
  property_buffer<4> buffer;
  ASSERT_TRUE(buffer.append(three));
  EXPECT_TRUE(buffer.set(prop::user("z", "9")));
  EXPECT_TRUE(buffer.set(prop::message_expiry_interval(30)));
  EXPECT_EQ(of(buffer), (std::vector<property>{three[0], prop::user("z", "9"), three[2], prop::message_expiry_interval(30)}));
}

TEST(property_buffer, set_replaces_the_very_first_and_nothing_that_was_erased) {
  property_buffer<4> buffer;
  ASSERT_TRUE(buffer.append(three));
  EXPECT_TRUE(buffer.set(three[0]));
  EXPECT_EQ(of(buffer), std::vector<property>(three.begin(), three.end()));
  buffer.clear();
  EXPECT_TRUE(buffer.set(three[0]));
  EXPECT_EQ(of(buffer), std::vector<property>{three[0]});
}

TEST(property_buffer, erase_removes_all_of_one_kind_and_keeps_the_rest_in_order) {
  property_buffer<4> buffer;
  ASSERT_TRUE(buffer.append(three) && buffer.add(prop::content_type("x")));
  EXPECT_EQ(buffer.erase(property_id::user_property), 2u);
  EXPECT_EQ(buffer.erase(property_id::reason_string), 0u);
  EXPECT_EQ(of(buffer), (std::vector<property>{three[0], prop::content_type("x")}));
  buffer.clear();
  EXPECT_TRUE(buffer.empty());
}

TEST(property_buffer, is_what_a_packet_is_generated_with) {
  property_buffer<4> buffer;
  ASSERT_TRUE(buffer.append(three));
  buffer.erase(property_id::user_property);
  std::byte room[32];
  const auto bytes = generate(publish{.topic = "t", .properties = buffer}, protocol_version::v5, room);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(to_hex(*bytes), to_hex(hex("30 07 0001 74 03 23 0005")));
  static_assert(!std::is_constructible_v<property_list, property_buffer<4>>, "the list would outlive the buffer");
}

}  // namespace
}  // namespace mqttspan
