// Runs the tables of spec_generate_*_test.cpp, and sees that no statement is missing from them.
#include "spec_generate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "spec_statements.hpp"

namespace mqttspan::spec {
namespace {

std::vector<generate_case> all_cases() {
  std::vector<generate_case> all;
  for (const auto& cases : {connect_cases(), publish_cases(), control_cases(), property_cases()}) all.insert(all.end(), cases.begin(), cases.end());
  return all;
}

std::string title(const generate_case& c) { return std::string(to_string(c.version)) + " " + c.statements + " " + std::string(to_string(type_of(c.value))); }
std::string version_text(const generate_case& c) { return std::string(to_string(c.version)); }

// "rule@offset", or rules alone where nothing would stand in the packet.
bool agrees(const error& e, const std::string& wanted) {
  if (wanted.find('@') != std::string::npos) return verdict_of(e) == wanted;
  const auto rules = split(wanted, '|');
  return std::find(rules.begin(), rules.end(), std::string(to_string(e.violated))) != rules.end();
}

// A buffer that is always long enough, with a guard behind the end that generate is told of.
struct output {
  std::vector<std::byte> memory = std::vector<std::byte>(300'000, std::byte{0xA5});
  std::span<std::byte> room() { return std::span(memory).first(memory.size() - 16); }
  bool guard_is_whole() const {
    for (const std::byte b : std::span(memory).last(16))
      if (b != std::byte{0xA5}) return false;
    return true;
  }
};

TEST(spec_generate, writes_the_golden_bytes) {
  std::size_t golden = 0;
  for (const generate_case& c : all_cases()) {
    if (!c.expect.starts_with("=")) continue;
    ++golden;
    output out;
    const bytes wanted = hex(c.expect.substr(1));
    const auto written = generate(c.value, c.version, out.room(), c.options);
    ASSERT_TRUE(written) << title(c) << ": " << verdict_of(written.error());
    EXPECT_EQ(to_hex(*written), to_hex(as_bytes(wanted))) << title(c);
    EXPECT_TRUE(out.guard_is_whole());
    const auto size = encoded_size(c.value, c.version, c.options);
    ASSERT_TRUE(size) << title(c);
    EXPECT_EQ(*size, wanted.size()) << title(c);
    EXPECT_EQ(verdict(wanted, c.version, {.sender = c.options.sender}), "ok") << title(c);
  }
  EXPECT_GT(golden, 50U);
}

TEST(spec_generate, refuses_what_the_statements_forbid) {
  std::size_t refused = 0;
  for (const generate_case& c : all_cases()) {
    if (c.expect.starts_with("=")) continue;
    ++refused;
    output out;
    const auto written = generate(c.value, c.version, out.room(), c.options);
    EXPECT_FALSE(written) << title(c) << " wants " << c.expect << ", got " << to_hex(*written).substr(0, 80);
    if (written) continue;
    const error& e = written.error();
    EXPECT_TRUE(agrees(e, std::string(c.expect))) << title(c) << " wants " << c.expect << ", got " << verdict_of(e);
    EXPECT_EQ(e.code, e.violated == rule::packet_too_large ? errc::packet_too_large : errc::invalid_argument) << title(c);
    EXPECT_EQ(e.in, type_of(c.value)) << title(c);
    EXPECT_TRUE(out.guard_is_whole());
  }
  EXPECT_GT(refused, 150U);
}

TEST(spec_generate, names_a_statement_of_the_manifest_for_each_refusal) {
  for (const generate_case& c : all_cases()) {
    if (c.expect.starts_with("=")) continue;
    output out;
    const auto written = generate(c.value, c.version, out.room(), c.options);
    EXPECT_FALSE(written) << title(c);
    if (written) continue;
    const std::string named(statement_id(written.error().violated, c.version, written.error().in));
    EXPECT_TRUE(named.empty() ? written.error().violated == rule::packet_too_large : statement_named(version_text(c), named) != nullptr)
        << title(c) << ": " << to_string(written.error().violated) << " names '" << named << "'";
  }
}

TEST(spec_generate, has_a_case_for_every_statement_that_an_encoder_owes) {
  std::set<std::string> covered;
  for (const generate_case& c : all_cases())
    for (const std::string& id : words(c.statements)) {
      EXPECT_NE(statement_named(version_text(c), id), nullptr) << version_text(c) << "/" << id;
      covered.insert(qualified(version_text(c), id));
    }
  for (const tsv_row& row : statements()) {
    if (row.at("scope") != "codec" || (row.at("vectors") != "both" && row.at("vectors") != "encode")) continue;
    EXPECT_TRUE(covered.contains(qualified(row.at("version"), row.at("id")))) << row.at("version") << "/" << row.at("id");
  }
}

}  // namespace
}  // namespace mqttspan::spec
