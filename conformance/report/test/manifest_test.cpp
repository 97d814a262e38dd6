#include "manifest.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace mqttspan::conformance {
namespace {

std::string file() {
  std::ostringstream out;
  out << std::ifstream(MQTTSPAN_STATEMENTS, std::ios::binary).rdbuf();
  return out.str();
}

TEST(manifest, is_built_in_as_it_stands_in_the_tree) {
  const manifest rows = read_manifest(file());
  ASSERT_EQ(rows.size(), 659U);
  ASSERT_EQ(built_in_manifest().size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(built_in_manifest()[i].id, rows[i].id);
    EXPECT_EQ(built_in_manifest()[i].note, rows[i].note);
  }
}

TEST(manifest, finds_a_statement_by_its_version_and_id) {
  const statement* v3 = find_statement(built_in_manifest(), "3.1.1", "MQTT-3.1.2-1");
  const statement* v5 = find_statement(built_in_manifest(), "5.0", "MQTT-3.1.2-1");
  ASSERT_NE(v3, nullptr);
  ASSERT_NE(v5, nullptr);
  EXPECT_NE(v3, v5);
  EXPECT_EQ(find_statement(built_in_manifest(), "3.1", "MQTT-3.1.2-1"), nullptr);
}

TEST(manifest, refuses_other_files) {
  EXPECT_THROW(read_manifest(""), manifest_error);
  EXPECT_THROW(read_manifest("id\tversion\n"), manifest_error);
  EXPECT_THROW(read_manifest(file() + "MQTT-1\t5.0\n"), manifest_error);
}

}  // namespace
}  // namespace mqttspan::conformance
