#include "report_json.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sample_runs.hpp"

namespace mqttspan::conformance {
namespace {

run tidy_run() {
  run r = nasty_run();
  r.results.pop_back();
  for (result& one : r.results) {
    one.title = "title with \"quotes\"";
    if (!one.reason.empty()) one.reason = "expected: this\nseen: that";
    for (exchange& e : one.log) e.text = "text";
  }
  return r;
}

std::string error_of(const std::string& text) {
  try {
    run_from_json(text);
  } catch (const run_json_error& e) {
    return e.what();
  }
  return "no error";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? "nothing to replace" : text.replace(at, from.size(), to);
}

TEST(run_json, comes_back_as_it_was) { EXPECT_EQ(run_from_json(to_json(tidy_run())), tidy_run()); }

TEST(run_json, has_a_result_a_line) {
  const std::string text = to_json(nasty_run());
  EXPECT_EQ(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), nasty_run().results.size() + 3);
}

TEST(run_json, replaces_what_is_not_utf8) {
  const run back = run_from_json(to_json(nasty_run()));
  EXPECT_NE(back.results[2].reason.find("\xef\xbf\xbd"), std::string::npos);
  EXPECT_EQ(to_json(back), to_json(nasty_run()));
}

TEST(run_json, keeps_4096_bytes_of_an_exchange_and_counts_the_others) {
  const exchange big = run_from_json(to_json(nasty_run())).results.back().log.front();
  EXPECT_EQ(big.bytes.size(), 4096U);
  EXPECT_EQ(big.omitted, 10'000U - 4096U + 5U);
}

TEST(run_json, passes_over_keys_that_it_does_not_know) {
  const std::string text = replaced(to_json(tidy_run()), "\"kind\":", "\"later\":[1],\"kind\":");
  EXPECT_EQ(run_from_json(text), tidy_run());
}

TEST(run_json, refuses_other_files_and_says_where) {
  const std::string good = to_json(tidy_run());
  EXPECT_EQ(error_of(good), "no error");
  EXPECT_NE(error_of("{"), "no error");
  EXPECT_NE(error_of(good.substr(0, good.size() / 2)), "no error");
  EXPECT_EQ(error_of("[]"), "must be an object");
  EXPECT_EQ(error_of("{}"), "\"format\" is missing");
  EXPECT_EQ(error_of(replaced(good, "run/1", "run/2")), "format is mqtt-conformance-run/2, not mqtt-conformance-run/1");
  EXPECT_EQ(error_of(replaced(good, "\"verdict\":\"strict-pass\"", "\"verdict\":\"good\"")), "/results/1: no verdict is called good");
  EXPECT_EQ(error_of(replaced(good, "\"from\":\"peer\"", "\"from\":\"me\"")), "/results/0/log/1: \"from\" must be peer or us");
  EXPECT_NE(error_of(replaced(good, "\"hex\":\"c0", "\"hex\":\"c")).find("/results/0/log/0: \"hex\": "), std::string::npos);
  EXPECT_EQ(error_of(replaced(good, "\"at\":12", "\"at\":-12")), "/results/0/log/0: \"at\" must be a number, 0 or more");
  EXPECT_EQ(error_of(replaced(good, "\"statements\":[\"", "\"statements\":[1,\"")), "/results/0: \"statements\" must hold strings");
}

TEST(run_json, refuses_counts_that_are_not_those_of_the_results) {
  EXPECT_EQ(error_of(replaced(to_json(tidy_run()), "\"pass\":1", "\"pass\":2")), "/counts: there are 1 results with verdict pass, not as many as it says");
}

}  // namespace
}  // namespace mqttspan::conformance
