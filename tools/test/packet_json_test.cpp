#include "packet_json.hpp"

#include <gtest/gtest.h>

#include <mqttspan/codec/parse.hpp>

#include "encoding.hpp"
#include "hex.hpp"
#include "json_text.hpp"
#include "samples.hpp"

namespace mqttspan {
namespace {

using test::sample;
using test::samples;

// The path and the message with which `json` is refused.
std::string refusal(std::string_view json) {
  try {
    packet_from_json(parse_json(json), protocol_version::v5);
  } catch (const packet_json_error& e) {
    return e.path + " " + e.what();
  }
  return "accepted";
}

std::string encoded(std::string_view json, protocol_version version) { return to_hex(encode(*packet_from_json(parse_json(json), version), version)); }

TEST(to_json, writes_every_packet_as_the_format_says) {
  for (const sample& s : samples()) {
    const std::string bytes = test::raw(s.hex);
    const auto parsed = parse(as_bytes(bytes), s.version);
    ASSERT_TRUE(parsed) << s.hex << " " << std::string_view(describe(parsed.error(), s.version));
    EXPECT_EQ(parsed->size, bytes.size()) << s.hex;
    EXPECT_EQ(to_json(parsed->packet, s.version).dump(), s.json) << s.hex;
  }
}

TEST(packet_from_json, reads_every_packet_back) {
  for (const sample& s : samples()) {
    EXPECT_EQ(encoded(s.json, s.version), to_hex(as_bytes(test::raw(s.hex)))) << s.json;
    const std::string bytes = test::raw(s.hex);
    const json_packet made = packet_from_json(parse_json(s.json), s.version);
    EXPECT_EQ(*made, parse(as_bytes(bytes), s.version)->packet) << s.json;
  }
}

TEST(packet_from_json, keeps_its_views_when_the_packet_moves) {
  json_packet first = packet_from_json(parse_json(R"({"type":"publish","topic":"t","payload":"p","properties":[["user_property",["k","v"]]]})"),
                                       protocol_version::v5);
  const json_packet second = std::move(first);
  const auto& p = std::get<publish>(*second);
  EXPECT_EQ(p.topic, "t");
  EXPECT_EQ(as_text(p.payload), "p");
  EXPECT_EQ(p.properties.get(prop::user)->value, "v");
}

TEST(packet_from_json, takes_plain_strings_for_binary_data) {
  EXPECT_EQ(encoded(R"({"type":"publish","topic":"a","payload":"hé"})", protocol_version::v3_1_1),
            "3006000161"
            "68c3a9");
  EXPECT_EQ(encoded(R"({"type":"connect","version":"3.1.1","user_name":"u","password":"p"})", protocol_version::v5),
            "101200044d51545404c2003c0000000175000170");
}

TEST(packet_from_json, takes_hex_for_text) {
  EXPECT_EQ(encoded(R"({"type":"publish","topic":{"hex":"61"}})", protocol_version::v3_1_1), "3003000161");
}

TEST(packet_from_json, fills_in_what_is_left_out) {
  EXPECT_EQ(encoded(R"({"type":"connect"})", protocol_version::v5),
            "100d00044d51545405"
            "02003c000000");
  EXPECT_EQ(encoded(R"({"type":"connect"})", protocol_version::v3_1_1),
            "100c00044d51545404"
            "02003c0000");
  EXPECT_EQ(encoded(R"({"type":"subscribe","packet_id":1,"subscriptions":[{"topic_filter":"a"}]})", protocol_version::v5),
            "82070001"
            "00"
            "00016100");
}

TEST(packet_from_json, takes_the_return_codes_of_3_x) {
  EXPECT_EQ(encoded(R"({"type":"connack","return_code":4})", protocol_version::v3_1_1), "20020004");
  EXPECT_EQ(refusal(R"({"type":"connack","return_code":4,"reason_code":135})"), "/return_code contradicts reason_code");
  EXPECT_EQ(refusal(R"({"type":"connack","return_code":6})"), "/return_code must be a whole number from 0 to 5");
}

TEST(packet_from_json, names_what_is_wrong_and_where) {
  EXPECT_EQ(refusal("[]"), " must be an object");
  EXPECT_EQ(refusal("{}"), "/type is missing");
  EXPECT_EQ(refusal(R"({"type":"PUBLISH"})"), "/type must be one of connect, connack, publish, … auth");
  EXPECT_EQ(refusal(R"({"type":5})"), "/type must be one of connect, connack, publish, … auth");
  EXPECT_EQ(refusal(R"({"type":"pingreq","qos":1})"), "/qos is not a field of this packet");
  EXPECT_EQ(refusal(R"({"type":"publish"})"), "/topic is missing");
  EXPECT_EQ(refusal(R"({"type":"publish","topic":7})"), "/topic must be a string or {\"hex\":\"…\"}");
  EXPECT_EQ(refusal(R"({"type":"publish","topic":"a","qos":3})"), "/qos must be a whole number from 0 to 2");
  EXPECT_EQ(refusal(R"({"type":"publish","topic":"a","qos":1.0})"), "/qos must be a whole number from 0 to 2");
  EXPECT_EQ(refusal(R"({"type":"publish","topic":"a","packet_id":65536})"), "/packet_id must be a whole number from 0 to 65535");
  EXPECT_EQ(refusal(R"({"type":"publish","topic":"a","packet_id":-1})"), "/packet_id must be a whole number from 0 to 65535");
  EXPECT_EQ(refusal(R"({"type":"publish","topic":"a","retain":1})"), "/retain must be true or false");
  EXPECT_EQ(refusal(R"({"type":"publish","topic":"a","payload":{"hex":"0g"}})"),
            "/payload/hex character 0 is not one of a pair of hexadecimal digits");
  EXPECT_EQ(refusal(R"({"type":"publish","topic":"a","payload":{"hex":"00","x":1}})"), "/payload must be a string or {\"hex\":\"…\"}");
  EXPECT_EQ(refusal(R"({"type":"puback"})"), "/packet_id is missing");
  EXPECT_EQ(refusal(R"({"type":"puback","packet_id":1,"reason_code":256})"), "/reason_code must be a whole number from 0 to 255");
  EXPECT_EQ(refusal(R"({"type":"connect","version":"4"})"), "/version must be \"3.1\", \"3.1.1\" or \"5.0\"");
  EXPECT_EQ(refusal(R"({"type":"connect","will":{"payload":""}})"), "/will/topic is missing");
  EXPECT_EQ(refusal(R"({"type":"connect","will":{"topic":"a","delay":1}})"), "/will/delay is not a field of this packet");
  EXPECT_EQ(refusal(R"({"type":"subscribe","packet_id":1})"), "/subscriptions is missing");
  EXPECT_EQ(refusal(R"({"type":"subscribe","packet_id":1,"subscriptions":[{"topic_filter":"a"},{"qos":1}]})"),
            "/subscriptions/1/topic_filter is missing");
  EXPECT_EQ(refusal(R"({"type":"suback","packet_id":1,"reason_codes":[0,"1"]})"), "/reason_codes/1 must be a whole number from 0 to 255");
  EXPECT_EQ(refusal(R"({"type":"unsubscribe","packet_id":1,"topic_filters":"a"})"), "/topic_filters must be an array");
}

TEST(packet_from_json, names_what_is_wrong_with_properties) {
  const auto with = [](const std::string& property) { return refusal(R"({"type":"auth","properties":[)" + property + "]}"); };
  EXPECT_EQ(with(R"(["topic_alias",5])"), "accepted");  // whether it belongs there is generate's to say
  EXPECT_EQ(with(R"({"topic_alias":5})"), "/properties/0 must be a pair: [\"name\", value]");
  EXPECT_EQ(with(R"(["topic_alia",5])"), "/properties/0/0 is not the name of a property");
  EXPECT_EQ(with(R"(["topic_alias",65536])"), "/properties/0/1 must be a whole number from 0 to 65535");
  EXPECT_EQ(with(R"(["maximum_qos",256])"), "/properties/0/1 must be a whole number from 0 to 255");
  EXPECT_EQ(with(R"(["session_expiry_interval",4294967296])"), "/properties/0/1 must be a whole number from 0 to 4294967295");
  EXPECT_EQ(with(R"(["subscription_identifier",268435456])"), "/properties/0/1 must be a whole number from 0 to 268435455");
  EXPECT_EQ(with(R"(["user_property","k=v"])"), "/properties/0/1 must be a pair: [\"name\", \"value\"]");
  EXPECT_EQ(with(R"(["user_property",["k",1]])"), "/properties/0/1/1 must be a string or {\"hex\":\"…\"}");
  EXPECT_EQ(with(R"(["reason_string",1])"), "/properties/0/1 must be a string or {\"hex\":\"…\"}");
}

TEST(parse_json, refuses_a_key_that_stands_twice) {
  EXPECT_THROW(parse_json(R"({"qos":0,"qos":1})"), json_text_error);
  EXPECT_THROW(parse_json(R"({"a":{"b":1,"b":2}})"), json_text_error);
  EXPECT_EQ(parse_json(R"([{"a":1},{"a":{"a":2}}])").size(), 2u);
}

TEST(parse_json, refuses_what_is_not_json) {
  EXPECT_THROW(parse_json("{"), json_text_error);
  EXPECT_THROW(parse_json("{} {}"), json_text_error);
  EXPECT_THROW(parse_json("{\"a\":\"\\ud800\"}"), json_text_error);
  EXPECT_THROW(parse_json("{\"a\":\"\xff\"}"), json_text_error);
}

TEST(json_texts, cuts_lines_and_objects_over_lines) {
  json_texts texts("{\"a\":\"}\\\"{\"}\n\n{\n \"b\": [{}]\n}{\"c\":1}\n x\n");
  EXPECT_EQ(texts.next(), "{\"a\":\"}\\\"{\"}");
  EXPECT_EQ(texts.line(), 1u);
  EXPECT_EQ(texts.next(), "{\n \"b\": [{}]\n}");
  EXPECT_EQ(texts.line(), 3u);
  EXPECT_EQ(texts.next(), "{\"c\":1}");
  EXPECT_EQ(texts.line(), 5u);
  EXPECT_EQ(texts.next(), "x");
  EXPECT_EQ(texts.line(), 6u);
  EXPECT_EQ(texts.next(), std::nullopt);
}

}  // namespace
}  // namespace mqttspan
