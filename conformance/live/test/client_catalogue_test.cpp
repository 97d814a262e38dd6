// The rows for clients against the recipes and the manifest: nothing is missing, nothing is invented.
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "../client/catalogue.hpp"
#include "../client/meta.hpp"
#include "../client/monitor.hpp"

namespace mqttspan::conformance {
namespace {

constexpr protocol_version versions[] = {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5};

std::vector<std::vector<std::string>> table(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::istringstream text(line + "\t");  // so that an empty last cell counts
    for (std::string cell; std::getline(text, cell, '\t');) cells.push_back(cell);
    rows.push_back(cells);
  }
  return rows;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

// Who cites what: recipe, version, statement.
using citations = std::map<std::string, std::map<protocol_version, std::set<std::string>>>;

void add(citations& to, const std::string& check, const cited& statements) {
  for (const protocol_version v : versions)
    for (const std::string& id : ids_of(statements, v)) to[check][v].insert(id);
}

citations all_citations() {
  citations all;
  for (const client::probe& p : client::all_probes()) add(all, p.check, p.statements);
  for (const client::monitor_row& row : client::monitor_rows()) add(all, "C-MON", row.statements);
  add(all, "C-ERRCLOSE", client::error_statements());
  return all;
}

TEST(client_catalogue, every_recipe_has_a_probe_for_each_of_its_statements) {
  const citations have = all_citations();
  for (const auto& row : table(LIVE_CHECKS)) {
    if (row[0].rfind("C-", 0) != 0) continue;
    ASSERT_EQ(row.size(), 6u) << row[0];
    const auto of_recipe = have.find(row[0]);
    if (of_recipe == have.end()) {
      ADD_FAILURE() << row[0] << " has no probe";
      continue;
    }
    for (const auto& [version, column] : {std::pair{protocol_version::v3_1_1, 4u}, std::pair{protocol_version::v5, 5u}})
      for (const std::string& id : words(row[column]))
        EXPECT_TRUE(of_recipe->second.count(version) && of_recipe->second.at(version).count(id)) << row[0] << " does not show " << to_string(version) << " " << id;
  }
}

TEST(client_catalogue, cites_only_statements_that_there_are) {
  std::set<std::string> known;
  for (const auto& row : table(STATEMENTS)) known.insert(row[1] + "/" + row[0]);
  for (const auto& [check, by_version] : all_citations())
    for (const auto& [version, ids] : by_version)
      for (const std::string& id : ids) EXPECT_TRUE(known.count(std::string(to_string(version)) + "/" + id)) << check << " cites " << to_string(version) << "/" << id;
}

TEST(client_catalogue, gives_each_probe_a_name_of_its_own) {
  std::set<std::string> ids;
  for (const client::probe& p : client::all_probes())
    for (const protocol_version v : versions) EXPECT_TRUE(!p.statements.played_in(v) || ids.insert(p.id(v)).second) << p.id(v);
}

}  // namespace
}  // namespace mqttspan::conformance
