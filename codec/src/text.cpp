#include "text.hpp"

#include "checks.hpp"
#include "speed.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

constexpr bool is_control(std::uint32_t c) noexcept { return (c >= 0x01 && c <= 0x1F) || (c >= 0x7F && c <= 0x9F); }
constexpr bool is_noncharacter(std::uint32_t c) noexcept { return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE; }

// What a text of no bytes breaks, and a wildcard in a name: a topic name by another name has rules of its own for the same faults. By text_kind.
struct kind_rules {
  rule empty;
  rule wildcard;
};
constexpr kind_rules rules_of_kind[] = {
    {},                                                                 // string
    {rule::topic_name_empty, rule::topic_name_has_wildcard},            // topic_name
    {rule::none, rule::topic_name_has_wildcard},                        // topic_name_or_alias
    {rule::will_topic_empty, rule::will_topic_has_wildcard},            // will_topic [U5-3.1.3.3-a]
    {rule::topic_name_empty, rule::response_topic_has_wildcard},        // response_topic [MQTT-3.3.2-14]
    {rule::topic_filter_empty, rule::none},                             // topic_filter [MQTT-4.7.3-1]
};

#ifdef MQTTSPAN_BUILT_FOR_SIZE

// The code point at the front of a text that is not empty, its size on top: in one word, which comes back in a register. 0 for ill-formed bytes: Unicode 15, table 3-7.
constexpr unsigned size_shift = 24;
[[gnu::noinline]] std::uint32_t front_character(const char* text, std::size_t left) noexcept {
  std::uint32_t value = static_cast<octet>(text[0]);
  if (value < 0x80) return 1u << size_shift | value;
  const std::uint32_t size = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2;
  if (value < 0xC2 || left < size) return 0;
  value &= 0xFFu >> size;
  for (std::uint32_t i = 1; i < size; ++i) {
    const std::uint32_t continuation = static_cast<octet>(text[i]) ^ 0x80u;
    if (continuation > 0x3F) return 0;
    value = value << 6 | continuation;
  }
  const bool is_surrogate = value >> 11 == 0x1B, is_overlong = value >> (5 * size - 4) == 0;
  return is_surrogate || is_overlong || value > 0x10'FFFF ? 0 : size << size_shift | value;
}

constexpr std::size_t prefix = 7;  // "$share/"

// What a character of a topic breaks, in one walk from the first character to the end.
class topic_walk {
 public:
  topic_walk(text_kind kind, std::string_view text, protocol_version version) noexcept
      : text_(text), kind_(kind), is_v3_1_(is_v3_1(version)), in_share_name_(kind == text_kind::topic_filter && is_v5(version) && is_shared(text)) {}

  rule judge(std::size_t at) noexcept {
    const char c = text_[at];
    if (is_v3_1_ && kind_ != text_kind::topic_filter && (c & 0xC0) != 0x80 && ++characters_ > longest_name_of_v3_1) return rule::topic_name_too_long;  // [U31-3.3-a]
    if (c == '/') return end_level(at);
    return c == '#' || c == '+' ? judge_wildcard(at) : rule::none;
  }
  // At the text's end.
  rule judge_end() const noexcept {
    if (!in_share_name_) return rule::none;
    return text_.size() == prefix ? rule::share_name_empty : rule::share_without_topic_filter;  // [MQTT-4.8.2-1] [MQTT-4.8.2-2]
  }
  std::uint32_t levels() const noexcept { return levels_; }

 private:

  rule end_level(std::size_t at) noexcept {
    ++levels_;
    level_ = at + 1;
    if (!in_share_name_ || at < prefix) return rule::none;
    if (at == prefix) return rule::share_name_empty;
    in_share_name_ = level_ == text_.size();
    return judge_end();
  }
  rule judge_wildcard(std::size_t at) const noexcept {
    if (kind_ != text_kind::topic_filter) return rules_of_kind[static_cast<unsigned>(kind_)].wildcard;
    if (in_share_name_) return rule::share_name_has_wildcard;
    const bool is_last = at + 1 == text_.size();
    if (text_[at] == '#') return at == level_ && is_last ? rule::none : rule::multi_level_wildcard_misplaced;  // [MQTT-4.7.1-1]
    return at == level_ && (is_last || text_[at + 1] == '/') ? rule::none : rule::single_level_wildcard_misplaced;  // [MQTT-4.7.1-2]
  }

  std::string_view text_;
  std::size_t level_ = 0;  // where it begins
  std::uint32_t levels_ = 1;
  std::uint32_t characters_ = 0;
  text_kind kind_;
  bool is_v3_1_;
  bool in_share_name_;
};

}  // namespace

bool is_shared(std::string_view filter) noexcept { return filter.size() >= prefix && std::memcmp(filter.data(), "$share/", prefix) == 0; }

std::size_t find_ill_formed(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t size = front_character(text.data() + at, text.size() - at) >> size_shift;
    if (size == 0) return at;
    at += size;
  }
  return std::string_view::npos;
}

// One walk for all rules: the first that a character breaks, encoding in front of grammar and grammar in front of what is asked for.
finding check_text(text_kind kind, std::string_view text, const text_rules& rules) noexcept {
  if (text.empty()) return {rules_of_kind[static_cast<unsigned>(kind)].empty, 0};
  const bool is_topic = kind != text_kind::string, is_lax = is_v3_1(rules.version) && !has(rules.reject, strictness::v3_1_as_v3_1_1);
  topic_walk topic(kind, text, rules.version);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::uint32_t front = front_character(text.data() + at, text.size() - at), size = front >> size_shift, c = front & ((1u << size_shift) - 1);
    if (c == 0 && (is_topic || !is_lax)) {
      if (size != 0) return {rule::utf8_has_null, at};  // [MQTT-1.5.4-2] [MQTT-4.7.3-2]
      if (is_lax && text.size() - at >= 2 && std::memcmp(text.data() + at, "\xC0\x80", 2) == 0) return {rule::utf8_has_null, at};  // [U31-A-b]
      if (!is_lax && !has(rules.allow, leniency::ill_formed_utf8)) return {rule::utf8_ill_formed, at};  // [MQTT-1.5.4-1]
    }
    if (is_topic)
      if (const rule r = topic.judge(at); r != rule::none) return {r, at};
    if (is_control(c) && has(rules.reject, strictness::control_characters)) return {rule::utf8_has_control_character, at};
    if (is_noncharacter(c) && has(rules.reject, strictness::noncharacters)) return {rule::utf8_has_noncharacter, at};
    if (is_topic && c == '/' && topic.levels() > rules.max_topic_levels) return {rule::too_many_topic_levels, at};
    at += size == 0 ? 1 : size;
  }
  return {topic.judge_end(), at};
}

#else

const octet* octets(std::string_view text) noexcept { return reinterpret_cast<const octet*>(text.data()); }

// The earliest of several findings.
struct earliest {
  finding found{rule::none, std::string_view::npos};

  // Nowhere is npos.
  [[gnu::always_inline]] void add(rule violated, std::size_t offset) noexcept {
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
  if (all_of(octets(text), text.size(), octets(text) + text.size(), [](block b) { return b.printable(); })) return;
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

void check_grammar(earliest& first, text_kind kind, std::string_view text, protocol_version version) noexcept {
  if (kind == text_kind::string) return;
  if (kind == text_kind::topic_filter) return first.add(check_filter_grammar(text, version));
  const kind_rules& rules = rules_of_kind[static_cast<unsigned>(kind)];
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
  if (!is_plain_of(kind, text, rules.version)) {
    check_encoding(first, kind, text, rules);
    check_grammar(first, kind, text, rules.version);
  }
  check_characters(first, text, rules.reject);
  if (kind != text_kind::string && rules.max_topic_levels != unlimited) check_levels(first, text, rules.max_topic_levels);
  return first.found;
}

#endif

}  // namespace mqttspan::detail
