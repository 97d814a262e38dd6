#include "meta.hpp"

#include <algorithm>

namespace mqttspan::conformance {
namespace {

constexpr std::size_t named_at_most = 8;

std::string some_of(const std::vector<std::string>& ids) {
  std::string out;
  for (std::size_t i = 0; i < std::min(ids.size(), named_at_most); ++i) out += (i == 0 ? "" : ", ") + ids[i];
  return ids.size() > named_at_most ? out + " and " + std::to_string(ids.size() - named_at_most) + " more" : out;
}

void add_once(std::vector<std::string>& to, const std::string& what) {
  if (std::find(to.begin(), to.end(), what) == to.end()) to.push_back(what);
}

result begin(std::string_view check, std::string_view name, std::string_view title, const cited& statements, protocol_version version) {
  result r;
  r.check = check;
  r.version = to_string(version);
  r.id = r.check + "/" + r.version + "/" + std::string(name);
  r.title = title;
  r.statements = ids_of(statements, version);
  return r;
}

result monitor_result(std::string_view check, const monitor_row& row, protocol_version version, const std::map<std::string, tally::monitored>& seen) {
  result r = begin(check, row.name, row.title, row.statements, version);
  const auto found = seen.find(std::string(row.name));
  if (found == seen.end()) {
    r.found = verdict::inconclusive;
    r.reason = "nothing of the kind was seen";
    return r;
  }
  const tally::monitored& m = found->second;
  r.log = m.log;
  r.found = m.breaches.empty() ? verdict::pass : row.statements.only_records(version) ? verdict::info : verdict::fail;
  if (m.breaches.empty()) return r;
  if (m.breaches.count("") == 0) r.statements.clear();  // the others of the row are not broken
  for (const auto& [statement, b] : m.breaches) {
    if (!statement.empty()) add_once(r.statements, statement);
    r.reason += (r.reason.empty() ? "" : "; ") + b.example + " (in " + some_of(b.plays) + ")";
  }
  return r;
}

result errors_result(const meta_recipes& recipes, protocol_version version, const tally::closings& seen) {
  result r = begin(recipes.closing, "all", "every error that was sent ended its connection", recipes.error_statements, version);
  const bool only_records = recipes.error_statements.only_records(version);
  const bool is_left_open_fine = recipes.only_recommended_in_v5 && version == protocol_version::v5;
  r.found = only_records ? verdict::info : seen.open.empty() ? verdict::pass : is_left_open_fine ? verdict::info : verdict::fail;
  const std::string counts = std::to_string(seen.closed) + " connections were closed behind an error";
  if (!seen.open.empty()) r.reason = counts + ", " + std::to_string(seen.open.size()) + " stayed open: " + some_of(seen.open);
  else if (only_records) r.reason = counts;
  if (seen.closed == 0 && seen.open.empty()) r.found = verdict::inconclusive, r.reason = "no error was sent";
  return r;
}

result told_result(const meta_recipes& recipes, protocol_version version, const tally::closings& seen) {
  result r = begin(recipes.closing, "told", "a reason code came before the end of connections with an error", recipes.told_statements, version);
  r.found = seen.closed == 0 ? verdict::inconclusive : seen.told == seen.closed ? verdict::strict_pass : verdict::info;
  r.reason = "behind " + std::to_string(seen.told) + " of " + std::to_string(seen.closed) + " errors that ended the connection";
  return r;
}

}  // namespace

void tally::add(const session& played, const result& judged, bool counts) {
  closings& closing = errors[played.version()];
  if (counts) {
    closing.closed += static_cast<std::size_t>(played.errors_closed());
    closing.told += static_cast<std::size_t>(played.errors_told());
    if (played.errors_ignored() > 0) closing.open.push_back(judged.id);
  }
  auto& of_version = rows[played.version()];
  for (const auto& l : played.links()) {
    for (const std::string& row : l->watch().exercised) ++of_version[row].exercised;
    for (const finding& f : l->watch().findings) {
      monitored& m = of_version[f.row];
      if (m.breaches.empty()) m.log = judged.log;
      breach& b = m.breaches[f.statement];
      if (b.plays.empty()) b.example = f.what;
      add_once(b.plays, judged.id);
    }
  }
}

std::vector<result> meta_results(const tally& found, std::span<const protocol_version> versions, const meta_recipes& recipes) {
  std::vector<result> all;
  for (const protocol_version version : versions) {
    const auto errors = found.errors.find(version);
    if (errors != found.errors.end() && recipes.error_statements.played_in(version)) all.push_back(errors_result(recipes, version, errors->second));
    if (errors != found.errors.end() && recipes.told_statements.played_in(version)) all.push_back(told_result(recipes, version, errors->second));
    const auto rows = found.rows.find(version);
    if (rows == found.rows.end()) continue;
    for (const monitor_row& row : recipes.rows)
      if (row.statements.played_in(version)) all.push_back(monitor_result(recipes.monitor, row, version, rows->second));
  }
  return all;
}

}  // namespace mqttspan::conformance
