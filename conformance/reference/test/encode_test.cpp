#include <gtest/gtest.h>

#include "reference/reference.hpp"
#include "sample_packets.hpp"

namespace mqttspan::conformance::reference {
namespace {

std::string encoded(protocol version, const char* packet) {
  try {
    return to_hex(encode(version, json::parse(packet)));
  } catch (const not_encodable& refused) {
    return refused.found ? refused.found->rule : "invalid";
  }
}

TEST(encode, gives_every_sample_back) {
  for (const sample& s : sample_packets()) {
    const decoded found = decode(s.version, origin::any, from_hex(s.hex));
    ASSERT_EQ(found.result, outcome::valid) << s.hex;
    const bytes again = encode(s.version, found.packet);
    EXPECT_LE(again.size(), from_hex(s.hex).size()) << s.hex;
    EXPECT_EQ(decode(s.version, origin::any, again).packet, found.packet) << s.hex;
  }
}

TEST(encode, takes_the_shortest_form) {
  EXPECT_EQ(encoded(protocol::v5, R"({"type":"puback","packet_id":7,"reason_code":0,"properties":[]})"), "40020007");
  EXPECT_EQ(encoded(protocol::v5, R"({"type":"puback","packet_id":7,"reason_code":16,"properties":[]})"), "4003000710");
  EXPECT_EQ(encoded(protocol::v5, R"({"type":"disconnect","reason_code":0,"properties":[]})"), "e000");
  EXPECT_EQ(encoded(protocol::v5, R"({"type":"auth","reason_code":0,"properties":[]})"), "f000");
  EXPECT_EQ(encoded(protocol::v3_1, R"({"type":"pubrel","dup":true,"packet_id":1})"), "6a020001");
}

TEST(encode, takes_text_and_hex_for_bytes) {
  EXPECT_EQ(encoded(protocol::v3_1_1, R"({"type":"publish","topic":"a","payload":"hi"})"), "30050001616869");
  EXPECT_EQ(encoded(protocol::v3_1_1, R"({"type":"publish","topic":"a","payload":{"hex":"6869"}})"), "30050001616869");
}

TEST(encode, refuses_what_no_sender_may_send) {
  EXPECT_EQ(encoded(protocol::v3_1_1, R"({"type":"publish","topic":"a/#"})"), "topic_name_has_wildcard");
  EXPECT_EQ(encoded(protocol::v3_1_1, R"({"type":"publish","topic":"a","packet_id":1})"), "packet_id_with_qos_0");
  EXPECT_EQ(encoded(protocol::v3_1_1, R"({"type":"publish","topic":"a","qos":1})"), "packet_id_is_zero");
  EXPECT_EQ(encoded(protocol::v3_1_1, R"({"type":"puback","packet_id":1,"reason_code":16})"), "field_not_in_version");
  EXPECT_EQ(encoded(protocol::v3_1_1, R"({"type":"auth"})"), "packet_not_in_version");
  EXPECT_EQ(encoded(protocol::v5, R"({"type":"auth","reason_code":24})"), "authentication_method_missing");
  EXPECT_EQ(encoded(protocol::v5, R"({"type":"publish","topic":"a","properties":[["topic_alias",70000]]})"), "invalid");
  EXPECT_EQ(encoded(protocol::v5, R"({"type":"publish","topic":1})"), "invalid");
  EXPECT_EQ(encoded(protocol::v5, R"({"type":"message"})"), "invalid");
  const std::string long_topic(65536, 'a');
  EXPECT_EQ(encoded(protocol::v5, json{{"type", "publish"}, {"topic", long_topic}}.dump().c_str()), "string_too_long");
}

}  // namespace
}  // namespace mqttspan::conformance::reference
