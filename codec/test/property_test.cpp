#include <mqttspan/codec/property.hpp>

#include <gtest/gtest.h>

#include <array>
#include <list>
#include <string>
#include <vector>

#include "hex.hpp"

namespace mqttspan {
namespace {

using test::hex;

// 5.0 table 2-4, in the specification's order: identifier, name, type, places that may carry it
// (W will, C CONNECT, K CONNACK, P PUBLISH, a/r/l/c PUBACK PUBREC PUBREL PUBCOMP, S/s SUBSCRIBE SUBACK, U/u UNSUBSCRIBE UNSUBACK, D DISCONNECT, A AUTH).
struct row {
  std::uint8_t id;
  std::string_view name;
  property_type type;
  std::string_view places;
};
constexpr row table[] = {
    {1, "payload_format_indicator", property_type::byte, "PW"},
    {2, "message_expiry_interval", property_type::four_byte, "PW"},
    {3, "content_type", property_type::string, "PW"},
    {8, "response_topic", property_type::string, "PW"},
    {9, "correlation_data", property_type::binary, "PW"},
    {11, "subscription_identifier", property_type::variable_byte, "PS"},
    {17, "session_expiry_interval", property_type::four_byte, "CKD"},
    {18, "assigned_client_identifier", property_type::string, "K"},
    {19, "server_keep_alive", property_type::two_byte, "K"},
    {21, "authentication_method", property_type::string, "CKA"},
    {22, "authentication_data", property_type::binary, "CKA"},
    {23, "request_problem_information", property_type::byte, "C"},
    {24, "will_delay_interval", property_type::four_byte, "W"},
    {25, "request_response_information", property_type::byte, "C"},
    {26, "response_information", property_type::string, "K"},
    {28, "server_reference", property_type::string, "KD"},
    {31, "reason_string", property_type::string, "KarlcsuDA"},
    {33, "receive_maximum", property_type::two_byte, "CK"},
    {34, "topic_alias_maximum", property_type::two_byte, "CK"},
    {35, "topic_alias", property_type::two_byte, "P"},
    {36, "maximum_qos", property_type::byte, "K"},
    {37, "retain_available", property_type::byte, "K"},
    {38, "user_property", property_type::string_pair, "CKPWarlcSsUuDA"},
    {39, "maximum_packet_size", property_type::four_byte, "CK"},
    {40, "wildcard_subscription_available", property_type::byte, "K"},
    {41, "subscription_identifier_available", property_type::byte, "K"},
    {42, "shared_subscription_available", property_type::byte, "K"},
};
constexpr std::pair<char, property_place> places[] = {
    {'W', property_place::will},      {'C', property_place::connect}, {'K', property_place::connack},     {'P', property_place::publish},  {'a', property_place::puback},
    {'r', property_place::pubrec},    {'l', property_place::pubrel},  {'c', property_place::pubcomp},     {'S', property_place::subscribe}, {'s', property_place::suback},
    {'U', property_place::unsubscribe}, {'u', property_place::unsuback}, {'D', property_place::disconnect}, {'A', property_place::auth}};

TEST(property_table, has_the_names_types_and_places_of_the_specification) {
  unsigned allowed = 0;
  for (const row& r : table) {
    const auto id = static_cast<property_id>(r.id);
    EXPECT_EQ(to_string(id), r.name);
    EXPECT_EQ(property_named(r.name), id);
    EXPECT_EQ(type_of(id), r.type) << r.name;
    for (const auto& [letter, place] : places) {
      EXPECT_EQ(is_allowed(id, place), r.places.find(letter) != std::string_view::npos) << r.name << ' ' << letter;
      allowed += is_allowed(id, place);
    }
  }
  EXPECT_EQ(allowed, 64u);
}

TEST(property_table, has_no_more_than_27) {
  unsigned known = 0;
  for (unsigned id = 0; id < 256; ++id) {
    const auto property = static_cast<property_id>(id);
    known += !to_string(property).empty();
    if (!to_string(property).empty()) continue;
    for (const auto& [letter, place] : places) EXPECT_FALSE(is_allowed(property, place)) << id;
  }
  EXPECT_EQ(known, 27u);
  EXPECT_FALSE(property_named("").has_value());
  EXPECT_FALSE(property_named("topic_alia").has_value());
  EXPECT_FALSE(property_named("topic_alias_").has_value());
}

TEST(property_table, user_property_repeats_everywhere_and_subscription_identifier_in_publish) {
  unsigned once = 0;
  for (const row& r : table)
    for (const auto& [letter, place] : places) {
      const bool repeats = r.id == 38 || (r.id == 11 && letter == 'P');
      EXPECT_EQ(may_repeat(static_cast<property_id>(r.id), place), repeats) << r.name << ' ' << letter;
      once += !repeats && is_allowed(static_cast<property_id>(r.id), place);
    }
  EXPECT_EQ(once, 49u);
}

TEST(property, holds_the_value_of_its_type) {
  EXPECT_EQ(prop::payload_format_indicator(1).integer(), 1u);
  EXPECT_EQ(prop::topic_alias(0xFFFF).integer(), 0xFFFFu);
  EXPECT_EQ(prop::message_expiry_interval(0xFFFF'FFFF).integer(), 0xFFFF'FFFFu);
  EXPECT_EQ(prop::subscription_identifier(268'435'455).integer(), 268'435'455u);
  EXPECT_EQ(prop::content_type("text/plain").text(), "text/plain");
  const auto data = hex("00ff");
  EXPECT_EQ(prop::correlation_data(data).binary().data(), data.data());
  EXPECT_EQ(prop::correlation_data(data).binary().size(), 2u);
  const property user = prop::user("k", "v");
  EXPECT_EQ(user.name(), "k");
  EXPECT_EQ(user.text(), "v");
  EXPECT_EQ(user.pair(), (string_pair{"k", "v"}));
  EXPECT_EQ(user.id(), property_id::user_property);
  EXPECT_EQ(user.type(), property_type::string_pair);
}

TEST(property, readers_of_other_types_give_nothing) {
  const auto data = hex("00ff");
  const property text = prop::content_type("x"), binary = prop::correlation_data(data), number = prop::topic_alias(5);
  EXPECT_EQ(text.integer(), 0u);
  EXPECT_TRUE(text.binary().empty());
  EXPECT_TRUE(text.name().empty());
  EXPECT_TRUE(binary.text().empty());
  EXPECT_TRUE(number.text().empty());
  EXPECT_TRUE(number.binary().empty());
}

TEST(property, of_a_value_that_is_not_its_types_has_no_type) {
  const auto data = hex("00");
  EXPECT_EQ(property(property_id::content_type, 5u).type(), property_type{});
  EXPECT_EQ(property(property_id::topic_alias, "5").type(), property_type{});
  EXPECT_EQ(property(property_id::user_property, bytes_view(data)).type(), property_type{});
  EXPECT_EQ(property(property_id::correlation_data, string_pair{"a", "b"}).type(), property_type{});
  EXPECT_EQ(property(static_cast<property_id>(0x7F), 5u).type(), property_type{});
  EXPECT_EQ(type_of(static_cast<property_id>(0x7F)), property_type{});
  EXPECT_EQ(property().type(), property_type{});
}

TEST(property, equals_by_identifier_and_value) {
  const std::string one = "text", other = "text";
  EXPECT_EQ(prop::content_type(one), prop::content_type(other));
  EXPECT_NE(prop::content_type("text"), prop::content_type("texT"));
  EXPECT_NE(prop::content_type("text"), prop::response_topic("text"));
  EXPECT_NE(prop::topic_alias(1), prop::topic_alias(2));
  EXPECT_NE(prop::user("a", "b"), prop::user("a", "c"));
  EXPECT_NE(prop::user("a", "b"), prop::user("b", "b"));
  EXPECT_EQ((string_pair{"a", "b"}), (string_pair{"a", "b"}));
  EXPECT_NE((string_pair{"a", "b"}), (string_pair{"a", "c"}));
  EXPECT_NE((string_pair{"a", "b"}), (string_pair{"c", "b"}));
  const auto a = hex("0102"), b = hex("0102"), c = hex("0103"), d = hex("01"), e = hex("0202");
  EXPECT_EQ(prop::correlation_data(a), prop::correlation_data(b));
  EXPECT_NE(prop::correlation_data(a), prop::correlation_data(c));
  EXPECT_NE(prop::correlation_data(a), prop::correlation_data(d));
  EXPECT_NE(prop::correlation_data(a), prop::correlation_data(e));
}

const std::vector<property> five = {prop::user("a", "1"), prop::topic_alias(7), prop::user("", ""), prop::content_type("t"), prop::subscription_identifier(300)};

TEST(property_list, of_the_callers_items_iterates_in_order) {
  const property_list list = five;
  std::size_t at = 0;
  for (const property& p : list) EXPECT_EQ(p, five[at++]);
  EXPECT_EQ(at, five.size());
  EXPECT_EQ(list.count(), 5u);
  EXPECT_FALSE(list.empty());
}

TEST(property_list, gets_the_first_of_its_kind) {
  const property_list list = five;
  EXPECT_EQ(list.get(prop::topic_alias), 7);
  EXPECT_EQ(list.get(prop::content_type), "t");
  EXPECT_EQ(list.get(prop::user), (string_pair{"a", "1"}));
  EXPECT_EQ(list.get(prop::subscription_identifier), 300u);
  EXPECT_EQ(list.get(prop::response_topic), std::nullopt);
  EXPECT_TRUE(list.contains(prop::topic_alias));
  EXPECT_TRUE(list.contains(property_id::user_property));
  EXPECT_FALSE(list.contains(prop::message_expiry_interval));
  EXPECT_FALSE(list.contains(static_cast<property_id>(0x7F)));
}

// One property of each wire type, as parse would hand them over.
const auto wire = hex("01 01  23 0007  02 00000e10  0b ac02  03 0001 74  09 0002 00ff  26 0001 6b 0000");

property_list on_the_wire() {
  std::uint32_t ids = 0;
  for (const auto id : {1, 0x23, 2, 0x0B, 3, 9, 0x26}) ids |= detail::property_bit(static_cast<property_id>(id));
  return property_list::from_validated(wire.data(), static_cast<std::uint32_t>(wire.size()), ids);
}

TEST(property_list, on_the_wire_reads_every_type) {
  const property_list list = on_the_wire();
  EXPECT_EQ(list.count(), 7u);
  EXPECT_EQ(list.get(prop::payload_format_indicator), 1);
  EXPECT_EQ(list.get(prop::topic_alias), 7);
  EXPECT_EQ(list.get(prop::message_expiry_interval), 3600u);
  EXPECT_EQ(list.get(prop::subscription_identifier), 300u);
  EXPECT_EQ(list.get(prop::content_type), "t");
  ASSERT_TRUE(list.get(prop::correlation_data).has_value());
  EXPECT_EQ(test::to_hex(*list.get(prop::correlation_data)), "00ff");
  EXPECT_EQ(list.get(prop::user), (string_pair{"k", ""}));
  EXPECT_FALSE(list.contains(prop::response_topic));
  EXPECT_FALSE(list.begin() == std::next(list.begin()));
}

TEST(property_list, compares_by_items_wherever_they_are_kept) {
  const auto data = hex("00ff");
  std::vector<property> same = {prop::payload_format_indicator(1), prop::topic_alias(7),     prop::message_expiry_interval(3600), prop::subscription_identifier(300),
                                prop::content_type("t"),           prop::correlation_data(data), prop::user("k", "")};
  EXPECT_TRUE(property_list(same) == on_the_wire());
  EXPECT_TRUE(on_the_wire() == property_list(same));
  std::swap(same[0], same[1]);
  EXPECT_FALSE(property_list(same) == on_the_wire());
  std::swap(same[0], same[1]);
  const property last = same.back();
  same.pop_back();
  EXPECT_FALSE(property_list(same) == on_the_wire());
  EXPECT_FALSE(on_the_wire() == property_list(same));
  same.push_back(last);
  same.push_back(last);
  EXPECT_FALSE(property_list(same) == on_the_wire());
  EXPECT_TRUE(property_list() == property_list());
  EXPECT_FALSE(property_list() == on_the_wire());
}

// Lists that differ in one thing only.
TEST(property_list, equality_looks_at_every_part_of_a_property) {
  const auto equal = [](const property& a, const property& b) { return property_list(std::span(&a, 1)) == property_list(std::span(&b, 1)); };
  EXPECT_TRUE(equal(prop::user("k", "v"), prop::user("k", "v")));
  EXPECT_FALSE(equal(prop::user("k", "v"), prop::user("K", "v")));
  EXPECT_FALSE(equal(prop::user("k", "v"), prop::user("k", "V")));
  EXPECT_FALSE(equal(prop::content_type("t"), prop::response_topic("t")));
  EXPECT_FALSE(equal(prop::content_type("t"), prop::content_type("T")));
  EXPECT_FALSE(equal(prop::topic_alias(1), prop::receive_maximum(1)));
  EXPECT_FALSE(equal(prop::topic_alias(1), prop::topic_alias(2)));
  EXPECT_FALSE(equal(prop::correlation_data(as_bytes("c")), prop::correlation_data(as_bytes("C"))));
}

TEST(property_list, empty_has_nothing) {
  const property_list none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.count(), 0u);
  EXPECT_TRUE(none.begin() == none.end());
  EXPECT_EQ(none.get(prop::user), std::nullopt);
  for (unsigned id = 0; id < 256; ++id) EXPECT_FALSE(none.contains(static_cast<property_id>(id))) << id;
}

TEST(property_list, iterators_step_and_compare) {
  const property_list list = five;
  auto it = list.begin();
  EXPECT_EQ(it->id(), property_id::user_property);
  auto before = it++;
  EXPECT_EQ(before->name(), "a");
  EXPECT_EQ(it->id(), property_id::topic_alias);
  EXPECT_TRUE(it == ++before);
  EXPECT_FALSE(it == list.begin());
}

// A temporary container would leave the list dangling.
static_assert(std::is_constructible_v<property_list, std::vector<property>&>);
static_assert(std::is_constructible_v<property_list, const std::vector<property>&>);
static_assert(std::is_constructible_v<property_list, const property (&)[3]>);
static_assert(std::is_constructible_v<property_list, property (&)[3]>);
static_assert(std::is_constructible_v<property_list, const std::array<property, 3>&>);
static_assert(std::is_constructible_v<property_list, std::span<const property>>);
static_assert(std::is_constructible_v<property_list, std::span<property>>);
static_assert(!std::is_constructible_v<property_list, std::vector<property>>);
static_assert(!std::is_constructible_v<property_list, const std::vector<property>>);
static_assert(!std::is_constructible_v<property_list, std::array<property, 3>>);
static_assert(!std::is_constructible_v<property_list, property (&&)[3]>);
static_assert(!std::is_constructible_v<property_list, const property (&&)[3]>);
static_assert(!std::is_constructible_v<property_list, std::initializer_list<property>>);
static_assert(!std::is_constructible_v<property_list, const std::list<property>&>);
static_assert(sizeof(property) == 32 && sizeof(property_list) == 16 && std::is_trivially_copyable_v<property_list>);

}  // namespace
}  // namespace mqttspan
