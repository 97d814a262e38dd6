// The manifest of statements (conformance/statements.tsv) and the witnesses (spec_witnesses.tsv), as rows of text.
#pragma once

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/version.hpp>

namespace mqttspan::spec {

using tsv_row = std::map<std::string, std::string>;

inline std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (;;) {
    const std::size_t to = text.find(by, from);
    parts.push_back(text.substr(from, to - from));
    if (to == std::string::npos) return parts;
    from = to + 1;
  }
}

/// Every row by the names in the first line; a row with another number of columns is dropped, and so missed by the tests that count.
inline std::vector<tsv_row> read_tsv(const char* path) {
  std::ifstream in(path);
  std::string line;
  std::vector<std::string> names;
  std::vector<tsv_row> rows;
  while (std::getline(in, line)) {
    const std::vector<std::string> cells = split(line, '\t');
    if (names.empty()) {
      names = cells;
    } else if (cells.size() == names.size()) {
      tsv_row& row = rows.emplace_back();
      for (std::size_t i = 0; i < cells.size(); ++i) row[names[i]] = cells[i];
    }
  }
  return rows;
}

inline const std::vector<tsv_row>& statements() {
  static const std::vector<tsv_row> rows = read_tsv(MQTTSPAN_STATEMENTS);
  return rows;
}
inline const std::vector<tsv_row>& witnesses() {
  static const std::vector<tsv_row> rows = read_tsv(MQTTSPAN_WITNESSES);
  return rows;
}

inline std::set<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> out;
  for (std::string word; in >> word;) out.insert(word);
  return out;
}

/// Ids repeat between versions with other meanings: everywhere here a statement is named "5.0/MQTT-3.1.2-24".
inline std::string qualified(const std::string& version, const std::string& id) { return version + "/" + id; }

inline const tsv_row* statement_named(const std::string& version, const std::string& id) {
  for (const tsv_row& row : statements())
    if (row.at("version") == version && row.at("id") == id) return &row;
  return nullptr;
}

inline protocol_version version_named(const std::string& text) {
  return text == "3.1" ? protocol_version::v3_1 : text == "3.1.1" ? protocol_version::v3_1_1 : protocol_version::v5;
}

}  // namespace mqttspan::spec
