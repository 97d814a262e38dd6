// All 256 CONNECT flag bytes in each version: 168 are good in 3.1, 42 in 3.1.1, 56 in 5.0.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "spec_bytes.hpp"

namespace mqttspan::spec {
namespace {

struct flags {
  unsigned byte;
  bool reserved() const { return (byte & 1) != 0; }
  bool clean() const { return (byte & 2) != 0; }
  bool will() const { return (byte & 4) != 0; }
  unsigned will_qos() const { return byte >> 3 & 3; }
  bool will_retain() const { return (byte & 0x20) != 0; }
  bool password() const { return (byte & 0x40) != 0; }
  bool user_name() const { return (byte & 0x80) != 0; }
};

// Every field that the flags announce is there, so that the flag byte alone decides.
bytes connect_with(flags f, protocol_version version) {
  const bool v5 = version == protocol_version::v5;
  const bytes none = v5 ? u8(0) : bytes();
  bytes body = version == protocol_version::v3_1 ? str("MQIsdp") + u8(3) : str("MQTT") + u8(v5 ? 5 : 4);
  body += u8(f.byte) + u16(60) + none + str("a");
  if (f.will()) body += none + str("w") + str("m");
  if (f.user_name()) body += str("u");
  if (f.password()) body += str("p");
  return packet_of(0x10, body);
}

// 3.1.1 and 5.0, sections 3.1.2.3 to 3.1.2.9; 3.1, section 3.1: reserved bit unchecked, will bits disregarded without a will.
std::set<std::string> rules_broken(flags f, protocol_version version) {
  const bool v3_1 = version == protocol_version::v3_1;
  std::set<std::string> broken;
  if (f.reserved() && !v3_1) broken.insert("connect_flag_reserved");
  if (f.will() && f.will_qos() == 3) broken.insert("will_qos_3");
  if (!f.will() && f.will_qos() != 0 && !v3_1) broken.insert("will_qos_without_will");
  if (!f.will() && f.will_retain() && !v3_1) broken.insert("will_retain_without_will");
  if (f.password() && !f.user_name() && version != protocol_version::v5) broken.insert("password_without_user_name");
  return broken;
}

unsigned good_flag_bytes(protocol_version version) {
  unsigned good = 0;
  const std::string at = version == protocol_version::v3_1 ? "@11" : "@9";
  for (unsigned byte = 0; byte < 256; ++byte) {
    const auto broken = rules_broken({byte}, version);
    const std::string got = verdict(connect_with({byte}, version), version);
    const bool as_expected = broken.empty() ? got == "ok" : got.ends_with(at) && broken.contains(got.substr(0, got.find('@')));
    EXPECT_TRUE(as_expected) << std::hex << byte << " in " << to_string(version) << ": " << got;
    good += broken.empty();
  }
  return good;
}

TEST(spec_connect_flags, of_256_bytes_168_are_good_in_3_1) { EXPECT_EQ(good_flag_bytes(protocol_version::v3_1), 168U); }
TEST(spec_connect_flags, of_256_bytes_42_are_good_in_3_1_1) { EXPECT_EQ(good_flag_bytes(protocol_version::v3_1_1), 42U); }
TEST(spec_connect_flags, of_256_bytes_56_are_good_in_5_0) { EXPECT_EQ(good_flag_bytes(protocol_version::v5), 56U); }

TEST(spec_connect_flags, each_bit_arrives_in_its_field) {
  for (const protocol_version version : all_versions)
    for (unsigned byte = 0; byte < 256; ++byte) {
      const flags f{byte};
      if (!rules_broken(f, version).empty()) continue;
      const bytes wire = connect_with(f, version);
      const auto read = parse_as<connect>(as_bytes(wire), version);
      ASSERT_TRUE(read) << byte;
      const connect& c = read->packet;
      EXPECT_EQ(c.version, version);
      EXPECT_EQ(c.clean_start, f.clean());
      EXPECT_EQ(c.keep_alive, 60);
      EXPECT_EQ(c.client_id, "a");
      ASSERT_EQ(c.will.has_value(), f.will()) << byte;
      if (c.will) {
        EXPECT_EQ(static_cast<unsigned>(c.will->qos), f.will_qos());
        EXPECT_EQ(c.will->retain, f.will_retain());
        EXPECT_EQ(c.will->topic, "w");
        EXPECT_EQ(as_text(c.will->payload), "m");
      }
      EXPECT_EQ(c.user_name, f.user_name() ? std::optional<std::string_view>("u") : std::nullopt);
      ASSERT_EQ(c.password.has_value(), f.password());
      EXPECT_EQ(as_text(c.password.value_or(bytes_view{})), f.password() ? "p" : "");
    }
}

TEST(spec_connect_flags, strict_3_1_has_the_42_of_3_1_1) {
  unsigned good = 0;
  for (unsigned byte = 0; byte < 256; ++byte)
    good += verdict(connect_with({byte}, protocol_version::v3_1), protocol_version::v3_1, {.reject = strictness::v3_1_as_v3_1_1}) == "ok";
  EXPECT_EQ(good, 42U);
}

}  // namespace
}  // namespace mqttspan::spec
