// All stories against our connection, and what must be true of the stories as a whole.
#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <set>

#include "adapter_program.hpp"
#include "player.hpp"
#include "spec_statements.hpp"
#include "story_session.hpp"

namespace mqttspan::conformance {
namespace {

const std::vector<story>& stories() {
  static const std::vector<story> all = read_stories(MQTTSPAN_STORIES);
  return all;
}

// Ours does what the specifications recommend, too; nothing is skipped.
void is_all_strict_pass(const std::vector<result>& results) {
  std::map<verdict, std::size_t> count;
  for (const result& r : results) {
    ++count[r.found];
    EXPECT_EQ(r.found, verdict::strict_pass) << r.id << " (" << r.check << ", " << r.title << "): " << r.reason;
  }
  std::printf("%zu stories: %zu strict pass, %zu pass, %zu fail, %zu skip, %zu inconclusive\n", results.size(), count[verdict::strict_pass], count[verdict::pass],
              count[verdict::fail], count[verdict::skip], count[verdict::inconclusive]);
}

TEST(stories, are_played_by_our_connection) {
  story_session ours;
  is_all_strict_pass(play_all(stories(), [&](const std::string& line) { return ours.answer(line); }));
}

TEST(stories, are_played_by_our_adapter) {
  std::signal(SIGPIPE, SIG_IGN);
  adapter_program ours(MQTTSPAN_STORY_ADAPTER);
  is_all_strict_pass(play_all(stories(), [&](const std::string& line) { return ours(line); }));
}

TEST(stories, come_in_pieces_of_any_size) {
  story_session ours;
  for (const std::size_t chunk : {2u, 3u, 7u})
    for (const story& s : stories()) {
      const result r = play(s, [&](const std::string& line) { return ours.answer(line); }, chunk);
      EXPECT_EQ(r.found, verdict::strict_pass) << r.id << ", " << chunk << " bytes at once: " << r.reason;
    }
}

TEST(stories, are_many) { EXPECT_GE(stories().size(), 150U); }

TEST(stories, show_only_statements_that_there_are) {
  for (const story& s : stories()) {
    EXPECT_FALSE(s.statements.empty()) << s.id;
    for (const std::string& id : s.statements) {
      const spec::tsv_row* const row = spec::statement_named(s.version, id);
      EXPECT_TRUE(row && row->at("scope") == "stream") << s.id << " shows " << id;
    }
  }
}

// In the version that it belongs to, and with each role that it binds under test.
TEST(stories, show_every_statement_of_a_connection) {
  std::set<std::string> shown;
  for (const story& s : stories())
    for (const std::string& id : s.statements) shown.insert(spec::qualified(s.version, id) + " " + s.role);
  std::size_t statements = 0, with_roles = 0;
  for (const spec::tsv_row& row : spec::statements()) {
    if (row.at("scope") != "stream") continue;
    ++statements;
    for (const std::string role : {"client", "server"}) {
      if (row.at("actor") != role && row.at("actor") != "both") continue;
      ++with_roles;
      EXPECT_TRUE(shown.contains(spec::qualified(row.at("version"), row.at("id")) + " " + role)) << row.at("version") << "/" << row.at("id") << ", " << role << ": " << row.at("summary");
    }
  }
  EXPECT_EQ(statements, 215U);
  std::printf("%zu stories show %zu statements of a connection, in %zu roles\n", stories().size(), statements, with_roles);
}

}  // namespace
}  // namespace mqttspan::conformance
