#include "text.hpp"

#include "speed.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

constexpr bool is_control(std::uint32_t c) noexcept { return (c >= 0x01 && c <= 0x1F) || (c >= 0x7F && c <= 0x9F); }
constexpr bool is_noncharacter(std::uint32_t c) noexcept { return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE; }

const octet* octets(std::string_view text) noexcept { return reinterpret_cast<const octet*>(text.data()); }

// The earliest of several findings.
struct earliest {
  finding found{rule::none, std::string_view::npos};

  // Nowhere is npos.
  MQTTSPAN_CALL_FOR_SIZE void add(rule violated, std::size_t offset) noexcept {
    if (offset < found.offset) found = {violated, offset};
  }
  void add(finding f) noexcept {
    if (f.violated != rule::none) add(f.violated, f.offset);
  }
};

// [U5-1.5.4-c] [U311-1.5.3-b], on request
void check_characters(earliest& first, std::string_view text, strictness reject) noexcept {
  const bool controls = has(reject, strictness::control_characters), noncharacters = has(reject, strictness::noncharacters);
  if (!controls && !noncharacters) return;
  if (is_built_for_speed && all_of(octets(text), text.size(), octets(text) + text.size(), [](block b) { return b.printable(); })) return;
  for (std::size_t at = 0; at < text.size();) {
    const code_point c = decode_code_point(from(text, at));
    if (controls && is_control(c.value)) first.add(rule::utf8_has_control_character, at);
    if (noncharacters && is_noncharacter(c.value)) first.add(rule::utf8_has_noncharacter, at);
    at += c.size == 0 ? 1 : c.size;
  }
}

void check_levels(earliest& first, std::string_view text, std::uint32_t limit) noexcept {
  std::uint32_t levels = 1;
  for (std::size_t at = 0; at < text.size(); ++at)
    if (text[at] == '/' && ++levels > limit) first.add(rule::too_many_topic_levels, at);
}

// A topic name by another name has rules of its own for the same faults: by text_kind.
struct name_rules {
  rule empty;
  rule wildcard;
};
constexpr name_rules rules_of_name[] = {
    {},                                                                 // string
    {rule::topic_name_empty, rule::topic_name_has_wildcard},            // topic_name
    {rule::none, rule::topic_name_has_wildcard},                        // topic_name_or_alias
    {rule::will_topic_empty, rule::will_topic_has_wildcard},            // will_topic [U5-3.1.3.3-a]
    {rule::topic_name_empty, rule::response_topic_has_wildcard},        // response_topic [MQTT-3.3.2-14]
};

void check_grammar(earliest& first, text_kind kind, std::string_view text, protocol_version version) noexcept {
  if (kind == text_kind::string) return;
  if (kind == text_kind::topic_filter) return first.add(check_filter_grammar(text, version));
  const name_rules& rules = rules_of_name[static_cast<unsigned>(kind)];
  if (text.empty()) return first.add({rules.empty, 0});
  if (is_v3_1(version)) first.add(rule::topic_name_too_long, end_of_longest_name(text));
  first.add(rules.wildcard, find_wildcard(text));
}

// Nothing that any version's encoding or grammar minds.
bool is_plain_of(text_kind kind, std::string_view text, protocol_version version) noexcept {
  const octet *const p = octets(text), *const end = p + text.size();
  if (kind == text_kind::string) return is_plain_text(p, text.size(), end);
  if (kind == text_kind::topic_filter) return is_plain_filter(p, text.size(), end);
  return is_plain_name(p, text.size(), end) && !is_long_for_v3_1(kind, text.size(), version);
}

void check_encoding(earliest& first, text_kind kind, std::string_view text, const text_rules& rules) noexcept {
  using namespace std::string_view_literals;
  if (is_v3_1(rules.version) && !has(rules.reject, strictness::v3_1_as_v3_1_1)) {
    if (kind == text_kind::string) return;
    first.add(rule::utf8_has_null, text.find("\xC0\x80"sv));  // [U31-A-b]
  } else if (!has(rules.allow, leniency::ill_formed_utf8)) {
    first.add(rule::utf8_ill_formed, find_ill_formed(text));  // [MQTT-1.5.4-1]
  }
  first.add(rule::utf8_has_null, text.find('\0'));  // [MQTT-1.5.4-2] [MQTT-4.7.3-2]
}

}  // namespace

std::size_t find_ill_formed(std::string_view text) noexcept { return find_ill_formed_utf8(text); }

finding check_text(text_kind kind, std::string_view text, const text_rules& rules) noexcept {
  earliest first;
  if (!is_built_for_speed || !is_plain_of(kind, text, rules.version)) {
    check_encoding(first, kind, text, rules);
    check_grammar(first, kind, text, rules.version);
  }
  check_characters(first, text, rules.reject);
  if (kind != text_kind::string && rules.max_topic_levels != unlimited) check_levels(first, text, rules.max_topic_levels);
  return first.found;
}

}  // namespace mqttspan::detail
