// Names and texts, in an object of their own: a program that prints nothing does not link them.
#include <cstring>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/property.hpp>
#include <mqttspan/codec/reason_code.hpp>
#include <mqttspan/codec/rule.hpp>
#include <mqttspan/codec/version.hpp>

#include "words.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {
namespace {

using detail::find_word;
using detail::word;

constexpr char version_names[] = "3.1\0" "3.1.1\0" "5.0\0";
constexpr char packet_names[] =
    "reserved\0CONNECT\0CONNACK\0PUBLISH\0PUBACK\0PUBREC\0PUBREL\0PUBCOMP\0SUBSCRIBE\0SUBACK\0UNSUBSCRIBE\0UNSUBACK\0PINGREQ\0PINGRESP\0DISCONNECT\0AUTH\0";
constexpr char sender_names[] = "any\0client\0server\0";
constexpr char class_names[] =
    "\0incomplete\0malformed\0protocol_violation\0unsupported_version\0packet_too_large\0no_space\0invalid_argument\0quota_exceeded\0wrong_state\0";

#define MQTTSPAN_REASON(name, ...) #name "\0"
constexpr char reason_names[] =
#include <mqttspan/codec/reason_codes.inc>
    ;
#undef MQTTSPAN_REASON
#define MQTTSPAN_REASON(name, value, text, ...) text "\0"
constexpr char reason_texts[] =
#include <mqttspan/codec/reason_codes.inc>
    ;
#undef MQTTSPAN_REASON
#define MQTTSPAN_REASON(name, value, ...) value,
constexpr unsigned char reason_values[] = {
#include <mqttspan/codec/reason_codes.inc>
};
#undef MQTTSPAN_REASON

#define MQTTSPAN_PROPERTY(name, ...) #name "\0"
constexpr char property_names[] =
#include <mqttspan/codec/properties.inc>
    ;
#undef MQTTSPAN_PROPERTY

#define MQTTSPAN_RULE(name, ...) #name "\0"
constexpr char rule_names[] = "none\0"
#include <mqttspan/codec/rules.inc>
    ;
#undef MQTTSPAN_RULE
#define MQTTSPAN_RULE(name, code, reason, text, ...) text "\0"
constexpr char rule_texts[] = "\0"
#include <mqttspan/codec/rules.inc>
    ;
#undef MQTTSPAN_RULE

// The n-th word, or nothing where the list is shorter.
std::string_view word_if(const char* words, unsigned n, unsigned count) noexcept { return n < count ? word(words, n) : std::string_view(); }

// The word at the code's place among the reason codes.
std::string_view reason_word(const char* words, reason_code code) noexcept {
  const void* const found = std::memchr(reason_values, static_cast<int>(code), sizeof reason_values);
  return found ? word(words, static_cast<unsigned>(static_cast<const unsigned char*>(found) - reason_values)) : std::string_view();
}

}  // namespace

std::string_view to_string(protocol_version version) noexcept { return word_if(version_names, static_cast<unsigned>(version) - 3, 3); }

std::optional<protocol_version> version_named(std::string_view name) noexcept {
  const unsigned n = find_word(version_names, 3, name);
  if (n == 3) return std::nullopt;
  return static_cast<protocol_version>(n + 3);
}

std::string_view to_string(packet_type type) noexcept { return word_if(packet_names, static_cast<unsigned>(type), 16); }

std::string_view to_string(sender from) noexcept { return word_if(sender_names, static_cast<unsigned>(from), 3); }

std::string_view to_string(errc code) noexcept { return word_if(class_names, static_cast<unsigned>(code), 10); }

std::string_view to_string(reason_code code) noexcept { return reason_word(reason_names, code); }

std::string_view text_of(reason_code code, packet_type type) noexcept {
  if (code == reason_code::success && type == packet_type::suback) return "granted QoS 0";
  if (code == reason_code::success && type == packet_type::disconnect) return "normal disconnection";
  return reason_word(reason_texts, code);
}

std::string_view to_string(property_id id) noexcept {
  return word_if(property_names, detail::property_index(static_cast<std::uint8_t>(id)), detail::property_count);
}

std::optional<property_id> property_named(std::string_view name) noexcept {
  const unsigned n = find_word(property_names, detail::property_count, name);
  if (n == detail::property_count) return std::nullopt;
  return detail::rows[n].id;
}

std::string_view to_string(rule r) noexcept { return word_if(rule_names, static_cast<unsigned>(r), rule_count + 1); }

std::string_view text_of(rule r) noexcept { return word_if(rule_texts, static_cast<unsigned>(r), rule_count + 1); }

rule rule_named(std::string_view name) noexcept {
  const unsigned n = find_word(rule_names, rule_count + 1, name);
  return n > rule_count ? rule::none : static_cast<rule>(n);
}

}  // namespace mqttspan
