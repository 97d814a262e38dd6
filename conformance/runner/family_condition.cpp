#include "family_condition.hpp"

#include <algorithm>
#include <cctype>

namespace mqttspan::conformance {
namespace {

using nlohmann::json;

bool has(const filling& in, const std::string& word) { return in.name == word || std::find(in.words.begin(), in.words.end(), word) != in.words.end(); }

// "&c0=80": of the first byte, the bits c0 are 80.
bool bits_hold(const std::string& condition, const filling& in) {
  const unsigned long mask = std::stoul(condition.substr(1, 2), nullptr, 16);
  const unsigned long wanted = std::stoul(condition.substr(4, 2), nullptr, 16);
  return (std::stoul(in.hex.substr(0, 2), nullptr, 16) & mask) == wanted;
}

bool holds(const std::string& condition, const filling& in, const fillings& holes) {
  if (condition[0] == '!') return !holds(condition.substr(1), in, holes);
  if (condition[0] == '&') return bits_hold(condition, in);
  if (condition[0] == '@') return has(in, holes.at(condition.substr(1)).name);
  const std::size_t range = condition.find("..");
  if (range != std::string::npos) return in.name.size() == range && condition.substr(0, range) <= in.name && in.name <= condition.substr(range + 2);
  return has(in, condition);
}

bool holds(const json& condition, const filling& in, const fillings& holes) {
  if (condition.is_string()) return holds(condition.get<std::string>(), in, holes);
  return std::any_of(condition.begin(), condition.end(), [&](const json& one) { return holds(one.get<std::string>(), in, holes); });
}

bool applies(const json& row, const fillings& holes) {
  if (!row.contains("when")) return true;
  const json& when = row.at("when");
  for (auto it = when.begin(); it != when.end(); ++it) {
    const auto in = holes.find(it.key());
    if (in == holes.end()) throw data_error("a condition asks for the hole " + it.key() + ", which is not there");
    if (!holds(*it, in->second, holes)) return false;
  }
  return true;
}

std::size_t position(const filled_template& bytes, const std::string& name, std::size_t occurrence) {
  for (const auto& hole : bytes.holes)
    if (hole.first == name && --occurrence == 0) return hole.second;
  throw data_error("an offset asks for the hole " + name + ", which is not there");
}

// "topic", "topic+at", "property#2", "topic+at-2": a hole's place, the place of what is wrong in it, bytes more or less.
unsigned offset_from(const json& offset, const fillings& holes, const filled_template& bytes) {
  if (offset.is_number()) return offset.get<unsigned>();
  const auto text = offset.get<std::string>();
  std::size_t at = text.find_first_of("#+-");
  const std::string name = text.substr(0, at);
  std::size_t occurrence = 1;
  if (at != std::string::npos && text[at] == '#') {
    occurrence = std::stoul(text.substr(at + 1));
    at = text.find_first_of("+-", at);
  }
  long out = static_cast<long>(position(bytes, name, occurrence));
  while (at != std::string::npos) {
    const std::size_t next = text.find_first_of("+-", at + 1);
    const std::string term = text.substr(at + 1, next == std::string::npos ? next : next - at - 1);
    const long size = term == "at" ? static_cast<long>(holes.at(name).at) : std::stol(term);
    out += text[at] == '+' ? size : -size;
    at = next;
  }
  return static_cast<unsigned>(out);
}

std::vector<unsigned> codes(const json& error, const char* key, const std::string& version) {
  if (version != "5.0" || !error.contains(key)) return {};
  return error.at(key).get<std::vector<unsigned>>();
}

void take(const json& row, const fillings& holes, const filled_template& bytes, test_vector& out) {
  const auto result = expectation_named(row.at("result").get<std::string>());
  if (!result) throw data_error("\"result\" is unknown");
  out.result = *result;
  out.canonical = *result == expectation::valid && row.value("canonical", out.canonical);
  out.open |= row.value("status", "") == "open";
  for (const std::string& id : statements_of(row, out.version)) out.statements.push_back(id);
  if (!row.contains("error")) return;
  const json& error = row.at("error");
  out.error = expected_error{.rule = error.value("rule", "")};
  if (error.contains("offset")) out.error->offset = offset_from(error.at("offset"), holes, bytes);
  out.error->codes = codes(error, "codes", out.version);
  out.error->also = codes(error, "also", out.version);
}

}  // namespace

std::vector<std::string> statements_of(const json& from, const std::string& version) {
  if (!from.contains("statements")) return {};
  const json& list = from.at("statements");
  if (list.is_array()) return list.get<std::vector<std::string>>();
  return list.contains(version) ? list.at(version).get<std::vector<std::string>>() : std::vector<std::string>{};
}

bool decide(const json& rows, const fillings& holes, const filled_template& bytes, test_vector& out) {
  for (const json& row : rows) {
    if (!applies(row, holes)) continue;
    if (row.at("result") == "none") return false;
    take(row, holes, bytes, out);
    return true;
  }
  throw data_error("no row of \"expect\" holds for " + out.id);
}

}  // namespace mqttspan::conformance
