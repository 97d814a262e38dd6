#include <gtest/gtest.h>

#include "reference/reference.hpp"
#include "sample_packets.hpp"

namespace mqttspan::conformance::reference {
namespace {

struct decode_row {
  protocol version;
  origin sender;
  const char* hex;
  const char* expected;  ///< rule@offset of each fault, "valid", "incomplete"
};

std::string in_words(const decoded& found) {
  if (found.result == outcome::valid) return "valid";
  if (found.result == outcome::incomplete) return "incomplete";
  std::string all;
  for (const fault& f : found.faults) all += (all.empty() ? "" : " ") + f.rule + "@" + std::to_string(f.offset);
  return all;
}

constexpr decode_row rows[] = {
    {protocol::v5, origin::any, "", "incomplete"},
    {protocol::v5, origin::any, "30", "incomplete"},
    {protocol::v5, origin::any, "30 ff ff ff", "incomplete"},
    {protocol::v5, origin::any, "30 ff ff ff ff", "variable_byte_integer_too_long@1"},
    {protocol::v5, origin::any, "36", "qos_3@0"},
    {protocol::v5, origin::any, "00", "packet_type_reserved@0"},
    {protocol::v3_1_1, origin::any, "f0", "packet_type_reserved@0"},
    {protocol::v5, origin::any, "c0 80 00", "variable_byte_integer_not_minimal@1"},
    {protocol::v3_1_1, origin::any, "c0 80 00", "valid"},
    {protocol::v3_1_1, origin::server, "e0 00", "packet_from_wrong_side@0"},
    {protocol::v5, origin::server, "e0 00", "valid"},
    // One byte string, three answers.
    {protocol::v3_1, origin::any, "90 03 00 01 00", "valid"},
    {protocol::v3_1_1, origin::any, "90 03 00 01 00", "valid"},
    {protocol::v5, origin::any, "90 03 00 01 00", "no_reason_code@5"},
    {protocol::v3_1, origin::any, "20 02 ff 00", "valid"},
    {protocol::v3_1_1, origin::any, "20 02 ff 00", "connack_flag_reserved@2"},
    {protocol::v3_1_1, origin::any, "20 03 00 00 00", "bytes_left_over@4"},
    {protocol::v5, origin::any, "20 03 00 00 00", "valid"},
    // CONNECT is read by the version that it names.
    {protocol::v5, origin::client, "16 0f 0006 4d5149736470 03 02 000a 0001 61", "valid"},
    {protocol::v3_1, origin::client, "16 0d 0004 4d515454 04 02 000a 0001 61", "fixed_header_flags@0"},
    {protocol::v3_1_1, origin::client, "10 0d 0004 4d515454 03 02 000a 0001 61", "protocol_level_unsupported@8"},
    {protocol::v3_1_1, origin::client, "10 0d 0004 4d515455 04 02 000a 0001 61", "protocol_name_unknown@2"},
    {protocol::v3_1_1, origin::client, "10 0c 0004 4d515454 04 00 000a 0000", "client_id_empty_without_clean_session@12"},
    // Short forms.
    {protocol::v5, origin::server, "f0 00", "valid"},
    {protocol::v5, origin::client, "f0 00", "reason_code_from_wrong_side@2"},
    {protocol::v5, origin::any, "f0 01 18", "field_past_end@3"},
    {protocol::v5, origin::any, "40 03 0001 00", "valid"},
    {protocol::v3_1_1, origin::any, "40 03 0001 00", "bytes_left_over@4"},
    // Every fault of a packet, in the order in which a reader knows of them.
    {protocol::v5, origin::any, "32 05 0001 23 0000", "topic_name_has_wildcard@4 packet_id_is_zero@5 field_past_end@7"},
    {protocol::v5, origin::any, "32 0b 0000 0000 06 26 0001 6b 0000", "packet_id_is_zero@4 topic_name_empty_without_alias@2"},
    {protocol::v5, origin::any, "20 03 01 99 00", "session_present_with_error@2"},
    {protocol::v5, origin::any, "30 09 0001 61 04 01 02 02 00 00", "property_out_of_range@7 property_past_end@9"},
};

TEST(decode, gives_the_verdict_of_the_specification) {
  for (const decode_row& row : rows) EXPECT_EQ(in_words(decode(row.version, row.sender, from_hex(row.hex))), row.expected) << name_of(row.version) << " " << row.hex;
}

TEST(decode, writes_a_packet_as_json) {
  const bytes connect = from_hex("10 18 0004 4d515454 05 2e 003c 00 0001 61 02 01 00 0001 74 0002 00ff");
  EXPECT_EQ(decode(protocol::v5, origin::any, connect).packet.dump(),
            R"({"type":"connect","version":"5.0","clean_start":true,"keep_alive":60,"client_id":"a","will":{"topic":"t","payload":{"hex":"00ff"},"qos":1,)"
            R"("retain":true,"properties":[["payload_format_indicator",0]]},"properties":[]})");
}

TEST(decode, tells_what_the_text_leaves_open) {
  EXPECT_TRUE(decode(protocol::v3_1_1, origin::any, from_hex("38 03 0001 61")).faults.front().policy);
  EXPECT_TRUE(decode(protocol::v3_1, origin::any, from_hex("82 02 0001")).faults.front().policy);
  EXPECT_FALSE(decode(protocol::v3_1_1, origin::any, from_hex("82 02 0001")).faults.front().policy);
  EXPECT_EQ(decode(protocol::v5, origin::any, from_hex("f0 00")).policies.size(), 1U);
  EXPECT_EQ(decode(protocol::v3_1_1, origin::any, from_hex("30 03 0001 07")).policies.size(), 1U);
  EXPECT_TRUE(decode(protocol::v3_1_1, origin::any, from_hex("30 03 0001 61")).policies.empty());
}

TEST(decode, names_every_code_that_counts_alike) {
  const fault wildcard = decode(protocol::v5, origin::any, from_hex("30 04 0001 23 00")).faults.front();
  EXPECT_EQ(wildcard.codes, (std::vector<int>{0x81, 0x82}));
  EXPECT_EQ(wildcard.statement, "MQTT-3.3.2-2");
  EXPECT_EQ(decode(protocol::v3_1_1, origin::any, from_hex("10 0d 0004 4d515454 06 02 000a 0001 61")).faults.front().codes, std::vector<int>{1});
}

TEST(decode, takes_one_packet_and_leaves_the_rest) {
  const bytes two = from_hex("e0 00 c0 00");
  EXPECT_EQ(decode(protocol::v5, origin::any, two).size, 2U);
}

}  // namespace
}  // namespace mqttspan::conformance::reference
