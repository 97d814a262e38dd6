#include "codec_results.hpp"

#include <algorithm>
#include <cstdio>

#include "hex.hpp"

namespace mqttspan::conformance {
namespace {

bool has_failed(const outcome& found, unsigned grade) { return found.skip.empty() && !found.open && found.grade < grade; }

verdict verdict_of(const outcome& found, unsigned grade) {
  if (!found.skip.empty()) return verdict::skip;
  if (found.open) return verdict::info;
  if (found.grade < grade) return verdict::fail;
  return found.grade == 3 ? verdict::strict_pass : verdict::pass;
}

// The bytes of chunks "c000|30"; of an encode request there are none.
std::vector<std::byte> bytes_of(std::string chunks) {
  std::erase(chunks, '|');
  if (chunks.size() % 2 != 0) chunks.pop_back();
  try {
    return from_hex(chunks);
  } catch (const hex_error&) {
    return {};
  }
}

std::vector<exchange> log_of(const outcome& found) {
  if (found.asked.empty()) return {};
  exchange asked, answered;
  asked.connection = answered.connection = "adapter";
  answered.from_peer = true;
  asked.bytes = bytes_of(found.asked);
  asked.text = found.asked;
  answered.text = found.answered;
  return {std::move(asked), std::move(answered)};
}

result result_of(const test_vector& v, const outcome& found, unsigned grade) {
  result out;
  out.id = v.id;
  out.check = v.group;
  out.title = v.title;
  out.version = v.version;
  out.statements = v.statements;
  out.found = verdict_of(found, grade);
  out.reason = found.skip.empty() ? found.reason : found.skip;
  if (out.reason.empty() && !found.unencoded.empty()) out.reason = "decoded; not encoded again: " + found.unencoded;
  out.log = log_of(found);
  return out;
}

// The cases of one family and version that did not fail, as one.
struct family_result {
  std::string family, version;
  std::size_t cases = 0, passed = 0, open = 0, skipped = 0;
  std::string why_skipped{};
  std::vector<std::string> statements{};

  void add(const test_vector& v, const outcome& found, unsigned grade) {
    ++cases;
    const verdict seen = verdict_of(found, grade);
    if (seen == verdict::pass || seen == verdict::strict_pass) ++passed;
    if (seen == verdict::info) ++open;
    if (seen == verdict::skip) {
      ++skipped;
      why_skipped = found.skip;
    }
    for (const std::string& id : v.statements)
      if (std::find(statements.begin(), statements.end(), id) == statements.end()) statements.push_back(id);
  }

  result as_result() const {
    result out;
    out.id = "families/" + family + "/" + version;
    out.check = family;
    out.title = std::to_string(cases) + " cases of the family " + family;
    out.version = version;
    out.statements = statements;
    const bool all = passed + open + skipped == cases;
    out.found = !all ? verdict::fail : passed != 0 ? verdict::pass : skipped != 0 ? verdict::skip : verdict::info;
    if (passed == cases) return out;
    out.reason = std::to_string(passed) + " of " + std::to_string(cases) + " as they should be";
    if (open != 0) out.reason += ", " + std::to_string(open) + " where the text leaves it open";
    if (skipped != 0) out.reason += ", " + std::to_string(skipped) + " not tried: " + why_skipped;
    return out;
  }
};

void count(tally& row, const outcome& found, unsigned grade) {
  ++row.cases;
  if (!found.unencoded.empty()) ++row.unencoded;
  if (!found.skip.empty()) {
    ++row.skipped;
  } else if (found.open) {
    ++row.open;
  } else {
    for (unsigned g = 1; g <= found.grade; ++g) ++row.reached[g];
    if (has_failed(found, grade)) ++row.failed;
  }
}

}  // namespace

std::vector<tally> tallies(const std::vector<test_vector>& vectors, const std::vector<outcome>& outcomes, unsigned grade) {
  std::vector<tally> out;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const std::string name = vectors[i].of_family ? "family " + vectors[i].group : "vectors " + vectors[i].version;
    auto row = std::find_if(out.begin(), out.end(), [&](const tally& t) { return t.name == name; });
    if (row == out.end()) row = out.insert(out.end(), tally{.name = name});
    count(*row, outcomes[i], grade);
  }
  return out;
}

std::string table_of(const std::vector<tally>& rows) {
  tally sum{.name = "all"};
  std::string out = "                                  cases  grade 1  grade 2  grade 3   failed     open  skipped  not re-encoded\n";
  const auto add = [&out](const tally& row) {
    std::array<char, 200> line{};
    std::snprintf(line.data(), line.size(), "%-30s %8zu %8zu %8zu %8zu %8zu %8zu %8zu %15zu\n", row.name.c_str(), row.cases, row.reached[1], row.reached[2],
                  row.reached[3], row.failed, row.open, row.skipped, row.unencoded);
    out += line.data();
  };
  for (const tally& row : rows) {
    add(row);
    sum.cases += row.cases, sum.failed += row.failed, sum.open += row.open, sum.skipped += row.skipped, sum.unencoded += row.unencoded;
    for (std::size_t g = 1; g < 4; ++g) sum.reached[g] += row.reached[g];
  }
  add(sum);
  return out;
}

std::vector<result> results_of(const std::vector<test_vector>& vectors, const std::vector<outcome>& outcomes, unsigned grade) {
  std::vector<result> out;
  std::vector<family_result> families;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const test_vector& v = vectors[i];
    if (!v.of_family || has_failed(outcomes[i], grade)) out.push_back(result_of(v, outcomes[i], grade));
    if (!v.of_family) continue;
    auto sum = std::find_if(families.begin(), families.end(), [&](const family_result& f) { return f.family == v.group && f.version == v.version; });
    if (sum == families.end()) sum = families.insert(families.end(), family_result{v.group, v.version});
    sum->add(v, outcomes[i], grade);
  }
  for (const family_result& sum : families) out.push_back(sum.as_result());
  return out;
}

}  // namespace mqttspan::conformance
