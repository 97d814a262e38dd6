// The numbers that the specifications' tables add up to, counted from what the decoder does.
#include <algorithm>
#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "mutation.hpp"
#include "reference/tables.hpp"
#include "sample_packets.hpp"

namespace mqttspan::conformance::reference {
namespace {

std::string verdict(protocol version, origin sender, const bytes& input) {
  const decoded found = decode(version, sender, input);
  if (found.result == outcome::valid) return "valid";
  return found.result == outcome::incomplete ? "incomplete" : found.faults.front().rule;
}

/// How often each verdict is given.
using tally = std::map<std::string, int>;

bytes operator+(bytes a, const bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

bytes counted(const bytes& block) { return bytes{static_cast<std::uint8_t>(block.size())} + block; }

// ---- Properties

struct place_row {
  const char* place;
  std::uint8_t first;
  const char* before;
  const char* behind;
};
constexpr place_row places[] = {
    {"connect", 0x10, "0004 4d515454 05 02 0000", "0000"},
    {"connack", 0x20, "00 00", ""},
    {"publish", 0x30, "0001 61", ""},
    {"puback", 0x40, "0001 00", ""},
    {"pubrec", 0x50, "0001 00", ""},
    {"pubrel", 0x62, "0001 00", ""},
    {"pubcomp", 0x70, "0001 00", ""},
    {"subscribe", 0x82, "0001", "0001 61 00"},
    {"suback", 0x90, "0001", "00"},
    {"unsubscribe", 0xa2, "0001", "0001 61"},
    {"unsuback", 0xb0, "0001", "00"},
    {"disconnect", 0xe0, "00", ""},
    {"auth", 0xf0, "18", ""},
    {"will", 0x10, "0004 4d515454 05 06 0000 00 0000", "0001 74 0000"},
};

// A good value of each type.
bytes value_of(const property_row& row) {
  static const std::map<property_type, const char*> values = {
      {property_type::byte, "01"},       {property_type::integer_16, "0001"}, {property_type::integer_32, "00000001"}, {property_type::variable, "01"},
      {property_type::text, "0001 74"}, {property_type::topic, "0001 74"},   {property_type::binary, "0001 ff"},       {property_type::pair, "0001 6b 0001 76"},
  };
  return from_hex(values.at(row.type));
}

bytes property(const property_row& row) { return bytes{static_cast<std::uint8_t>(row.id)} + value_of(row); }

bytes packet_with(const place_row& place, const bytes& block) {
  return with_length(place.first, from_hex(place.before) + counted(block) + from_hex(place.behind));
}

// An Authentication Method where the property is lost without it.
bytes company(const place_row& place, const property_row& row) {
  const bool auth = std::string(place.place) == "auth" && row.id != 0x15;
  const bool data = std::string(place.place) == "connect" && row.id == 0x16;
  return auth || data ? from_hex("15 0001 6d") : bytes{};
}

tally over_cells(const std::function<bytes(const place_row&, const property_row&)>& block) {
  tally found;
  for (const place_row& place : places) {
    for (const property_row& row : property_table()) ++found[verdict(protocol::v5, origin::any, packet_with(place, company(place, row) + block(place, row)))];
  }
  return found;
}

TEST(quantities, properties_have_64_places_of_378) {
  const tally found = over_cells([](const place_row&, const property_row& row) { return property(row); });
  EXPECT_EQ(found, (tally{{"valid", 64}, {"property_not_allowed", 314}}));
}

TEST(quantities, properties_may_not_repeat_in_49_places) {
  const tally found = over_cells([](const place_row&, const property_row& row) { return property(row) + property(row); });
  EXPECT_EQ(found, (tally{{"valid", 15}, {"property_duplicate", 49}, {"property_not_allowed", 314}}));
}

TEST(quantities, ids_that_are_no_property_are_229) {
  for (const place_row& place : places) {
    tally found;
    for (unsigned id = 0; id < 256; ++id) {
      const bytes written = id < 128 ? bytes{static_cast<std::uint8_t>(id)} : bytes{static_cast<std::uint8_t>(id), 0x01};
      ++found[verdict(protocol::v5, origin::any, packet_with(place, written)) == "property_unknown" ? "unknown" : "known"];
    }
    EXPECT_EQ(found, (tally{{"unknown", 229}, {"known", 27}})) << place.place;
  }
}

TEST(quantities, a_subscription_identifier_of_a_publish_and_a_session_expiry_of_a_disconnect_have_one_sender) {
  const bytes publish = from_hex("30 06 0001 61 02 0b 01");
  EXPECT_EQ(verdict(protocol::v5, origin::client, publish), "property_from_wrong_side");
  EXPECT_EQ(verdict(protocol::v5, origin::server, publish), "valid");
  const bytes disconnect = from_hex("e0 07 00 05 11 00000001");
  EXPECT_EQ(verdict(protocol::v5, origin::server, disconnect), "property_from_wrong_side");
  EXPECT_EQ(verdict(protocol::v5, origin::client, disconnect), "valid");
}

// ---- Reason codes

bytes packet_with_code(const std::string& packet, unsigned code) {
  static const std::map<std::string, std::pair<const char*, const char*>> around = {
      {"connack", {"20 00", "00"}}, {"puback", {"40 0001", "00"}},      {"pubrec", {"50 0001", "00"}},    {"pubrel", {"62 0001", "00"}}, {"pubcomp", {"70 0001", "00"}},
      {"suback", {"90 0001 00", ""}}, {"unsuback", {"b0 0001 00", ""}}, {"disconnect", {"e0", "00"}}, {"auth", {"f0", "04 15 0001 6d"}}};
  const bytes before = from_hex(around.at(packet).first);
  const bytes body(before.begin() + 1, before.end());
  return with_length(before[0], body + bytes{static_cast<std::uint8_t>(code)} + from_hex(around.at(packet).second));
}

int codes_from(const std::string& packet, origin sender) {
  int valid = 0;
  for (unsigned code = 0; code < 256; ++code) valid += verdict(protocol::v5, sender, packet_with_code(packet, code)) == "valid" ? 1 : 0;
  return valid;
}

TEST(quantities, reason_codes_are_95) {
  const std::map<std::string, int> expected = {{"connack", 22}, {"puback", 9},    {"pubrec", 9},      {"pubrel", 2}, {"pubcomp", 2},
                                               {"suback", 12},  {"unsuback", 7}, {"disconnect", 29}, {"auth", 3}};
  int sum = 0;
  for (const auto& [packet, count] : expected) {
    EXPECT_EQ(codes_from(packet, origin::any), count) << packet;
    sum += codes_from(packet, origin::any);
  }
  EXPECT_EQ(sum, 95);
}

TEST(quantities, some_reason_codes_have_one_sender) {
  EXPECT_EQ(codes_from("disconnect", origin::client), 13 + 1 + 1);  // 0x9B from either side: U5-3.3.4-f
  EXPECT_EQ(codes_from("disconnect", origin::server), 13 + 15);
  for (const char* const ack : {"puback", "pubrec"}) {
    EXPECT_EQ(codes_from(ack, origin::client), 8) << ack;
    EXPECT_EQ(codes_from(ack, origin::server), 9) << ack;
  }
  EXPECT_EQ(codes_from("auth", origin::client), 2);
  EXPECT_EQ(codes_from("auth", origin::server), 2);
}

tally over_last_byte(protocol version, bytes packet) {
  tally found;
  for (unsigned value = 0; value < 256; ++value) {
    packet.back() = static_cast<std::uint8_t>(value);
    ++found[verdict(version, origin::any, packet)];
  }
  return found;
}

TEST(quantities, codes_of_3_x) {
  const bytes connack = from_hex("20 02 00 00");
  EXPECT_EQ(over_last_byte(protocol::v3_1, connack), (tally{{"valid", 6}, {"reason_code_not_of_packet", 250}}));
  EXPECT_EQ(over_last_byte(protocol::v3_1_1, connack), (tally{{"valid", 6}, {"reason_code_not_of_packet", 250}}));
  const bytes suback = from_hex("90 03 0001 00");
  EXPECT_EQ(over_last_byte(protocol::v3_1, suback), (tally{{"valid", 192}, {"reason_code_not_of_packet", 64}}));
  EXPECT_EQ(over_last_byte(protocol::v3_1_1, suback), (tally{{"valid", 4}, {"reason_code_not_of_packet", 252}}));
}

// ---- Flag bytes

TEST(quantities, subscription_options) {
  const bytes old = from_hex("82 06 0001 0001 61 00");
  EXPECT_EQ(over_last_byte(protocol::v3_1, old).at("valid"), 192);
  EXPECT_EQ(over_last_byte(protocol::v3_1_1, old).at("valid"), 3);
  EXPECT_EQ(over_last_byte(protocol::v5, from_hex("82 07 0001 00 0001 61 00")).at("valid"), 36);
}

struct connect_row {
  protocol version;
  const char* name_and_level;
  int valid;
};

bytes connect_with(const connect_row& row, unsigned flags) {
  const bytes properties = row.version == protocol::v5 ? bytes{0} : bytes{};
  bytes body = from_hex(row.name_and_level) + bytes{static_cast<std::uint8_t>(flags)} + from_hex("0000") + properties + from_hex("0001 61");
  if ((flags & 0x04U) != 0) body = body + properties + from_hex("0001 74 0000");
  if ((flags & 0x80U) != 0) body = body + from_hex("0001 75");
  if ((flags & 0x40U) != 0) body = body + from_hex("0001 70");
  return with_length(0x10, body);
}

TEST(quantities, connect_flags) {
  constexpr connect_row rows[] = {
      {protocol::v3_1, "0006 4d5149736470 03", 168}, {protocol::v3_1_1, "0004 4d515454 04", 42}, {protocol::v5, "0004 4d515454 05", 56}};
  for (const connect_row& row : rows) {
    int valid = 0;
    for (unsigned flags = 0; flags < 256; ++flags) valid += verdict(row.version, origin::client, connect_with(row, flags)) == "valid" ? 1 : 0;
    EXPECT_EQ(valid, row.valid) << name_of(row.version);
  }
}

TEST(quantities, publish_flags) {
  for (const protocol version : {protocol::v3_1, protocol::v3_1_1, protocol::v5}) {
    tally found;
    for (unsigned flags = 0; flags < 16; ++flags) {
      const bytes id = flags / 2 % 4 == 0 ? bytes{} : bytes{0, 1};
      const bytes properties = version == protocol::v5 ? bytes{0} : bytes{};
      ++found[verdict(version, origin::any, with_length(static_cast<std::uint8_t>(0x30 | flags), from_hex("0001 61") + id + properties))];
    }
    EXPECT_EQ(found, (tally{{"valid", 10}, {"dup_with_qos_0", 2}, {"qos_3", 4}})) << name_of(version);
  }
}

TEST(quantities, fixed_flags_of_the_other_packets) {
  for (const sample& s : sample_packets()) {
    bytes packet = from_hex(s.hex);
    if (packet[0] / 16 == 3) continue;
    int valid = 0;
    for (unsigned flags = 0; flags < 16; ++flags) {
      packet[0] = static_cast<std::uint8_t>((packet[0] & 0xF0U) | flags);
      valid += verdict(s.version, origin::any, packet) == "valid" ? 1 : 0;
    }
    EXPECT_EQ(valid, s.version == protocol::v3_1 ? 16 : 1) << s.hex;
  }
}

}  // namespace
}  // namespace mqttspan::conformance::reference
