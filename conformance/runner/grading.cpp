#include "grading.hpp"

#include <algorithm>

#include "hex.hpp"
#include "packet_json.hpp"

#include <mqttspan/codec/parse.hpp>

namespace mqttspan::conformance {
namespace {

using nlohmann::json;

bool has(const std::vector<unsigned>& codes, unsigned code) { return std::find(codes.begin(), codes.end(), code) != codes.end(); }

bool counts(const expected_error& wanted, unsigned code) { return has(wanted.codes, code) || has(wanted.also, code); }

struct class_name {
  std::string_view name;
  expectation means;
};
constexpr class_name class_names[] = {
    {"malformed", expectation::malformed},           {"protocol_error", expectation::protocol_error}, {"protocol_violation", expectation::protocol_error},
    {"unsupported", expectation::unsupported},       {"unsupported_version", expectation::unsupported}, {"limit", expectation::limit},
    {"packet_too_large", expectation::limit},        {"quota_exceeded", expectation::limit},
};

std::optional<expectation> class_named(std::string_view name) {
  for (const class_name& row : class_names)
    if (row.name == name) return row.means;
  return std::nullopt;
}

// 3.x knows no difference between malformed and protocol error; 5.0 leaves it open where both codes count.
bool class_counts(const test_vector& v, expectation given, bool exact) {
  const bool named = v.error && !v.error->rule.empty();
  if (given == v.result || (v.result == expectation::policy && named)) return true;
  const bool common = given == expectation::malformed || given == expectation::protocol_error;
  if (v.version != "5.0") return common || !exact;
  if (exact) return common && !named;
  return v.error && ((given == expectation::malformed && counts(*v.error, 129)) || (given == expectation::protocol_error && counts(*v.error, 130)));
}

std::string codes_text(const expected_error& wanted) {
  std::string out;
  for (const auto* list : {&wanted.codes, &wanted.also})
    for (const unsigned code : *list) out += (out.empty() ? "" : " or ") + std::to_string(code);
  return out;
}

std::string what_happened(const answer& given) {
  if (given.error) return "refused: " + shown(*given.error);
  if (given.packets.empty()) return "nothing delivered, no error";
  return "accepted as " + shown(given.packets);
}

protocol_version version_of(const std::string& name) {
  return name == "5.0" ? protocol_version::v5 : name == "3.1" ? protocol_version::v3_1 : protocol_version::v3_1_1;
}

// What our own decoder makes of bytes that an encoder wrote; null where it refuses them.
json decoded(const test_vector& v, const std::string& hex) {
  try {
    const std::vector<std::byte> bytes = from_hex(hex);
    const auto outcome = parse(bytes, version_of(v.version));
    if (!outcome || outcome->size != bytes.size()) return nullptr;
    return json::parse(to_json(outcome->packet, version_of(v.version)).dump());
  } catch (const hex_error&) {
    return nullptr;
  }
}

}  // namespace

judgement grading::of_decoding(const test_vector& v, const presentation& how, const answer& given) const {
  if (!given.broken.empty()) return {0, given.broken};
  if (given.error && given.error->hang) return {0, "the codec did not come back"};
  const bool beside = how.how == presentation::kind::between_neighbours;
  const neighbours others = beside ? neighbours_of(v, how.from_server) : neighbours{};
  if (is_open(v) && !exact) return {3, what_happened(given), true};
  if (v.result == expectation::incomplete) return of_incompleteness(v, others.before, given);
  if (is_refusal(v.result) || v.error) return of_refusal(v, others.before, given);
  json wanted = others.before;
  wanted.push_back(v.value);
  for (const json& packet : others.behind) wanted.push_back(packet);
  return of_acceptance(v, wanted, given);
}

judgement grading::of_acceptance(const test_vector& v, const json& wanted, const answer& given) const {
  if (given.error || given.packets.size() != wanted.size()) return {0, "should be accepted; " + what_happened(given)};
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (!wanted[i].is_null() && !same(wanted[i], given.packets[i])) return {0, "decoded as " + shown(given.packets[i]) + " instead of " + shown(wanted[i])};
  static_cast<void>(v);
  if (given.pending && *given.pending != 0) return {2, "says that " + std::to_string(*given.pending) + " bytes are pending"};
  return {};
}

judgement grading::of_incompleteness(const test_vector& v, const json& before, const answer& given) const {
  if (given.error || given.packets.size() != before.size()) return {0, "is incomplete, so neither packet nor error; " + what_happened(given)};
  const std::size_t size = v.hex.size() / 2;
  if (given.pending && *given.pending != size) return {2, "says that " + std::to_string(*given.pending) + " bytes are pending instead of " + std::to_string(size)};
  return {};
}

judgement grading::of_refusal(const test_vector& v, const json& before, const answer& given) const {
  if (!given.error || given.packets.size() > before.size()) return {0, "should be refused (" + (v.error ? v.error->rule : "") + "); " + what_happened(given)};
  if (given.packets.size() < before.size()) return {0, "the packet before it is lost; " + what_happened(given)};
  return of_error(v, *given.error);
}

judgement grading::of_error(const test_vector& v, const reported_error& given) const {
  const auto given_class = class_named(given.error_class);
  if (!given_class || !class_counts(v, *given_class, exact)) return {1, "refused as " + shown(given) + " instead of " + std::string(to_string(v.result))};
  if (!v.error) return {};
  const expected_error& wanted = *v.error;
  if (v.version == "5.0" && !(wanted.codes.empty() && wanted.also.empty()) && (!given.reason_code || !counts(wanted, *given.reason_code)))
    return {2, "refused as " + shown(given) + " instead of code " + codes_text(wanted)};
  if (!exact) return {};
  if (!wanted.rule.empty() && given.rule != wanted.rule) return {2, "refused as " + shown(given) + " instead of " + wanted.rule};
  if (wanted.offset && given.offset != wanted.offset) return {2, "refused as " + shown(given) + " instead of at " + std::to_string(*wanted.offset)};
  const bool cited = given.statement.empty() || wanted.rule.empty() || v.statements.empty() || std::find(v.statements.begin(), v.statements.end(), given.statement) != v.statements.end();
  if (!cited) return {3, "refused as " + shown(given) + ", a statement that the vector does not name"};
  return {};
}

judgement grading::of_encoding(const test_vector& v, const std::string& wanted_hex, const answer& given) const {
  if (!given.broken.empty()) return {0, given.broken};
  if (!given.hex) return {0, "its value is not encoded: " + (given.error ? shown(*given.error) : "no bytes")};
  if (*given.hex == wanted_hex) return {};
  const std::string seen = "encoded as " + given.hex->substr(0, 200) + " instead of " + wanted_hex.substr(0, 200);
  const json again = decoded(v, *given.hex);
  if (again.is_null() || (!v.value.is_null() && normal_form(again, false) != normal_form(v.value, false))) return {0, seen};
  return {2, seen + ", the same packet"};
}

judgement grading::of_refusing(const test_vector& v, const answer& given) const {
  if (!given.broken.empty()) return {0, given.broken};
  if (!exact && given.hex) return {3, "encoded as " + given.hex->substr(0, 200), true};
  if (!given.error) return {0, "should not be encoded (" + v.error->rule + "); encoded as " + given.hex->substr(0, 200)};
  const bool named = !given.error->rule.empty();  // else the value could not even be read
  if (exact && named && given.error->rule != v.error->rule) return {2, "not encoded for " + shown(*given.error) + " instead of " + v.error->rule};
  return {};
}

bool grading::same(const json& wanted, const json& given) const { return wanted == given || normal_form(wanted, exact) == normal_form(given, exact); }

}  // namespace mqttspan::conformance
