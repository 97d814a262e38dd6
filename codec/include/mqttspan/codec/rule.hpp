// The rules that the codec enforces, by name, and the statements of the specifications that they rest on.
#pragma once

#include <cstdint>
#include <string_view>

#include <mqttspan/codec/version.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// One enforced rule, independent of the version. The rows of rules.inc say what each one states.
enum class rule : std::uint8_t {
  none = 0,  ///< no rule is broken
#define MQTTSPAN_RULE(name, ...) name,
#include <mqttspan/codec/rules.inc>
#undef MQTTSPAN_RULE
};

/// The rule's own name as an identifier: "topic_name_has_wildcard"; "none" for `rule::none`.
MQTTSPAN_API std::string_view to_string(rule) noexcept;

/// The violated fact as a phrase: "topic name has a wildcard".
MQTTSPAN_API std::string_view text_of(rule) noexcept;

/// The statement that the rule rests on in this version and packet type, as in "MQTT-3.3.2-2"; empty where the version has none.
/// Ids with U are ours, for sentences without a number. Ids repeat between versions with other meanings: always name the version with them.
MQTTSPAN_API std::string_view statement_id(rule, protocol_version, packet_type = packet_type{}) noexcept;

/// The rule of that name, or `rule::none`.
MQTTSPAN_API rule rule_named(std::string_view name) noexcept;

}  // namespace mqttspan
