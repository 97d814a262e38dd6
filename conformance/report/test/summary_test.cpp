#include "summary.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sample_runs.hpp"

namespace mqttspan::conformance {
namespace {

std::string summary_of(const run& r) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
  if (!file) return {};
  print_summary(file.get(), r);
  std::string out(static_cast<std::size_t>(std::ftell(file.get())), '\0');
  std::rewind(file.get());
  out.resize(std::fread(out.data(), 1, out.size(), file.get()));
  return out;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(terminal_summary, counts_verdicts_the_gravest_first) {
  EXPECT_TRUE(has(summary_of(nasty_run()), "7 cases, 2 fail, 1 inconclusive, 1 skip, 1 info, 1 pass, 1 strict-pass\n"));
}

TEST(terminal_summary, has_a_row_a_check) {
  const std::string text = summary_of(nasty_run());
  EXPECT_TRUE(has(text, "check     fail  inconclusive    skip    info    pass  strict-pass\n"));
  EXPECT_TRUE(has(text, "B-UTF8       1             ·       ·       ·       1            1\n"));
}

TEST(terminal_summary, shows_a_fail_with_statement_reason_and_bytes) {
  run r = nasty_run();
  r.results[2].reason = "expected: the connection is closed\nseen: nothing";
  const std::string text = summary_of(r);
  EXPECT_TRUE(has(text, "fail  B-UTF8/2  "));
  EXPECT_TRUE(has(text, "      5.0 MQTT-1.5.4-1: "));
  EXPECT_TRUE(has(text, "      expected: the connection is closed\n      seen: nothing\n"));
  EXPECT_TRUE(has(text, "      a → 30 06 00 03 ed a0 80 00  "));
  EXPECT_TRUE(has(text, "      b ←   closed\n"));
  EXPECT_TRUE(has(text, " … 9973 bytes more"));
}

TEST(terminal_summary, is_safe_for_a_terminal) {
  for (const char c : summary_of(nasty_run())) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
}

TEST(terminal_summary, says_how_many_fails_of_a_check_it_leaves_out) {
  run r = nasty_run();
  for (int i = 0; i < 20; ++i) r.results.push_back(r.results[2]);
  EXPECT_TRUE(has(summary_of(r), "… and 16 more fails of B-UTF8\n"));
}

// However many known ones come before it.
TEST(terminal_summary, shows_what_is_not_known_whole_and_what_is_in_a_line_a_reason) {
  run r = nasty_run();
  result known = r.results[2];
  known.id = "B-UTF8/known";
  known.known = "strings are not checked";
  r.results.insert(r.results.begin(), 20, known);
  known.id = "B-UTF8/other";
  known.known = "for another reason";
  r.results.push_back(known);
  const std::string text = summary_of(r);
  EXPECT_TRUE(has(text, "fail  B-UTF8/2  "));
  EXPECT_TRUE(has(text, "known B-UTF8/known and 19 more: strings are not checked\nknown B-UTF8/other: for another reason\n"));
  EXPECT_FALSE(has(text, "more fails of"));
  EXPECT_FALSE(has(text, "fail  B-UTF8/known"));
}

TEST(terminal_summary, ends_with_what_was_not_decided) {
  EXPECT_TRUE(has(summary_of(nasty_run()), " 1.0: 2 of 7 cases failed, 1 skipped, 1 inconclusive\n"));
}

}  // namespace
}  // namespace mqttspan::conformance
