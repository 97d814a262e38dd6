#include "report.hpp"

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "clean_text.hpp"

namespace mqttspan::fuzz {
namespace {

using nlohmann::ordered_json;

std::string hash_text(std::uint64_t hash) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

std::string severity(const finding& f) { return f.is_error() ? "error" : "warning"; }

// Titles that tell what is wrong with a packet name it already.
std::string statement_of(const finding& f) {
  const bool is_said = f.what.statement.empty() || f.what.title.find("[" + f.what.statement + "]") != std::string::npos;
  return is_said ? "" : " [" + f.what.statement + "]";
}

ordered_json finding_json(const run_record& r, const finding& f) {
  ordered_json j = {{"id", f.id}, {"oracle", row_of(f.what.what).name}, {"severity", severity(f)}, {"title", f.what.title}};
  if (!f.what.statement.empty()) j["statement"] = f.what.statement;
  if (!f.known.empty()) j["known"] = f.known;
  j["replays"] = f.replays;
  j["times"] = f.times;
  j["first_case"] = f.first_case;
  j["found_after"] = f.found_after;
  j["packets"] = packets_in(f.script);
  j["reproducer"] = ordered_json::parse(reproducer_text(r, f));
  j["heard"] = f.heard;
  if (!f.last_words.empty()) j["last_words"] = f.last_words;
  return j;
}

ordered_json rules() {
  ordered_json all = ordered_json::array();
  for (const oracle_row& row : all_oracles())
    all.push_back({{"id", row.name}, {"shortDescription", {{"text", row.title}}}, {"defaultConfiguration", {{"level", row.is_error ? "error" : "warning"}}}});
  return all;
}

ordered_json sarif_result(const finding& f, const std::string& folder) {
  const std::string uri = (folder.empty() ? "" : folder + "/") + file_name(f);
  const std::string text = f.what.title + statement_of(f) + "; shown by " + std::to_string(packets_in(f.script)) + " packets, " +
                           std::to_string(f.replays) + " of 3 times";
  ordered_json j = {{"ruleId", row_of(f.what.what).name},
                    {"ruleIndex", static_cast<std::size_t>(f.what.what)},
                    {"level", severity(f)},
                    {"message", {{"text", f.id + ": " + text}}},
                    {"locations", {{{"physicalLocation", {{"artifactLocation", {{"uri", uri}}}, {"region", {{"startLine", 1}}}}}}}},
                    {"partialFingerprints", {{"mqttspanFinding/v1", f.id}}}};
  if (!f.known.empty()) j["suppressions"] = {{{"kind", "external"}, {"justification", f.known}}};
  return j;
}

std::string dumped(const ordered_json& j) { return j.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n"; }

conformance::result result_of(const finding& f) {
  conformance::result r;
  r.id = f.id;
  r.check = row_of(f.what.what).name;
  r.title = row_of(f.what.what).title;
  if (!f.what.statement.empty()) r.statements = {f.what.statement};
  r.found = f.counts() ? conformance::verdict::fail : conformance::verdict::info;
  r.reason = f.what.title + " (" + std::to_string(f.replays) + " of 3 replays, " + std::to_string(packets_in(f.script)) + " packets: " + file_name(f) + ")";
  r.known = f.known;
  for (const step& s : f.script.steps) {
    conformance::exchange e;
    e.connection = "party " + std::to_string(s.party);
    const bytes_view bytes = as_bytes(s.bytes).first(std::min<std::size_t>(s.bytes.size(), 256));
    e.bytes.assign(bytes.begin(), bytes.end());
    e.omitted = s.bytes.size() - bytes.size();
    r.log.push_back(std::move(e));
  }
  return r;
}

}  // namespace

int run_record::exit_code() const {
  return std::any_of(findings.begin(), findings.end(), [](const finding& f) { return f.counts(); }) ? 1 : 0;
}

sender sender_in(const run_record& r) { return r.kind == "client" ? sender::server : sender::client; }

std::string file_name(const finding& f) {
  std::string name = f.id + ".json";
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-') c = '_';
  return name;
}

std::string reproducer_text(const run_record& r, const finding& f) { return to_text({f.id, f.what.title, f.script}, sender_in(r)); }

std::string to_json(const run_record& r) {
  ordered_json j = {{"format", "mqttspan-fuzz-run/1"}, {"kind", r.kind}, {"peer", r.peer}, {"target", r.target}, {"date", r.date}, {"seed", r.seed}, {"cases", r.cases},
                    {"case_hash", hash_text(r.hash)}, {"connections", r.connections}, {"seconds", r.seconds}, {"not_repeated", r.not_repeated}};
  if (!r.gone.empty()) j["gone"] = r.gone;
  j["findings"] = ordered_json::array();
  for (const finding& f : r.findings) j["findings"].push_back(finding_json(r, f));
  return dumped(j);
}

std::string to_sarif(const run_record& r, const std::string& folder) {
  ordered_json results = ordered_json::array();
  for (const finding& f : r.findings) results.push_back(sarif_result(f, folder));
  const ordered_json driver = {{"name", "mqttspan-fuzz"}, {"version", MQTTSPAN_VERSION}, {"rules", rules()}};
  const ordered_json one = {{"tool", {{"driver", driver}}},
                            {"invocations", {{{"executionSuccessful", r.gone.empty()}, {"exitCode", r.exit_code()}}}},
                            {"properties", {{"seed", r.seed}, {"cases", r.cases}, {"caseHash", hash_text(r.hash)}}},
                            {"results", results}};
  return dumped({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", ordered_json::array({one})}});
}

conformance::run to_conformance_run(const run_record& r) {
  conformance::run out{.kind = "fuzz " + r.kind, .peer = r.peer, .target = r.target, .date = r.date, .results = {}};
  for (const oracle_row& row : all_oracles()) {
    const std::size_t before = out.results.size();
    for (const finding& f : r.findings)
      if (f.what.what == row.what) out.results.push_back(result_of(f));
    if (out.results.size() != before) continue;
    conformance::result passed;
    passed.id = std::string(row.name) + "/none";
    passed.check = row.name;
    passed.title = row.title;
    passed.found = conformance::verdict::pass;
    out.results.push_back(std::move(passed));
  }
  return out;
}

void print_report(std::FILE* out, const run_record& r) {
  std::fprintf(out, "%s %s: %llu cases on %llu connections in %.1f s (%.0f/s), seed %llu, case hash %s\n", r.kind.c_str(), r.target.c_str(), static_cast<unsigned long long>(r.cases),
               static_cast<unsigned long long>(r.connections), r.seconds, r.seconds > 0 ? static_cast<double>(r.cases) / r.seconds : 0, static_cast<unsigned long long>(r.seed),
               hash_text(r.hash).c_str());
  if (r.not_repeated != 0) std::fprintf(out, "%zu times something was odd that did not come again\n", r.not_repeated);
  if (!r.gone.empty()) std::fprintf(out, "ended early: %s\n", r.gone.c_str());
  std::size_t errors = 0, warnings = 0, known = 0;
  for (const finding& f : r.findings) {
    ++(f.counts() ? f.is_error() ? errors : warnings : known);
    if (!f.counts()) continue;
    std::fprintf(out, "%s %s: %s%s\n", severity(f).c_str(), f.id.c_str(), conformance::clean_text(f.what.title).c_str(), statement_of(f).c_str());
    std::fprintf(out, "    %zu packets show it, %u of 3 times; first seen after %.2f s, %zu times in all\n", packets_in(f.script), f.replays, f.found_after, f.times);
  }
  std::fprintf(out, "%zu errors, %zu deviations, %zu known ones\n", errors, warnings, known);
}

}  // namespace mqttspan::fuzz
