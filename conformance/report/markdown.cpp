#include "markdown.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "clean_text.hpp"
#include "verdicts.hpp"

namespace mqttspan::conformance {
namespace {

// One line that no table takes for its own marks.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : clean_text(text)) {
    if (c == '\n') out += ' ';
    else if (c == '|' || c == '\\' || c == '*' || c == '_' || c == '<' || c == '`') (out += '\\') += c;
    else out += c;
  }
  return out;
}

struct deviation {
  std::string seen{};
  std::size_t cases = 0;
  std::set<std::string> statements{};
};

std::vector<deviation> deviations_of(const run& r) {
  std::vector<deviation> all;
  for (const result& each : r.results) {
    if (each.found != verdict::fail) continue;
    const std::string seen = each.known.empty() ? each.reason + " (not known)" : each.known;
    auto row = std::find_if(all.begin(), all.end(), [&seen](const deviation& d) { return d.seen == seen; });
    if (row == all.end()) row = all.insert(all.end(), {seen});
    ++row->cases;
    for (const std::string& id : each.statements) row->statements.insert(each.version + " " + id);
  }
  return all;
}

std::string statements_in(const deviation& d) {
  std::string out, version;
  for (const std::string& each : d.statements) {
    const std::size_t blank = each.find(' ');
    if (!out.empty()) out += each.compare(0, blank, version) == 0 ? ", " : "; ";
    if (each.compare(0, blank, version) != 0) out += (version = each.substr(0, blank)) + ' ';
    out += each.substr(blank + 1);
  }
  return out;
}

std::string overview(std::span<const run> runs) {
  std::string out = "| peer | as | examined |", line = "|---|---|---|";
  for (const verdict v : verdicts) out += ' ' + std::string(to_string(v)) + " |", line += "---:|";
  out += '\n' + line + '\n';
  for (const run& r : runs) {
    out += "| " + cell(r.peer) + " | " + cell(r.kind) + " | " + cell(r.date.substr(0, 10)) + " |";
    const verdict_counts counts(r.results);
    for (const verdict v : verdicts) out += ' ' + std::to_string(counts[v]) + " |";
    out += '\n';
  }
  return out;
}

std::string details(const run& r) {
  const std::vector<deviation> all = deviations_of(r);
  if (all.empty()) return {};
  std::string out = "\n### " + cell(r.peer) + ", " + cell(r.kind) + "\n\n| what is seen | cases | statements of these cases |\n|---|---:|---|\n";
  for (const deviation& d : all) out += "| " + cell(d.seen) + " | " + std::to_string(d.cases) + " | " + cell(statements_in(d)) + " |\n";
  return out;
}

}  // namespace

std::string to_markdown(std::span<const run> runs) {
  std::string out = overview(runs);
  for (const run& r : runs) out += details(r);
  return out;
}

}  // namespace mqttspan::conformance
