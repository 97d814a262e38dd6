// Every leniency, strictness and limit: what the default says, and what the flag makes of it.
#include <mqttspan/codec/parse.hpp>

#include <gtest/gtest.h>

#include <mqttspan/codec/generate.hpp>

#include "hex.hpp"

namespace mqttspan {
namespace {

using test::hex;
using test::to_hex;

constexpr auto v3_1 = protocol_version::v3_1;
constexpr auto v3_1_1 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;

void refused(const char* bytes, protocol_version version, rule violated, std::size_t offset, const parse_options& options = strict) {
  const auto got = parse(hex(bytes), version, options);
  ASSERT_FALSE(got.has_value()) << bytes;
  EXPECT_EQ(to_string(got.error().violated), to_string(violated)) << bytes;
  EXPECT_EQ(got.error().offset, offset) << bytes;
}

packet accepted(const char* bytes, protocol_version version, const parse_options& options = strict) {
  const auto got = parse(hex(bytes), version, options);
  EXPECT_TRUE(got.has_value()) << bytes << ' ' << to_string(got ? rule::none : got.error().violated);
  return got ? got->packet : packet{};
}

// Refused by default with that rule, accepted with the flag, and with the flag written again to the same bytes.
void forgiven(leniency flag, const char* bytes, protocol_version version, rule violated, std::size_t offset) {
  refused(bytes, version, violated, offset);
  const parse_options all_others{.allow = static_cast<leniency>(~static_cast<std::uint32_t>(flag))};
  refused(bytes, version, violated, offset, all_others);
  const auto input = hex(bytes);
  const auto got = parse(input, version, {.allow = flag});
  ASSERT_TRUE(got.has_value()) << bytes << ' ' << to_string(got.error().violated);
  EXPECT_EQ(got->size, input.size());
}

void forgiven_both_ways(leniency flag, const char* bytes, protocol_version version, rule violated, std::size_t offset) {
  forgiven(flag, bytes, version, violated, offset);
  const auto input = hex(bytes);
  const auto got = parse(input, version, {.allow = flag});
  std::byte out[128];
  const auto refusal = generate(got->packet, version, out);
  ASSERT_FALSE(refusal.has_value()) << bytes;
  EXPECT_EQ(refusal.error().code, errc::invalid_argument);
  EXPECT_EQ(to_string(refusal.error().violated), to_string(violated));
  EXPECT_EQ(refusal.error().offset, offset);
  const auto written = generate(got->packet, version, out, {.allow = flag});
  ASSERT_TRUE(written.has_value()) << bytes;
  EXPECT_EQ(to_hex(*written), to_hex(input));
}

TEST(leniency, bridge_levels) {
  forgiven_both_ways(leniency::bridge_levels, "10 0d 0004 4d515454 84 02 003c 0001 63", v3_1_1, rule::protocol_level_unsupported, 8);
  forgiven_both_ways(leniency::bridge_levels, "10 0f 0006 4d5149736470 83 02 003c 0001 63", v3_1, rule::protocol_level_unsupported, 10);
  const packet p = accepted("10 0d 0004 4d515454 84 02 003c 0001 63", v3_1_1, {.allow = leniency::bridge_levels});
  EXPECT_TRUE(std::get_if<connect>(&p)->bridge);
  const packet plain = accepted("10 0f 0006 4d5149736470 03 02 003c 0001 63", v3_1, {.allow = leniency::bridge_levels});
  EXPECT_FALSE(std::get_if<connect>(&plain)->bridge);
  EXPECT_EQ(std::get_if<connect>(&p)->version, v3_1_1);
  refused("10 0e 0004 4d515454 85 02 003c 00 0001 63", v5, rule::protocol_level_unsupported, 8, {.allow = leniency::bridge_levels});
}

TEST(leniency, non_minimal_lengths) {
  forgiven(leniency::non_minimal_lengths, "30 8400 0001 61 00", v5, rule::variable_byte_integer_not_minimal, 1);
  forgiven(leniency::non_minimal_lengths, "30 05 0001 61 8000", v5, rule::variable_byte_integer_not_minimal, 5);
  forgiven(leniency::non_minimal_lengths, "30 07 0001 61 03 0b8100", v5, rule::variable_byte_integer_not_minimal, 7);
  forgiven(leniency::non_minimal_lengths, "c0 8000", v5, rule::variable_byte_integer_not_minimal, 1);
  forgiven(leniency::non_minimal_lengths, "10 8e00 0004 4d515454 05 02 003c 00 0001 63", v5, rule::variable_byte_integer_not_minimal, 1);
}

TEST(leniency, ill_formed_utf8) {
  forgiven_both_ways(leniency::ill_formed_utf8, "30 04 0002 61ff", v3_1_1, rule::utf8_ill_formed, 5);
  forgiven_both_ways(leniency::ill_formed_utf8, "30 08 0001 61 04 03 0001 80", v5, rule::utf8_ill_formed, 9);
  forgiven_both_ways(leniency::ill_formed_utf8, "30 0a 0001 61 06 26 0000 0001 80", v5, rule::utf8_ill_formed, 11);
  forgiven_both_ways(leniency::ill_formed_utf8, "82 06 0001 0001 c3 00", v3_1_1, rule::utf8_ill_formed, 6);
  forgiven_both_ways(leniency::ill_formed_utf8, "10 0d 0004 4d515454 04 02 003c 0001 ff", v3_1_1, rule::utf8_ill_formed, 14);
  refused("30 05 0003 61ff00", v3_1_1, rule::utf8_has_null, 6, {.allow = leniency::ill_formed_utf8});
}

TEST(leniency, connack_3_1_1_shape) {
  refused("20 02 00 00", v5, rule::field_past_end, 4);
  const parse_options options{.allow = leniency::connack_3_1_1_shape};
  for (const auto& [bytes, code] : {std::pair("20 02 00 00", reason_code::success), std::pair("20 02 00 01", reason_code::unsupported_protocol_version),
                                    std::pair("20 02 00 05", reason_code::not_authorized)}) {
    const packet p = accepted(bytes, v5, options);
    EXPECT_EQ(std::get_if<connack>(&p)->reason_code, code);
  }
  accepted("20 03 00 00 00", v5, options);
  refused("20 02 00 06", v5, rule::reason_code_not_of_packet, 3, options);
}

TEST(leniency, dup_with_qos_0) {
  for (const auto version : {v3_1, v3_1_1}) forgiven_both_ways(leniency::dup_with_qos_0, "38 03 0001 61", version, rule::dup_with_qos_0, 0);
  forgiven_both_ways(leniency::dup_with_qos_0, "38 04 0001 61 00", v5, rule::dup_with_qos_0, 0);
}

TEST(leniency, payload_not_utf8) {
  forgiven_both_ways(leniency::payload_not_utf8, "30 08 0001 61 02 0101 61ff", v5, rule::payload_not_utf8, 9);
  // the will's payload: cut inside a character
  forgiven_both_ways(leniency::payload_not_utf8, "10 17 0004 4d515454 05 06 003c 00 0001 63 02 0101 0001 77 0001 c3", v5, rule::payload_not_utf8, 24);
  accepted("30 08 0001 61 02 0101 c3a9", v5);
  accepted("30 08 0001 61 02 0101 6100", v5);
  accepted("30 08 0001 61 02 0100 61ff", v5);
}

TEST(leniency, will_message_not_ascii) {
  forgiven_both_ways(leniency::will_message_not_ascii, "10 15 0006 4d5149736470 03 06 003c 0001 63 0001 77 0001 80", v3_1, rule::will_message_not_ascii, 22);
}

TEST(leniency, client_id_length) {
  forgiven_both_ways(leniency::client_id_length, "10 0e 0006 4d5149736470 03 02 003c 0000", v3_1, rule::client_id_length, 14);
  forgiven_both_ways(leniency::client_id_length, "10 26 0006 4d5149736470 03 02 003c 0018 78787878787878787878787878787878 7878787878787878", v3_1,
                     rule::client_id_length, 14);
  accepted("10 25 0006 4d5149736470 03 02 003c 0017 78787878787878787878787878787878 78787878787878", v3_1);
  accepted("10 0c 0004 4d515454 04 02 003c 0000", v3_1_1);
}

TEST(leniency, client_id_empty_without_clean_session) {
  forgiven_both_ways(leniency::client_id_empty_without_clean_session, "10 0c 0004 4d515454 04 00 003c 0000", v3_1_1,
                     rule::client_id_empty_without_clean_session, 12);
  accepted("10 0d 0004 4d515454 05 00 003c 00 0000", v5);
}

TEST(leniency, disconnect_bad_authentication_method) {
  forgiven_both_ways(leniency::disconnect_bad_authentication_method, "e0 01 8c", v5, rule::reason_code_not_of_packet, 2);
}

// Accepted by default, refused with the flag; the same on generate.
void objected(strictness flag, const char* bytes, protocol_version version, rule violated, std::size_t offset) {
  accepted(bytes, version);
  const parse_options all_others{.reject = static_cast<strictness>(~static_cast<std::uint32_t>(flag))};
  accepted(bytes, version, all_others);
  refused(bytes, version, violated, offset, {.reject = flag});
}

void objected_both_ways(strictness flag, const char* bytes, protocol_version version, rule violated, std::size_t offset) {
  objected(flag, bytes, version, violated, offset);
  const auto input = hex(bytes);
  const auto got = parse(input, version);
  ASSERT_TRUE(got.has_value());
  std::byte out[128];
  ASSERT_TRUE(generate(got->packet, version, out).has_value()) << bytes;
  const auto refusal = generate(got->packet, version, out, {.reject = flag});
  ASSERT_FALSE(refusal.has_value()) << bytes;
  EXPECT_EQ(to_string(refusal.error().violated), to_string(violated));
  EXPECT_EQ(refusal.error().offset, offset);
}

TEST(strictness, control_characters) {
  objected_both_ways(strictness::control_characters, "30 04 0002 6101", v3_1_1, rule::utf8_has_control_character, 5);
  objected_both_ways(strictness::control_characters, "30 04 0002 611f", v3_1_1, rule::utf8_has_control_character, 5);
  objected_both_ways(strictness::control_characters, "30 04 0002 617f", v3_1_1, rule::utf8_has_control_character, 5);
  objected_both_ways(strictness::control_characters, "30 05 0003 61c280", v3_1_1, rule::utf8_has_control_character, 5);
  objected_both_ways(strictness::control_characters, "30 05 0003 61c29f", v3_1_1, rule::utf8_has_control_character, 5);
  objected_both_ways(strictness::control_characters, "30 08 0001 61 04 03 0001 07", v5, rule::utf8_has_control_character, 9);
  for (const char* bytes : {"30 04 0002 6120", "30 05 0003 61c2a0", "30 04 0002 617e"}) accepted(bytes, v3_1_1, {.reject = strictness::control_characters});
}

TEST(strictness, control_characters_right_behind_an_ill_formed_sequence) {
  refused("30 04 0002 80 01", v5, rule::utf8_has_control_character, 5, {.allow = leniency::ill_formed_utf8, .reject = strictness::control_characters});
}

TEST(strictness, noncharacters) {
  for (const char* bytes : {"30 05 0003 efb790", "30 05 0003 efb7af", "30 05 0003 efbfbe", "30 05 0003 efbfbf", "30 06 0004 f09fbfbe", "30 06 0004 f48fbfbf"})
    objected_both_ways(strictness::noncharacters, bytes, v3_1_1, rule::utf8_has_noncharacter, 4);
  for (const char* bytes : {"30 05 0003 efb78f", "30 05 0003 efb7b0", "30 05 0003 efbfbd", "30 06 0004 f0908080"})
    accepted(bytes, v3_1_1, {.reject = strictness::noncharacters});
}

TEST(strictness, v3_1_as_v3_1_1_checks_unused_bits) {
  constexpr auto flag = strictness::v3_1_as_v3_1_1;
  objected(flag, "c1 00", v3_1, rule::fixed_header_flags, 0);
  objected(flag, "14 0f 0006 4d5149736470 03 02 003c 0001 63", v3_1, rule::fixed_header_flags, 0);
  objected(flag, "10 0f 0006 4d5149736470 03 03 003c 0001 63", v3_1, rule::connect_flag_reserved, 11);
  objected(flag, "10 0f 0006 4d5149736470 03 0a 003c 0001 63", v3_1, rule::will_qos_without_will, 11);
  objected(flag, "10 0f 0006 4d5149736470 03 22 003c 0001 63", v3_1, rule::will_retain_without_will, 11);
  objected(flag, "20 02 01 00", v3_1, rule::connack_flag_reserved, 2);
  objected(flag, "20 02 ff 00", v3_1, rule::connack_flag_reserved, 2);
  objected(flag, "63 02 0001", v3_1, rule::fixed_header_flags, 0);
  objected(flag, "82 06 0001 0001 61 fc", v3_1, rule::subscription_options_reserved, 7);
  objected(flag, "90 03 0001 04", v3_1, rule::reason_code_not_of_packet, 4);
}

TEST(strictness, v3_1_as_v3_1_1_checks_strings_and_credentials) {
  constexpr auto flag = strictness::v3_1_as_v3_1_1;
  objected(flag, "30 04 0002 61ff", v3_1, rule::utf8_ill_formed, 5);
  objected(flag, "10 0f 0006 4d5149736470 03 82 003c 0001 63", v3_1, rule::field_past_end, 17);
}

TEST(strictness, v3_1_as_v3_1_1_leaves_dup_alone) {
  for (const char* bytes : {"6a 02 0001", "8a 06 0001 0001 61 00", "aa 05 0001 0001 61"}) accepted(bytes, v3_1, {.reject = strictness::v3_1_as_v3_1_1});
}

TEST(strictness, non_minimal_lengths_in_3_x) {
  for (const auto version : {v3_1, v3_1_1}) {
    objected(strictness::non_minimal_lengths_in_3_x, "c0 8000", version, rule::variable_byte_integer_not_minimal, 1);
    objected(strictness::non_minimal_lengths_in_3_x, "30 8300 0001 61", version, rule::variable_byte_integer_not_minimal, 1);
  }
}

TEST(limit, max_packet_size) {
  accepted("30 05 0001 61 6263", v3_1_1, {.max_packet_size = 7});
  refused("30 05 0001 61 6263", v3_1_1, rule::packet_too_large, 1, {.max_packet_size = 6});
  refused("30 ff01", v3_1_1, rule::packet_too_large, 1, {.max_packet_size = 100});
  EXPECT_EQ(parse(hex("30 ff01"), v3_1_1, {.max_packet_size = 100}).error().code, errc::packet_too_large);
}

TEST(limit, max_topic_filters) {
  accepted("82 0a 0001 0001 61 00 0001 62 00", v3_1_1, {.max_topic_filters = 2});
  refused("82 0a 0001 0001 61 00 0001 62 00", v3_1_1, rule::too_many_topic_filters, 8, {.max_topic_filters = 1});
  accepted("a2 08 0001 0001 61 0001 62", v3_1_1, {.max_topic_filters = 2});
  refused("a2 08 0001 0001 61 0001 62", v3_1_1, rule::too_many_topic_filters, 7, {.max_topic_filters = 1});
  EXPECT_EQ(parse(hex("a2 08 0001 0001 61 0001 62"), v3_1_1, {.max_topic_filters = 1}).error().code, errc::quota_exceeded);
}

TEST(limit, max_user_properties) {
  accepted("30 0e 0001 61 0a 2600000000 2600000000", v5, {.max_user_properties = 2});
  refused("30 0e 0001 61 0a 2600000000 2600000000", v5, rule::too_many_user_properties, 11, {.max_user_properties = 1});
  refused("30 09 0001 61 05 2600000000", v5, rule::too_many_user_properties, 6, {.max_user_properties = 0});
  // a block each: one in CONNECT, one in its will
  accepted("10 1e 0004 4d515454 05 06 003c 05 2600000000 0001 63 05 2600000000 0001 77 0000", v5, {.max_user_properties = 1});
}

TEST(limit, max_topic_levels) {
  accepted("30 05 0003 612f62", v3_1_1, {.max_topic_levels = 2});
  refused("30 05 0003 612f62", v3_1_1, rule::too_many_topic_levels, 5, {.max_topic_levels = 1});
  refused("82 08 0001 0003 612f62 00", v3_1_1, rule::too_many_topic_levels, 7, {.max_topic_levels = 1});
  refused("a2 07 0001 0003 612f62", v3_1_1, rule::too_many_topic_levels, 7, {.max_topic_levels = 1});
}

}  // namespace
}  // namespace mqttspan
