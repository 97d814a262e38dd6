#include "text.hpp"

#include "speed.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

constexpr bool is_control(std::uint32_t c) noexcept { return (c >= 0x01 && c <= 0x1F) || (c >= 0x7F && c <= 0x9F); }
constexpr bool is_noncharacter(std::uint32_t c) noexcept { return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE; }

const octet* octets(std::string_view text) noexcept { return reinterpret_cast<const octet*>(text.data()); }

// [U5-1.5.4-c] [U311-1.5.3-b], on request
finding check_characters(std::string_view text, strictness reject) noexcept {
  if (!has(reject, strictness::control_characters) && !has(reject, strictness::noncharacters)) return {};
  if (is_built_for_speed && all_of(octets(text), text.size(), octets(text) + text.size(), [](block b) { return b.printable(); })) return {};
  for (std::size_t at = 0; at < text.size();) {
    const code_point c = decode_code_point(from(text, at));
    if (has(reject, strictness::control_characters) && is_control(c.value)) return {rule::utf8_has_control_character, at};
    if (has(reject, strictness::noncharacters) && is_noncharacter(c.value)) return {rule::utf8_has_noncharacter, at};
    at += c.size == 0 ? 1 : c.size;
  }
  return {};
}

finding check_levels(std::string_view text, std::uint32_t limit) noexcept {
  std::uint32_t levels = 1;
  for (std::size_t at = 0; at < text.size(); ++at)
    if (text[at] == '/' && ++levels > limit) return {rule::too_many_topic_levels, at};
  return {};
}

// A topic name by another name has rules of its own for the same faults.
finding rename(text_kind kind, finding f) noexcept {
  const bool empty = f.violated == rule::topic_name_empty, wild = f.violated == rule::topic_name_has_wildcard;
  if (kind == text_kind::will_topic && empty) f.violated = rule::will_topic_empty;        // [U5-3.1.3.3-a]
  if (kind == text_kind::will_topic && wild) f.violated = rule::will_topic_has_wildcard;  // [U5-3.1.3.3-a]
  if (kind == text_kind::response_topic && wild) f.violated = rule::response_topic_has_wildcard;  // [MQTT-3.3.2-14]
  return f;
}

finding check_grammar(text_kind kind, std::string_view text, protocol_version version) noexcept {
  if (kind == text_kind::string) return {};
  if (kind == text_kind::topic_filter) return check_filter_grammar(text, version);
  if (kind == text_kind::topic_name_or_alias && text.empty()) return {};
  return rename(kind, check_name_grammar(text, version));
}

// Nothing that any version's encoding or grammar minds.
bool is_plain_of(text_kind kind, std::string_view text, protocol_version version) noexcept {
  const octet *const p = octets(text), *const end = p + text.size();
  if (kind == text_kind::string) return is_plain_text(p, text.size(), end);
  if (kind == text_kind::topic_filter) return is_plain_filter(p, text.size(), end);
  return is_plain_name(p, text.size(), end) && !is_long_for_v3_1(kind, text.size(), version);
}

finding check_encoding_and_grammar(text_kind kind, std::string_view text, const text_rules& rules) noexcept {
  if (is_built_for_speed && is_plain_of(kind, text, rules.version)) return {};
  const bool as_3_1 = rules.version == protocol_version::v3_1 && !has(rules.reject, strictness::v3_1_as_v3_1_1);
  const bool topic = kind != text_kind::string;
  finding first{};
  if (as_3_1) {
    if (topic) first = check_topic_text(text, protocol_version::v3_1);
  } else {
    first = find_if_there(rule::utf8_has_null, text.find('\0'));  // [MQTT-1.5.4-2] [MQTT-4.7.3-2]
    if (!has(rules.allow, leniency::ill_formed_utf8))
      first = earlier(first, find_if_there(rule::utf8_ill_formed, find_ill_formed_utf8(text)));  // [MQTT-1.5.4-1]
  }
  return earlier(first, check_grammar(kind, text, rules.version));
}

}  // namespace

finding check_text(text_kind kind, std::string_view text, const text_rules& rules) noexcept {
  finding first = check_encoding_and_grammar(kind, text, rules);
  first = earlier(first, check_characters(text, rules.reject));
  if (kind != text_kind::string && rules.max_topic_levels != unlimited) first = earlier(first, check_levels(text, rules.max_topic_levels));
  return first;
}

}  // namespace mqttspan::detail
