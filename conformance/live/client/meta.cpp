#include "meta.hpp"

#include <algorithm>

#include "monitor.hpp"

namespace mqttspan::conformance::client {
namespace {

constexpr std::size_t named_at_most = 8;

// 5.0 only recommends that a client closes, where no other sentence says must: those rows fail by themselves.
constexpr cited about_errors{"", "MQTT-4.8.0-1", "U5-4.13.1-a MQTT-4.13.2-1"};

std::string some_of(const std::vector<std::string>& ids) {
  std::string out;
  for (std::size_t i = 0; i < std::min(ids.size(), named_at_most); ++i) out += (i == 0 ? "" : ", ") + ids[i];
  return ids.size() > named_at_most ? out + " and " + std::to_string(ids.size() - named_at_most) + " more" : out;
}

result begin(const std::string& check, std::string_view name, std::string_view title, const cited& statements, protocol_version version) {
  result r;
  r.check = check;
  r.version = to_string(version);
  r.id = check + "/" + r.version + "/" + std::string(name);
  r.title = title;
  r.statements = ids_of(statements, version);
  return r;
}

result monitor_result(const monitor_row& row, protocol_version version, const std::map<std::string, monitored>& seen) {
  result r = begin("C-MON", row.name, row.title, row.statements, version);
  const auto found = seen.find(std::string(row.name));
  if (found == seen.end()) {
    r.found = verdict::inconclusive;
    r.reason = "nothing of the kind was seen";
    return r;
  }
  const monitored& m = found->second;
  r.found = m.plays.empty() ? verdict::pass : row.statements.only_records(version) ? verdict::info : verdict::fail;
  if (!m.plays.empty()) r.reason = m.example + " (in " + some_of(m.plays) + ")";
  r.log = m.log;
  return r;
}

result errors_result(protocol_version version, const conformance::schedule::error_closing& seen) {
  result r = begin("C-ERRCLOSE", "all", "every error that was sent ended its connection", about_errors, version);
  const bool only_records = about_errors.only_records(version);
  r.found = only_records ? verdict::info : seen.open.empty() ? verdict::pass : version == protocol_version::v5 ? verdict::info : verdict::fail;
  const std::string counts = std::to_string(seen.closed) + " connections were closed behind an error";
  if (!seen.open.empty()) r.reason = counts + ", " + std::to_string(seen.open.size()) + " stayed open: " + some_of(seen.open);
  else if (only_records) r.reason = counts;
  if (seen.closed == 0 && seen.open.empty()) r.found = verdict::inconclusive, r.reason = "no error was sent";
  return r;
}

}  // namespace

const cited& error_statements() { return about_errors; }

std::vector<result> meta_results(const schedule& played, const peer& who) {
  std::vector<result> all;
  for (const protocol_version version : who.versions) {
    const auto closings = played.error_closings().find(version);
    if (closings != played.error_closings().end() && about_errors.played_in(version)) all.push_back(errors_result(version, closings->second));
    const auto seen = played.monitored_rows().find(version);
    if (seen == played.monitored_rows().end()) continue;
    for (const monitor_row& row : monitor_rows())
      if (row.statements.played_in(version)) all.push_back(monitor_result(row, version, seen->second));
  }
  return all;
}

}  // namespace mqttspan::conformance::client
