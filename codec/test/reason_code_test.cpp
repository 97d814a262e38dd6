#include <mqttspan/codec/reason_code.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace mqttspan {
namespace {

// By packet: the codes that both sides, only clients and only servers may send. 5.0 tables 3-1, 3-4 to 3-8, 3-10 and the sections 3.9.3, 3.11.3, 3.15.2.1
struct row {
  packet_type type;
  std::set<unsigned> both, client, server;
};

const row table[] = {
    {packet_type::connack, {}, {}, {0, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F}},
    {packet_type::puback, {0, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99}, {}, {0x10}},
    {packet_type::pubrec, {0, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99}, {}, {0x10}},
    {packet_type::pubrel, {0, 0x92}, {}, {}},
    {packet_type::pubcomp, {0, 0x92}, {}, {}},
    {packet_type::suback, {}, {}, {0, 1, 2, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2}},
    {packet_type::unsuback, {}, {}, {0, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91}},
    {packet_type::disconnect, {0, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9B}, {4},  // 0x9B: U5-3.3.4-f
     {0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x9A, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2}},
    {packet_type::auth, {0x18}, {0x19}, {0}},
};

TEST(reason_code, is_legal_where_the_tables_have_it) {
  unsigned legal = 0;
  for (const row& r : table)
    for (unsigned code = 0; code < 256; ++code) {
      const auto value = static_cast<reason_code>(code);
      const bool both = r.both.contains(code), client = r.client.contains(code), server = r.server.contains(code);
      EXPECT_EQ(is_legal(value, r.type, sender::client), both || client) << to_string(r.type) << ' ' << code;
      EXPECT_EQ(is_legal(value, r.type, sender::server), both || server) << to_string(r.type) << ' ' << code;
      EXPECT_EQ(is_legal(value, r.type), both || client || server) << to_string(r.type) << ' ' << code;
      legal += is_legal(value, r.type);
    }
  EXPECT_EQ(legal, 95u);
}

TEST(reason_code, is_legal_in_no_packet_without_one) {
  for (const auto type : {packet_type{}, packet_type::connect, packet_type::publish, packet_type::subscribe, packet_type::unsubscribe, packet_type::pingreq, packet_type::pingresp})
    for (unsigned code = 0; code < 256; ++code)
      for (const auto from : {sender::any, sender::client, sender::server}) EXPECT_FALSE(is_legal(static_cast<reason_code>(code), type, from));
}

TEST(reason_code, has_43_values_with_a_name_and_a_text_each) {
  std::set<std::string_view> names;
  for (unsigned code = 0; code < 256; ++code) {
    const auto value = static_cast<reason_code>(code);
    bool somewhere = false;
    for (const row& r : table) somewhere |= is_legal(value, r.type);
    EXPECT_EQ(!to_string(value).empty(), somewhere) << code;
    EXPECT_EQ(!text_of(value).empty(), somewhere) << code;
    if (somewhere) names.insert(to_string(value));
  }
  EXPECT_EQ(names.size(), 43u);
  EXPECT_EQ(to_string(reason_code::not_authorized), "not_authorized");
  EXPECT_EQ(to_string(static_cast<reason_code>(0xA2)), "wildcard_subscriptions_not_supported");
}

TEST(reason_code, zero_means_what_the_packet_makes_of_it) {
  EXPECT_EQ(text_of(reason_code::success), "success");
  EXPECT_EQ(text_of(reason_code::success, packet_type::puback), "success");
  EXPECT_EQ(text_of(reason_code::success, packet_type::suback), "granted QoS 0");
  EXPECT_EQ(text_of(reason_code::success, packet_type::disconnect), "normal disconnection");
  EXPECT_EQ(text_of(reason_code::granted_qos_1, packet_type::suback), "granted QoS 1");
}

TEST(reason_code, is_an_error_from_0x80) {
  EXPECT_FALSE(is_error(reason_code::success));
  EXPECT_FALSE(is_error(static_cast<reason_code>(0x7F)));
  EXPECT_TRUE(is_error(reason_code::unspecified_error));
  EXPECT_TRUE(is_error(reason_code::wildcard_subscriptions_not_supported));
}

TEST(return_code, maps_to_and_fro) {
  constexpr unsigned codes[] = {0, 0x84, 0x85, 0x88, 0x86, 0x87};
  for (unsigned code = 0; code < 256; ++code) {
    const auto wire = static_cast<std::uint8_t>(code);
    EXPECT_EQ(from_return_code(wire).has_value(), code < 6) << code;
    if (code >= 6) continue;
    EXPECT_EQ(static_cast<unsigned>(*from_return_code(wire)), codes[code]);
  }
  unsigned sayable = 0;
  for (unsigned code = 0; code < 256; ++code) {
    const auto wire = return_code(static_cast<reason_code>(code));
    if (!wire) continue;
    ++sayable;
    EXPECT_EQ(codes[*wire], code);
  }
  EXPECT_EQ(sayable, 6u);
}

}  // namespace
}  // namespace mqttspan
