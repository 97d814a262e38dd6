#include "html_data.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "by_check.hpp"
#include "clean_text.hpp"
#include "hex.hpp"
#include "verdicts.hpp"

namespace mqttspan::conformance {
namespace {

using json = nlohmann::json;

constexpr std::size_t most_bytes_shown = 256;
constexpr std::size_t most_exchanges_shown = 60;
constexpr std::size_t most_text_shown = 600;
constexpr std::size_t most_of_a_vector_file = 400;  // a check with more cases is a family, whatever its name

// How many cases of a family are shown that are alike: same statements, same verdict.
std::size_t most_shown(verdict v) { return v == verdict::fail ? 60 : v == verdict::pass || v == verdict::strict_pass ? 1 : 3; }

class string_table {
 public:
  std::size_t index(std::string_view text) {
    const auto [place, is_new] = places_.try_emplace(clean_text(text), strings_.size());
    if (is_new) strings_.push_back(place->first);
    return place->second;
  }
  json take() && { return std::move(strings_); }

 private:
  std::unordered_map<std::string, std::size_t> places_;
  json strings_ = json::array();
};

class statement_table {
 public:
  explicit statement_table(const manifest& statements) {
    for (const statement& s : statements) add(s);
  }

  std::size_t index(const std::string& version, const std::string& id) {
    const auto found = places_.find(version + '/' + id);
    if (found != places_.end()) return found->second;
    statement s{.id = id, .version = version, .area = "other", .actor = "-", .scope = "-", .summary = "Not in the manifest.", .vectors = "-",
                .v5_reason_code = "-", .live_broker = "no", .live_client = "no", .note = ""};
    if (id == "none") s.summary = "Cases that cite no statement.";
    return add(s);
  }
  json take() && { return std::move(rows_); }

 private:
  std::size_t add(const statement& s) {
    const std::size_t at = rows_.size();
    places_.emplace(s.version + '/' + s.id, at);
    json row = json::array();
    for (const std::string* field : {&s.id, &s.version, &s.area, &s.actor, &s.scope, &s.summary, &s.vectors, &s.v5_reason_code, &s.live_broker, &s.live_client, &s.note})
      row.push_back(clean_text(*field));
    rows_.push_back(std::move(row));
    return at;
  }

  std::unordered_map<std::string, std::size_t> places_;
  json rows_ = json::array();
};

std::string shortened(const std::string& text) {
  if (text.size() <= most_text_shown) return text;
  return text.substr(0, most_text_shown) + "… " + std::to_string(text.size() - most_text_shown) + " more: the JSON file has them";
}

std::size_t verdict_index(verdict v) { return static_cast<std::size_t>(std::find(verdicts.begin(), verdicts.end(), v) - verdicts.begin()); }

// Files of vectors are called "5.0/publish", recipes as they like; of codecs anything else is a family.
bool is_family(const run& r, const check_results& of) {
  const bool is_vector_file = !of.check.empty() && std::isdigit(static_cast<unsigned char>(of.check.front())) != 0 && of.check.find('/') != std::string_view::npos;
  return of.results.size() > most_of_a_vector_file || (r.kind == "codec" && !is_vector_file);
}

class writer {
 public:
  explicit writer(const manifest& statements) : statements_(statements) {}

  json peer(const run& r) {
    json out{{"kind", clean_text(r.kind)}, {"name", clean_text(r.peer)}, {"target", clean_text(r.target)}, {"date", clean_text(r.date)}};
    cases_ = json::array();
    alike_ = json::array();
    for (const check_results& of : by_check(r)) {
      if (is_family(r, of))
        family(of);
      else
        for (const result* one : of.results) cases_.push_back(case_json(*one));
    }
    out["cases"] = std::move(cases_);
    out["alike"] = std::move(alike_);
    return out;
  }

  std::string finish(json peers) && {
    json out{{"peers", std::move(peers)}, {"verdicts", json::array()}};
    for (const verdict v : verdicts) out["verdicts"].push_back(std::string(to_string(v)));
    out["statements"] = std::move(statements_).take();
    out["strings"] = std::move(strings_).take();
    return out.dump(-1, ' ', false, json::error_handler_t::replace);
  }

 private:
  void family(const check_results& of) {
    std::map<std::pair<std::size_t, std::vector<std::size_t>>, std::size_t> counts;
    for (const result* one : of.results) {
      const std::size_t count = ++counts[{verdict_index(one->found), rows_of(*one)}];
      if (count <= most_shown(one->found)) cases_.push_back(case_json(*one));
    }
    for (const auto& [key, count] : counts) {
      const std::size_t shown = most_shown(verdicts[key.first]);
      if (count > shown) alike_.push_back({strings_.index(of.check), key.second, key.first, count - shown});
    }
  }

  std::vector<std::size_t> rows_of(const result& r) {
    std::vector<std::size_t> rows;
    for (const std::string& id : r.statements) {
      const std::size_t row = statements_.index(r.version, id);
      if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
    }
    if (rows.empty()) rows.push_back(statements_.index(r.version, "none"));
    return rows;
  }

  json case_json(const result& r) {
    json log = json::array();
    for (const exchange& e : r.log) {
      if (log.size() == most_exchanges_shown) {
        log.push_back({e.at.count(), strings_.index(""), false, "", 0, strings_.index(std::to_string(r.log.size() - most_exchanges_shown) + " more: the JSON file has them")});
        break;
      }
      log.push_back(exchange_json(e));
    }
    return {clean_text(r.id), strings_.index(r.check), strings_.index(r.title), rows_of(r), verdict_index(r.found), strings_.index(reason_of(r)), std::move(log)};
  }

  json exchange_json(const exchange& e) {
    const std::size_t shown = std::min(e.bytes.size(), most_bytes_shown);
    return {e.at.count(), strings_.index(e.connection), e.from_peer ? 1 : 0, to_hex(bytes_view(e.bytes).first(shown)), e.omitted + e.bytes.size() - shown, strings_.index(shortened(e.text))};
  }

  statement_table statements_;
  string_table strings_;
  json cases_;
  json alike_;
};

}  // namespace

std::string html_data(std::span<const run> runs, const manifest& statements) {
  writer out(statements);
  json peers = json::array();
  for (const run& r : runs) peers.push_back(out.peer(r));
  return std::move(out).finish(std::move(peers));
}

}  // namespace mqttspan::conformance
