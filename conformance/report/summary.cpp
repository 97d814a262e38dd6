#include "summary.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "by_check.hpp"
#include "clean_text.hpp"
#include "hex.hpp"
#include "manifest.hpp"

namespace mqttspan::conformance {
namespace {

constexpr std::size_t most_fails_of_a_check = 5;
constexpr std::size_t most_bytes_shown = 32;
constexpr const char* red = "\033[31m";
constexpr const char* faint = "\033[2m";

class printer {
 public:
  explicit printer(std::FILE* out) : out_(out), colours_(wants_colours(out)) {}

  void print(const run& r) {
    const verdict_counts counts(r.results);
    head(r, counts);
    const auto checks = by_check(r);
    table(checks, counts);
    for (const check_results& of : checks) fails(of);
    last_word(r, counts);
  }

 private:
  static bool wants_colours(std::FILE* out) {
    const char* no_color = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return isatty(fileno(out)) == 1 && (no_color == nullptr || *no_color == '\0') && (terminal == nullptr || std::string_view(terminal) != "dumb");
  }

  void text(std::string_view s) { std::fwrite(s.data(), 1, s.size(), out_); }

  void coloured(const char* colour, std::string_view s) {
    if (colours_) text(colour);
    text(s);
    if (colours_) text("\033[0m");
  }

  void head(const run& r, const verdict_counts& counts) {
    text(clean_text(r.peer + "  (" + r.kind + (r.target.empty() ? "" : ", " + r.target) + ")  " + r.date + "\n"));
    text(std::to_string(counts.total()) + " cases");
    for (const verdict v : verdicts)
      if (counts[v] != 0) text(", " + std::to_string(counts[v]) + " " + std::string(to_string(v)));
    text("\n\n");
  }

  // A check a row, a verdict a column; only verdicts that there are.
  void table(const std::vector<check_results>& checks, const verdict_counts& all) {
    std::size_t width = 5;
    for (const check_results& of : checks) width = std::max(width, of.check.size());
    row("check", width, all, [](verdict v) { return std::string(to_string(v)); });
    for (const check_results& of : checks)
      row(clean_text(of.check), width, all, [&](verdict v) { return of.counts[v] == 0 ? std::string("·") : std::to_string(of.counts[v]); });
    text("\n");
  }

  template <typename Cell>
  void row(const std::string& name, std::size_t width, const verdict_counts& all, Cell cell) {
    text(name + std::string(width - std::min(width, name.size()), ' '));
    for (const verdict v : verdicts) {
      if (all[v] == 0) continue;
      const std::string content = cell(v);
      const bool is_none = content == "·";
      const std::size_t column = std::max<std::size_t>(to_string(v).size(), 6);
      text("  " + std::string(column - std::min(column, is_none ? 1 : content.size()), ' '));
      coloured(is_none ? faint : v == verdict::fail ? red : "", content);
    }
    text("\n");
  }

  void fails(const check_results& of) {
    std::size_t shown = 0, more = 0;
    for (const result* r : of.results) {
      if (r->found != verdict::fail || !r->known.empty()) continue;
      if (shown++ < most_fails_of_a_check) fail(*r);
      else ++more;
    }
    if (more != 0) text("… and " + std::to_string(more) + " more fails of " + clean_text(of.check) + "\n\n");
    known(of);
  }

  // Of what is known, a line for each reason.
  void known(const check_results& of) {
    std::vector<std::pair<const result*, std::size_t>> reasons;  // the first result of it, how many there are
    for (const result* r : of.results) {
      if (r->found != verdict::fail || r->known.empty()) continue;
      const auto at = std::find_if(reasons.begin(), reasons.end(), [r](const auto& seen) { return seen.first->known == r->known; });
      if (at == reasons.end()) reasons.emplace_back(r, 1);
      else ++at->second;
    }
    for (const auto& [first, count] : reasons)
      text("known " + clean_text(first->id) + (count == 1 ? "" : " and " + std::to_string(count - 1) + " more") + ": " + clean_text(first->known) + "\n");
    if (!reasons.empty()) text("\n");
  }

  void fail(const result& r) {
    coloured(red, "fail");
    text("  " + clean_text(r.id) + "  " + clean_text(r.title) + "\n");
    for (const std::string& id : r.statements) {
      const statement* s = find_statement(built_in_manifest(), r.version, id);
      text("      " + clean_text(r.version + " " + id) + (s == nullptr ? "" : ": " + s->summary) + "\n");
    }
    indented(clean_text(r.reason));
    for (const exchange& e : r.log) indented(line(e));
    text("\n");
  }

  void indented(std::string_view lines) {
    while (!lines.empty()) {
      const std::size_t end = std::min(lines.find('\n'), lines.size());
      text("      " + std::string(lines.substr(0, end)) + "\n");
      lines.remove_prefix(std::min(end + 1, lines.size()));
    }
  }

  static std::string line(const exchange& e) {
    const std::size_t shown = std::min(e.bytes.size(), most_bytes_shown);
    const std::size_t left = e.bytes.size() - shown + e.omitted;
    std::string out = clean_text(e.connection) + (e.from_peer ? " ← " : " → ") + to_hex(bytes_view(e.bytes).first(shown), " ");
    if (left != 0) out += " … " + std::to_string(left) + " bytes more";
    return out + (e.text.empty() ? "" : "  " + clean_text(e.text));
  }

  void last_word(const run& r, const verdict_counts& counts) {
    text(clean_text(r.peer) + ": " + std::to_string(counts[verdict::fail]) + " of " + std::to_string(counts.total()) + " cases failed");
    if (counts[verdict::skip] != 0) text(", " + std::to_string(counts[verdict::skip]) + " skipped");
    if (counts[verdict::inconclusive] != 0) text(", " + std::to_string(counts[verdict::inconclusive]) + " inconclusive");
    text("\n");
  }

  std::FILE* out_;
  bool colours_;
};

}  // namespace

void print_summary(std::FILE* out, const run& r) { printer(out).print(r); }

}  // namespace mqttspan::conformance
