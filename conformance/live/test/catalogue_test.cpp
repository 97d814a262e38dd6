// The rows of both catalogues against the recipes and the manifest: nothing is missing, nothing is invented.
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "../broker/catalogue.hpp"
#include "../broker/monitor.hpp"
#include "../client/catalogue.hpp"
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

// A probe of either side, as far as it is judged here.
struct row {
  std::string check, name, title;
  cited statements;

  std::string id(protocol_version v) const { return check + "/" + std::string(to_string(v)) + "/" + name; }
};

struct side {
  std::string recipes;  // "B-"
  std::vector<row> probes;
  meta_recipes meta;
};
void PrintTo(const side& s, std::ostream* out) { *out << s.recipes; }

template <class Catalogue>
side side_of(std::string recipes, const Catalogue& all, const meta_recipes& meta) {
  side s{std::move(recipes), {}, meta};
  for (const auto& p : all) {
    s.probes.push_back({p.check, p.name, p.title, p.statements});
    for (const protocol_version v : versions) EXPECT_EQ(s.probes.back().id(v), p.id(v));
  }
  return s;
}

citations all_citations(const side& s) {
  citations all;
  for (const row& p : s.probes) add(all, p.check, p.statements);
  for (const monitor_row& each : s.meta.rows) add(all, std::string(s.meta.monitor), each.statements);
  add(all, std::string(s.meta.closing), s.meta.error_statements);
  add(all, std::string(s.meta.closing), s.meta.told_statements);
  return all;
}

class catalogues : public testing::TestWithParam<side> {};

TEST_P(catalogues, have_a_probe_for_each_statement_of_every_recipe) {
  const citations have = all_citations(GetParam());
  for (const auto& recipe : table(LIVE_CHECKS)) {
    if (recipe[0].rfind(GetParam().recipes, 0) != 0) continue;
    ASSERT_EQ(recipe.size(), 6u) << recipe[0];
    const auto of_recipe = have.find(recipe[0]);
    if (of_recipe == have.end()) {
      ADD_FAILURE() << recipe[0] << " has no probe";
      continue;
    }
    for (const auto& [version, column] : {std::pair{protocol_version::v3_1_1, 4u}, std::pair{protocol_version::v5, 5u}})
      for (const std::string& id : words(recipe[column]))
        EXPECT_TRUE(of_recipe->second.count(version) && of_recipe->second.at(version).count(id)) << recipe[0] << " does not show " << to_string(version) << " " << id;
  }
}

TEST_P(catalogues, cite_only_statements_that_there_are) {
  std::set<std::string> known;
  for (const auto& statement : table(STATEMENTS)) known.insert(statement[1] + "/" + statement[0]);
  for (const auto& [check, by_version] : all_citations(GetParam()))
    for (const auto& [version, ids] : by_version)
      for (const std::string& id : ids) EXPECT_TRUE(known.count(std::string(to_string(version)) + "/" + id)) << check << " cites " << to_string(version) << "/" << id;
}

TEST_P(catalogues, belong_to_recipes_that_there_are) {
  std::set<std::string> recipes;
  for (const auto& recipe : table(LIVE_CHECKS)) recipes.insert(recipe[0]);
  for (const row& p : GetParam().probes) EXPECT_TRUE(recipes.count(p.check)) << p.check;
}

TEST_P(catalogues, have_each_id_once) {
  std::set<std::string> seen;
  for (const row& p : GetParam().probes) {
    bool is_played = false;
    for (const protocol_version v : versions) {
      if (!p.statements.played_in(v)) continue;
      is_played = true;
      EXPECT_TRUE(seen.insert(p.id(v)).second) << p.id(v);
    }
    EXPECT_TRUE(is_played) << p.check << " " << p.name << " is played in no version";
    EXPECT_FALSE(p.title.empty()) << p.check << " " << p.name;
  }
}

INSTANTIATE_TEST_SUITE_P(of, catalogues,
                         testing::Values(side_of("B-", broker::all_probes(), broker::meta()), side_of("C-", client::all_probes(), client::meta())),
                         [](const auto& each) { return each.index == 0 ? "brokers" : "clients"; });

}  // namespace
}  // namespace mqttspan::conformance
