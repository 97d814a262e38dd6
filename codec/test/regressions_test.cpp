// Malformed input that hurt somebody: public reports against other MQTT implementations, one test a class, bytes ours.
// What only a connection can decide (a PUBACK before CONNECT as in sol#15, bytes lost behind CONNECT as in mqtt-connection, SUBACKs with too many codes,
// 2 MiB fed in 16-byte chunks) belongs to the stream layer.
#include <gtest/gtest.h>

#include <vector>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/topic.hpp>

#include "spec_bytes.hpp"

namespace mqttspan::spec {
namespace {

constexpr auto v3_1 = protocol_version::v3_1;
constexpr auto v3_1_1 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;

void expect_in_all(const char* text, const std::string& wanted, sender from = sender::any) {
  for (const protocol_version version : all_versions) EXPECT_EQ(verdict(hex(text), version, from), wanted) << text << " in " << to_string(version);
}
void expect_in_3_x(const char* text, const std::string& wanted, sender from = sender::any) {
  for (const protocol_version version : {v3_1, v3_1_1}) EXPECT_EQ(verdict(hex(text), version, from), wanted) << text << " in " << to_string(version);
}
void expect_in_5(const char* text, const std::string& wanted, sender from = sender::any) { EXPECT_EQ(verdict(hex(text), v5, from), wanted) << text; }

bytes user_property(const bytes& name, const bytes& value) { return u8(0x26) + str(name) + str(value); }
bytes connect_5(const bytes& properties, unsigned flags, const bytes& payload) { return packet_of(0x10, str("MQTT") + u8(5) + u8(flags) + u16(60) + block(properties) + payload); }

// CVE-2026-54412 (MQTT-C)
TEST(regressions, topic_length_past_the_packet) { expect_in_all("30 07 FFFF 41 42 43 44 45", "field_past_end@2"); }

// nanomq#2270, MQTT-C
TEST(regressions, packet_ends_where_the_packet_id_should_be) {
  expect_in_all("32 03 0001 61", "field_past_end@5");
  expect_in_all("34 04 0001 61 00", "field_past_end@5");
}

// CVE-2026-8686 (coreMQTT)
TEST(regressions, property_length_past_the_packet) {
  expect_in_5("90 04 0001 7F 00", "property_length_past_end@4", sender::server);
  expect_in_5("B0 04 0001 7F 00", "property_length_past_end@4", sender::server);
}

// CVE-2026-21888 (NanoMQ)
TEST(regressions, five_byte_variable_byte_integer) {
  expect_in_5("10 12 0004 4D515454 05 02 003C 80 80 80 80 01 0001 61", "variable_byte_integer_too_long@12");
  expect_in_all("30 FF FF FF FF 01", "variable_byte_integer_too_long@1");
}

// wolfMQTT#545
TEST(regressions, length_field_cut) {
  expect_in_all("70 80", "incomplete");
  expect_in_3_x("20 02", "incomplete");
  expect_in_3_x("20 02 00", "incomplete");
  expect_in_5("20 03 00 00", "incomplete");
}

// nanomq#2268, comqtt PR 168, CVE-2019-5432 family
TEST(regressions, subscription_entry_without_its_options_byte) {
  expect_in_3_x("82 05 0001 0001 61", "field_past_end@7");
  expect_in_5("82 06 0001 00 0001 61", "field_past_end@8");
  expect_in_3_x("82 00", "field_past_end@2");
  expect_in_3_x("82 02 0001", "no_topic_filter@4");
  expect_in_5("82 03 0001 00", "no_topic_filter@5");
  for (const protocol_version version : all_versions) {  // empty filter, then the end: two defects, either may be named
    const std::string got = verdict(packet_of(0x82, u16(1) + (version == v5 ? u8(0) : bytes()) + u16(0)), version);
    EXPECT_TRUE(got.starts_with("topic_filter_empty@") || got.starts_with("field_past_end@")) << got;
  }
}

bytes full_connect(protocol_version version) {
  const bytes none = version == v5 ? block(user_property("k", "v")) : bytes();
  const bytes head = version == v3_1 ? str("MQIsdp") + u8(3) : str("MQTT") + u8(version == v5 ? 5 : 4);
  return head + u8(0xC6) + u16(60) + none + str("id") + none + str("wt") + str("wm") + str("un") + str("pw");
}

// nanomq#1042, #1043, #1181, #1722
TEST(regressions, truncated_connect_with_its_length_rewritten) {
  for (const protocol_version version : all_versions) {
    const bytes body = full_connect(version);
    ASSERT_EQ(verdict(packet_of(0x10, body), version), "ok");
    for (std::size_t size = 0; size < body.size(); ++size) {
      const bool before_credentials = size == body.size() - 4 || size == body.size() - 8;
      const std::string got = verdict(packet_of(0x10, body.substr(0, size)), version);
      const bool as_expected = version == v3_1 && before_credentials ? got == "ok" : got.starts_with("field_past_end@") || got.starts_with("property_length_past_end@");
      EXPECT_TRUE(as_expected) << to_string(version) << " cut to " << size << ": " << got;
    }
  }
}

TEST(regressions, truncated_connect_as_it_comes_is_incomplete) {
  for (const protocol_version version : all_versions) {
    const bytes wire = packet_of(0x10, full_connect(version));
    for (std::size_t size = 0; size < wire.size(); ++size) EXPECT_EQ(verdict(wire.substr(0, size), version), "incomplete") << size;
  }
}

// nanomq#1810
TEST(regressions, subscription_identifier_beyond_the_maximum_is_not_written) {
  const subscription filters[] = {{.topic_filter = "a"}};
  std::vector<std::byte> out(64);
  for (const std::uint32_t value : {268'435'456U, 0xFFFF'FFFFU}) {
    const property properties[] = {prop::subscription_identifier(value)};
    const auto written = generate(subscribe{.packet_id = 1, .subscriptions = filters, .properties = properties}, v5, out);
    ASSERT_FALSE(written) << value;
    EXPECT_EQ(written.error().code, errc::invalid_argument);
  }
  const property largest[] = {prop::subscription_identifier(268'435'455)};
  EXPECT_TRUE(generate(subscribe{.packet_id = 1, .subscriptions = filters, .properties = largest}, v5, out));
}

// NanoNNG PR 1509, mosquitto#1244
TEST(regressions, will_properties_without_connect_properties) {
  const bytes with_properties = connect_5({}, 0x06, str("a") + block(u8(0x18) + u32(5)) + str("w") + str("m"));
  const auto read = parse_as<connect>(as_bytes(with_properties), v5);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->packet.properties.empty());
  ASSERT_TRUE(read->packet.will);
  EXPECT_EQ(read->packet.will->properties.get(prop::will_delay_interval), 5U);
  EXPECT_EQ(read->packet.will->topic, "w");
  EXPECT_EQ(verdict(connect_5({}, 0x06, str("a") + u8(0) + str("w") + str("m")), v5), "ok");
}

// wolfMQTT PR 232, 242, 378, #443; vernemq#1883
TEST(regressions, invalid_property) {
  expect_in_5("30 06 0001 61 02 7E 00", "property_unknown@6");
  expect_in_5("30 08 0001 61 04 26 0001 6B", "property_past_end@10");                     // a key without its value
  expect_in_5("82 09 0001 02 24 01 0001 61 00", "property_not_allowed@5");                // maximum QoS is CONNACK's
  expect_in_5("D0 03 02 24 01", "bytes_left_over@2");                                     // PINGRESP has no properties
  expect_in_5("E0 04 00 02 01 01", "property_not_allowed@4");
}

// wolfMQTT#443, mqtt-packet
TEST(regressions, property_value_past_the_property_length) {
  expect_in_5("30 0B 0001 61 03 03 0004 61 62 63 64", "property_past_end@7");  // content type reaches into the payload
  expect_in_5("20 08 00 00 03 27 00 01 00 00", "property_past_end@6");
}

// paho.c#985, #986
TEST(regressions, connack_with_odd_lengths) {
  expect_in_5("20 0B 00 00 80FFFF0A 27 00989680", "property_length_past_end@4", sender::server);
  expect_in_5("20 0B 00 00 08 22 000A 26 0098 9680", "property_past_end@9", sender::server);
  expect_in_3_x("20 0B 00 00 80FFFF0A 27 00989680", "bytes_left_over@4", sender::server);
  expect_in_3_x("20 01 00", "field_past_end@3", sender::server);
}

// paho.c#563, PR 1265
TEST(regressions, packet_of_3_x_in_a_session_of_5_0) {
  expect_in_5("90 03 0001 01", "property_length_past_end@4", sender::server);
  expect_in_5("90 04 0001 00 00", "ok", sender::server);
  expect_in_5("B0 02 0001", "field_past_end@4", sender::server);
  expect_in_5("20 02 00 00", "field_past_end@4", sender::server);
}

// mosquitto CVE-2021-28166
TEST(regressions, connack_sent_to_a_broker) {
  expect_in_3_x("20 02 00 00", "packet_from_wrong_side@0", sender::client);
  expect_in_5("20 03 00 00 00", "packet_from_wrong_side@0", sender::client);
}

// mosquitto CVE-2021-34432
TEST(regressions, topic_length_0) {
  expect_in_3_x("30 02 0000", "topic_name_empty@2");
  expect_in_5("30 03 0000 00", "topic_name_empty_without_alias@2");
}

// mosquitto 1.6.6
TEST(regressions, very_deep_topic) {
  const bytes slashes(65'000, '/');
  for (const protocol_version version : all_versions) {
    const bytes none = version == v5 ? u8(0) : bytes();
    const bytes wire = packet_of(0x82, u16(1) + none + str(slashes) + u8(0));
    EXPECT_EQ(verdict(wire, version), "ok");
    EXPECT_TRUE(verdict(wire, version, {.max_topic_levels = 100}).starts_with("too_many_topic_levels@"));
    EXPECT_EQ(verdict(wire, version, {.max_topic_levels = 65'001}), "ok");
  }
  EXPECT_EQ(topic_levels(slashes), 65'001U);
  EXPECT_TRUE(matches(slashes, slashes));
  EXPECT_TRUE(matches("#", slashes));
  EXPECT_FALSE(matches(slashes, slashes.substr(1)));
}

// mosquitto CVE-2021-41039
TEST(regressions, property_flood) {
  bytes properties;
  for (int i = 0; i < 10'000; ++i) properties += user_property("k", "v");
  const bytes wire = connect_5(properties, 2, str("a"));
  const auto read = parse_as<connect>(as_bytes(wire), v5);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->packet.properties.count(), 10'000U);
  EXPECT_EQ(verdict(wire, v5, {.max_user_properties = 10'000}), "ok");
  EXPECT_TRUE(verdict(wire, v5, {.max_user_properties = 9'999}).starts_with("too_many_user_properties@"));
}

// mosquitto CVE-2017-7651, CVE-2023-0809; mochi#502; aedes#1086; paho.golang#754
TEST(regressions, memory_pinned_before_authentication) {
  for (const protocol_version version : all_versions) {
    EXPECT_EQ(verdict(hex("10 FF FF FF 7F"), version), "incomplete");
    EXPECT_EQ(verdict(hex("10 FF FF FF 7F"), version, {.max_packet_size = 65'536}), "packet_too_large@1");
    EXPECT_EQ(verdict(hex("30 FF FF 7F"), version, {.max_packet_size = 65'536}), "packet_too_large@1");
  }
}

// mosquitto 2.0.19
TEST(regressions, suback_without_codes) {
  expect_in_5("90 03 0001 00", "no_reason_code@5", sender::server);
  expect_in_3_x("90 02 0001", "no_reason_code@4", sender::server);  // 3.1 does not address it: policy
  expect_in_3_x("90 03 0001 00", "ok", sender::server);
}

// contiki-ng#600, #3217; mqtt-packet#95: the codec's half is that a part is incomplete, and the whole then has the same verdict
TEST(regressions, second_segment) {
  const bytes past_the_end = hex("30 07 FFFF 41 42 43 44 45"), long_length = packet_of(0x30, str("a") + bytes(200, 'p'));
  for (std::size_t size = 0; size < past_the_end.size(); ++size) EXPECT_EQ(verdict(past_the_end.substr(0, size), v3_1_1), "incomplete") << size;
  for (std::size_t size = 0; size < long_length.size(); ++size) EXPECT_EQ(verdict(long_length.substr(0, size), v3_1_1), "incomplete") << size;
  EXPECT_EQ(verdict(long_length, v3_1_1), "ok");
}

// azure-iot-sdk-c#945
TEST(regressions, oversize_length_stays_an_error_with_more_bytes) {
  for (std::size_t more = 0; more < 20; ++more) EXPECT_EQ(verdict(hex("30 FF FF FF FF") + bytes(more, 'x'), v3_1_1), "variable_byte_integer_too_long@1");
}

// mosquitto#3591, mqtt-packet PR 160, MQTTnet#2039, rabbitmq PR 8752, async_mqtt PR 415
TEST(regressions, legal_short_forms) {
  expect_in_5("F0 00", "ok", sender::server);
  expect_in_5("E0 01 8E", "ok", sender::server);
  expect_in_5("E0 00", "ok");
  expect_in_5("40 03 0001 00", "ok");
  expect_in_3_x("E0 00", "ok", sender::client);
  expect_in_3_x("F0 00", "packet_type_reserved@0");
  expect_in_3_x("E0 01 8E", "bytes_left_over@2");
  expect_in_3_x("40 03 0001 00", "bytes_left_over@4");
}

// mqtt-packet PR 162
TEST(regressions, reading_into_the_next_packet) {
  struct row {
    const char* first;
    const char* next;
    sender from;
  };
  for (const row& r : {row{"E0 00", "C0 00", sender::client}, row{"E0 01 80", "C0 00", sender::client}, row{"F0 00", "D0 00", sender::server}, row{"40 01 00", "C0 00", sender::client},
                       row{"20 01 00", "D0 00", sender::server}, row{"B0 01 00", "D0 00", sender::server}})
    for (const protocol_version version : all_versions) {
      const bytes first = hex(r.first), both = first + hex(r.next);
      const auto alone = parse(as_bytes(first), version, {.sender = r.from}), beside = parse(as_bytes(both), version, {.sender = r.from});
      ASSERT_EQ(alone.has_value(), beside.has_value()) << r.first;
      if (alone) {
        EXPECT_EQ(alone->size, beside->size) << r.first;
        EXPECT_EQ(verdict(both.substr(beside->size), version, r.from), "ok") << r.next;
      } else {
        EXPECT_EQ(verdict_of(alone.error()), verdict_of(beside.error())) << r.first;
      }
    }
  expect_in_all("40 01 00 C0 00", "field_past_end@2");
  expect_in_5("B0 01 00 D0 00", "field_past_end@2");
}

// mqtt-packet PR 161, PR 51
TEST(regressions, user_properties_of_one_name_survive_in_order) {
  const bytes wire = packet_of(0x30, str("t") + block(user_property("a", "") + user_property("a", "b")));
  const auto read = parse_as<publish>(as_bytes(wire), v5);
  ASSERT_TRUE(read);
  std::vector<string_pair> pairs;
  for (const property& p : read->packet.properties) pairs.push_back(p.pair());
  EXPECT_EQ(pairs, (std::vector<string_pair>{{"a", ""}, {"a", "b"}}));
  std::vector<std::byte> out(wire.size());
  const auto written = generate(read->packet, v5, out);
  ASSERT_TRUE(written);
  EXPECT_EQ(as_text(*written), wire);
}

// libmosquitto
TEST(regressions, two_subscription_identifiers_in_one_publish) {
  for (const bytes& tail : {bytes(), u8(0x23) + u16(9)}) {
    const bytes wire = packet_of(0x30, str("t") + block(hex("0B 01 0B 02") + tail));
    const auto read = parse_as<publish>(as_bytes(wire), v5, {.sender = sender::server});
    ASSERT_TRUE(read);
    std::vector<std::uint32_t> ids;
    for (const property& p : read->packet.properties)
      if (p.id() == property_id::subscription_identifier) ids.push_back(p.integer());
    EXPECT_EQ(ids, (std::vector<std::uint32_t>{1, 2}));
    EXPECT_EQ(read->packet.properties.get(prop::topic_alias), tail.empty() ? std::nullopt : std::optional<std::uint16_t>(9));
  }
}

// paho.python#541, rumqtt#195, ntex-mqtt#103
TEST(regressions, long_property_section) {
  for (const std::size_t size : {127U, 128U, 16'383U, 16'384U}) {
    const bytes wire = packet_of(0x30, str("t") + block(user_property("k", bytes(size - 6, 'v'))) + "p");
    const auto read = parse_as<publish>(as_bytes(wire), v5);
    ASSERT_TRUE(read) << size;
    EXPECT_EQ(as_text(read->packet.payload), "p");
    std::vector<std::byte> out(wire.size());
    const auto written = generate(read->packet, v5, out);
    ASSERT_TRUE(written) << size;
    EXPECT_TRUE(as_text(*written) == wire) << size;
  }
}

// paho.golang#739
TEST(regressions, payload_of_2_to_the_28_is_not_written) {
  static const std::byte one{};
  std::byte out[16];
  const publish p{.topic = "t", .payload = {&one, std::size_t{1} << 28}};
  for (const protocol_version version : all_versions) {
    EXPECT_FALSE(encoded_size(p, version));
    const auto head = generate_head(p, version, out);
    ASSERT_FALSE(head);
    EXPECT_EQ(head.error().code, errc::packet_too_large);
  }
}

// MQTT-275, MQTT.js#155: the pseudo-code of the first 3.1.1 edition refused these lengths
TEST(regressions, remaining_length_above_2097151) {
  for (const std::size_t length : {2'097'151U, 2'097'152U, 2'097'153U, 3'000'000U})
    for (const protocol_version version : all_versions) EXPECT_EQ(verdict(packet_of(0x30, str("t") + bytes(length - 3, '\0')), version), "ok") << length;
}

// emqx#7607, #5439, mosca#393
TEST(regressions, foreign_protocol_on_the_port) {
  const bytes hello = hex("16 03 01 02 00 01 00 01 FC 03 03");
  for (const protocol_version version : all_versions) {  // flags of CONNECT in 3.1.1 and 5.0; in 3.1 a name of 258 bytes in a packet of 3
    const std::string got = verdict(hello, version, sender::client);
    EXPECT_TRUE(got == "field_past_end@2" || (version != v3_1 && got == "fixed_header_flags@0")) << got;
  }
  const bytes http = "GET / HTTP/1.1\r\nHost: a.b.c.d\r\nUser-Agent: somebody/1.0 who went to the wrong port\r\n\r\n";
  EXPECT_EQ(verdict(http, v3_1_1, sender::client), "fixed_header_flags@0");
  EXPECT_EQ(verdict(http, v5, sender::client), "fixed_header_flags@0");
  EXPECT_EQ(verdict(http, v3_1, sender::client), "bytes_left_over@4");  // 3.1 does not use these bits of a PUBACK
}

// wolfMQTT#486 to #534, #580, #581, #603; mosquitto#3591 to #3629: each statement of those reports is in spec_witnesses.tsv
TEST(regressions, decoder_bugs_by_statement) {
  EXPECT_EQ(verdict(packet_of(0x10, str("MQTT") + hex("06 02 003C") + str("a")), v3_1_1), "protocol_level_unsupported@8");  // wolfMQTT#496
  EXPECT_EQ(verdict(hex("20 02 FF 00"), v3_1), "ok");                                                                       // wolfMQTT#497
  EXPECT_EQ(verdict(hex("20 02 FF 00"), v3_1_1), "connack_flag_reserved@2");
  EXPECT_EQ(verdict(hex("20 03 00 00 00"), v3_1_1), "bytes_left_over@4");  // wolfMQTT#603
  EXPECT_EQ(verdict(hex("20 03 00 00 00"), v5), "ok");
}

}  // namespace
}  // namespace mqttspan::spec
