// Every row of conformance/statements.tsv that a connection owns has a story that shows it, in each role that it binds, and a place in the code that cites it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "resting.hpp"
#include "spec_statements.hpp"
#include "story_lists.hpp"

namespace mqttspan::test {
namespace {

std::string name_of(const spec::tsv_row& row) { return spec::qualified(row.at("version"), row.at("id")); }

std::vector<const spec::tsv_row*> stream_rows() {
  std::vector<const spec::tsv_row*> rows;
  for (const spec::tsv_row& row : spec::statements())
    if (row.at("scope") == "stream") rows.push_back(&row);
  return rows;
}

TEST(statements, of_a_connection_are_215) { EXPECT_EQ(stream_rows().size(), 215U); }

TEST(statements, of_a_connection_each_have_a_story) {
  for (const spec::tsv_row* row : stream_rows()) EXPECT_TRUE(shown_statements().contains(name_of(*row))) << name_of(*row) << ": " << row->at("summary");
}

TEST(statements, that_stories_name_are_in_the_manifest_and_a_connection_s) {
  for (const auto& [name, tests] : shown_statements()) {
    const std::size_t slash = name.find('/');
    const spec::tsv_row* const row = spec::statement_named(name.substr(0, slash), name.substr(slash + 1));
    EXPECT_TRUE(row && row->at("scope") == "stream") << name << ", named by " << *tests.begin();
  }
}

// Ids repeat between versions, most with another meaning. These say the same in 3.1.1 and 5.0, and may be cited without a version.
bool is_same_in_both(const std::string& id) {
  static const std::set<std::string> same{"MQTT-3.1.0-1", "MQTT-3.1.0-2", "MQTT-3.2.0-1",  "MQTT-3.3.1-1",  "MQTT-3.3.1-2", "MQTT-3.3.1-4", "MQTT-3.3.4-1",
                                          "MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-3.9.3-1",  "MQTT-3.10.4-4", "MQTT-3.10.4-5",
                                          "MQTT-3.12.4-1", "MQTT-4.5.0-2", "MQTT-4.6.0-2", "MQTT-4.6.0-3",  "MQTT-4.6.0-4"};
  return same.contains(id);
}

bool is_in_one_version(const std::string& id) {
  return std::count_if(spec::statements().begin(), spec::statements().end(), [&](const spec::tsv_row& row) { return row.at("id") == id; }) == 1;
}

std::string sources() {
  std::string text;
  for (const char* const folder : {MQTTSPAN_STREAM "/src", MQTTSPAN_STREAM "/include/mqttspan"})
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
      if (!file.is_regular_file()) continue;
      std::ifstream in(file.path());
      text.append(std::istreambuf_iterator<char>(in), {});
    }
  std::ifstream packet_size(MQTTSPAN_STREAM "/../codec/include/mqttspan/codec/generate.hpp");  // what is left out of a packet that is too large
  return text.append(std::istreambuf_iterator<char>(packet_size), {});
}

TEST(statements, of_a_connection_each_have_an_owner_in_the_code) {
  const std::string code = sources();
  for (const spec::tsv_row* row : stream_rows()) {
    const std::string& id = row->at("id");
    const bool by_version = code.find("[" + name_of(*row) + "]") != std::string::npos;
    const bool by_id = (is_in_one_version(id) || is_same_in_both(id)) && code.find("[" + id + "]") != std::string::npos;
    EXPECT_TRUE(by_version || by_id) << name_of(*row) << ": " << row->at("summary");
  }
}

TEST(statements, that_the_code_cites_exist_and_name_their_version_where_it_matters) {
  const std::string code = sources();
  for (std::size_t at = code.find('['); at != std::string::npos; at = code.find('[', at + 1)) {
    const std::string cited = code.substr(at + 1, code.find(']', at) - at - 1);
    const std::size_t slash = cited.find('/');
    const std::string id = slash == std::string::npos ? cited : cited.substr(slash + 1);
    if (!id.starts_with("MQTT-") && !id.starts_with("U31-") && !id.starts_with("U311-") && !id.starts_with("U5-")) continue;
    const auto is_meant = [&](const spec::tsv_row& row) { return slash == std::string::npos ? row.at("id") == id : name_of(row) == cited; };
    EXPECT_TRUE(std::any_of(spec::statements().begin(), spec::statements().end(), is_meant)) << cited;
    EXPECT_TRUE(slash != std::string::npos || is_in_one_version(id) || is_same_in_both(id)) << cited << " is cited without its version";
  }
}

TEST(statements, that_rules_rest_on_are_in_the_manifest) {
  for (unsigned number = 1; number <= rule_count; ++number)
    for (const auto version : {v3_1, v3_1_1, v5})
      for (unsigned type = 0; type < 16; ++type) {
        const std::string id(statement_id(static_cast<rule>(number), version, static_cast<packet_type>(type)));
        EXPECT_TRUE(id.empty() || spec::statement_named(std::string(to_string(version)), id)) << to_string(static_cast<rule>(number)) << " rests on " << id;
      }
}

// After a run of all stories: each statement was played in each role that it binds, in its own version.
class every_role_was_played : public testing::Environment {
  static bool was_played(const std::string& statement, role needed) {
    for (const std::string& test : shown_statements()[statement])
      if (played_roles()[test].contains(needed)) return true;
    return false;
  }

  void TearDown() override {
    const testing::UnitTest& run = *testing::UnitTest::GetInstance();
    if (run.test_to_run_count() != run.total_test_count() || run.failed_test_count() != 0) return;
    for (const spec::tsv_row* row : stream_rows()) {
      const protocol_version version = spec::version_named(row->at("version"));
      const std::string& actor = row->at("actor");
      for (const sender self : {sender::client, sender::server}) {
        if (actor == (self == sender::client ? "server" : "client")) continue;
        EXPECT_TRUE(was_played(name_of(*row), {self, version})) << name_of(*row) << " is not shown by a " << text_of(role{self, version});
      }
    }
  }
};

[[maybe_unused]] const testing::Environment* const guard = testing::AddGlobalTestEnvironment(new every_role_was_played);
[[maybe_unused]] const testing::Environment* const rested = testing::AddGlobalTestEnvironment(new some_connection_rested);

}  // namespace
}  // namespace mqttspan::test
