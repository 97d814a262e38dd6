// All 256 values of the byte behind a topic filter: 36 are good in 5.0, 3 in 3.1.1, 192 in 3.1.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "spec_bytes.hpp"

namespace mqttspan::spec {
namespace {

bytes subscribe_with(unsigned options, protocol_version version, std::string_view filter) {
  return packet_of(0x82, u16(7) + (version == protocol_version::v5 ? u8(0) : bytes()) + str(filter) + u8(options));
}

// 5.0: bits 0-1 QoS, 2 No Local, 3 Retain As Published, 4-5 Retain Handling, 6-7 reserved. 3.1.1: bits 2-7 reserved. 3.1: bits 2-7 unused.
std::set<std::string> rules_broken(unsigned options, protocol_version version) {
  std::set<std::string> broken;
  if ((options & 3) == 3) broken.insert(version == protocol_version::v5 ? "subscription_qos_3" : "subscription_qos_reserved");
  if (version == protocol_version::v5) {
    if ((options >> 4 & 3) == 3) broken.insert("retain_handling_3");
    if ((options & 0xC0) != 0) broken.insert("subscription_options_reserved");
  } else if (version == protocol_version::v3_1_1 && (options & 0xFC) != 0) {
    broken.insert("subscription_options_reserved");
  }
  return broken;
}

unsigned good_bytes(protocol_version version) {
  unsigned good = 0;
  for (unsigned options = 0; options < 256; ++options) {
    const bytes wire = subscribe_with(options, version, "f");
    const auto broken = rules_broken(options, version);
    const std::string got = verdict(wire, version);
    const std::string at = "@" + std::to_string(wire.size() - 1);
    const bool as_expected = broken.empty() ? got == "ok" : got.ends_with(at) && broken.contains(got.substr(0, got.find('@')));
    EXPECT_TRUE(as_expected) << std::hex << options << " in " << to_string(version) << ": " << got;
    good += broken.empty();
  }
  return good;
}

TEST(spec_subscription_options, of_256_bytes_192_are_good_in_3_1) { EXPECT_EQ(good_bytes(protocol_version::v3_1), 192U); }
TEST(spec_subscription_options, of_256_bytes_3_are_good_in_3_1_1) { EXPECT_EQ(good_bytes(protocol_version::v3_1_1), 3U); }
TEST(spec_subscription_options, of_256_bytes_36_are_good_in_5_0) { EXPECT_EQ(good_bytes(protocol_version::v5), 36U); }

TEST(spec_subscription_options, each_bit_arrives_in_its_field) {
  for (const protocol_version version : all_versions)
    for (unsigned options = 0; options < 256; ++options) {
      if (!rules_broken(options, version).empty()) continue;
      const bytes wire = subscribe_with(options, version, "f");
      const auto read = parse_as<subscribe>(as_bytes(wire), version);
      ASSERT_TRUE(read) << options;
      ASSERT_EQ(read->packet.subscriptions.size(), 1U);
      const subscription got = read->packet.subscriptions.front();
      const bool v5 = version == protocol_version::v5;
      EXPECT_EQ(got.topic_filter, "f");
      EXPECT_EQ(static_cast<unsigned>(got.qos), options & 3);
      EXPECT_EQ(got.no_local, v5 && (options & 4) != 0);
      EXPECT_EQ(got.retain_as_published, v5 && (options & 8) != 0);
      EXPECT_EQ(static_cast<unsigned>(got.retain_handling), v5 ? options >> 4 & 3 : 0);
    }
}

TEST(spec_subscription_options, no_local_is_refused_on_shared_filters_of_5_0_only) {
  for (unsigned options = 0; options < 256; ++options) {
    if (!rules_broken(options, protocol_version::v5).empty()) continue;
    const bytes wire = subscribe_with(options, protocol_version::v5, "$share/g/f");
    const std::string wanted = (options & 4) != 0 ? "no_local_on_shared@" + std::to_string(wire.size() - 1) : "ok";
    EXPECT_EQ(verdict(wire, protocol_version::v5), wanted) << options;
  }
  for (unsigned qos = 0; qos < 3; ++qos)
    EXPECT_EQ(verdict(subscribe_with(qos, protocol_version::v3_1_1, "$share/g/f"), protocol_version::v3_1_1), "ok");
}

TEST(spec_subscription_options, strict_3_1_has_the_3_of_3_1_1) {
  unsigned good = 0;
  for (unsigned options = 0; options < 256; ++options)
    good += verdict(subscribe_with(options, protocol_version::v3_1, "f"), protocol_version::v3_1, {.reject = strictness::v3_1_as_v3_1_1}) == "ok";
  EXPECT_EQ(good, 3U);
}

}  // namespace
}  // namespace mqttspan::spec
