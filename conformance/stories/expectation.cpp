#include "expectation.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "hex.hpp"
#include "story.hpp"

namespace mqttspan::conformance {
namespace {

using sightings = std::vector<packet_json>;

std::uint16_t id_named(const std::string& name, const captured_ids& ids) {
  const auto it = ids.find(name);
  if (it == ids.end()) throw story_error("no identifier is called \"" + name + "\"");
  return it->second;
}

std::optional<std::string> hex_of(const packet_json& binary) {
  if (binary.is_string()) return to_hex(as_bytes(binary.get_ref<const std::string&>()));
  if (binary.is_object() && binary.size() == 1 && binary.contains("hex")) return binary["hex"].get<std::string>();
  return std::nullopt;
}

bool is_same_text(const packet_json& value, const packet_json& expected) {
  const auto a = hex_of(value), b = hex_of(expected);
  return a && b && *a == *b;
}

bool is_id(const packet_json& value) { return value.is_number_unsigned() && value.get<unsigned>() <= 0xFFFF; }

// A word that asks about one value: {"below":128}. Several in one object are asked together.
struct question {
  const char* word;
  bool (*holds)(const packet_json& value, const packet_json& with, captured_ids& ids);
};

constexpr question questions[] = {
    {"capture", [](const packet_json& v, const packet_json& w, captured_ids& ids) { return is_id(v) && (ids[w.get<std::string>()] = v.get<std::uint16_t>(), true); }},
    {"is", [](const packet_json& v, const packet_json& w, captured_ids& ids) { return v == id_named(w.get<std::string>(), ids); }},
    {"not", [](const packet_json& v, const packet_json& w, captured_ids& ids) {
       return std::none_of(w.begin(), w.end(), [&](const packet_json& one) { return one.is_string() ? v == id_named(one.get<std::string>(), ids) : v == one; });
     }},
    {"in", [](const packet_json& v, const packet_json& w, captured_ids&) { return std::find(w.begin(), w.end(), v) != w.end(); }},
    {"below", [](const packet_json& v, const packet_json& w, captured_ids&) { return v.is_number() && v < w; }},
    {"at_least", [](const packet_json& v, const packet_json& w, captured_ids&) { return v.is_number() && v >= w; }},
    {"at_most", [](const packet_json& v, const packet_json& w, captured_ids&) { return v.is_number() && v <= w; }},
    {"size", [](const packet_json& v, const packet_json& w, captured_ids&) { return hex_of(v) && hex_of(v)->size() / 2 == w.get<std::size_t>(); }},
};

const question* question_called(const std::string& word) {
  const auto it = std::find_if(std::begin(questions), std::end(questions), [&](const question& q) { return word == q.word; });
  return it == std::end(questions) ? nullptr : it;
}

bool asks(const packet_json& expected) { return expected.is_object() && !expected.empty() && question_called(expected.begin().key()); }

bool holds_all(const packet_json& value, const packet_json& expected, captured_ids& ids) {
  for (const auto& item : expected.items()) {
    const question* const q = question_called(item.key());
    if (!q) throw story_error("is no question: " + item.key());
    if (!q->holds(value, item.value(), ids)) return false;
  }
  return true;
}

// Each expected property, in that order, among those that are there.
bool contains_properties(const packet_json& value, const packet_json& expected, captured_ids& ids) {
  if (!value.is_array()) return false;
  auto at = value.begin();
  for (const packet_json& pair : expected) {
    at = std::find_if(at, value.end(), [&](const packet_json& there) { return contains(there, pair, ids); });
    if (at == value.end()) return false;
    ++at;
  }
  return true;
}

bool contains_members(const packet_json& value, const packet_json& expected, captured_ids& ids) {
  for (const auto& item : expected.items()) {
    const auto there = value.find(item.key());
    if (there == value.end()) return false;
    if (item.key() == "properties" ? !contains_properties(*there, item.value(), ids) : !contains(*there, item.value(), ids)) return false;
  }
  return true;
}

bool has_property(const packet_json& packet, const packet_json& name) {
  const packet_json none = packet_json::array();
  for (const packet_json& pair : packet.contains("properties") ? packet["properties"] : none)
    if (pair[0] == name) return true;
  return false;
}

// What was seen of an ending is told for people and for the strict: nothing of it fails a connection.
bool ends_as_told(const packet_json& seen, const packet_json& expected) {
  const packet_json& codes = expected.contains("codes") ? expected["codes"] : expected;
  if (codes.is_array() && seen.contains("reason_code") && std::find(codes.begin(), codes.end(), seen["reason_code"]) == codes.end()) return false;
  for (const char* const key : {"why", "class", "rule", "will_is_due"})
    if (expected.contains(key) && seen.contains(key) && seen[key] != expected[key]) return false;
  return true;
}

class matcher {
 public:
  explicit matcher(const sightings& seen) : seen_(seen) {}

  // The expectations from `first` on against the sightings from `at` on.
  std::optional<fit> rest(const packet_json& expected, std::size_t first, std::size_t at, const fit& so_far) const {
    if (first == expected.size()) return at == seen_.size() ? std::optional(so_far) : std::nullopt;
    const packet_json& item = expected[first];
    for (const named_way& w : ways)
      if (item.is_object() && item.contains(w.word)) return (this->*w.how)(expected, first, at, so_far);
    std::optional<fit> one = so_far;
    if (at == seen_.size() || !is(item, seen_[at], *one)) return std::nullopt;
    return rest(expected, first + 1, at + 1, *one);
  }

 private:
  using way = std::optional<fit> (matcher::*)(const packet_json&, std::size_t, std::size_t, const fit&) const;
  struct named_way {
    const char* word;
    way how;
  };
  static const named_way ways[6];

  static std::optional<fit> better(std::optional<fit> a, std::optional<fit> b) {
    if (!a || (b && b->is_strict && !a->is_strict)) return b;
    return a;
  }
  // The item at `first` replaced by these.
  static packet_json replaced(const packet_json& expected, std::size_t first, const packet_json& items) {
    packet_json list = items;
    for (std::size_t i = first + 1; i < expected.size(); ++i) list.push_back(expected[i]);
    return list;
  }
  std::optional<fit> without(const packet_json& expected, std::size_t first, std::size_t at, fit so_far) const {
    so_far.is_strict = false;
    return rest(expected, first + 1, at, so_far);
  }

  std::optional<fit> may(const packet_json& expected, std::size_t first, std::size_t at, const fit& so_far) const {
    return better(rest(replaced(expected, first, packet_json::array({expected[first]["may"]})), 0, at, so_far), rest(expected, first + 1, at, so_far));
  }
  std::optional<fit> should(const packet_json& expected, std::size_t first, std::size_t at, const fit& so_far) const {
    const packet_json none = packet_json::array();
    const packet_json& item = expected[first];
    fit less = so_far;
    less.is_strict = false;
    return better(rest(replaced(expected, first, packet_json::array({item["should"]})), 0, at, so_far),
                  rest(replaced(expected, first, item.contains("else") ? item["else"] : none), 0, at, less));
  }
  std::optional<fit> some(const packet_json& expected, std::size_t first, std::size_t at, const fit& so_far) const {
    const packet_json& item = expected[first]["some"];
    const auto once = rest(replaced(expected, first, packet_json::array({item})), 0, at, so_far);
    return once || at == seen_.size() ? once : rest(replaced(expected, first, packet_json::array({item, expected[first]})), 0, at, so_far);
  }
  std::optional<fit> any_of(const packet_json& expected, std::size_t first, std::size_t at, const fit& so_far) const {
    std::optional<fit> best;
    for (const packet_json& items : expected[first]["any_of"]) best = better(best, rest(replaced(expected, first, items), 0, at, so_far));
    return best;
  }
  std::optional<fit> last_words(const packet_json& expected, std::size_t first, std::size_t at, const fit& so_far) const {
    const packet_json& words = expected[first]["last_words"];
    const auto said = [&](const packet_json& codes) {
      const packet_json packet{{"type", words["type"]}, {"reason_code", codes}};
      return replaced(expected, first, packet_json::array({packet_json{{"packet", packet}}}));
    };
    if (const auto right = rest(said({{"in", words["codes"]}}), 0, at, so_far)) return right;
    fit less = so_far;
    less.is_strict = false;
    return better(rest(said({{"at_least", 128}}), 0, at, less), without(expected, first, at, so_far));
  }
  std::optional<fit> ended(const packet_json& expected, std::size_t first, std::size_t at, const fit& so_far) const {
    if (at == seen_.size() || !seen_[at].contains("ended")) return without(expected, first, at, so_far);
    fit told = so_far;
    told.is_strict = told.is_strict && ends_as_told(seen_[at]["ended"], expected[first]["ended"]);
    return rest(expected, first + 1, at + 1, told);
  }

  static bool is(const packet_json& item, const packet_json& sighting, fit& so_far) {
    if (item.is_string()) return sighting.contains("hex") && sighting["hex"] == digits_of(item, so_far.ids);
    if (!item.is_object() || !item.contains("packet")) throw story_error("is no expectation: " + item.dump());
    if (!sighting.contains("packet") || !contains(sighting["packet"], item["packet"], so_far.ids)) return false;
    const packet_json none = packet_json::array();
    const packet_json& absent = item.contains("without") ? item["without"] : none;
    return std::none_of(absent.begin(), absent.end(), [&](const packet_json& name) { return has_property(sighting["packet"], name); });
  }

  const sightings& seen_;
};

const matcher::named_way matcher::ways[] = {{"may", &matcher::may},       {"should", &matcher::should},         {"some", &matcher::some},
                                            {"any_of", &matcher::any_of}, {"last_words", &matcher::last_words}, {"ended", &matcher::ended}};

std::string digits_of_text(const std::string& text, const captured_ids& ids) {
  std::string digits;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ' ') continue;
    if (text[at] != '{') {
      digits += text[at];
      continue;
    }
    const std::size_t end = text.find('}', at);
    if (end == std::string::npos) throw story_error("\"{\" without \"}\" in bytes");
    const std::uint16_t id = id_named(text.substr(at + 1, end - at - 1), ids);
    const std::byte two[] = {static_cast<std::byte>(id >> 8), static_cast<std::byte>(id & 0xFF)};
    digits += to_hex(two);
    at = end;
  }
  return digits;
}

}  // namespace

std::optional<fit> match(const packet_json& expected, const std::vector<packet_json>& seen, const captured_ids& ids) {
  return matcher(seen).rest(expected, 0, 0, fit{true, ids});
}

bool contains(const packet_json& value, const packet_json& expected, captured_ids& ids) {
  if (asks(expected)) return holds_all(value, expected, ids);
  if (value == expected || is_same_text(value, expected)) return true;
  if (expected.is_object()) return value.is_object() && contains_members(value, expected, ids);
  if (!expected.is_array() || !value.is_array() || value.size() != expected.size()) return false;
  for (std::size_t i = 0; i < value.size(); ++i)
    if (!contains(value[i], expected[i], ids)) return false;
  return true;
}

std::string digits_of(const packet_json& bytes, const captured_ids& ids) {
  if (bytes.is_string()) return digits_of_text(bytes.get<std::string>(), ids);
  std::string digits;
  for (const packet_json& segment : bytes) {
    if (segment.is_string()) {
      digits += digits_of_text(segment.get<std::string>(), ids);
      continue;
    }
    const std::string one = digits_of_text(segment.at("rep").get<std::string>(), ids);
    for (std::size_t n = segment.at("n").get<std::size_t>(); n != 0; --n) digits += one;
  }
  return digits;
}

packet_json with_ids(packet_json packet, const captured_ids& ids) {
  const auto it = packet.find("packet_id");
  if (it != packet.end() && it->is_object()) *it = id_named(it->at("is").get<std::string>(), ids);
  return packet;
}

}  // namespace mqttspan::conformance
