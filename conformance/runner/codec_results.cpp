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
  if (asked.bytes.empty() || found.asked.find('|') != std::string::npos) asked.text = found.asked;  // how they were cut, or a request to encode
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

// The cases of one family and version that ended alike, as one. Those that failed are results of their own.
struct family_result {
  std::string family, version;
  verdict found;
  std::size_t cases = 0;
  std::string why_skipped{};
  std::vector<std::string> statements{};

  void add(const test_vector& v, const outcome& seen) {
    ++cases;
    if (!seen.skip.empty()) why_skipped = seen.skip;
    for (const std::string& id : v.statements)
      if (std::find(statements.begin(), statements.end(), id) == statements.end()) statements.push_back(id);
  }

  result as_result() const {
    const bool open = found == verdict::info, skipped = found == verdict::skip;
    result out;
    out.id = "families/" + family + "/" + version + (open ? "/open" : skipped ? "/not-tried" : "");
    out.check = family;
    out.title = std::to_string(cases) + " cases of the family " + family + (open ? " that the text leaves open" : skipped ? " that were not tried" : "");
    out.version = version;
    out.statements = statements;
    out.found = found;
    out.reason = open ? "the text leaves it open" : why_skipped;
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
    const verdict seen = verdict_of(outcomes[i], grade);
    if (!v.of_family || seen == verdict::fail) continue;
    const verdict found = seen == verdict::strict_pass ? verdict::pass : seen;
    auto sum = std::find_if(families.begin(), families.end(), [&](const family_result& f) { return f.family == v.group && f.version == v.version && f.found == found; });
    if (sum == families.end()) sum = families.insert(families.end(), family_result{v.group, v.version, found});
    sum->add(v, outcomes[i]);
  }
  for (const family_result& sum : families) out.push_back(sum.as_result());
  return out;
}

}  // namespace mqttspan::conformance
