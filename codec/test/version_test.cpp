#include <mqttspan/codec/version.hpp>

#include <gtest/gtest.h>

namespace mqttspan {
namespace {

TEST(version, values_are_the_protocol_levels) {
  EXPECT_EQ(static_cast<int>(protocol_version::v3_1), 3);
  EXPECT_EQ(static_cast<int>(protocol_version::v3_1_1), 4);
  EXPECT_EQ(static_cast<int>(protocol_version::v5), 5);
}

TEST(version, has_a_name) {
  EXPECT_EQ(to_string(protocol_version::v3_1), "3.1");
  EXPECT_EQ(to_string(protocol_version::v3_1_1), "3.1.1");
  EXPECT_EQ(to_string(protocol_version::v5), "5.0");
}

TEST(version, is_found_by_its_name) {
  for (const auto version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5}) EXPECT_EQ(version_named(to_string(version)), version);
  for (const std::string_view name : {"", "3", "3.1.", "5", "5.00", "auto"}) EXPECT_FALSE(version_named(name).has_value()) << name;
}

TEST(packet_type, numbers_and_names_are_those_of_table_2_1) {
  constexpr std::string_view names[] = {"reserved",  "CONNECT", "CONNACK",     "PUBLISH",  "PUBACK",  "PUBREC",   "PUBREL",     "PUBCOMP",
                                        "SUBSCRIBE", "SUBACK",  "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"};
  for (unsigned type = 0; type < 16; ++type) EXPECT_EQ(to_string(static_cast<packet_type>(type)), names[type]);
  EXPECT_EQ(static_cast<int>(packet_type::connect), 1);
  EXPECT_EQ(static_cast<int>(packet_type::publish), 3);
  EXPECT_EQ(static_cast<int>(packet_type::pubrel), 6);
  EXPECT_EQ(static_cast<int>(packet_type::subscribe), 8);
  EXPECT_EQ(static_cast<int>(packet_type::unsuback), 11);
  EXPECT_EQ(static_cast<int>(packet_type::auth), 15);
}

TEST(sender, has_a_name) {
  EXPECT_EQ(to_string(sender::any), "any");
  EXPECT_EQ(to_string(sender::client), "client");
  EXPECT_EQ(to_string(sender::server), "server");
}

TEST(names, of_values_outside_of_the_enumeration_are_empty) {
  EXPECT_TRUE(to_string(static_cast<protocol_version>(9)).empty());
  EXPECT_TRUE(to_string(static_cast<sender>(9)).empty());
}

TEST(qos, values_are_those_on_the_wire) {
  EXPECT_EQ(static_cast<int>(qos::at_most_once), 0);
  EXPECT_EQ(static_cast<int>(qos::at_least_once), 1);
  EXPECT_EQ(static_cast<int>(qos::exactly_once), 2);
}

}  // namespace
}  // namespace mqttspan
