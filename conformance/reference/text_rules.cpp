#include "text_rules.hpp"

#include <algorithm>
#include <array>

namespace mqttspan::conformance::reference {
namespace {

struct byte_range {
  unsigned first;
  unsigned last;
};

// Unicode, table 3-7: well-formed UTF-8 byte sequences. Surrogates are left out by ED 80..9F, overlong forms by C2, E0 A0 and F0 90, all above U+10FFFF by F4 80..8F.
struct sequence_row {
  std::size_t size;
  byte_range at[4];
};
constexpr std::array<sequence_row, 9> well_formed = {{
    {1, {{0x00, 0x7F}}},
    {2, {{0xC2, 0xDF}, {0x80, 0xBF}}},
    {3, {{0xE0, 0xE0}, {0xA0, 0xBF}, {0x80, 0xBF}}},
    {3, {{0xE1, 0xEC}, {0x80, 0xBF}, {0x80, 0xBF}}},
    {3, {{0xED, 0xED}, {0x80, 0x9F}, {0x80, 0xBF}}},
    {3, {{0xEE, 0xEF}, {0x80, 0xBF}, {0x80, 0xBF}}},
    {4, {{0xF0, 0xF0}, {0x90, 0xBF}, {0x80, 0xBF}, {0x80, 0xBF}}},
    {4, {{0xF1, 0xF3}, {0x80, 0xBF}, {0x80, 0xBF}, {0x80, 0xBF}}},
    {4, {{0xF4, 0xF4}, {0x80, 0x8F}, {0x80, 0xBF}, {0x80, 0xBF}}},
}};

constexpr std::size_t none = std::string::npos;

unsigned byte_at(const std::string& text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

std::size_t sequence_size(const std::string& text, std::size_t from) {
  for (const sequence_row& row : well_formed) {
    if (text.size() - from < row.size) continue;
    bool fits = true;
    for (std::size_t i = 0; i < row.size; ++i) fits &= row.at[i].first <= byte_at(text, from + i) && byte_at(text, from + i) <= row.at[i].last;
    if (fits) return row.size;
  }
  return 0;
}

unsigned code_point(const std::string& text, std::size_t from, std::size_t size) {
  constexpr unsigned lead_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  unsigned value = byte_at(text, from) & lead_bits[size];
  for (std::size_t i = 1; i < size; ++i) value = value * 64 + (byte_at(text, from + i) & 0x3F);
  return value;
}

bool is_control(unsigned point) { return (1 <= point && point <= 0x1F) || (0x7F <= point && point <= 0x9F); }
bool is_noncharacter(unsigned point) { return (0xFDD0 <= point && point <= 0xFDEF) || point % 0x10000 >= 0xFFFE; }

void note_discouraged(const std::string& text, findings& found) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = sequence_size(text, at);
    if (size == 0) return;
    const unsigned point = code_point(text, at, size);
    if (is_control(point)) return found.open("string has a control character");
    if (is_noncharacter(point)) return found.open("string has a noncharacter");
    at += size;
  }
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }

// Where the character stands that `before` others precede.
std::size_t character_at(const std::string& text, std::size_t before) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (begins_character(text[at]) && seen++ == before) break;
  }
  return at;
}

// 3.1 has no rule for ill-formed text, but topics have no U+0000, and Java's writeUTF spells that C0 80.
void check_null_of_3_1(const std::string& topic, std::size_t field, findings& found) {
  const std::size_t at = std::min(topic.find('\0'), topic.find("\xC0\x80"));
  if (at != none) found.add("utf8_has_null", field + 2 + at);
}

// Where a level of the filter ends: the next '/' or the end.
std::size_t level_end(const std::string& filter, std::size_t from) { return std::min(filter.find('/', from), filter.size()); }

// '#' is the whole last level, '+' a whole level. `from`: where the filter proper begins, behind $share/name/.
void check_wildcards(const std::string& filter, std::size_t from, std::size_t content, findings& found) {
  for (std::size_t at = from; at < filter.size(); ++at) {
    const bool begins_level = at == from || filter[at - 1] == '/';
    const bool ends_level = at + 1 == filter.size() || filter[at + 1] == '/';
    if (filter[at] == '#' && !(begins_level && at + 1 == filter.size())) found.add("multi_level_wildcard_misplaced", content + at);
    // The 3.1 text says "next to '/'", not "between": one neighbour is enough to leave it open.
    const bool open = found.version() == protocol::v3_1 && (begins_level || ends_level);
    if (filter[at] == '+' && !(begins_level && ends_level)) found.add("single_level_wildcard_misplaced", content + at, open);
  }
}

// $share/ShareName/filter
void check_shared(const std::string& filter, std::size_t content, findings& found) {
  const std::size_t name = std::string("$share/").size();
  const std::size_t name_end = level_end(filter, name);
  if (name == name_end) found.add("share_name_empty", content + name);
  for (std::size_t at = name; at < name_end; ++at) {
    if (filter[at] == '+' || filter[at] == '#') found.add("share_name_has_wildcard", content + at);
  }
  if (name_end + 1 >= filter.size()) return found.add("share_without_topic_filter", content + name_end);
  check_wildcards(filter, name_end + 1, content, found);
}

}  // namespace

std::size_t ill_formed_at(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = sequence_size(text, at);
    if (size == 0) return at;
    at += size;
  }
  return none;
}

std::size_t characters(const std::string& text) { return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character)); }

void check_text(const std::string& text, std::size_t field, findings& found) {
  if (found.version() == protocol::v3_1) return;  // writeUTF style: no rule
  if (const std::size_t at = ill_formed_at(text); at != none) found.add("utf8_ill_formed", field + 2 + at);
  if (const std::size_t at = text.find('\0'); at != none) found.add("utf8_has_null", field + 2 + at);
  note_discouraged(text, found);
}

void check_topic(const std::string& topic, std::size_t field, const topic_rules& rules, findings& found) {
  check_text(topic, field, found);
  if (topic.empty() && rules.empty != nullptr) found.add(rules.empty, field);
  if (const std::size_t at = topic.find_first_of("+#"); at != none) found.add(rules.wildcard, field + 2 + at);
  if (found.version() != protocol::v3_1) return;
  if (characters(topic) > 32767) found.add("topic_name_too_long", field + 2 + character_at(topic, 32767));
  check_null_of_3_1(topic, field, found);
}

void check_filter(const std::string& filter, std::size_t field, findings& found) {
  check_text(filter, field, found);
  if (filter.empty()) found.add("topic_filter_empty", field);
  if (found.version() == protocol::v3_1) check_null_of_3_1(filter, field, found);
  const bool shared = found.version() == protocol::v5 && is_shared(filter);
  shared ? check_shared(filter, field + 2, found) : check_wildcards(filter, 0, field + 2, found);
}

bool is_shared(const std::string& filter) { return filter.starts_with("$share/"); }

}  // namespace mqttspan::conformance::reference
