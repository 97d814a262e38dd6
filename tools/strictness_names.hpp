// The names of leniencies and strictnesses, for --allow and --reject.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mqttspan/codec/strictness.hpp>

namespace mqttspan {

/// A flag and its name.
template <class Flag>
struct flag_name {
  Flag flag;
  std::string_view name;
};

inline constexpr flag_name<leniency> leniency_names[] = {
    {leniency::bridge_levels, "bridge_levels"},
    {leniency::non_minimal_lengths, "non_minimal_lengths"},
    {leniency::ill_formed_utf8, "ill_formed_utf8"},
    {leniency::connack_3_1_1_shape, "connack_3_1_1_shape"},
    {leniency::dup_with_qos_0, "dup_with_qos_0"},
    {leniency::payload_not_utf8, "payload_not_utf8"},
    {leniency::will_message_not_ascii, "will_message_not_ascii"},
    {leniency::client_id_length, "client_id_length"},
    {leniency::client_id_empty_without_clean_session, "client_id_empty_without_clean_session"},
    {leniency::disconnect_bad_authentication_method, "disconnect_bad_authentication_method"},
};
inline constexpr flag_name<strictness> strictness_names[] = {
    {strictness::control_characters, "control_characters"},
    {strictness::noncharacters, "noncharacters"},
    {strictness::v3_1_as_v3_1_1, "v3_1_as_v3_1_1"},
    {strictness::non_minimal_lengths_in_3_x, "non_minimal_lengths_in_3_x"},
};

/// The flag of that name.
template <class Flag, std::size_t N>
constexpr std::optional<Flag> flag_named(const flag_name<Flag> (&table)[N], std::string_view name) {
  for (const auto& row : table)
    if (row.name == name) return row.flag;
  return std::nullopt;
}

/// All names, joined with ", ".
template <class Flag, std::size_t N>
std::string names_of(const flag_name<Flag> (&table)[N]) {
  std::string all;
  for (const auto& row : table) all.append(all.empty() ? "" : ", ").append(row.name);
  return all;
}

}  // namespace mqttspan
