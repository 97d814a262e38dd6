#include <mqttspan/codec/answer.hpp>

#include <gtest/gtest.h>

#include <mqttspan/codec/parse.hpp>

#include "hex.hpp"

namespace mqttspan {
namespace {

using test::hex;
using test::to_hex;

constexpr auto v3_1 = protocol_version::v3_1;
constexpr auto v3_1_1 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;
constexpr answer nothing{};

error in(packet_type type, rule violated) { return make_error(violated, 1, type); }

// action, reason; the version is the one that was asked about
void expect_answer(const error& e, protocol_version version, sender self, phase now, answer::kind action, reason_code reason = {}) {
  const answer got = answer_to(e, version, self, now);
  EXPECT_EQ(static_cast<int>(got.action), static_cast<int>(action)) << to_string(e.violated) << ' ' << to_string(version) << ' ' << to_string(self);
  if (action == answer::kind::connack || action == answer::kind::disconnect) {
    EXPECT_EQ(to_string(got.reason), to_string(reason)) << to_string(e.violated);
    EXPECT_EQ(got.version, version);
  }
}

TEST(answer, is_nothing_where_the_peer_did_no_wrong) {
  for (const auto code : {errc::incomplete, errc::no_space, errc::invalid_argument, errc::wrong_state})
    for (const auto version : {v3_1, v3_1_1, v5})
      for (const auto self : {sender::client, sender::server})
        for (const auto now : {phase::before_connack, phase::connected}) {
          if (code == errc::wrong_state && self == sender::server && now == phase::before_connack) continue;
          expect_answer({.code = code, .in = packet_type::publish}, version, self, now, answer::kind::nothing);
        }
}

TEST(answer, to_a_first_packet_that_is_no_connect_is_to_close) {  // [MQTT-3.1.0-1]
  for (const auto version : {v3_1, v3_1_1, v5})
    expect_answer({.code = errc::wrong_state, .in = packet_type::publish}, version, sender::server, phase::before_connack, answer::kind::close);
}

TEST(answer, of_3_x_is_only_to_close_once_connected) {
  for (const auto version : {v3_1, v3_1_1})
    for (const auto self : {sender::client, sender::server})
      for (const auto r : {rule::topic_name_has_wildcard, rule::packet_too_large, rule::packet_id_is_zero})
        expect_answer(in(packet_type::publish, r), version, self, phase::connected, answer::kind::close);
}

TEST(answer, to_a_bad_connect_of_3_1_1_is_to_close_without_a_word) {  // [3.1.1/MQTT-3.1.4-1]
  for (const auto r : {rule::connect_flag_reserved, rule::will_qos_3, rule::utf8_ill_formed, rule::field_past_end, rule::password_without_user_name, rule::fixed_header_flags})
    expect_answer(in(packet_type::connect, r), v3_1_1, sender::server, phase::before_connack, answer::kind::close);
}

TEST(answer, to_an_unsupported_level_of_3_1_1_is_return_code_1) {  // [3.1.1/MQTT-3.1.2-2]
  expect_answer(in(packet_type::connect, rule::protocol_level_unsupported), v3_1_1, sender::server, phase::before_connack, answer::kind::connack,
                reason_code::unsupported_protocol_version);
}

TEST(answer, to_a_refused_client_identifier_is_return_code_2) {  // [3.1.1/MQTT-3.1.3-8] [U31-3.1-f]
  expect_answer(in(packet_type::connect, rule::client_id_empty_without_clean_session), v3_1_1, sender::server, phase::before_connack, answer::kind::connack,
                reason_code::client_identifier_not_valid);
  expect_answer(in(packet_type::connect, rule::client_id_length), v3_1, sender::server, phase::before_connack, answer::kind::connack,
                reason_code::client_identifier_not_valid);
}

TEST(answer, to_a_bad_connect_of_5_0_is_a_connack_with_its_code) {  // [U5-4.13.1-c]
  using enum reason_code;
  const std::pair<rule, reason_code> rows[] = {{rule::connect_flag_reserved, malformed_packet},
                                               {rule::will_topic_empty, protocol_error},
                                               {rule::property_duplicate, protocol_error},
                                               {rule::protocol_level_unsupported, unsupported_protocol_version},
                                               {rule::payload_not_utf8, payload_format_invalid},
                                               {rule::packet_too_large, packet_too_large},
                                               {rule::too_many_user_properties, quota_exceeded}};
  for (const auto& [r, reason] : rows) expect_answer(in(packet_type::connect, r), v5, sender::server, phase::before_connack, answer::kind::connack, reason);
}

TEST(answer, before_the_connack_to_anything_else_is_to_close) {  // [5.0/MQTT-3.14.0-1]
  for (const auto version : {v3_1, v3_1_1, v5})
    for (const auto type : {packet_type{}, packet_type::publish, packet_type::connack, packet_type::pingreq})
      expect_answer(in(type, rule::field_past_end), version, sender::server, phase::before_connack, answer::kind::close);
}

TEST(answer, of_5_0_once_connected_is_a_disconnect_with_its_code) {  // [5.0/MQTT-4.13.1-1]
  using enum reason_code;
  const std::pair<rule, reason_code> rows[] = {{rule::topic_name_has_wildcard, malformed_packet}, {rule::packet_id_is_zero, protocol_error},
                                               {rule::topic_alias_is_zero, topic_alias_invalid},  {rule::payload_not_utf8, payload_format_invalid},
                                               {rule::packet_too_large, packet_too_large},        {rule::too_many_topic_levels, quota_exceeded}};
  for (const auto self : {sender::client, sender::server})
    for (const auto& [r, reason] : rows) expect_answer(in(packet_type::publish, r), v5, self, phase::connected, answer::kind::disconnect, reason);
}

// Whatever the error: the answer is one that this side may send in this version and phase, and its bytes are a good packet.
TEST(answer, is_always_one_that_may_be_sent) {
  unsigned packets = 0;
  for (unsigned number = 1; number <= rule_count; ++number)
    for (unsigned type = 0; type < 16; ++type)
      for (const auto version : {v3_1, v3_1_1, v5})
        for (const auto self : {sender::client, sender::server})
          for (const auto now : {phase::before_connack, phase::connected}) {
            const error e = in(static_cast<packet_type>(type), static_cast<rule>(number));
            const answer got = answer_to(e, version, self, now);
            std::byte room[8];
            const auto bytes = generate(got, room);
            ASSERT_TRUE(bytes.has_value()) << to_string(e.violated) << " in " << to_string(e.in) << ", answered with " << to_string(got.reason);
            if (got.action == answer::kind::nothing || got.action == answer::kind::close) {
              EXPECT_TRUE(bytes->empty());
              continue;
            }
            ++packets;
            const auto parsed = parse(*bytes, got.version, {.sender = self});
            ASSERT_TRUE(parsed.has_value()) << to_string(e.violated) << ' ' << to_hex(*bytes);
            EXPECT_EQ(type_of(parsed->packet), got.action == answer::kind::connack ? packet_type::connack : packet_type::disconnect);
            EXPECT_TRUE(is_error(got.reason));
            if (self == sender::server) EXPECT_EQ(got.action == answer::kind::connack, now == phase::before_connack);
            else EXPECT_EQ(got.action, answer::kind::disconnect);
          }
  EXPECT_GT(packets, 1000u);
}

struct bytes_row {
  answer given;
  const char* bytes;
};

TEST(answer, is_written) {
  using kind = answer::kind;
  const bytes_row rows[] = {{{kind::nothing, {}, v5}, ""},
                            {{kind::close, {}, v3_1_1}, ""},
                            {{kind::connack, reason_code::unsupported_protocol_version, v3_1_1}, "20020001"},
                            {{kind::connack, reason_code::client_identifier_not_valid, v3_1}, "20020002"},
                            {{kind::connack, reason_code::malformed_packet, v5}, "2003008100"},
                            {{kind::disconnect, reason_code::protocol_error, v5}, "e00182"}};
  for (const bytes_row& r : rows) {
    std::byte room[8];
    const auto bytes = generate(r.given, room);
    ASSERT_TRUE(bytes.has_value()) << r.bytes;
    EXPECT_EQ(to_hex(*bytes), r.bytes);
    for (std::size_t size = 0; size < bytes->size(); ++size) {
      const auto cut = generate(r.given, std::span(room).first(size));
      ASSERT_FALSE(cut.has_value());
      EXPECT_EQ(cut.error().code, errc::no_space);
    }
  }
}

TEST(answer, compares_every_field) {
  answer a{answer::kind::disconnect, reason_code::protocol_error, v5}, b = a;
  EXPECT_EQ(a, b);
  EXPECT_NE(a, nothing);
  b.reason = reason_code::malformed_packet;
  EXPECT_NE(a, b);
  b = a;
  b.version = v3_1_1;
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace mqttspan
