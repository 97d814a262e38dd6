// What fits what.
#include "expectation.hpp"

#include <gtest/gtest.h>

#include "json_text.hpp"
#include "story.hpp"

namespace mqttspan::conformance {
namespace {

const packet_json ping = parse_json(R"({"packet":{"type":"pingreq"},"hex":"c000"})");
const packet_json ack = parse_json(R"({"packet":{"type":"puback","packet_id":7,"reason_code":16,"properties":[["reason_string","r"],["user_property",["k","v"]]]},"hex":"40020007"})");
const packet_json bye = parse_json(R"({"packet":{"type":"disconnect","reason_code":130,"properties":[]},"hex":"e00182"})");
const packet_json end = parse_json(R"({"ended":{"why":"fault","class":"malformed","rule":"qos_3","reason_code":129}})");

// "strict", "good" or "no".
std::string fits(const char* expected, const std::vector<packet_json>& seen, const captured_ids& ids = {}) {
  const auto found = match(parse_json(expected), seen, ids);
  return !found ? "no" : found->is_strict ? "strict" : "good";
}
bool has(const char* value, const char* expected, captured_ids ids = {}) { return contains(parse_json(value), parse_json(expected), ids); }

TEST(expectation, of_bytes) {
  EXPECT_EQ(fits(R"(["c0 00"])", {ping}), "strict");
  EXPECT_EQ(fits(R"(["c0 00"])", {}), "no");
  EXPECT_EQ(fits("[]", {ping}), "no");
  EXPECT_EQ(fits(R"(["40 02 {a}"])", {ack}, {{"a", 7}}), "strict");
  EXPECT_EQ(fits(R"(["40 02 {a}"])", {ack}, {{"a", 8}}), "no");
  EXPECT_THROW(fits(R"(["40 02 {b}"])", {ack}), story_error);
  EXPECT_THROW(fits("[1]", {ack}), story_error);
}

TEST(expectation, of_a_packet_is_a_part_of_it) {
  EXPECT_EQ(fits(R"([{"packet":{"type":"puback","packet_id":7}}])", {ack}), "strict");
  EXPECT_EQ(fits(R"([{"packet":{"type":"puback","packet_id":8}}])", {ack}), "no");
  EXPECT_EQ(fits(R"([{"packet":{"type":"puback","topic":"t"}}])", {ack}), "no");
  EXPECT_EQ(fits(R"([{"packet":{"properties":[["user_property",["k","v"]]]}}])", {ack}), "strict");
  EXPECT_EQ(fits(R"([{"packet":{"properties":[["user_property",["k","v"]],["reason_string","r"]]}}])", {ack}), "no");  // in another order
  EXPECT_EQ(fits(R"([{"packet":{"type":"puback"},"without":["reason_string"]}])", {ack}), "no");
  EXPECT_EQ(fits(R"([{"packet":{"type":"puback"},"without":["topic_alias"]}])", {ack}), "strict");
  EXPECT_TRUE(has(R"({"reason_codes":[0,1]})", R"({"reason_codes":[0,1]})"));
  EXPECT_FALSE(has(R"({"reason_codes":[0,1]})", R"({"reason_codes":[0]})"));
  EXPECT_TRUE(has(R"({"payload":{"hex":"6869"}})", R"({"payload":"hi"})"));
  EXPECT_TRUE(has(R"({"payload":{"hex":"6869"}})", R"({"payload":{"size":2}})"));
  EXPECT_FALSE(has(R"({"payload":{"hex":"6869"}})", R"({"payload":"ho"})"));
}

TEST(expectation, asks_about_values) {
  EXPECT_TRUE(has("16", R"({"below":128})"));
  EXPECT_FALSE(has("128", R"({"below":128})"));
  EXPECT_TRUE(has("128", R"({"at_least":128})"));
  EXPECT_FALSE(has("null", R"({"at_most":128})"));
  EXPECT_FALSE(has("129", R"({"at_most":128})"));
  EXPECT_TRUE(has("2", R"({"in":[1,2]})"));
  EXPECT_FALSE(has("3", R"({"in":[1,2]})"));
  EXPECT_TRUE(has("3", R"({"is":"a"})", {{"a", 3}}));
  EXPECT_FALSE(has("3", R"({"not":["b","a"]})", {{"a", 3}, {"b", 4}}));
  EXPECT_FALSE(has("3", R"({"not":[3]})"));
  EXPECT_TRUE(has("5", R"({"in":[4,5],"not":["a"],"capture":"c"})", {{"a", 3}}));
  EXPECT_THROW(has("5", R"({"in":[5],"unknown":1})"), story_error);
}

TEST(expectation, captures_identifiers) {
  const auto found = match(parse_json(R"([{"packet":{"packet_id":{"capture":"a"}}},{"packet":{"packet_id":{"is":"a"}}}])"), {ack, ack}, {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->ids.at("a"), 7);
  EXPECT_EQ(digits_of("40 02 {a}", found->ids), "40020007");
  EXPECT_EQ(digits_of(parse_json(R"(["3001",{"rep":"61","n":3}])"), {}), "3001616161");
  EXPECT_EQ(with_ids(parse_json(R"({"packet_id":{"is":"a"}})"), found->ids), parse_json(R"({"packet_id":7})"));
}

TEST(expectation, of_what_may_or_should_come) {
  EXPECT_EQ(fits(R"([{"may":"c0 00"}])", {}), "strict");
  EXPECT_EQ(fits(R"([{"may":"c0 00"}])", {ping}), "strict");
  EXPECT_EQ(fits(R"([{"should":"c0 00"}])", {}), "good");
  EXPECT_EQ(fits(R"([{"should":"c0 00"}])", {ping}), "strict");
  EXPECT_EQ(fits(R"([{"should":"c0 00"}])", {ack}), "no");
  EXPECT_EQ(fits(R"([{"should":"c0 00","else":[{"packet":{"type":"puback"}}]}])", {ping}), "strict");
  EXPECT_EQ(fits(R"([{"should":"c0 00","else":[{"packet":{"type":"puback"}}]}])", {ack}), "good");
  EXPECT_EQ(fits(R"([{"should":"c0 00","else":[{"packet":{"type":"puback"}}]}])", {}), "no");
  EXPECT_EQ(fits(R"([{"some":"c0 00"}])", {ping, ping, ping}), "strict");
  EXPECT_EQ(fits(R"([{"some":"c0 00"}])", {}), "no");
  EXPECT_EQ(fits(R"([{"some":"c0 00"},{"packet":{"type":"puback"}}])", {ping, ping, ack}), "strict");
  EXPECT_EQ(fits(R"([{"any_of":[["c0 00"],[]]},{"packet":{"type":"puback"}}])", {ack}), "strict");
  EXPECT_EQ(fits(R"([{"any_of":[["c0 00"],["c0 00","c0 00"]]}])", {ack}), "no");
}

TEST(expectation, of_last_words_counts_the_code_for_the_strict_only) {
  EXPECT_EQ(fits(R"([{"last_words":{"type":"disconnect","codes":[129,130]}}])", {bye}), "strict");
  EXPECT_EQ(fits(R"([{"last_words":{"type":"disconnect","codes":[129]}}])", {bye}), "good");
  EXPECT_EQ(fits(R"([{"last_words":{"type":"disconnect","codes":[129]}}])", {}), "good");
  EXPECT_EQ(fits(R"([{"last_words":{"type":"disconnect","codes":[129]}}])", {ping}), "no");
}

TEST(expectation, of_an_ending_counts_its_reason_for_the_strict_only) {
  EXPECT_EQ(fits(R"([{"ended":{"why":"fault","class":"malformed","rule":"qos_3","codes":[129]}}])", {end}), "strict");
  for (const char* const other : {R"({"why":"peer"})", R"({"class":"limit"})", R"({"rule":"packet_type_reserved"})", R"({"codes":[130]})"})
    EXPECT_EQ(fits((std::string(R"([{"ended":)") + other + "}]").c_str(), {end}), "good") << other;
  EXPECT_EQ(fits(R"([{"ended":{"why":"fault"}}])", {}), "good");
  EXPECT_EQ(fits("[]", {end}), "no");
}

}  // namespace
}  // namespace mqttspan::conformance
