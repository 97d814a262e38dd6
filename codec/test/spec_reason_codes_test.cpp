// Every reason code in every packet from every sender: 95 of 2,304 are good. From the tables of 5.0 sections 3.2.2.2 to 3.15.2.1 and 3.1.1 sections 3.2.2.3 and 3.9.3.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include <mqttspan/codec/reason_code.hpp>

#include "spec_bytes.hpp"

namespace mqttspan::spec {
namespace {

struct code_row {
  packet_type type;
  unsigned first_byte;
  const char* before;  // bytes in front of the code
  const char* after;   // bytes behind it
  const char* both;    // codes that the packet's every legal sender may use
  const char* client;  // of clients alone
  const char* server;  // of servers alone
};
constexpr const char* of_puback = "00 80 83 87 90 91 97 99";
constexpr code_row table[] = {
    {packet_type::connack, 0x20, "00", "00", "00 80 81 82 83 84 85 86 87 88 89 8A 8C 90 95 97 99 9A 9B 9C 9D 9F", "", ""},
    {packet_type::puback, 0x40, "0001", "", of_puback, "", "10"},
    {packet_type::pubrec, 0x50, "0001", "", of_puback, "", "10"},
    {packet_type::pubrel, 0x62, "0001", "", "00 92", "", ""},
    {packet_type::pubcomp, 0x70, "0001", "", "00 92", "", ""},
    {packet_type::suback, 0x90, "0001 00", "", "00 01 02 80 83 87 8F 91 97 9E A1 A2", "", ""},
    {packet_type::unsuback, 0xB0, "0001 00", "", "00 11 80 83 87 8F 91", "", ""},
    // 0x9B is a server's by table 3-10, and a client's by 3.3.4 (U5-3.3.4-f). Policy: both are read; so 14 and 14 here, where the table has 13 and 15.
    {packet_type::disconnect, 0xE0, "", "", "00 80 81 82 83 90 93 94 95 96 97 98 99 9B", "04", "87 89 8B 8D 8E 8F 9A 9C 9D 9E 9F A0 A1 A2"},
    {packet_type::auth, 0xF0, "", "04 15 00 01 6D", "18", "19", "00"},
};

std::set<unsigned> codes(const char* text) {
  std::set<unsigned> out;
  std::istringstream in(text);
  for (unsigned code = 0; in >> std::hex >> code;) out.insert(code);
  return out;
}

std::string expected(const code_row& row, unsigned code, sender from) {
  const std::size_t at = 2 + hex(row.before).size();
  const bool in_both = codes(row.both).contains(code), of_client = codes(row.client).contains(code), of_server = codes(row.server).contains(code);
  if (!in_both && !of_client && !of_server) return "reason_code_not_of_packet@" + std::to_string(at);
  if ((of_client && from == sender::server) || (of_server && from == sender::client)) return "reason_code_from_wrong_side@" + std::to_string(at);
  return "ok";
}

bool may_send(const code_row& row, sender from) {
  const sender right = right_side(row.first_byte);
  return from == sender::any || right == sender::any || from == right;
}

TEST(spec_reason_codes, of_2304_in_5_0_95_are_good) {
  unsigned good = 0, values = 0;
  for (const code_row& row : table)
    for (unsigned code = 0; code < 256; ++code) {
      ++values;
      good += expected(row, code, sender::any) == "ok";
      for (const sender from : all_senders) {
        if (!may_send(row, from)) continue;
        const std::string wanted = expected(row, code, from);
        EXPECT_EQ(verdict(packet_of(row.first_byte, hex(row.before) + u8(code) + hex(row.after)), protocol_version::v5, from), wanted)
            << to_string(row.type) << " " << std::hex << code << " from " << to_string(from);
        EXPECT_EQ(is_legal(static_cast<reason_code>(code), row.type, from), wanted == "ok") << to_string(row.type) << " " << std::hex << code << " from " << to_string(from);
      }
    }
  EXPECT_EQ(values, 2304U);
  EXPECT_EQ(good, 95U);
}

TEST(spec_reason_codes, each_packet_has_as_many_as_its_table) {
  constexpr std::size_t counts[] = {22, 9, 9, 2, 2, 12, 7, 29, 3};
  for (std::size_t i = 0; i < std::size(table); ++i) {
    std::set<unsigned> all = codes(table[i].both);
    all.merge(codes(table[i].client));
    all.merge(codes(table[i].server));
    EXPECT_EQ(all.size(), counts[i]) << to_string(table[i].type);
  }
}

TEST(spec_reason_codes, with_a_property_length_behind_them_they_are_judged_the_same) {
  for (const code_row& row : table) {
    if (row.after[0] != '\0' || row.type == packet_type::suback || row.type == packet_type::unsuback) continue;
    for (unsigned code = 0; code < 256; ++code)
      EXPECT_EQ(verdict(packet_of(row.first_byte, hex(row.before) + u8(code) + u8(0)), protocol_version::v5), expected(row, code, sender::any)) << std::hex << code;
  }
}

TEST(spec_reason_codes, every_code_of_a_list_is_judged) {
  for (const unsigned first_byte : {0x90U, 0xB0U})
    for (unsigned code = 0; code < 256; ++code) {
      const code_row& row = first_byte == 0x90 ? table[5] : table[6];
      const bool good = expected(row, code, sender::any) == "ok";
      const bytes wire = packet_of(first_byte, hex("0001 00 00 00") + u8(code) + u8(0));
      EXPECT_EQ(verdict(wire, protocol_version::v5), good ? "ok" : "reason_code_not_of_packet@7") << std::hex << code;
    }
}

TEST(spec_reason_codes, code_8c_in_disconnect_is_read_only_where_asked_for) {  // U5-3.14.2.1-c
  const bytes wire = hex("E0 01 8C");
  EXPECT_EQ(verdict(wire, protocol_version::v5), "reason_code_not_of_packet@2");
  EXPECT_EQ(verdict(wire, protocol_version::v5, {.allow = leniency::disconnect_bad_authentication_method}), "ok");
}

TEST(spec_reason_codes, connack_of_3_x_has_six_return_codes) {
  constexpr unsigned meaning[] = {0x00, 0x84, 0x85, 0x88, 0x86, 0x87};
  for (const protocol_version version : {protocol_version::v3_1, protocol_version::v3_1_1})
    for (unsigned code = 0; code < 256; ++code) {
      const bytes wire = packet_of(0x20, u8(0) + u8(code));
      EXPECT_EQ(verdict(wire, version), code < 6 ? "ok" : "reason_code_not_of_packet@3") << code;
      if (code > 5) continue;
      const auto read = parse_as<connack>(as_bytes(wire), version);
      ASSERT_TRUE(read);
      EXPECT_EQ(static_cast<unsigned>(read->packet.reason_code), meaning[code]);
      EXPECT_EQ(return_code(read->packet.reason_code), code);
    }
  for (unsigned code = 6; code < 256; ++code) EXPECT_FALSE(from_return_code(static_cast<std::uint8_t>(code))) << code;
}

TEST(spec_reason_codes, suback_of_3_1_1_has_four_return_codes) {
  for (unsigned code = 0; code < 256; ++code) {
    const bool good = code <= 2 || code == 0x80;
    EXPECT_EQ(verdict(packet_of(0x90, u16(1) + u8(code)), protocol_version::v3_1_1), good ? "ok" : "reason_code_not_of_packet@4") << code;
  }
}

TEST(spec_reason_codes, suback_of_3_1_uses_two_bits_of_each) {
  unsigned good = 0;
  for (unsigned code = 0; code < 256; ++code) {
    const bytes wire = packet_of(0x90, u16(1) + u8(code));
    const auto read = parse_as<suback>(as_bytes(wire), protocol_version::v3_1);
    if ((code & 3) == 3) {  // reserved, and no reaction is stated: refused, as QoS 3 is everywhere
      EXPECT_EQ(verdict(wire, protocol_version::v3_1), "reason_code_not_of_packet@4") << code;
      continue;
    }
    ASSERT_TRUE(read) << code;
    // Policy: 0x80 is read as the failure that brokers mean by it.
    EXPECT_EQ(static_cast<unsigned>(read->packet.reason_codes.front()), code == 0x80 ? 0x80 : code & 3) << code;
    ++good;
  }
  EXPECT_EQ(good, 192U);
}

}  // namespace
}  // namespace mqttspan::spec
