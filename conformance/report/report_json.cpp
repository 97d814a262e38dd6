#include "report_json.hpp"

#include <algorithm>

#include "hex.hpp"
#include "json_text.hpp"
#include "verdicts.hpp"

namespace mqttspan::conformance {
namespace {

using json = packet_json;

constexpr std::string_view format_name = "mqtt-conformance-run/1";

json exchange_json(const exchange& e) {
  const std::size_t kept = std::min(e.bytes.size(), most_bytes_kept);
  const std::size_t omitted = e.omitted + (e.bytes.size() - kept);
  json out{{"at", e.at.count()}, {"connection", e.connection}, {"from", e.from_peer ? "peer" : "us"}};
  if (kept != 0) out["hex"] = to_hex(bytes_view(e.bytes).first(kept));
  if (omitted != 0) out["omitted"] = omitted;
  if (!e.text.empty()) out["text"] = e.text;
  return out;
}

json result_json(const result& r) {
  json out{{"id", r.id}, {"check", r.check}, {"title", r.title}, {"version", r.version}};
  out["statements"] = r.statements;
  out["verdict"] = std::string(to_string(r.found));
  if (!r.reason.empty()) out["reason"] = r.reason;
  if (!r.known.empty()) out["known"] = r.known;
  if (r.log.empty()) return out;
  json& log = out["log"] = json::array();
  for (const exchange& e : r.log) log.push_back(exchange_json(e));
  return out;
}

json counts_json(const verdict_counts& counts) {
  json out;
  for (const verdict v : verdicts) out[std::string(to_string(v))] = counts[v];
  return out;
}

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

[[noreturn]] void refuse(const std::string& where, const std::string& why) { throw run_json_error(where.empty() ? why : where + ": " + why); }

const json& member(const json& object, const char* key, const std::string& where) {
  if (!object.is_object()) refuse(where, "must be an object");
  const auto it = object.find(key);
  if (it == object.end()) refuse(where, std::string("\"") + key + "\" is missing");
  return *it;
}

std::string text(const json& object, const char* key, const std::string& where) {
  const json& value = member(object, key, where);
  if (!value.is_string()) refuse(where, std::string("\"") + key + "\" must be a string");
  return value.get<std::string>();
}

std::string text_if_there(const json& object, const char* key, const std::string& where) {
  return object.contains(key) ? text(object, key, where) : std::string();
}

const json& list(const json& object, const char* key, const std::string& where) {
  const json& value = member(object, key, where);
  if (!value.is_array()) refuse(where, std::string("\"") + key + "\" must be an array");
  return value;
}

std::size_t number(const json& object, const char* key, const std::string& where) {
  const json& value = member(object, key, where);
  if (!value.is_number_unsigned()) refuse(where, std::string("\"") + key + "\" must be a number, 0 or more");
  return value.get<std::size_t>();
}

exchange read_exchange(const json& value, const std::string& where) {
  exchange e;
  e.at = std::chrono::microseconds(number(value, "at", where));
  e.connection = text(value, "connection", where);
  const std::string from = text(value, "from", where);
  if (from != "peer" && from != "us") refuse(where, "\"from\" must be peer or us");
  e.from_peer = from == "peer";
  try {
    e.bytes = from_hex(text_if_there(value, "hex", where));
  } catch (const hex_error& error) {
    refuse(where, std::string("\"hex\": ") + error.what());
  }
  if (value.contains("omitted")) e.omitted = number(value, "omitted", where);
  e.text = text_if_there(value, "text", where);
  return e;
}

result read_result(const json& value, const std::string& where) {
  result r;
  r.id = text(value, "id", where);
  r.check = text(value, "check", where);
  r.title = text(value, "title", where);
  r.version = text(value, "version", where);
  for (const json& id : list(value, "statements", where)) {
    if (!id.is_string()) refuse(where, "\"statements\" must hold strings");
    r.statements.push_back(id.get<std::string>());
  }
  const std::string name = text(value, "verdict", where);
  const auto found = verdict_named(name);
  if (!found) refuse(where, "no verdict is called " + name);
  r.found = *found;
  r.reason = text_if_there(value, "reason", where);
  r.known = text_if_there(value, "known", where);
  if (value.contains("log"))
    for (const json& e : list(value, "log", where)) r.log.push_back(read_exchange(e, where + "/log/" + std::to_string(r.log.size())));
  return r;
}

void compare_counts(const json& file, const run& r) {
  const json& written = member(file, "counts", "");
  const verdict_counts counts(r.results);
  for (const verdict v : verdicts) {
    const std::string name(to_string(v));
    if (number(written, name.c_str(), "/counts") != counts[v])
      refuse("/counts", "there are " + std::to_string(counts[v]) + " results with verdict " + name + ", not as many as it says");
  }
}

}  // namespace

std::string to_json(const run& r) {
  json head{{"format", std::string(format_name)}, {"kind", r.kind}, {"peer", r.peer}, {"target", r.target}, {"date", r.date}};
  head["counts"] = counts_json(verdict_counts(r.results));
  std::string out = dump(head);
  out.back() = ',';
  out += "\n\"results\":[";
  const char* separator = "\n";
  for (const result& one : r.results) {
    out += separator + dump(result_json(one));
    separator = ",\n";
  }
  return out + "\n]}\n";
}

run run_from_json(std::string_view content) {
  json file;
  try {
    file = parse_json(content);
  } catch (const json_text_error& e) {
    refuse("", e.what());
  }
  if (const std::string format = text(file, "format", ""); format != format_name) refuse("", "format is " + format + ", not " + std::string(format_name));
  run r;
  r.kind = text(file, "kind", "");
  r.peer = text(file, "peer", "");
  r.target = text(file, "target", "");
  r.date = text(file, "date", "");
  for (const json& one : list(file, "results", "")) r.results.push_back(read_result(one, "/results/" + std::to_string(r.results.size())));
  compare_counts(file, r);
  return r;
}

}  // namespace mqttspan::conformance
