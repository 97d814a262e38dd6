#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

#include "tables.hpp"

namespace mqttspan::conformance::reference {
namespace {

// class   5.0, then 3.x: m malformed, p protocol error, u unsupported. Two letters: the text leaves it open, both count alike. 3.1.1 tells the two apart in few places.
// codes   5.0 reason codes, hexadecimal; then the return codes of a CONNACK that may answer in 3.x
// In 3.1 no class is certain: its text names hardly any reaction.
// policy  versions whose text leaves open whether a receiver refuses
constexpr std::array rules = {
    // name                                          class       codes            policy statement in 3.1, 3.1.1, 5.0
    // Fixed header
    rule_row{"packet_type_reserved",                 "m",  "mp", "81",      "",   "",    "U31-2.1-b", "U311-2.2.1-a", "U5-2.1.2-a"},
    rule_row{"fixed_header_flags",                   "m",  "mp", "81",      "",   "",    "U31-2.1-a", "MQTT-2.2.2-2", "U5-2.1.3-a"},
    rule_row{"qos_3",                                "m",  "mp", "81",      "",   "",    "U31-2.1-c", "MQTT-3.3.1-4", "U5-3.3.1.2-a"},
    rule_row{"dup_with_qos_0",                       "mp", "mp", "81 82",   "",   "all", "U31-2.1-f", "MQTT-3.3.1-2", "MQTT-3.3.1-2"},
    rule_row{"packet_from_wrong_side",               "pm", "pm", "82 81",   "",   "",    "U31-2.1-g", "U311-2.2.1-b", "U5-2.1.2-b"},
    rule_row{"variable_byte_integer_too_long",       "m",  "mp", "81",      "",   "",    "U31-2.1-d", "U311-2.2.3-a", "U5-1.5.5-a"},
    rule_row{"variable_byte_integer_not_minimal",    "mp", "mp", "81 82",   "",   "",    "U31-2.1-d", "U311-2.2.3-b", "MQTT-1.5.5-1"},
    rule_row{"packet_too_large",                     "l",  "l",  "95",      "",   "",    "",          "",             "U5-2.1.4-b"},
    rule_row{"field_past_end",                       "m",  "mp", "81",      "",   "",    "U31-2.1-e", "U311-2.2.3-c", "U5-2.1.4-a"},
    rule_row{"bytes_left_over",                      "m",  "mp", "81",      "",   "",    "U31-2.1-e", "U311-2.2.3-c", "U5-2.1.4-a"},
    // Strings and binary data
    rule_row{"utf8_ill_formed",                      "m",  "mp", "81",      "",   "",    "",          "MQTT-1.5.3-1", "U5-1.5.4-a"},
    rule_row{"utf8_has_null",                        "m",  "mp", "81",      "",   "",    "U31-A-b",   "MQTT-1.5.3-2", "U5-1.5.4-b"},
    rule_row{"string_too_long",                      "m",  "mp", "81",      "",   "",    "U31-2.5-a", "U311-1.5.3-a", "U5-1.5.4-d"},
    rule_row{"binary_too_long",                      "m",  "mp", "81",      "",   "",    "U31-2.5-a", "U311-3.1.3.5-a", "U5-1.5.6-a"},
    // Identifiers and codes
    rule_row{"packet_id_is_zero",                    "pm", "pm", "82 81",   "",   "",    "U31-2.4-a", "MQTT-2.3.1-1", "U5-2.2.1-a"},
    rule_row{"packet_id_with_qos_0",                 "pm", "pm", "82 81",   "",   "",    "U31-2.4-c", "MQTT-2.3.1-5", "MQTT-2.2.1-2"},
    rule_row{"reason_code_not_of_packet",            "mp", "mp", "81 82",   "",   "",    "U31-3.2-b", "U311-3.2.2-b", "MQTT-3.2.2-8"},
    rule_row{"reason_code_from_wrong_side",          "pm", "pm", "82 81",   "",   "",    "",          "",             "U5-3.14.2.1-b"},
    // Topics
    rule_row{"topic_name_empty",                     "pm", "pm", "82 81",   "",   "",    "U31-A-b",   "MQTT-4.7.3-1", "MQTT-4.7.3-1"},
    rule_row{"topic_name_empty_without_alias",       "p",  "p",  "82",      "",   "",    "",          "",             "U5-3.3.2.1-a"},
    rule_row{"topic_name_has_wildcard",              "mp", "mp", "81 82",   "",   "",    "U31-3.3-a", "MQTT-3.3.2-2", "MQTT-3.3.2-2"},
    rule_row{"topic_name_too_long",                  "mp", "mp", "",        "",   "",    "U31-3.3-a", "",             ""},
    rule_row{"response_topic_has_wildcard",          "pm", "pm", "82 81",   "",   "",    "",          "",             "MQTT-3.3.2-14"},
    rule_row{"topic_filter_empty",                   "mp", "mp", "81 82",   "",   "",    "U31-A-b",   "MQTT-4.7.3-1", "MQTT-4.7.3-1"},
    rule_row{"multi_level_wildcard_misplaced",       "mp", "mp", "81 82",   "",   "",    "U31-A-a",   "MQTT-4.7.1-2", "MQTT-4.7.1-1"},
    rule_row{"single_level_wildcard_misplaced",      "mp", "mp", "81 82",   "",   "",    "U31-A-a",   "MQTT-4.7.1-3", "MQTT-4.7.1-2"},
    rule_row{"share_name_empty",                     "mp", "mp", "81 82",   "",   "",    "",          "",             "MQTT-4.8.2-1"},
    rule_row{"share_name_has_wildcard",              "mp", "mp", "81 82",   "",   "",    "",          "",             "MQTT-4.8.2-2"},
    rule_row{"share_without_topic_filter",           "mp", "mp", "81 82",   "",   "",    "",          "",             "MQTT-4.8.2-2"},
    // CONNECT
    rule_row{"protocol_name_unknown",                "u",  "u",  "84",      "1",  "",    "U31-3.1-a", "MQTT-3.1.2-1", "MQTT-3.1.2-1"},
    rule_row{"protocol_level_unsupported",           "u",  "u",  "84",      "1",  "",    "U31-3.1-a", "MQTT-3.1.2-2", "MQTT-3.1.2-2"},
    rule_row{"connect_flag_reserved",                "m",  "mp", "81",      "",   "",    "",          "MQTT-3.1.2-3", "U5-3.1.2.3-a"},
    rule_row{"will_qos_without_will",                "mp", "mp", "81 82",   "",   "",    "",          "MQTT-3.1.2-13", "MQTT-3.1.2-11"},
    rule_row{"will_retain_without_will",             "mp", "mp", "81 82",   "",   "",    "",          "MQTT-3.1.2-15", "MQTT-3.1.2-13"},
    rule_row{"will_qos_3",                           "m",  "mp", "81",      "",   "",    "U31-2.2-a", "MQTT-3.1.2-14", "U5-3.1.2.6-a"},
    rule_row{"will_topic_empty",                     "pm", "pm", "82 81",   "",   "",    "U31-A-b",   "U311-3.1.3.2-a", "U5-3.1.3.3-a"},
    rule_row{"will_topic_has_wildcard",              "pm", "pm", "82 81",   "",   "",    "U31-3.3-a", "U311-3.1.3.2-a", "U5-3.1.3.3-a"},
    rule_row{"will_message_not_ascii",               "mp", "mp", "",        "",   "",    "U31-3.1-h", "",             ""},
    rule_row{"password_without_user_name",           "mp", "mp", "",        "",   "",    "U31-3.1-d", "MQTT-3.1.2-22", ""},
    rule_row{"client_id_length",                     "pm", "pm", "",        "2",  "3.1", "U31-3.1-f", "",             ""},
    rule_row{"client_id_empty_without_clean_session", "pm", "pm", "",       "2",  "",    "",          "MQTT-3.1.3-7", ""},
    // CONNACK
    rule_row{"connack_flag_reserved",                "mp", "mp", "81 82",   "",   "",    "",          "U311-3.2.2-a", "MQTT-3.2.2-1"},
    rule_row{"session_present_with_error",           "pm", "pm", "82 81",   "",   "",    "",          "MQTT-3.2.2-4", "MQTT-3.2.2-6"},
    // Payload
    rule_row{"payload_not_utf8",                     "mp", "mp", "99",      "",   "5.0", "",          "",             "U5-3.3.2.3.2-a"},
    // Lists
    rule_row{"no_topic_filter",                      "p",  "p",  "82",      "",   "3.1", "U31-3.8-c", "MQTT-3.8.3-3", "U5-3.8.3-a"},
    rule_row{"no_reason_code",                       "pm", "pm", "82 81",   "",   "3.1", "U31-3.9-a", "U311-2.4-a",   "U5-3.9.3-a"},
    rule_row{"subscription_qos_3",                   "p",  "p",  "82",      "",   "",    "",          "",             "U5-3.8.3.1-a"},
    rule_row{"subscription_qos_reserved",            "m",  "m",  "81",      "",   "",    "U31-3.8-a", "MQTT-3.8.3-4", ""},
    rule_row{"retain_handling_3",                    "p",  "p",  "82",      "",   "",    "",          "",             "U5-3.8.3.1-b"},
    rule_row{"subscription_options_reserved",        "m",  "m",  "81",      "",   "",    "",          "MQTT-3.8.3-4", "MQTT-3.8.3-5"},
    rule_row{"no_local_on_shared",                   "p",  "p",  "82",      "",   "",    "",          "",             "MQTT-3.8.3-4"},
    // Properties
    rule_row{"property_length_past_end",             "m",  "m",  "81",      "",   "",    "",          "",             "U5-2.2.2.1-a"},
    rule_row{"property_past_end",                    "m",  "m",  "81",      "",   "",    "",          "",             "U5-2.2.2.1-a"},
    rule_row{"property_unknown",                     "m",  "m",  "81",      "",   "",    "",          "",             "U5-2.2.2.2-a"},
    rule_row{"property_not_allowed",                 "m",  "m",  "81",      "",   "",    "",          "",             "U5-2.2.2.2-a"},
    rule_row{"property_duplicate",                   "p",  "p",  "82",      "",   "",    "",          "",             ""},
    rule_row{"property_out_of_range",                "p",  "p",  "82",      "",   "",    "",          "",             ""},
    rule_row{"topic_alias_is_zero",                  "p",  "p",  "94",      "",   "",    "",          "",             "U5-3.3.4-e"},
    rule_row{"property_from_wrong_side",             "pm", "pm", "82 81",   "",   "",    "",          "",             "MQTT-3.3.4-6"},
    rule_row{"authentication_data_without_method",   "p",  "p",  "82",      "",   "",    "",          "",             "U5-3.1.2.11.10-a"},
    rule_row{"authentication_method_missing",        "p",  "p",  "82",      "",   "",    "",          "",             "U5-3.15.2.2.2-a"},
    // What only an encoder is asked for
    rule_row{"field_not_in_version",                 "p",  "p",  "",        "",   "",    "U31-2.1-a", "U311-7.1-a",   "U5-7.1-a"},
    rule_row{"packet_not_in_version",                "p",  "p",  "",        "",   "",    "U31-2.1-b", "U311-2.2.1-a", "U5-7.1-a"},
};

fault_class class_of(char letter) {
  if (letter == 'm') return fault_class::malformed;
  if (letter == 'p') return fault_class::protocol_error;
  return letter == 'u' ? fault_class::unsupported : fault_class::limit;
}

void add_other_class(std::vector<fault_class>& classes) {
  if (classes.front() == fault_class::malformed) classes.push_back(fault_class::protocol_error);
  else if (classes.front() == fault_class::protocol_error) classes.push_back(fault_class::malformed);
}

std::vector<int> numbers(const char* text, int base) {
  std::vector<int> result;
  std::istringstream words(text);
  for (std::string word; words >> word;) result.push_back(std::stoi(word, nullptr, base));
  return result;
}

}  // namespace

std::span<const rule_row> rule_table() { return rules; }

const rule_row& rule_named(std::string_view name) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const rule_row& row) { return row.name == name; });
  if (found == rules.end()) throw std::logic_error("no rule is called " + std::string(name));
  return *found;
}

fault make_fault(protocol version, std::string_view rule, std::size_t offset, bool policy) {
  const rule_row& row = rule_named(rule);
  const bool five = version == protocol::v5;
  fault result{.rule = row.name, .offset = offset, .known = offset, .classes = {}, .statement = row.in_3_1, .codes = {}, .policy = policy};
  for (const char letter : std::string_view(five ? row.classes : row.classes_3_x)) result.classes.push_back(class_of(letter));
  if (version == protocol::v3_1 && result.classes.size() == 1) add_other_class(result.classes);
  result.codes = five ? numbers(row.codes, 16) : numbers(row.codes_3_x, 10);
  if (version == protocol::v3_1_1) result.statement = row.in_3_1_1;
  if (five) result.statement = row.in_5_0;
  const std::string_view open = row.policy;
  result.policy |= open == "all" || open == name_of(version);
  return result;
}

}  // namespace mqttspan::conformance::reference
