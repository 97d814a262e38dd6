// PUBLISH and its acknowledgements for generate.
#include "spec_generate.hpp"

namespace mqttspan::spec {
namespace {

// A payload that is only counted: a packet too large for MQTT is refused before its payload is read.
bytes_view counted(std::size_t size) {
  static const std::byte one{};
  return {&one, size};
}
publish on(std::string_view topic) { return {.topic = topic}; }
publish with_id(std::uint16_t id, qos level = qos::at_least_once) { return {.topic = "a", .qos = level, .packet_id = id}; }
publish with_properties(std::vector<property> properties, std::string_view payload = "p", std::string_view topic = "a") {
  return {.topic = topic, .payload = as_bytes(payload), .properties = keep(std::move(properties))};
}
std::string_view null_text() { return keep(std::string("a\0", 2)); }

std::vector<generate_case> of_both_3_x(protocol_version version) {
  const bool old = version == v3_1;
  return {
      {old ? "U31-2.4-c" : "U311-1.5.2-a U311-2.3.1-a U311-3.3.2-a", version, publish{.topic = "a", .payload = as_bytes("p"), .qos = qos::at_least_once, .packet_id = 0x0102},
       "= 32 06 0001 61 0102 70"},
      {old ? "U31-3.3-d U31-2.1-e" : "U311-3.3.3-a U311-2.2.3-c", version, publish{.topic = "a", .retain = true}, "= 31 03 0001 61"},
      {old ? "U31-2.4-a" : "MQTT-2.3.1-1", version, with_id(0), "packet_id_is_zero@5"},
      {old ? "U31-2.4-a" : "MQTT-2.3.1-1", version, with_id(0, qos::exactly_once), "packet_id_is_zero@5"},
      {old ? "U31-2.4-c" : "MQTT-2.3.1-5", version, with_id(1, qos::at_most_once), "packet_id_with_qos_0"},
      {old ? "U31-2.1-c" : "MQTT-3.3.1-4", version, with_id(1, static_cast<qos>(3)), "qos_3@0"},
      {old ? "U31-2.1-f" : "MQTT-3.3.1-2 MQTT-4.3.1-1", version, publish{.topic = "a", .dup = true}, "dup_with_qos_0@0"},
      {old ? "U31-2.1-f" : "MQTT-3.3.1-2", version, publish{.topic = "a", .qos = qos::exactly_once, .dup = true, .packet_id = 1}, "= 3C 05 0001 61 0001"},
      {old ? "U31-3.3-a" : "MQTT-3.3.2-2 MQTT-4.7.1-1", version, on("a/+"), "topic_name_has_wildcard@6"},
      {old ? "U31-3.3-a" : "MQTT-3.3.2-2 MQTT-4.7.1-1", version, on("#"), "topic_name_has_wildcard@4"},
      {old ? "U31-A-b" : "MQTT-4.7.3-1", version, on(""), "topic_name_empty@2"},
      {old ? "U31-A-b" : "MQTT-1.5.3-2 MQTT-4.7.3-2", version, on(null_text()), "utf8_has_null@5"},
      {old ? "U31-2.1-d" : "U311-2.2.3-a", version, publish{.topic = "a", .payload = counted(268'435'453)}, "packet_too_large"},
      {old ? "U31-2.1-a" : "U311-7.1-a", version, with_properties({prop::content_type("t")}), "field_not_in_version"},
      {old ? "U31-3.4-a U31-2.1-a" : "MQTT-2.2.2-1 U311-3.4-a", version, puback{.packet_id = 1}, "= 40 02 0001"},
      {old ? "U31-3.4-a" : "MQTT-2.2.2-1 U311-3.4-a", version, pubrec{.packet_id = 1}, "= 50 02 0001"},
      {old ? "U31-3.6-a" : "MQTT-3.6.1-1", version, pubrel{.packet_id = 1}, "= 62 02 0001"},
      {old ? "U31-3.4-a" : "MQTT-2.2.2-1 U311-3.4-a", version, pubcomp{.packet_id = 1}, "= 70 02 0001"},
      {old ? "U31-2.4-a" : "U311-2.3.1-b", version, puback{}, "packet_id_is_zero@2"},
      {old ? "U31-2.4-a" : "U311-2.3.1-b", version, pubrec{}, "packet_id_is_zero@2"},
      {old ? "U31-2.4-a" : "U311-2.3.1-b", version, pubrel{}, "packet_id_is_zero@2"},
      {old ? "U31-2.4-a" : "U311-2.3.1-b", version, pubcomp{}, "packet_id_is_zero@2"},
      {old ? "U31-3.4-a" : "U311-3.4-a", version, puback{.packet_id = 1, .reason_code = reason_code::unspecified_error}, "field_not_in_version"},
  };
}

std::vector<generate_case> of_one_3_x() {
  return {
      {"MQTT-1.5.3-3", v3_1_1, on("\xEF\xBB\xBF"), "= 30 05 0003 EFBBBF"},
      {"MQTT-1.5.3-1 MQTT-3.3.2-1", v3_1_1, on("\xED\xA0\x80"), "utf8_ill_formed@4"},
      {"MQTT-4.7.3-3 U311-1.5.3-a", v3_1_1, on(long_text(65'536)), "string_too_long"},
      {"U311-4.7-a", v3_1_1, on("/ /"), "= 30 05 0003 2F202F"},
      {"MQTT-3.6.1-1", v3_1_1, pubrel{.packet_id = 1, .dup = true}, "field_not_in_version"},
      {"U31-2.5-a", v3_1, on("\xFF"), "= 30 03 0001 FF"},
      {"U31-A-b", v3_1, on("a\xC0\x80"), "utf8_has_null@5"},
      {"U31-3.3-a", v3_1, on(long_text(32'768)), "topic_name_too_long@32773"},
      {"U31-3.6-a", v3_1, pubrel{.packet_id = 1, .dup = true}, "= 6A 02 0001"},
  };
}

std::vector<generate_case> publish_of_5_0() {
  return {
      {"U5-1.5.2-a U5-2.2.1-d U5-3.3.2-a U5-2.2.2.1-a", v5,
       publish{.topic = "a", .payload = as_bytes("p"), .qos = qos::at_least_once, .packet_id = 0x0102, .properties = keep<property>({prop::message_expiry_interval(0x01020304)})},
       "= 32 0C 0001 61 0102 05 02 01020304 70"},
      {"U5-3.3.3-a MQTT-2.2.2-1 U5-2.1.4-a", v5, publish{.topic = "a", .retain = true}, "= 31 04 0001 61 00"},
      {"U5-2.2.1-a", v5, with_id(0), "packet_id_is_zero@5"},
      {"MQTT-2.2.1-2 U5-2.2.1-d", v5, with_id(1, qos::at_most_once), "packet_id_with_qos_0"},
      {"MQTT-3.3.1-4", v5, with_id(1, static_cast<qos>(3)), "qos_3@0"},
      {"MQTT-3.3.1-2 MQTT-4.3.1-1", v5, publish{.topic = "a", .dup = true}, "dup_with_qos_0@0"},
      {"MQTT-3.3.2-2 MQTT-4.7.0-1", v5, on("a/+"), "topic_name_has_wildcard@6"},
      {"MQTT-1.5.4-3", v5, on("\xEF\xBB\xBF"), "= 30 06 0003 EFBBBF 00"},
      {"MQTT-1.5.4-1 MQTT-3.3.2-1", v5, on("\xED\xA0\x80"), "utf8_ill_formed@4"},
      {"MQTT-1.5.4-2 MQTT-4.7.3-2", v5, on(null_text()), "utf8_has_null@5"},
      {"MQTT-4.7.3-3 U5-1.5.4-d", v5, on(long_text(65'536)), "string_too_long"},
      {"U5-3.3.2.1-a MQTT-4.7.3-1", v5, on(""), "topic_name_empty_without_alias"},
      {"U5-3.3.2.1-a", v5, with_properties({prop::topic_alias(1)}, "p", ""), "= 30 07 0000 03 23 0001 70"},
      {"MQTT-3.3.2-8", v5, with_properties({prop::topic_alias(0)}), "topic_alias_is_zero@7"},
      {"U5-4.7.3-a", v5, on("/ /"), "= 30 06 0003 2F202F 00"},
      {"U5-1.5.5-a", v5, publish{.topic = "a", .payload = counted(268'435'452)}, "packet_too_large"},
      {"U5-2.1.4-b", v5, on("a"), "packet_too_large", {.max_packet_size = 5}},
      {"U5-2.1.4-b", v5, on("a"), "= 30 04 0001 61 00", {.max_packet_size = 6}},
      {"U5-3.3.2.3.2-a", v5, with_properties({prop::payload_format_indicator(1)}, "a\xFF"), "payload_not_utf8@9"},
      {"U5-3.3.2.3.2-a", v5, with_properties({prop::payload_format_indicator(1)}, "\xC3\xA9"), "= 30 08 0001 61 02 01 01 C3A9"},
      {"MQTT-3.3.4-6", v5, with_properties({prop::subscription_identifier(1)}), "property_from_wrong_side@6", by_client},
      {"U5-3.3.2.3.8-b", v5, with_properties({prop::subscription_identifier(1), prop::subscription_identifier(1)}), "= 30 09 0001 61 04 0B 01 0B 01 70", by_server},
      {"MQTT-1.5.5-1", v5, with_properties({prop::subscription_identifier(128)}), "= 30 08 0001 61 03 0B 8001 70", by_server},
  };
}

std::vector<generate_case> acknowledgements_of_5_0() {
  const std::span<const property> why = keep<property>({prop::reason_string("w")});
  return {
      {"MQTT-2.1.3-1 U5-3.4.2.1-a", v5, puback{.packet_id = 1}, "= 40 02 0001"},
      {"U5-3.4.2.1-a", v5, puback{.packet_id = 1, .reason_code = reason_code::no_matching_subscribers}, "= 40 03 0001 10"},
      {"U5-3.4.2.1-a", v5, puback{.packet_id = 1, .properties = why}, "= 40 08 0001 00 04 1F 0001 77"},
      {"U5-3.5.2.1-a", v5, pubrec{.packet_id = 1}, "= 50 02 0001"},
      {"U5-3.5.2.1-a", v5, pubrec{.packet_id = 1, .properties = why}, "= 50 08 0001 00 04 1F 0001 77"},
      {"MQTT-3.6.1-1 U5-3.6.2.1-a", v5, pubrel{.packet_id = 1}, "= 62 02 0001"},
      {"U5-3.6.2.1-a", v5, pubrel{.packet_id = 1, .reason_code = reason_code::packet_identifier_not_found, .properties = why}, "= 62 08 0001 92 04 1F 0001 77"},
      {"U5-3.7.2.1-a", v5, pubcomp{.packet_id = 1}, "= 70 02 0001"},
      {"U5-3.7.2.1-a", v5, pubcomp{.packet_id = 1, .reason_code = reason_code::packet_identifier_not_found}, "= 70 03 0001 92"},
      {"U5-2.2.1-a", v5, puback{}, "packet_id_is_zero@2"},
      {"U5-2.2.1-a", v5, pubrec{}, "packet_id_is_zero@2"},
      {"U5-2.2.1-a", v5, pubrel{}, "packet_id_is_zero@2"},
      {"U5-2.2.1-a", v5, pubcomp{}, "packet_id_is_zero@2"},
      {"MQTT-3.4.2-1", v5, puback{.packet_id = 1, .reason_code = reason_code::granted_qos_1}, "reason_code_not_of_packet@4"},
      {"MQTT-3.5.2-1", v5, pubrec{.packet_id = 1, .reason_code = reason_code::packet_identifier_not_found}, "reason_code_not_of_packet@4"},
      {"MQTT-3.6.2-1", v5, pubrel{.packet_id = 1, .reason_code = reason_code::unspecified_error}, "reason_code_not_of_packet@4"},
      {"MQTT-3.7.2-1", v5, pubcomp{.packet_id = 1, .reason_code = reason_code::no_matching_subscribers}, "reason_code_not_of_packet@4"},
      {"U5-3.4.2.1-b", v5, puback{.packet_id = 1, .reason_code = reason_code::no_matching_subscribers}, "reason_code_from_wrong_side@4", by_client},
      {"U5-3.5.2.1-b", v5, pubrec{.packet_id = 1, .reason_code = reason_code::no_matching_subscribers}, "reason_code_from_wrong_side@4", by_client},
      {"MQTT-3.6.1-1", v5, pubrel{.packet_id = 1, .dup = true}, "field_not_in_version"},
  };
}

}  // namespace

std::vector<generate_case> publish_cases() {
  std::vector<generate_case> all = of_both_3_x(v3_1);
  for (const auto& more : {of_both_3_x(v3_1_1), of_one_3_x(), publish_of_5_0(), acknowledgements_of_5_0()}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace mqttspan::spec
