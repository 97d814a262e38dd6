// CONNECT and CONNACK for generate.
#include "spec_generate.hpp"

namespace mqttspan::spec {
namespace {

connect plain(protocol_version version) { return {.version = version, .client_id = "a"}; }
connect with_will(protocol_version version, will w) {
  connect c = plain(version);
  c.will = w;
  return c;
}
connect with_credentials(protocol_version version, std::optional<std::string_view> user_name, std::optional<bytes_view> password) {
  connect c = plain(version);
  c.user_name = user_name;
  c.password = password;
  return c;
}
connect with_client_id(protocol_version version, std::string_view id, bool clean_start = true) {
  return {.version = version, .clean_start = clean_start, .client_id = id};
}
will good_will() { return {.topic = "w", .payload = binary("m")}; }
connect with_everything(protocol_version version) {
  connect c = with_will(version, {.topic = "2", .payload = binary("3"), .qos = qos::exactly_once, .retain = true});
  c.client_id = "1";
  c.user_name = "4";
  c.password = binary("5");
  return c;
}

std::vector<generate_case> of_3_1_1() {
  will bad_qos = good_will();
  bad_qos.qos = static_cast<qos>(3);
  return {
      {"MQTT-3.1.2-11 MQTT-3.1.2-13 MQTT-3.1.2-15 MQTT-3.1.2-18 MQTT-3.1.2-20 MQTT-3.1.3-3 U311-3.1.2-a U311-7.1-a", v3_1_1, plain(v3_1_1), "= 10 0D 0004 4D515454 04 02 003C 0001 61"},
      {"MQTT-3.1.2-9 MQTT-3.1.2-19 MQTT-3.1.2-21 MQTT-3.1.3-1", v3_1_1, with_everything(v3_1_1), "= 10 19 0004 4D515454 04 F6 003C 0001 31 0001 32 0001 33 0001 34 0001 35"},
      {"MQTT-3.1.2-14", v3_1_1, with_will(v3_1_1, bad_qos), "will_qos_3@9"},
      {"MQTT-3.1.2-22", v3_1_1, with_credentials(v3_1_1, std::nullopt, binary("p")), "password_without_user_name@9"},
      {"MQTT-1.5.3-1 MQTT-3.1.3-4", v3_1_1, with_client_id(v3_1_1, "\xFF"), "utf8_ill_formed@14"},
      {"MQTT-3.1.3-7", v3_1_1, with_client_id(v3_1_1, "", false), "client_id_empty_without_clean_session@12"},
      {"MQTT-3.1.3-7", v3_1_1, with_client_id(v3_1_1, "", true), "= 10 0C 0004 4D515454 04 02 003C 0000"},
      {"MQTT-1.5.3-1 MQTT-3.1.3-10", v3_1_1, with_will(v3_1_1, {.topic = "w\xED\xA0\x80", .payload = {}}), "utf8_ill_formed@18"},
      {"MQTT-1.5.3-1 MQTT-3.1.3-11", v3_1_1, with_credentials(v3_1_1, "\xC0\xAF", std::nullopt), "utf8_ill_formed@17"},
      {"U311-1.5.3-a", v3_1_1, with_client_id(v3_1_1, long_text(65'536)), "string_too_long"},
      {"U311-1.5.3-a", v3_1_1, with_credentials(v3_1_1, long_text(65'536), std::nullopt), "string_too_long"},
      {"U311-3.1.3.2-a MQTT-4.7.3-1", v3_1_1, with_will(v3_1_1, {}), "will_topic_empty@15"},
      {"U311-3.1.3.2-a MQTT-4.7.1-1", v3_1_1, with_will(v3_1_1, {.topic = "w/#"}), "will_topic_has_wildcard@19"},
      {"U311-3.1.3.3-a", v3_1_1, with_will(v3_1_1, {.topic = "w", .payload = binary("\xFF")}), "= 10 13 0004 4D515454 04 06 003C 0001 61 0001 77 0001 FF"},
      {"U311-3.1.3.3-a", v3_1_1, with_will(v3_1_1, {.topic = "w", .payload = as_bytes(long_text(65'536))}), "binary_too_long"},
      {"U311-3.1.3.5-a", v3_1_1, with_credentials(v3_1_1, "u", binary("\xFF")), "= 10 13 0004 4D515454 04 C2 003C 0001 61 0001 75 0001 FF"},
      {"U311-3.1.3.5-a", v3_1_1, with_credentials(v3_1_1, "u", as_bytes(long_text(65'536))), "binary_too_long"},
      {"U311-2.2.1-b", v3_1_1, plain(v3_1_1), "packet_from_wrong_side@0", by_server},
      {"U311-3.2.1-a U311-3.2.2-a MQTT-3.2.2-4", v3_1_1, connack{.session_present = true}, "= 20 02 01 00"},
      {"MQTT-3.2.2-4", v3_1_1, connack{.session_present = true, .reason_code = reason_code::not_authorized}, "session_present_with_error@2"},
      {"U311-3.2.2-b", v3_1_1, connack{.reason_code = reason_code::not_authorized}, "= 20 02 00 05"},
      {"U311-3.2.2-b", v3_1_1, connack{.reason_code = reason_code::banned}, "reason_code_not_of_packet@3"},
      {"U311-2.2.1-b", v3_1_1, connack{}, "packet_from_wrong_side@0", by_client},
  };
}

std::vector<generate_case> of_3_1() {
  will bad_qos = good_will();
  bad_qos.qos = static_cast<qos>(3);
  return {
      {"U31-3.1-a U31-2.1-a", v3_1, plain(v3_1), "= 10 0F 0006 4D5149736470 03 02 003C 0001 61"},
      {"U31-3.1-g", v3_1, with_everything(v3_1), "= 10 1B 0006 4D5149736470 03 F6 003C 0001 31 0001 32 0001 33 0001 34 0001 35"},
      {"U31-2.2-a", v3_1, with_will(v3_1, bad_qos), "will_qos_3@11"},
      {"U31-3.1-d", v3_1, with_credentials(v3_1, std::nullopt, binary("p")), "password_without_user_name@11"},
      {"U31-3.1-f", v3_1, with_client_id(v3_1, ""), "client_id_length@14"},
      {"U31-3.1-f", v3_1, with_client_id(v3_1, long_text(24)), "client_id_length@14"},
      {"U31-3.1-h", v3_1, with_will(v3_1, {.topic = "w", .payload = binary("\x80")}), "will_message_not_ascii@22"},
      {"U31-3.1-h", v3_1, with_will(v3_1, good_will()), "= 10 15 0006 4D5149736470 03 06 003C 0001 61 0001 77 0001 6D"},
      {"U31-A-b", v3_1, with_will(v3_1, {}), "will_topic_empty@17"},
      {"U31-2.5-a", v3_1, with_credentials(v3_1, long_text(65'536), std::nullopt), "string_too_long"},
      {"U31-3.2-a U31-3.4-a", v3_1, connack{}, "= 20 02 00 00"},
      {"U31-3.2-a", v3_1, connack{.session_present = true}, "field_not_in_version"},
      {"U31-3.2-b", v3_1, connack{.reason_code = reason_code::server_busy}, "reason_code_not_of_packet@3"},
      {"U31-2.1-g", v3_1, connack{}, "packet_from_wrong_side@0", by_client},
  };
}

std::vector<generate_case> of_5_0() {
  will bad_qos = good_will(), bad_text = good_will(), good_text = good_will();
  bad_qos.qos = static_cast<qos>(3);
  bad_text.properties = keep<property>({prop::payload_format_indicator(1)});
  bad_text.payload = binary("a\xFF");
  good_text.properties = bad_text.properties;
  good_text.payload = binary("\xC3\xA9");
  connect lonely_data = plain(v5);
  lonely_data.properties = keep<property>({prop::authentication_data(binary("x"))});
  return {
      {"MQTT-3.1.2-1 MQTT-3.1.2-11 MQTT-3.1.2-13 MQTT-3.1.2-16 MQTT-3.1.2-18 MQTT-3.1.3-3 MQTT-2.2.2-1 U5-3.1.2-a U5-7.1-a", v5, plain(v5), "= 10 0E 0004 4D515454 05 02 003C 00 0001 61"},
      {"MQTT-3.1.2-9 MQTT-3.1.2-17 MQTT-3.1.2-19 MQTT-3.1.3-1", v5, with_everything(v5), "= 10 1B 0004 4D515454 05 F6 003C 00 0001 31 00 0001 32 0001 33 0001 34 0001 35"},
      {"MQTT-3.1.2-19", v5, with_credentials(v5, std::nullopt, binary("p")), "= 10 11 0004 4D515454 05 42 003C 00 0001 61 0001 70"},
      {"MQTT-3.1.2-12", v5, with_will(v5, bad_qos), "will_qos_3@9"},
      {"MQTT-1.5.4-1 MQTT-3.1.3-4", v5, with_client_id(v5, "\xFF"), "utf8_ill_formed@15"},
      {"MQTT-1.5.4-1 MQTT-3.1.3-11", v5, with_will(v5, {.topic = "w\xED\xA0\x80"}), "utf8_ill_formed@20"},
      {"MQTT-1.5.4-1 MQTT-3.1.3-12", v5, with_credentials(v5, "\xC0\xAF", std::nullopt), "utf8_ill_formed@18"},
      {"U5-1.5.4-d", v5, with_client_id(v5, long_text(65'536)), "string_too_long"},
      {"U5-1.5.6-a", v5, with_credentials(v5, std::nullopt, as_bytes(long_text(65'536))), "binary_too_long"},
      {"U5-1.5.6-a", v5, with_will(v5, {.topic = "w", .payload = as_bytes(long_text(65'536))}), "binary_too_long"},
      {"U5-3.1.3.3-a", v5, with_will(v5, {}), "will_topic_empty@17"},
      {"U5-3.1.3.3-a MQTT-4.7.0-1", v5, with_will(v5, {.topic = "+"}), "will_topic_has_wildcard@19"},
      {"U5-3.1.3.2.3-b", v5, with_will(v5, bad_text), "payload_not_utf8@25"},
      {"U5-3.1.3.2.3-b", v5, with_will(v5, good_text), "= 10 18 0004 4D515454 05 06 003C 00 0001 61 02 01 01 0001 77 0002 C3A9"},
      {"U5-3.1.2.11.10-a", v5, lonely_data, "authentication_data_without_method"},
      {"U5-2.1.2-b", v5, plain(v5), "packet_from_wrong_side@0", by_server},
      {"MQTT-3.2.2-1", v5, connack{.session_present = true}, "= 20 03 01 00 00"},
      {"MQTT-3.2.2-6", v5, connack{.session_present = true, .reason_code = reason_code::banned}, "session_present_with_error@2"},
      {"MQTT-3.2.2-8", v5, connack{.reason_code = reason_code::granted_qos_1}, "reason_code_not_of_packet@3"},
      {"MQTT-3.2.2-8", v5, connack{.reason_code = reason_code::banned}, "= 20 03 00 8A 00"},
      {"U5-2.1.2-b", v5, connack{}, "packet_from_wrong_side@0", by_client},
  };
}

}  // namespace

std::vector<generate_case> connect_cases() {
  std::vector<generate_case> all = of_3_1_1();
  for (const auto& more : {of_3_1(), of_5_0()}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace mqttspan::spec
