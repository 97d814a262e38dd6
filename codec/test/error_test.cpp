#include <mqttspan/codec/error.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include <mqttspan/codec/parse.hpp>

#include "hex.hpp"

namespace mqttspan {
namespace {

using test::hex;

constexpr auto v3_1 = protocol_version::v3_1;
constexpr auto v3_1_1 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;

TEST(errc, has_a_name) {
  constexpr std::string_view names[] = {"incomplete", "malformed",        "protocol_violation", "unsupported_version", "packet_too_large",
                                        "no_space",   "invalid_argument", "quota_exceeded",     "wrong_state"};
  for (unsigned i = 0; i < std::size(names); ++i) EXPECT_EQ(to_string(static_cast<errc>(i + 1)), names[i]);
}

TEST(errc, outside_of_the_enumeration_has_no_name) {
  EXPECT_TRUE(to_string(errc{}).empty());
  EXPECT_TRUE(to_string(static_cast<errc>(10)).empty());
}

TEST(make_error, takes_class_and_reason_from_the_rule) {
  const error e = make_error(rule::topic_name_has_wildcard, 4, packet_type::publish);
  EXPECT_EQ(e, (error{errc::malformed, rule::topic_name_has_wildcard, packet_type::publish, reason_code::malformed_packet, 4}));
  EXPECT_EQ(make_error(rule::topic_alias_is_zero, 0).reason, reason_code::topic_alias_invalid);
  EXPECT_EQ(make_error(rule::property_duplicate, 0).code, errc::protocol_violation);
  EXPECT_EQ(make_error(rule::protocol_level_unsupported, 0).code, errc::unsupported_version);
}

std::string described(const error& e, protocol_version version) {
  char out[max_description];
  return std::string(describe(e, version, out));
}

TEST(describe, says_where_what_and_by_which_statement) {
  const error e = make_error(rule::topic_name_has_wildcard, 4, packet_type::publish);
  EXPECT_EQ(described(e, v5), "PUBLISH byte 4: topic name has a wildcard [MQTT-3.3.2-2]");
  EXPECT_EQ(described(e, v3_1_1), "PUBLISH byte 4: topic name has a wildcard [MQTT-3.3.2-2]");
  EXPECT_EQ(described(e, v3_1), "PUBLISH byte 4: topic name has a wildcard [U31-3.3-a]");
}

TEST(describe, names_the_statement_of_the_packet) {
  const auto code_of = [](packet_type in) { return described(make_error(rule::reason_code_not_of_packet, 4, in), v5); };
  EXPECT_EQ(code_of(packet_type::connack), "CONNACK byte 4: reason code is not one of the packet's [MQTT-3.2.2-8]");
  EXPECT_EQ(code_of(packet_type::puback), "PUBACK byte 4: reason code is not one of the packet's [MQTT-3.4.2-1]");
  EXPECT_EQ(code_of(packet_type::pubrec), "PUBREC byte 4: reason code is not one of the packet's [MQTT-3.5.2-1]");
  EXPECT_EQ(code_of(packet_type::pubrel), "PUBREL byte 4: reason code is not one of the packet's [MQTT-3.6.2-1]");
  EXPECT_EQ(code_of(packet_type::pubcomp), "PUBCOMP byte 4: reason code is not one of the packet's [MQTT-3.7.2-1]");
  EXPECT_EQ(code_of(packet_type::suback), "SUBACK byte 4: reason code is not one of the packet's [MQTT-3.9.3-2]");
  EXPECT_EQ(code_of(packet_type::unsuback), "UNSUBACK byte 4: reason code is not one of the packet's [MQTT-3.11.3-2]");
  EXPECT_EQ(code_of(packet_type::disconnect), "DISCONNECT byte 4: reason code is not one of the packet's [MQTT-3.14.2-1]");
  EXPECT_EQ(code_of(packet_type::auth), "AUTH byte 4: reason code is not one of the packet's [MQTT-3.15.2-1]");
}

TEST(describe, names_no_statement_where_the_version_has_none) {
  const std::string text = described(make_error(rule::too_many_topic_filters, 9, packet_type::subscribe), v5);
  EXPECT_EQ(text, "SUBSCRIBE byte 9: packet has more topic filters than the limit");
}

TEST(describe, cuts_to_fit_and_never_writes_behind) {
  const error e = make_error(rule::topic_name_has_wildcard, 4, packet_type::publish);
  const std::string whole = described(e, v5);
  for (std::size_t room = 0; room <= whole.size(); ++room) {
    std::string out(whole.size() + 1, '@');
    const std::string_view text = describe(e, v5, std::span(out).first(room));
    EXPECT_EQ(text, whole.substr(0, room));
    EXPECT_EQ(out.substr(room), std::string(out.size() - room, '@'));
  }
}

TEST(describe, fits_every_rule_of_every_version_and_packet) {
  for (const auto version : {v3_1, v3_1_1, v5})
    for (unsigned type = 0; type < 16; ++type)
      for (unsigned number = 1; number <= rule_count; ++number) {
        const error e = make_error(static_cast<rule>(number), 0xFFFF'FFFF, static_cast<packet_type>(type));
        const std::string text = described(e, version);
        EXPECT_LT(text.size(), max_description) << text;
        EXPECT_NE(text.find(text_of(e.violated)), std::string::npos) << text;
        EXPECT_NE(text.find("4294967295"), std::string::npos) << text;
      }
}

TEST(describe, with_the_bytes_names_the_propertys_own_statement) {
  const std::pair<const char*, const char*> rows[] = {
      {"10 13 0004 4d515454 05 02 003c 06 210001 210002 0000", "CONNECT byte 16: property is there twice [U5-3.1.2.11.3-a]"},
      {"10 10 0004 4d515454 05 02 003c 03 210000 0000", "CONNECT byte 14: property value is out of range [U5-3.1.2.11.3-b]"}};
  for (const auto& [digits, text] : rows) {
    const auto bytes = hex(digits);
    const auto got = parse(bytes, v5);
    ASSERT_FALSE(got.has_value());
    char out[max_description];
    EXPECT_EQ(describe(got.error(), v5, bytes, out), text);
    EXPECT_NE(std::string(text).find(statement_id(got.error(), v5, bytes)), std::string::npos);
  }
}

TEST(describe, brings_its_own_memory_when_asked_to) {
  const error e = make_error(rule::topic_name_has_wildcard, 4, packet_type::publish);
  EXPECT_EQ(std::string_view(describe(e, v5)), described(e, v5));
}

TEST(text_of, an_error_is_its_rules_or_its_codes) {
  EXPECT_EQ(text_of(make_error(rule::qos_3, 0)), text_of(rule::qos_3));
  for (const auto code : {errc::incomplete, errc::no_space, errc::wrong_state}) EXPECT_FALSE(text_of(error{.code = code}).empty());
  EXPECT_EQ(text_of(error{.code = errc::no_space}), "output is too short for the packet");
  EXPECT_EQ(text_of(error{}), "no error");
}

TEST(describe, with_too_few_bytes_falls_back_to_the_rule) {
  const error e = make_error(rule::property_duplicate, 14, packet_type::connect);
  EXPECT_EQ(statement_id(e, v5, {}), "U5-2.2.2.2-b");
  EXPECT_EQ(statement_id(e, v5, hex("1013")), "U5-2.2.2.2-b");
  char out[max_description];
  EXPECT_EQ(describe(e, v5, hex("1013"), out), described(e, v5));
}

TEST(result, is_a_value) {
  const result<int> r = 7;
  ASSERT_TRUE(r.has_value());
  EXPECT_TRUE(static_cast<bool>(r));
  EXPECT_EQ(*r, 7);
  EXPECT_EQ(r.value(), 7);
  EXPECT_EQ(r.value_or(1), 7);
}

TEST(result, is_an_error) {
  const result<int> r = make_error(rule::qos_3, 0, packet_type::publish);
  ASSERT_FALSE(r.has_value());
  EXPECT_FALSE(static_cast<bool>(r));
  EXPECT_EQ(r.error().violated, rule::qos_3);
  EXPECT_EQ(r.value_or(1), 1);
}

TEST(result, of_void_is_success_or_an_error) {
  const result<void> fine;
  EXPECT_TRUE(fine.has_value() && static_cast<bool>(fine));
  const result<void> bad = make_error(rule::qos_3, 0);
  EXPECT_FALSE(bad.has_value() || static_cast<bool>(bad));
  EXPECT_EQ(bad.error().violated, rule::qos_3);
}

TEST(result, of_an_owner_moves) {
  result<std::unique_ptr<int>> r = std::make_unique<int>(5);
  ASSERT_TRUE(r.has_value());
  result<std::unique_ptr<int>> other = std::move(r);
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(**other, 5);
  EXPECT_EQ(*other->get(), 5);
  const std::unique_ptr<int> taken = *std::move(other);
  EXPECT_EQ(*taken, 5);
}

TEST(error, compares_every_field) {
  const error e = make_error(rule::topic_name_has_wildcard, 4, packet_type::publish);
  error other = e;
  EXPECT_EQ(e, other);
  EXPECT_NE(e, make_error(rule::topic_name_has_wildcard, 5, packet_type::publish));
  EXPECT_NE(e, make_error(rule::topic_name_has_wildcard, 4, packet_type::connect));
  other.reason = reason_code::topic_name_invalid;
  EXPECT_NE(e, other);
  other = e;
  other.code = errc::invalid_argument;
  EXPECT_NE(e, other);
  other = e;
  other.violated = rule::topic_name_empty;
  EXPECT_NE(e, other);
}

}  // namespace
}  // namespace mqttspan
