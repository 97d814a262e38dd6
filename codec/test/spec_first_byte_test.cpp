// All 256 first bytes in three versions from three senders, and the directions of the packet types.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "spec_bytes.hpp"

namespace mqttspan::spec {
namespace {

// One row a packet type: the legal values of the low nibble, and who may send it.
// 3.1.1 and 5.0: tables 2.2 (2-2). 3.1: section 2.1 leaves the bits unused, or used without a rule for the receiver, outside PUBLISH [U31-2.1-a] [U31-3.6-a].
struct first_byte_row {
  unsigned type;
  const char* nibbles_3_1;
  const char* nibbles_3_1_1;
  const char* nibbles_5;
  const char* senders;    // c client, s server
  const char* senders_5;
};
constexpr const char* every = "0123456789ABCDEF";
constexpr const char* publish_nibbles = "012345ABCD";  // QoS 3 never; DUP with QoS 0 never, and that is a policy for the receiver
constexpr first_byte_row table[] = {
    {0, "", "", "", "", ""},
    {1, every, "0", "0", "c", "c"},
    {2, every, "0", "0", "s", "s"},
    {3, publish_nibbles, publish_nibbles, publish_nibbles, "cs", "cs"},
    {4, every, "0", "0", "cs", "cs"},
    {5, every, "0", "0", "cs", "cs"},
    {6, every, "2", "2", "cs", "cs"},
    {7, every, "0", "0", "cs", "cs"},
    {8, every, "2", "2", "c", "c"},
    {9, every, "0", "0", "s", "s"},
    {10, every, "2", "2", "c", "c"},
    {11, every, "0", "0", "s", "s"},
    {12, every, "0", "0", "c", "c"},
    {13, every, "0", "0", "s", "s"},
    {14, every, "0", "0", "c", "cs"},
    {15, "", "", "0", "", "cs"},
};

const char* nibbles(const first_byte_row& row, protocol_version version) {
  if (version == protocol_version::v3_1) return row.nibbles_3_1;
  return version == protocol_version::v3_1_1 ? row.nibbles_3_1_1 : row.nibbles_5;
}

// A good body for the type, so that the first byte alone decides.
bytes body_of(unsigned first, protocol_version version) {
  const bool v5 = version == protocol_version::v5;
  const bytes none = v5 ? u8(0) : bytes();
  switch (first >> 4) {
    case 1: return version == protocol_version::v3_1 ? str("MQIsdp") + hex("03 02 003C") + str("a") : str("MQTT") + u8(v5 ? 5 : 4) + hex("02 003C") + none + str("a");
    case 2: return hex("00 00") + none;
    case 3: return str("t") + ((first >> 1 & 3) != 0 ? u16(7) : bytes()) + none;
    case 4:
    case 5:
    case 6:
    case 7: return u16(7);
    case 8: return u16(7) + none + str("f") + u8(0);
    case 9: return u16(7) + none + u8(0);
    case 10: return u16(7) + none + str("f");
    case 11: return u16(7) + (v5 ? hex("00 00") : bytes());
    case 15: return v5 ? hex("18 04 15") + str("m") : bytes();
    default: return {};
  }
}

std::set<std::string> expected(unsigned first, protocol_version version, sender from) {
  const first_byte_row& row = table[first >> 4];
  const std::string legal = nibbles(row, version);
  if (legal.empty()) return {"packet_type_reserved@0"};
  std::set<std::string> wrong;
  const char nibble = "0123456789ABCDEF"[first & 15];
  if (legal.find(nibble) == std::string::npos)
    wrong.insert(first >> 4 != 3 ? "fixed_header_flags@0" : (first & 6) == 6 ? "qos_3@0" : "dup_with_qos_0@0");
  const std::string senders = version == protocol_version::v5 ? row.senders_5 : row.senders;
  if (from != sender::any && senders.find(from == sender::client ? 'c' : 's') == std::string::npos) wrong.insert("packet_from_wrong_side@0");
  return wrong.empty() ? std::set<std::string>{"ok"} : wrong;
}

TEST(spec_first_byte, every_value_in_every_version_from_every_sender) {
  unsigned good = 0;
  for (const protocol_version version : all_versions)
    for (const sender from : all_senders)
      for (unsigned first = 0; first < 256; ++first) {
        const std::string got = verdict(packet_of(first, body_of(first, version)), version, from);
        EXPECT_TRUE(expected(first, version, from).contains(got)) << std::hex << first << " in " << to_string(version) << " from " << to_string(from) << ": " << got;
        good += got == "ok";
      }
  // PUBLISH has 10 in each version; of the other types 3.1, 3.1.1 and 5.0 know 13, 13 and 14; clients send 9, 9 and 10 of them, servers 8, 8 and 10.
  const unsigned from_any = (13 * 16 + 10) + (13 + 10) + (14 + 10);
  const unsigned from_client = (9 * 16 + 10) + (9 + 10) + (10 + 10);
  const unsigned from_server = (8 * 16 + 10) + (8 + 10) + (10 + 10);
  EXPECT_EQ(good, from_any + from_client + from_server);
}

TEST(spec_first_byte, publish_has_ten_good_nibbles_two_with_dup_alone_and_four_with_qos_3) {
  for (const protocol_version version : all_versions) {
    unsigned good = 0, dup_alone = 0, qos_3 = 0;
    for (unsigned first = 0x30; first < 0x40; ++first) {
      const std::string got = verdict(packet_of(first, body_of(first, version)), version);
      good += got == "ok";
      dup_alone += got == "dup_with_qos_0@0";
      qos_3 += got == "qos_3@0";
    }
    EXPECT_EQ(good, 10U);
    EXPECT_EQ(dup_alone, 2U);  // policy: no sentence names the receiver's reaction; refused unless asked for
    EXPECT_EQ(qos_3, 4U);
  }
}

TEST(spec_first_byte, dup_with_qos_0_is_read_where_asked_for) {
  for (const protocol_version version : all_versions)
    EXPECT_EQ(verdict(packet_of(0x38, body_of(0x38, version)), version, {.allow = leniency::dup_with_qos_0}), "ok");
}

TEST(spec_first_byte, a_wrong_one_is_reported_before_the_rest_arrives) {
  for (const protocol_version version : all_versions)
    for (unsigned first = 0; first < 256; ++first) {
      const auto wrong = expected(first, version, sender::any);
      if (first >> 4 == 1) continue;  // CONNECT names its own version further on: which bits count is not known yet
      const std::string got = verdict(u8(first), version);
      EXPECT_TRUE(wrong.contains("ok") ? got == "incomplete" : wrong.contains(got)) << std::hex << first << ": " << got;
    }
}

TEST(spec_first_byte, connect_goes_by_the_version_that_it_names) {
  for (const protocol_version argument : all_versions)
    for (unsigned first = 0x10; first < 0x20; ++first) {
      const std::string in_3_1 = verdict(packet_of(first, body_of(first, protocol_version::v3_1)), argument);
      const std::string in_3_1_1 = verdict(packet_of(first, body_of(first, protocol_version::v3_1_1)), argument);
      const std::string in_5 = verdict(packet_of(first, body_of(first, protocol_version::v5)), argument);
      EXPECT_EQ(in_3_1, "ok") << first;
      EXPECT_EQ(in_3_1_1, first == 0x10 ? "ok" : "fixed_header_flags@0") << first;
      EXPECT_EQ(in_5, first == 0x10 ? "ok" : "fixed_header_flags@0") << first;
    }
}

TEST(spec_first_byte, dup_of_3_1_is_kept_where_it_means_something) {
  for (const bool dup : {false, true}) {
    const unsigned bit = dup ? 8 : 0;
    const bytes rel = packet_of(0x62 | bit, body_of(0x62, protocol_version::v3_1));
    const bytes sub = packet_of(0x82 | bit, body_of(0x82, protocol_version::v3_1));
    const bytes unsub = packet_of(0xA2 | bit, body_of(0xA2, protocol_version::v3_1));
    const auto pubrel_read = parse_as<pubrel>(as_bytes(rel), protocol_version::v3_1);
    const auto subscribe_read = parse_as<subscribe>(as_bytes(sub), protocol_version::v3_1);
    const auto unsubscribe_read = parse_as<unsubscribe>(as_bytes(unsub), protocol_version::v3_1);
    ASSERT_TRUE(pubrel_read && subscribe_read && unsubscribe_read);
    EXPECT_EQ(pubrel_read->packet.dup, dup);
    EXPECT_EQ(subscribe_read->packet.dup, dup);
    EXPECT_EQ(unsubscribe_read->packet.dup, dup);
  }
}

}  // namespace
}  // namespace mqttspan::spec
