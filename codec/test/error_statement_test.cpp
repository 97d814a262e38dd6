// The statement that an error cites when the bytes are at hand: each property of each place twice, and out of range.
#include <mqttspan/codec/error.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/property.hpp>

#include "hex.hpp"

namespace mqttspan {
namespace {

using test::hex;
using place = property_place;

struct row {
  property_place where;
  unsigned id;
  const char* twice;  // the statement against a second one
  const char* range;  // the statement against a value out of range; empty where every value is good
};

// From the tables of section 2.2.2 and the sections of each property; where a section lacks the sentence, from 2.2.2.2.
constexpr row rows[] = {
    {place::connect, 0x11, "U5-3.1.2.11.2-a", ""},
    {place::connect, 0x21, "U5-3.1.2.11.3-a", "U5-3.1.2.11.3-b"},
    {place::connect, 0x27, "U5-3.1.2.11.4-a", "U5-3.1.2.11.4-b"},
    {place::connect, 0x22, "U5-3.1.2.11.5-a", ""},
    {place::connect, 0x19, "U5-3.1.2.11.6-a", "U5-3.1.2.11.6-b"},
    {place::connect, 0x17, "U5-3.1.2.11.7-a", "U5-3.1.2.11.7-b"},
    {place::connect, 0x15, "U5-3.1.2.11.9-a", ""},
    {place::connect, 0x16, "U5-3.1.2.11.10-b", ""},
    {place::will, 0x18, "U5-3.1.3.2.2-a", ""},
    {place::will, 0x01, "U5-3.1.3.2.3-a", "U5-3.1.3.2.3-c"},
    {place::will, 0x02, "U5-3.1.3.2.4-a", ""},
    {place::will, 0x03, "U5-3.1.3.2.5-a", ""},
    {place::will, 0x08, "U5-3.1.3.2.6-a", ""},
    {place::will, 0x09, "U5-3.1.3.2.7-a", ""},
    {place::connack, 0x11, "U5-3.2.2.3.2-a", ""},
    {place::connack, 0x21, "U5-3.2.2.3.3-a", "U5-3.2.2.3.3-b"},
    {place::connack, 0x24, "U5-3.2.2.3.4-a", "U5-3.2.2.3.4-b"},
    {place::connack, 0x25, "U5-3.2.2.3.5-a", "U5-3.2.2.3.5-b"},
    {place::connack, 0x27, "U5-3.2.2.3.6-a", "U5-3.2.2.3.6-b"},
    {place::connack, 0x12, "U5-3.2.2.3.7-a", ""},
    {place::connack, 0x22, "U5-3.2.2.3.8-a", ""},
    {place::connack, 0x1F, "U5-3.2.2.3.9-a", ""},
    {place::connack, 0x28, "U5-3.2.2.3.11-a", "U5-3.2.2.3.11-b"},
    {place::connack, 0x29, "U5-3.2.2.3.12-a", "U5-3.2.2.3.12-b"},
    {place::connack, 0x2A, "U5-3.2.2.3.13-a", "U5-3.2.2.3.13-b"},
    {place::connack, 0x13, "U5-3.2.2.3.14-a", ""},
    {place::connack, 0x1A, "U5-3.2.2.3.15-a", ""},
    {place::connack, 0x1C, "U5-3.2.2.3.16-a", ""},
    {place::connack, 0x15, "U5-3.2.2.3.17-a", ""},
    {place::connack, 0x16, "U5-3.2.2.3.18-a", ""},
    {place::publish, 0x01, "U5-3.3.2.3.2-b", "U5-3.3.2.3.2-b"},
    {place::publish, 0x02, "U5-3.3.2.3.3-a", ""},
    {place::publish, 0x23, "U5-3.3.2.3.4-a", "MQTT-3.3.2-8"},
    {place::publish, 0x08, "U5-3.3.2.3.5-a", ""},
    {place::publish, 0x09, "U5-3.3.2.3.6-a", ""},
    {place::publish, 0x0B, "", "U5-3.3.2.3.8-a"},
    {place::publish, 0x03, "U5-3.3.2.3.9-a", ""},
    {place::puback, 0x1F, "U5-3.4.2.2.2-a", ""},
    {place::pubrec, 0x1F, "U5-3.5.2.2.2-a", ""},
    {place::pubrel, 0x1F, "U5-3.6.2.2.2-a", ""},
    {place::pubcomp, 0x1F, "U5-3.7.2.2.2-a", ""},
    {place::subscribe, 0x0B, "U5-3.8.2.1.2-b", "U5-3.8.2.1.2-a"},
    {place::suback, 0x1F, "U5-3.9.2.1.2-a", ""},
    {place::unsuback, 0x1F, "U5-3.11.2.1.2-a", ""},
    {place::disconnect, 0x11, "U5-3.14.2.2.2-a", ""},
    {place::disconnect, 0x1F, "U5-3.14.2.2.3-a", ""},
    {place::disconnect, 0x1C, "U5-3.14.2.2.5-a", ""},
    {place::auth, 0x15, "U5-3.15.2.2.2-b", ""},
    {place::auth, 0x16, "U5-3.15.2.2.3-a", ""},
    {place::auth, 0x1F, "U5-3.15.2.2.4-a", ""},
};

// What stands before and behind the properties; the first byte is the packet's, its length comes later.
std::pair<std::string, std::string> around(property_place where) {
  switch (where) {
    case place::will: return {"10 0004 4d515454 05 06 003c 00 0001 63", "0001 74 0000"};
    case place::connect: return {"10 0004 4d515454 05 02 003c", "0001 63"};
    case place::connack: return {"20 00 00", ""};
    case place::publish: return {"30 0001 74", ""};
    case place::puback: return {"40 0001 00", ""};
    case place::pubrec: return {"50 0001 00", ""};
    case place::pubrel: return {"62 0001 00", ""};
    case place::pubcomp: return {"70 0001 00", ""};
    case place::subscribe: return {"82 0001", "0001 61 00"};
    case place::suback: return {"90 0001", "00"};
    case place::unsubscribe: return {"a2 0001", "0001 61"};
    case place::unsuback: return {"b0 0001", "00"};
    case place::disconnect: return {"e0 00", ""};
    case place::auth: return {"f0 18", ""};
  }
  return {};
}

std::vector<std::byte> packet_with(property_place where, const std::string& properties) {
  const auto [before, behind] = around(where);
  auto bytes = hex(before);
  const auto block = hex(properties), rest = hex(behind);
  bytes.push_back(static_cast<std::byte>(block.size()));
  bytes.insert(bytes.end(), block.begin(), block.end());
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  bytes.insert(bytes.begin() + 1, static_cast<std::byte>(bytes.size() - 1));
  return bytes;
}

// The identifier with a good value, or with one that is out of every range there is.
std::string encoded(unsigned id, bool good) {
  const std::byte byte = static_cast<std::byte>(id);
  const std::string digits = test::to_hex(std::span(&byte, 1));
  switch (type_of(static_cast<property_id>(id))) {
    case property_type::byte: return digits + (good ? "01" : "02");
    case property_type::two_byte: return digits + (good ? "0001" : "0000");
    case property_type::four_byte: return digits + (good ? "00000001" : "00000000");
    case property_type::variable_byte: return digits + (good ? "01" : "00");
    default: return digits + "0001 61";
  }
}

// Authentication data wants its method before it, and AUTH wants one in any case.
std::string company(const row& r) {
  const bool wanted = r.id == 0x16 || (r.where == place::auth && r.id != 0x15);
  return wanted ? "15 0001 6d" : "";
}

void cites(const row& r, const std::vector<std::byte>& bytes, const char* statement, bool twice) {
  const auto got = parse(bytes, protocol_version::v5);
  ASSERT_FALSE(got.has_value()) << test::to_hex(bytes);
  const bool zero_alias = !twice && r.id == 0x23;
  EXPECT_EQ(to_string(got.error().violated), to_string(twice ? rule::property_duplicate : zero_alias ? rule::topic_alias_is_zero : rule::property_out_of_range));
  EXPECT_EQ(statement_id(got.error(), protocol_version::v5, bytes), statement) << test::to_hex(bytes);
  char text[max_description];
  EXPECT_TRUE(describe(got.error(), protocol_version::v5, bytes, text).ends_with(std::string(" [") + statement + "]"));
}

TEST(statement_id, of_a_second_property_is_the_propertys_own) {
  unsigned count = 0;
  for (const row& r : rows) {
    if (*r.twice == 0) continue;
    ++count;
    const std::string once = company(r) + encoded(r.id, true);
    ASSERT_TRUE(parse(packet_with(r.where, once), protocol_version::v5).has_value()) << test::to_hex(packet_with(r.where, once));
    cites(r, packet_with(r.where, once + encoded(r.id, true)), r.twice, true);
  }
  EXPECT_EQ(count, 49u);
}

TEST(statement_id, of_a_value_out_of_range_is_the_propertys_own) {
  for (const row& r : rows)
    if (*r.range != 0) cites(r, packet_with(r.where, company(r) + encoded(r.id, false)), r.range, false);
}

TEST(statement_id, of_other_property_faults_is_the_rules) {
  const auto unknown = packet_with(place::publish, "7f 00"), foreign = packet_with(place::publish, "21 0001");
  EXPECT_EQ(statement_id(parse(unknown, protocol_version::v5).error(), protocol_version::v5, unknown), "U5-2.2.2.2-a");
  EXPECT_EQ(statement_id(parse(foreign, protocol_version::v5).error(), protocol_version::v5, foreign), "U5-2.2.2.2-a");
}

// A damaged or foreign buffer beside the error must not be read past its end, whatever it says.
TEST(statement_id, reads_no_further_than_the_bytes_go) {
  const auto bytes = packet_with(place::will, "18 00000001 18 00000001");
  const auto got = parse(bytes, protocol_version::v5);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(statement_id(got.error(), protocol_version::v5, bytes), "U5-3.1.3.2.2-a");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const std::string_view id = statement_id(got.error(), protocol_version::v5, cut);
    EXPECT_TRUE(id == "U5-2.2.2.2-b" || id == "U5-3.1.3.2.2-a") << size << ' ' << id;
  }
  EXPECT_EQ(statement_id(got.error(), protocol_version::v5, hex("30 00")), "U5-2.2.2.2-b");
  EXPECT_EQ(statement_id(make_error(rule::property_out_of_range, 0, packet_type::publish), protocol_version::v5, hex("30 00")), "U5-2.2.2.2-b");
}

// A client identifier that is longer than what stands before it, and one that is not there yet.
TEST(statement_id, tells_connects_properties_from_the_wills) {
  const auto bytes = hex("10 1a 0004 4d515454 05 02 003c 03 21 0000 000a 61616161616161616161");
  const auto got = parse(bytes, protocol_version::v5);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(statement_id(got.error(), protocol_version::v5, bytes), "U5-3.1.2.11.3-b");
  EXPECT_EQ(statement_id(got.error(), protocol_version::v5, std::span(bytes).first(14)), "U5-3.1.2.11.3-b");
  EXPECT_NE(statement_id(rule::property_out_of_range, protocol_version::v5, packet_type::connect), "U5-3.1.2.11.3-b");
}

struct packet_row {
  rule violated;
  packet_type in;
  const char* v3_1;
  const char* v3_1_1;
  const char* v5;
};

TEST(statement_id, is_the_packets_own_where_it_has_one) {
  constexpr packet_row table[] = {
      {rule::fixed_header_flags, packet_type::pubrel, "U31-3.6-a", "MQTT-3.6.1-1", "MQTT-3.6.1-1"},
      {rule::fixed_header_flags, packet_type::subscribe, "U31-3.6-a", "MQTT-3.8.1-1", "MQTT-3.8.1-1"},
      {rule::fixed_header_flags, packet_type::unsubscribe, "U31-3.6-a", "MQTT-3.10.1-1", "MQTT-3.10.1-1"},
      {rule::fixed_header_flags, packet_type::disconnect, "U31-3.6-a", "MQTT-3.14.1-1", "MQTT-3.14.1-1"},
      {rule::fixed_header_flags, packet_type::auth, "U31-3.6-a", "MQTT-2.2.2-2", "MQTT-3.15.1-1"},
      {rule::fixed_header_flags, packet_type::pingreq, "U31-3.6-a", "MQTT-2.2.2-2", "U5-2.1.3-a"},
      {rule::bytes_left_over, packet_type::connack, "U31-3.4-a", "U311-3.2.1-a", "U5-2.1.4-a"},
      {rule::bytes_left_over, packet_type::puback, "U31-3.4-a", "U311-3.4-a", "U5-2.1.4-a"},
      {rule::bytes_left_over, packet_type::pingreq, "U31-3.4-a", "U311-3.12-a", "U5-3.12.1-a"},
      {rule::field_past_end, packet_type::unsuback, "U31-3.4-a", "U311-3.4-a", "U5-2.1.4-a"},
      {rule::field_past_end, packet_type::auth, "U31-2.1-e", "U311-2.2.3-c", "U5-3.15.2.1-c"},
      {rule::packet_id_is_zero, packet_type::puback, "U31-2.4-a", "U311-2.3.1-b", "U5-2.2.1-a"},
      {rule::packet_id_is_zero, packet_type::subscribe, "U31-2.4-a", "MQTT-2.3.1-1", "U5-2.2.1-a"},
      {rule::reason_code_not_of_packet, packet_type::connack, "U31-3.2-b", "U311-3.2.2-b", "MQTT-3.2.2-8"},
      {rule::reason_code_not_of_packet, packet_type::suback, "U31-3.9-a", "MQTT-3.9.3-2", "MQTT-3.9.3-2"},
      {rule::reason_code_from_wrong_side, packet_type::puback, "", "", "U5-3.4.2.1-b"},
      {rule::reason_code_from_wrong_side, packet_type::auth, "", "", "U5-3.15.2.1-b"},
      {rule::reason_code_from_wrong_side, packet_type::disconnect, "", "", "U5-3.14.2.1-b"},
      {rule::property_from_wrong_side, packet_type::publish, "", "", "MQTT-3.3.4-6"},
      {rule::property_from_wrong_side, packet_type::disconnect, "", "", "MQTT-3.14.2-2"},
      {rule::payload_not_utf8, packet_type::publish, "", "", "U5-3.3.2.3.2-a"},
      {rule::payload_not_utf8, packet_type::connect, "", "", "U5-3.1.3.2.3-b"},
      {rule::no_topic_filter, packet_type::unsubscribe, "U31-3.8-c", "MQTT-3.10.3-2", "MQTT-3.10.3-2"},
      {rule::no_reason_code, packet_type::unsuback, "U31-3.9-a", "U311-2.4-a", "U5-3.11.3-a"},
  };
  for (const packet_row& r : table) {
    EXPECT_EQ(statement_id(r.violated, protocol_version::v3_1, r.in), r.v3_1) << to_string(r.violated) << ' ' << to_string(r.in);
    EXPECT_EQ(statement_id(r.violated, protocol_version::v3_1_1, r.in), r.v3_1_1) << to_string(r.violated) << ' ' << to_string(r.in);
    EXPECT_EQ(statement_id(r.violated, protocol_version::v5, r.in), r.v5) << to_string(r.violated) << ' ' << to_string(r.in);
  }
}

}  // namespace
}  // namespace mqttspan
