#include <mqttspan/codec/rule.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include <mqttspan/codec/error.hpp>

namespace mqttspan {
namespace {

constexpr auto v3_1 = protocol_version::v3_1;
constexpr auto v3_1_1 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;

template <class Visit>
void each_rule(Visit visit) {
  for (unsigned number = 1; number <= rule_count; ++number) visit(static_cast<rule>(number));
}

TEST(rule, has_a_name_of_its_own_that_finds_it) {
  std::set<std::string_view> names;
  each_rule([&](rule r) {
    const std::string_view name = to_string(r);
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(std::all_of(name.begin(), name.end(), [](char c) { return std::islower(c) || std::isdigit(c) || c == '_'; })) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(rule_named(name), r);
  });
  EXPECT_EQ(names.size(), rule_count);
}

TEST(rule, of_no_such_name_is_none) {
  EXPECT_EQ(to_string(rule::none), "none");
  for (const std::string_view name : {"", "none", "topic_name", "topic_name_has_wildcard_", "Qos_3"}) EXPECT_EQ(rule_named(name), rule::none) << name;
}

TEST(rule, outside_of_the_table_has_no_text) {
  const auto outside = static_cast<rule>(rule_count + 1);
  EXPECT_TRUE(text_of(outside).empty());
  EXPECT_TRUE(statement_id(outside, v5).empty());
  EXPECT_TRUE(statement_id(rule::none, v5).empty());
}

TEST(rule, has_a_text_that_states_a_fact) {
  std::set<std::string_view> texts;
  each_rule([&](rule r) {
    const std::string_view text = text_of(r);
    ASSERT_FALSE(text.empty()) << to_string(r);
    EXPECT_NE(text.back(), '.') << text;
    EXPECT_TRUE(texts.insert(text).second) << text;
  });
}

// The limits of the application are nobody's statement.
bool is_a_limit(rule r) {
  return r == rule::too_many_topic_filters || r == rule::too_many_user_properties || r == rule::too_many_topic_levels || r == rule::announced_more_than_kept;
}

TEST(rule, rests_on_a_statement_of_some_version) {
  each_rule([](rule r) {
    std::string all;
    for (const auto version : {v3_1, v3_1_1, v5})
      for (unsigned type = 0; type < 16; ++type) all += statement_id(r, version, static_cast<packet_type>(type));
    EXPECT_EQ(all.empty(), is_a_limit(r)) << to_string(r);
  });
}

TEST(rule, cites_ids_of_the_version_in_hand) {
  each_rule([](rule r) {
    for (unsigned type = 0; type < 16; ++type) {
      const auto in = static_cast<packet_type>(type);
      const std::string_view old = statement_id(r, v3_1, in), middle = statement_id(r, v3_1_1, in), last = statement_id(r, v5, in);
      EXPECT_TRUE(old.empty() || old.starts_with("U31-")) << old;
      EXPECT_TRUE(middle.empty() || middle.starts_with("U311-") || middle.starts_with("MQTT-")) << middle;
      EXPECT_TRUE(last.empty() || last.starts_with("U5-") || last.starts_with("MQTT-")) << last;
    }
  });
}

TEST(statement_id, is_that_of_the_specification) {
  EXPECT_EQ(statement_id(rule::topic_name_has_wildcard, v3_1_1, packet_type::publish), "MQTT-3.3.2-2");
  EXPECT_EQ(statement_id(rule::qos_3, v5, packet_type::publish), "MQTT-3.3.1-4");
  EXPECT_EQ(statement_id(rule::variable_byte_integer_not_minimal, v5), "MQTT-1.5.5-1");
  EXPECT_EQ(statement_id(rule::password_without_user_name, v3_1_1, packet_type::connect), "MQTT-3.1.2-22");
  EXPECT_EQ(statement_id(rule::password_without_user_name, v5, packet_type::connect), "");
  EXPECT_EQ(statement_id(rule::no_topic_filter, v5, packet_type::subscribe), "MQTT-3.8.3-2");
  EXPECT_EQ(statement_id(rule::no_topic_filter, v5, packet_type::unsubscribe), "MQTT-3.10.3-2");
}

}  // namespace
}  // namespace mqttspan
