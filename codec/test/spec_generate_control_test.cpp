// SUBSCRIBE, UNSUBSCRIBE, their answers, PINGREQ, PINGRESP, DISCONNECT and AUTH for generate.
#include "spec_generate.hpp"

namespace mqttspan::spec {
namespace {

subscribe to(std::vector<subscription> subscriptions, std::uint16_t id = 1) { return {.packet_id = id, .subscriptions = keep(std::move(subscriptions))}; }
subscribe to(std::string_view filter) { return to({{.topic_filter = filter}}); }
unsubscribe from(std::vector<std::string_view> filters, std::uint16_t id = 1) { return {.packet_id = id, .topic_filters = keep(std::move(filters))}; }
suback granting(std::vector<reason_code> codes, std::uint16_t id = 1) { return {.packet_id = id, .reason_codes = keep(std::move(codes))}; }
unsuback answering(std::vector<reason_code> codes, std::uint16_t id = 1) { return {.packet_id = id, .reason_codes = keep(std::move(codes))}; }
auth with_method(reason_code code) { return {.reason_code = code, .properties = keep<property>({prop::authentication_method("m")})}; }
std::string_view null_text() { return keep(std::string("a\0", 2)); }
constexpr qos qos_3 = static_cast<qos>(3);

std::vector<generate_case> of_both_3_x(protocol_version version) {
  const bool old = version == v3_1;
  return {
      {old ? "U31-3.6-a U31-2.1-e U31-3.8-a" : "MQTT-3.8.1-1 MQTT-3.8.3-3 U311-3.8.3-a", version, to({{.topic_filter = "a", .qos = qos::exactly_once}, {.topic_filter = "b"}}),
       "= 82 0A 0001 0001 61 02 0001 62 00"},
      {old ? "U31-3.6-a" : "MQTT-3.10.1-1 MQTT-3.10.3-1 MQTT-3.10.3-2", version, from({"a", "b"}), "= A2 08 0001 0001 61 0001 62"},
      {old ? "U31-2.4-a" : "MQTT-2.3.1-1", version, to({{.topic_filter = "a"}}, 0), "packet_id_is_zero@2"},
      {old ? "U31-2.4-a" : "MQTT-2.3.1-1", version, from({"a"}, 0), "packet_id_is_zero@2"},
      {old ? "U31-3.8-c" : "MQTT-3.8.3-3 U311-2.4-a", version, to(std::vector<subscription>{}), "no_topic_filter@4"},
      {old ? "U31-3.8-c" : "MQTT-3.10.3-2 U311-2.4-a", version, from({}), "no_topic_filter@4"},
      {old ? "U31-3.8-a" : "MQTT-3.8.3-4", version, to({{.topic_filter = "a", .qos = qos_3}}), "subscription_qos_reserved@7"},
      {old ? "U31-3.8-a" : "MQTT-3.8.3-4", version, to({{.topic_filter = "a", .no_local = true}}), "field_not_in_version"},
      {old ? "U31-3.8-a" : "MQTT-3.8.3-4", version, to({{.topic_filter = "a", .retain_handling = retain_handling::do_not_send}}), "field_not_in_version"},
      {old ? "U31-A-a" : "MQTT-4.7.1-2", version, to("a#"), "multi_level_wildcard_misplaced@7"},
      {old ? "U31-A-a" : "MQTT-4.7.1-2", version, from({"#/a"}), "multi_level_wildcard_misplaced@6"},
      {old ? "U31-A-a" : "MQTT-4.7.1-3", version, to("a+b"), "single_level_wildcard_misplaced@7"},
      {old ? "U31-A-b" : "MQTT-4.7.3-1", version, to(""), "topic_filter_empty@4"},
      {old ? "U31-A-b" : "MQTT-4.7.3-2", version, to(null_text()), "utf8_has_null@7"},
      {old ? "U31-3.9-a" : "MQTT-3.9.3-2", version, granting({reason_code::granted_qos_0, reason_code::granted_qos_1, reason_code::granted_qos_2, reason_code::unspecified_error}),
       "= 90 06 0001 00 01 02 80"},
      {old ? "U31-3.9-a" : "MQTT-3.9.3-2", version, granting({reason_code::not_authorized}), "reason_code_not_of_packet@4"},
      {old ? "U31-3.9-a" : "U311-2.4-a", version, granting({}), "no_reason_code@4"},
      {old ? "U31-3.4-a" : "U311-3.4-a MQTT-2.2.2-1", version, unsuback{.packet_id = 1}, "= B0 02 0001"},
      {old ? "U31-2.4-a" : "U311-2.3.1-b", version, unsuback{}, "packet_id_is_zero@2"},
      {old ? "U31-3.4-a" : "U311-3.4-a", version, answering({reason_code::success}), "field_not_in_version"},
      {old ? "U31-3.4-a" : "U311-3.12-a MQTT-2.2.2-1", version, pingreq{}, "= C0 00"},
      {old ? "U31-3.4-a" : "U311-3.12-a MQTT-2.2.2-1", version, pingresp{}, "= D0 00"},
      {old ? "U31-3.4-a" : "U311-3.12-a MQTT-2.2.2-1", version, disconnect{}, "= E0 00"},
      {old ? "U31-3.4-a" : "U311-3.12-a", version, disconnect{.reason_code = reason_code::disconnect_with_will_message}, "field_not_in_version"},
      {old ? "U31-2.1-g" : "U311-2.2.1-b", version, disconnect{}, "packet_from_wrong_side@0", by_server},
      {old ? "U31-2.1-g" : "U311-2.2.1-b", version, to("a"), "packet_from_wrong_side@0", by_server},
      {old ? "U31-2.1-a" : "U311-7.1-a", version, with_method(reason_code::continue_authentication), "packet_not_in_version"},
  };
}

std::vector<generate_case> of_one_3_x() {
  return {
      {"MQTT-1.5.3-1 MQTT-3.8.3-1", v3_1_1, to("\xFF"), "utf8_ill_formed@6"},
      {"MQTT-1.5.3-1 MQTT-3.10.3-1", v3_1_1, from({"\xFF"}), "utf8_ill_formed@6"},
      {"MQTT-4.7.3-3", v3_1_1, to(long_text(65'536)), "string_too_long"},
      {"MQTT-4.7.3-3", v3_1_1, from({long_text(65'536)}), "string_too_long"},
      {"U311-4.7-a", v3_1_1, to("//"), "= 82 07 0001 0002 2F2F 00"},
      {"MQTT-3.8.1-1", v3_1_1, subscribe{.packet_id = 1, .dup = true, .subscriptions = keep<subscription>({{.topic_filter = "a"}})}, "field_not_in_version"},
      {"U31-3.6-a", v3_1, subscribe{.packet_id = 1, .dup = true, .subscriptions = keep<subscription>({{.topic_filter = "a"}})}, "= 8A 06 0001 0001 61 00"},
      {"U31-3.6-a", v3_1, unsubscribe{.packet_id = 1, .dup = true, .topic_filters = keep<std::string_view>({"a"})}, "= AA 05 0001 0001 61"},
  };
}

std::vector<generate_case> lists_of_5_0() {
  return {
      {"MQTT-3.8.1-1 MQTT-3.8.3-2 U5-3.8.3-b", v5,
       to({{.topic_filter = "a", .qos = qos::exactly_once, .no_local = true, .retain_as_published = true, .retain_handling = retain_handling::do_not_send}, {.topic_filter = "b"}}),
       "= 82 0B 0001 00 0001 61 2E 0001 62 00"},
      {"MQTT-3.10.1-1 MQTT-3.10.3-2 U5-3.8.3-b", v5, from({"a", "b"}), "= A2 09 0001 00 0001 61 0001 62"},
      {"U5-2.2.1-a", v5, to({{.topic_filter = "a"}}, 0), "packet_id_is_zero@2"},
      {"U5-2.2.1-a", v5, from({"a"}, 0), "packet_id_is_zero@2"},
      {"U5-2.2.1-a", v5, granting({reason_code::success}, 0), "packet_id_is_zero@2"},
      {"U5-2.2.1-a", v5, answering({reason_code::success}, 0), "packet_id_is_zero@2"},
      {"MQTT-3.8.3-2 U5-2.3-a", v5, to(std::vector<subscription>{}), "no_topic_filter@5"},
      {"MQTT-3.10.3-2 U5-2.3-a", v5, from({}), "no_topic_filter@5"},
      {"U5-3.8.3.1-a", v5, to({{.topic_filter = "a", .qos = qos_3}}), "subscription_qos_3@8"},
      {"U5-3.8.3.1-b", v5, to({{.topic_filter = "a", .retain_handling = static_cast<retain_handling>(3)}}), "retain_handling_3@8"},
      {"MQTT-3.8.3-4", v5, to({{.topic_filter = "$share/g/a", .no_local = true}}), "no_local_on_shared@17"},
      {"MQTT-3.8.3-1", v5, to("\xFF"), "utf8_ill_formed@7"},
      {"MQTT-3.10.3-1", v5, from({"\xFF"}), "utf8_ill_formed@7"},
      {"MQTT-4.7.1-1", v5, to("a#"), "multi_level_wildcard_misplaced@8"},
      {"MQTT-4.7.1-1", v5, from({"$share/g/#/a"}), "multi_level_wildcard_misplaced@16"},
      {"MQTT-4.7.1-2", v5, to("a+"), "single_level_wildcard_misplaced@8"},
      {"MQTT-4.7.3-1", v5, to(""), "topic_filter_empty@5"},
      {"MQTT-4.7.3-2", v5, from({null_text()}), "utf8_has_null@8"},
      {"MQTT-4.7.3-3", v5, to(long_text(65'536)), "string_too_long"},
      {"MQTT-4.8.2-1", v5, to("$share//a"), "share_name_empty@14"},
      {"MQTT-4.8.2-2", v5, to("$share/g+/a"), "share_name_has_wildcard@15"},
      {"MQTT-4.8.2-2", v5, from({"$share/g"}), "share_without_topic_filter@15"},
      {"MQTT-4.8.2-2", v5, from({"$share/g/"}), "share_without_topic_filter@15"},
      {"U5-4.7.3-a", v5, to("//"), "= 82 08 0001 00 0002 2F2F 00"},
      {"MQTT-3.9.3-2", v5, granting({reason_code::granted_qos_2, reason_code::not_authorized}), "= 90 05 0001 00 02 87"},
      {"MQTT-3.9.3-2", v5, granting({reason_code::success, static_cast<reason_code>(3)}), "reason_code_not_of_packet@6"},
      {"U5-3.9.3-a U5-2.3-a", v5, granting({}), "no_reason_code@5"},
      {"MQTT-3.11.3-2", v5, answering({reason_code::success, reason_code::no_subscription_existed}), "= B0 05 0001 00 00 11"},
      {"MQTT-3.11.3-2", v5, answering({reason_code::granted_qos_1}), "reason_code_not_of_packet@5"},
      {"U5-3.11.3-a U5-2.3-a", v5, answering({}), "no_reason_code@5"},
      {"U5-2.1.2-b", v5, granting({reason_code::success}), "packet_from_wrong_side@0", by_client},
  };
}

std::vector<generate_case> endings_of_5_0() {
  const std::span<const property> expiry = keep<property>({prop::session_expiry_interval(9)});
  return {
      {"U5-3.12.1-a MQTT-2.1.3-1", v5, pingreq{}, "= C0 00"},
      {"U5-3.12.1-a MQTT-2.1.3-1", v5, pingresp{}, "= D0 00"},
      {"U5-3.14.2.1-a MQTT-2.1.3-1", v5, disconnect{}, "= E0 00"},
      {"U5-3.14.2.1-a", v5, disconnect{.reason_code = reason_code::server_busy}, "= E0 01 89"},
      {"U5-3.14.2.1-a MQTT-3.14.2-2", v5, disconnect{.properties = expiry}, "= E0 07 00 05 11 00000009", by_client},
      {"MQTT-3.14.2-2", v5, disconnect{.properties = expiry}, "property_from_wrong_side@4", by_server},
      {"MQTT-3.14.2-1", v5, disconnect{.reason_code = reason_code::granted_qos_1}, "reason_code_not_of_packet@2"},
      {"MQTT-3.14.2-1", v5, disconnect{.reason_code = reason_code::bad_authentication_method}, "reason_code_not_of_packet@2"},  // policy: U5-3.14.2.1-c
      {"U5-3.14.2.1-b", v5, disconnect{.reason_code = reason_code::disconnect_with_will_message}, "reason_code_from_wrong_side@2", by_server},
      {"U5-3.14.2.1-b", v5, disconnect{.reason_code = reason_code::server_busy}, "reason_code_from_wrong_side@2", by_client},
      {"MQTT-3.15.1-1 U5-3.15.2.1-c", v5, with_method(reason_code::continue_authentication), "= F0 06 18 04 15 0001 6D"},
      {"MQTT-3.15.2-1", v5, with_method(reason_code::granted_qos_1), "reason_code_not_of_packet@2"},
      {"U5-3.15.2.1-a", v5, auth{}, "= F0 00", by_server},  // policy: the text both allows and forbids it
      {"U5-3.15.2.1-b", v5, with_method(reason_code::success), "reason_code_from_wrong_side@2", by_client},
      {"U5-3.15.2.1-b", v5, with_method(reason_code::re_authenticate), "reason_code_from_wrong_side@2", by_server},
      {"U5-3.15.2.2.2-a", v5, auth{.reason_code = reason_code::continue_authentication}, "authentication_method_missing"},
      {"U5-3.15.2.2.2-a", v5, auth{.properties = keep<property>({prop::user("k", "v")})}, "authentication_method_missing"},
  };
}

}  // namespace

std::vector<generate_case> control_cases() {
  std::vector<generate_case> all = of_both_3_x(v3_1);
  for (const auto& more : {of_both_3_x(v3_1_1), of_one_3_x(), lists_of_5_0(), endings_of_5_0()}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace mqttspan::spec
