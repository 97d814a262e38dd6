// Golden bytes, put together by hand from the layouts of the specifications: each packet in each version, written and read back.
#include <mqttspan/codec/generate.hpp>

#include <gtest/gtest.h>

#include <vector>

#include <mqttspan/codec/parse.hpp>

#include "hex.hpp"

namespace mqttspan {
namespace {

using test::hex;
using test::to_hex;

constexpr auto v3_1 = protocol_version::v3_1;
constexpr auto v3_1_1 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;

template <class P>
void writes(const P& p, protocol_version version, const char* bytes, const generate_options& options = canonical) {
  const auto expected = hex(bytes);
  std::vector<std::byte> out(expected.size() + 8);
  const auto written = generate(p, version, out, options);
  ASSERT_TRUE(written.has_value()) << bytes << ' ' << to_string(written.error().violated);
  EXPECT_EQ(to_hex(*written), to_hex(expected));
  const auto read = parse_as<P>(expected, version, {.sender = options.sender, .allow = options.allow});
  ASSERT_TRUE(read.has_value()) << bytes << ' ' << to_string(read.error().violated);
  EXPECT_EQ(read->packet, p);
}

template <class P>
void writes_in_every_version(const P& p, const char* bytes) {
  for (const auto version : {v3_1, v3_1_1, v5}) writes(p, version, bytes);
}

const auto two_bytes = hex("00ff");
const auto text = as_bytes("hi");

TEST(golden, connect) {
  writes(connect{.version = v3_1, .client_id = "c"}, v3_1, "10 0f 0006 4d5149736470 03 02 003c 0001 63");
  writes(connect{.version = v3_1_1, .client_id = "c"}, v3_1_1, "10 0d 0004 4d515454 04 02 003c 0001 63");
  writes(connect{.version = v3_1_1, .clean_start = false, .keep_alive = 0, .client_id = "c"}, v3_1_1, "10 0d 0004 4d515454 04 00 0000 0001 63");
  writes(connect{.version = v5}, v5, "10 0d 0004 4d515454 05 02 003c 00 0000");
  writes(connect{.version = v5}, v3_1, "10 0d 0004 4d515454 05 02 003c 00 0000");  // its own version counts
}

TEST(golden, connect_with_everything) {
  const will old{.topic = "t", .payload = text, .qos = qos::exactly_once, .retain = true};
  const bytes_view password = two_bytes;
  writes(connect{.version = v3_1, .client_id = "c", .will = old, .user_name = "u", .password = password}, v3_1,
         "10 1d 0006 4d5149736470 03 f6 003c 0001 63 0001 74 0002 6869 0001 75 0002 00ff");
  writes(connect{.version = v3_1_1, .client_id = "c", .will = old, .user_name = "u", .password = password}, v3_1_1,
         "10 1b 0004 4d515454 04 f6 003c 0001 63 0001 74 0002 6869 0001 75 0002 00ff");
  const std::vector<property> opens = {prop::session_expiry_interval(10),
                                       prop::receive_maximum(20),
                                       prop::maximum_packet_size(1000),
                                       prop::topic_alias_maximum(5),
                                       prop::request_response_information(1),
                                       prop::request_problem_information(0),
                                       prop::authentication_method("m"),
                                       prop::authentication_data(two_bytes),
                                       prop::user("k", "v")};
  const std::vector<property> wills = {prop::will_delay_interval(7), prop::payload_format_indicator(1), prop::message_expiry_interval(9), prop::content_type("x"),
                                       prop::response_topic("r"),    prop::correlation_data(two_bytes), prop::user("", "")};
  will modern = old;
  modern.qos = qos::at_least_once;
  modern.retain = false;
  modern.properties = wills;
  writes(connect{.version = v5, .client_id = "c", .will = modern, .password = password, .properties = opens}, v5,
         "10 5c 0004 4d515454 05 4e 003c"
         "24 11 0000000a 21 0014 27 000003e8 22 0005 19 01 17 00 15 0001 6d 16 0002 00ff 26 0001 6b 0001 76"
         "0001 63"
         "1e 18 00000007 01 01 02 00000009 03 0001 78 08 0001 72 09 0002 00ff 26 0000 0000"
         "0001 74 0002 6869 0002 00ff");
}

TEST(golden, connack) {
  writes(connack{}, v3_1, "20 02 00 00");
  writes(connack{.reason_code = reason_code::server_unavailable}, v3_1, "20 02 00 03");
  writes(connack{.session_present = true}, v3_1_1, "20 02 01 00");
  writes(connack{.reason_code = reason_code::not_authorized}, v3_1_1, "20 02 00 05");
  writes(connack{.session_present = true}, v5, "20 03 01 00 00");
  const std::vector<property> all = {prop::session_expiry_interval(1), prop::receive_maximum(2), prop::maximum_qos(1), prop::retain_available(0),
                                     prop::maximum_packet_size(3), prop::assigned_client_identifier("a"), prop::topic_alias_maximum(4), prop::reason_string("r"),
                                     prop::wildcard_subscription_available(1), prop::subscription_identifier_available(0), prop::shared_subscription_available(1),
                                     prop::server_keep_alive(5), prop::response_information("i"), prop::server_reference("s"), prop::authentication_method("m"),
                                     prop::authentication_data(two_bytes)};
  writes(connack{.reason_code = reason_code::banned, .properties = all}, v5,
         "20 39 00 8a 36 11 00000001 21 0002 24 01 25 00 27 00000003 12 0001 61 22 0004 1f 0001 72 28 01 29 00 2a 01 13 0005 1a 0001 69 1c 0001 73 15 0001 6d 16 0002 00ff");
}

TEST(golden, publish) {
  writes(publish{.topic = "a/b", .payload = text}, v3_1, "30 07 0003 612f62 6869");
  writes(publish{.topic = "a/b", .payload = text}, v3_1_1, "30 07 0003 612f62 6869");
  writes(publish{.topic = "a/b", .payload = text}, v5, "30 08 0003 612f62 00 6869");
  writes(publish{.topic = "a/b"}, v3_1_1, "30 05 0003 612f62");
  writes(publish{.topic = "t", .qos = qos::at_least_once, .retain = true, .packet_id = 0x0102}, v3_1_1, "33 05 0001 74 0102");
  writes(publish{.topic = "t", .qos = qos::exactly_once, .dup = true, .packet_id = 0xFFFF}, v3_1, "3c 05 0001 74 ffff");
  const std::vector<property> all = {prop::payload_format_indicator(1),        prop::message_expiry_interval(3600), prop::topic_alias(5),
                                     prop::response_topic("r"),                prop::correlation_data(two_bytes),   prop::user("k", "v"),
                                     prop::subscription_identifier(1),         prop::subscription_identifier(268'435'455),
                                     prop::content_type("text/plain")};
  writes(publish{.topic = "", .payload = text, .qos = qos::at_least_once, .packet_id = 1, .properties = all}, v5,
         "32 35 0000 0001 2e 01 01 02 00000e10 23 0005 08 0001 72 09 0002 00ff 26 0001 6b 0001 76 0b 01 0b ffffff7f 03 000a 746578742f706c61696e 6869");
}

TEST(golden, acknowledgements) {
  writes_in_every_version(puback{.packet_id = 0x0102}, "40 02 0102");
  writes_in_every_version(pubrec{.packet_id = 0x0102}, "50 02 0102");
  writes_in_every_version(pubrel{.packet_id = 0x0102}, "62 02 0102");
  writes_in_every_version(pubcomp{.packet_id = 0x0102}, "70 02 0102");
  writes(pubrel{.packet_id = 0x0102, .dup = true}, v3_1, "6a 02 0102");
}

TEST(golden, acknowledgements_of_5_0) {
  writes(puback{.packet_id = 1, .reason_code = reason_code::no_matching_subscribers}, v5, "40 03 0001 10");
  writes(pubrec{.packet_id = 1, .reason_code = reason_code::quota_exceeded}, v5, "50 03 0001 97");
  writes(pubrel{.packet_id = 1, .reason_code = reason_code::packet_identifier_not_found}, v5, "62 03 0001 92");
  writes(pubcomp{.packet_id = 1, .reason_code = reason_code::packet_identifier_not_found}, v5, "70 03 0001 92");
  const std::vector<property> list = {prop::reason_string("no"), prop::user("a", "b")};
  writes(puback{.packet_id = 1, .properties = list}, v5, "40 10 0001 00 0c 1f 0002 6e6f 26 0001 61 0001 62");
  writes(pubrec{.packet_id = 1, .properties = list}, v5, "50 10 0001 00 0c 1f 0002 6e6f 26 0001 61 0001 62");
  writes(pubrel{.packet_id = 1, .properties = list}, v5, "62 10 0001 00 0c 1f 0002 6e6f 26 0001 61 0001 62");
  writes(pubcomp{.packet_id = 1, .properties = list}, v5, "70 10 0001 00 0c 1f 0002 6e6f 26 0001 61 0001 62");
}

TEST(golden, subscribe) {
  const std::vector<subscription> plain = {{.topic_filter = "a", .qos = qos::at_least_once}, {.topic_filter = "b/#", .qos = qos::exactly_once}};
  writes(subscribe{.packet_id = 7, .subscriptions = plain}, v3_1, "82 0c 0007 0001 61 01 0003 622f23 02");
  writes(subscribe{.packet_id = 7, .dup = true, .subscriptions = plain}, v3_1, "8a 0c 0007 0001 61 01 0003 622f23 02");
  writes(subscribe{.packet_id = 7, .subscriptions = plain}, v3_1_1, "82 0c 0007 0001 61 01 0003 622f23 02");
  const std::vector<subscription> options = {{.topic_filter = "a", .qos = qos::at_least_once, .no_local = true, .retain_as_published = true},
                                             {.topic_filter = "$share/g/+", .qos = qos::exactly_once, .retain_handling = retain_handling::do_not_send},
                                             {.topic_filter = "c", .retain_handling = retain_handling::send_if_new}};
  const std::vector<property> list = {prop::subscription_identifier(128), prop::user("a", "b")};
  writes(subscribe{.packet_id = 7, .subscriptions = options, .properties = list}, v5,
         "82 22 0007 0a 0b 8001 26 0001 61 0001 62 0001 61 0d 000a 2473686172652f672f2b 22 0001 63 10");
}

TEST(golden, suback) {
  using enum reason_code;
  const std::vector<reason_code> codes = {granted_qos_0, granted_qos_1, granted_qos_2, unspecified_error};
  for (const auto version : {v3_1, v3_1_1}) writes(suback{.packet_id = 7, .reason_codes = codes}, version, "90 06 0007 00 01 02 80");
  writes(suback{.packet_id = 7, .reason_codes = codes}, v5, "90 07 0007 00 00 01 02 80");
  const std::vector<reason_code> modern = {wildcard_subscriptions_not_supported};
  const std::vector<property> list = {prop::reason_string("r")};
  writes(suback{.packet_id = 7, .reason_codes = modern, .properties = list}, v5, "90 08 0007 04 1f 0001 72 a2");
}

TEST(golden, unsubscribe) {
  const std::vector<std::string_view> filters = {"a", "b/#"};
  writes(unsubscribe{.packet_id = 7, .dup = true, .topic_filters = filters}, v3_1, "aa 0a 0007 0001 61 0003 622f23");
  writes(unsubscribe{.packet_id = 7, .topic_filters = filters}, v3_1_1, "a2 0a 0007 0001 61 0003 622f23");
  writes(unsubscribe{.packet_id = 7, .topic_filters = filters}, v5, "a2 0b 0007 00 0001 61 0003 622f23");
  const std::vector<property> list = {prop::user("a", "b")};
  writes(unsubscribe{.packet_id = 7, .topic_filters = filters, .properties = list}, v5, "a2 12 0007 07 26 0001 61 0001 62 0001 61 0003 622f23");
}

TEST(golden, unsuback) {
  for (const auto version : {v3_1, v3_1_1}) writes(unsuback{.packet_id = 7}, version, "b0 02 0007");
  const std::vector<reason_code> codes = {reason_code::success, reason_code::no_subscription_existed};
  writes(unsuback{.packet_id = 7, .reason_codes = codes}, v5, "b0 05 0007 00 00 11");
}

TEST(golden, packets_without_a_body) {
  writes_in_every_version(pingreq{}, "c0 00");
  writes_in_every_version(pingresp{}, "d0 00");
  writes_in_every_version(disconnect{}, "e0 00");
}

TEST(golden, disconnect_of_5_0) {
  writes(disconnect{.reason_code = reason_code::disconnect_with_will_message}, v5, "e0 01 04");
  const std::vector<property> expiry = {prop::session_expiry_interval(0)};
  writes(disconnect{.properties = expiry}, v5, "e0 07 00 05 11 00000000");
  const std::vector<property> moved = {prop::server_reference("s"), prop::reason_string("r"), prop::user("", "")};
  writes(disconnect{.reason_code = reason_code::server_moved, .properties = moved}, v5, "e0 0f 9d 0d 1c 0001 73 1f 0001 72 26 0000 0000");
}

TEST(golden, auth) {
  writes(auth{}, v5, "f0 00");
  const std::vector<property> list = {prop::authentication_method("m"), prop::authentication_data(two_bytes), prop::reason_string("r"), prop::user("", "")};
  writes(auth{.reason_code = reason_code::continue_authentication, .properties = list}, v5, "f0 14 18 12 15 0001 6d 16 0002 00ff 1f 0001 72 26 0000 0000");
  const std::vector<property> method = {prop::authentication_method("m")};
  writes(auth{.reason_code = reason_code::re_authenticate, .properties = method}, v5, "f0 06 19 04 15 0001 6d");
  writes(auth{.properties = method}, v5, "f0 06 00 04 15 0001 6d");
}

TEST(golden, spelled_out_forms) {
  const generate_options spelled{.spell_out = true};
  writes(puback{.packet_id = 1}, v5, "40 04 0001 00 00", spelled);
  writes(pubrec{.packet_id = 1, .reason_code = reason_code::quota_exceeded}, v5, "50 04 0001 97 00", spelled);
  writes(pubrel{.packet_id = 1}, v5, "62 04 0001 00 00", spelled);
  writes(pubcomp{.packet_id = 1}, v5, "70 04 0001 00 00", spelled);
  writes(disconnect{}, v5, "e0 02 00 00", spelled);
  writes(disconnect{.reason_code = reason_code::server_busy}, v5, "e0 02 89 00", spelled);
  writes(puback{.packet_id = 1}, v3_1_1, "40 02 0001", spelled);
  writes(disconnect{}, v3_1_1, "e0 00", spelled);
}

// Remaining Lengths and property lengths on both sides of each step of the variable byte integer.
TEST(golden, lengths_step_where_the_specification_says) {
  const std::pair<std::size_t, const char*> rows[] = {{127, "7f"},      {128, "8001"},       {16'383, "ff7f"},
                                                      {16'384, "808001"}, {2'097'151, "ffff7f"}, {2'097'152, "80808001"}};
  for (const auto& [remaining, length] : rows) {
    const std::vector<std::byte> payload(remaining - 3);
    std::vector<std::byte> out(remaining + 5);
    const auto written = generate(publish{.topic = "t", .payload = payload}, v3_1_1, out);
    ASSERT_TRUE(written.has_value());
    const auto header = hex(length);
    EXPECT_EQ(to_hex(written->subspan(1, header.size())), length);
    EXPECT_EQ(written->size(), 1 + header.size() + remaining);
    EXPECT_EQ(*encoded_size(publish{.topic = "t", .payload = payload}, v3_1_1), written->size());
    const auto read = parse_as<publish>(*written, v3_1_1);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->packet.payload.size(), payload.size());
  }
}

}  // namespace
}  // namespace mqttspan
