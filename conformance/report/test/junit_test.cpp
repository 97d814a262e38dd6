#include "junit.hpp"

#include <gtest/gtest.h>

#include "sample_runs.hpp"

namespace mqttspan::conformance {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(junit, counts_fails_skips_and_inconclusive_ones_a_suite) {
  const std::string xml = to_junit(nasty_run());
  EXPECT_TRUE(has(xml, R"(<testsuite name="B-UTF8" tests="3" failures="1" errors="0" skipped="0" )"));
  EXPECT_TRUE(has(xml, R"(<testsuite name="B-&lt;&amp;&gt;" tests="3" failures="0" errors="1" skipped="1" )"));
  EXPECT_TRUE(has(xml, R"(tests="7" failures="2" errors="1" skipped="1" )"));
}

TEST(junit, says_who_was_examined) {
  const std::string xml = to_junit(nasty_run());
  EXPECT_TRUE(has(xml, R"(<property name="peer" value="peer &lt;&quot;&amp;'&gt; 1.0"/>)"));
  EXPECT_TRUE(has(xml, R"(timestamp="2026-11-22T12:00:00Z")"));
}

TEST(junit, a_fail_carries_its_statements_and_bytes) {
  const std::string xml = to_junit(nasty_run());
  EXPECT_TRUE(has(xml, "statements of MQTT 5.0: MQTT-1.5.4-1 U5-2.1.2-a"));
  EXPECT_TRUE(has(xml, "a -&gt; 30060003eda08000"));
  EXPECT_TRUE(has(xml, "b &lt;-   closed"));
  EXPECT_TRUE(has(xml, "... 9749 bytes more"));
}

TEST(junit, a_run_without_results_is_a_report_too) {
  EXPECT_EQ(to_junit({"codec", "x", "", "", {}}),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mqttspan-conformance codec x\" tests=\"0\" failures=\"0\" errors=\"0\" skipped=\"0\" "
            "time=\"0.000000\">\n</testsuites>\n");
}

}  // namespace
}  // namespace mqttspan::conformance
