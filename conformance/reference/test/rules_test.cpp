// The reference names rules as the library does and statements as the manifest does.
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "reference/tables.hpp"

namespace mqttspan::conformance::reference {
namespace {

std::set<std::string> rules_of_the_library() {
  std::ifstream file(MQTTSPAN_RULES);
  const std::regex row(R"(^MQTTSPAN_RULE\((\w+),.*)");
  std::set<std::string> names;
  std::smatch match;
  for (std::string line; std::getline(file, line);) {
    if (std::regex_match(line, match, row)) names.insert(match[1]);
  }
  return names;
}

/// By "version/id": the reason codes of the column v5_reason_code.
std::map<std::string, std::string> statements() {
  std::ifstream file(MQTTSPAN_STATEMENTS);
  std::map<std::string, std::string> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells(line);
    std::string cell[8];
    for (std::string& c : cell) std::getline(cells, c, '\t');
    rows[cell[1] + "/" + cell[0]] = cell[7];
  }
  return rows;
}

TEST(rules, have_names_of_the_library) {
  const std::set<std::string> names = rules_of_the_library();
  ASSERT_GT(names.size(), 60U);
  for (const rule_row& row : rule_table()) EXPECT_TRUE(names.contains(row.name)) << row.name;
}

TEST(rules, cite_statements_of_the_manifest) {
  const auto known = statements();
  ASSERT_EQ(known.size(), 660U);  // and the heading
  for (const rule_row& row : rule_table()) {
    for (const auto& [version, id] : {std::pair{"3.1/", row.in_3_1}, {"3.1.1/", row.in_3_1_1}, {"5.0/", row.in_5_0}}) {
      if (*id == '\0') continue;
      EXPECT_TRUE(known.contains(std::string(version) + id)) << row.name << " " << version << id;
    }
  }
}

std::set<int> codes(std::string text, const char* separators) {
  std::set<int> result;
  for (char& c : text) c = std::string(separators).find(c) != std::string::npos ? ' ' : c;
  std::istringstream words(text);
  for (std::string word; words >> word;) result.insert(std::stoi(word, nullptr, 16));
  return result;
}

TEST(rules, name_the_reason_codes_of_their_statement) {
  // The manifest names 0x82 alone for the Response Topic of a PUBLISH, both codes for that of a will.
  const std::set<std::string> wider = {"response_topic_has_wildcard"};
  const auto known = statements();
  for (const rule_row& row : rule_table()) {
    const auto statement = known.find(std::string("5.0/") + row.in_5_0);
    if (statement == known.end() || statement->second == "-" || wider.contains(row.name)) continue;
    EXPECT_EQ(codes(row.codes, ""), codes(statement->second, "|")) << row.name << " " << row.in_5_0;
  }
}

}  // namespace
}  // namespace mqttspan::conformance::reference
