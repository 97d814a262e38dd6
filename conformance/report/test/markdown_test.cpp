#include "markdown.hpp"

#include <gtest/gtest.h>

namespace mqttspan::conformance {
namespace {

result one(const char* id, const char* version, verdict found, const char* known) {
  return {id, "B-X", "title", version, {"MQTT-1.5.4-1"}, found, "expected a|b\nseen <c>", {}, known};
}

TEST(markdown, has_a_row_a_peer_and_a_row_a_reason) {
  const run r{"broker", "some_broker 1.0", "127.0.0.1:1883", "2026-11-22T12:00:00Z",
              {one("1", "3.1.1", verdict::fail, "takes anything"), one("2", "5.0", verdict::fail, "takes anything"), one("3", "5.0", verdict::fail, ""), one("4", "5.0", verdict::pass, "")}};
  const std::string text = to_markdown(std::span(&r, 1));
  EXPECT_NE(text.find("| some\\_broker 1.0 | broker | 2026-11-22 | 3 | 0 | 0 | 0 | 1 | 0 |\n"), std::string::npos) << text;
  EXPECT_NE(text.find("| takes anything | 2 | 3.1.1 MQTT-1.5.4-1; 5.0 MQTT-1.5.4-1 |\n"), std::string::npos) << text;
  EXPECT_NE(text.find("| expected a\\|b seen \\<c> (not known) | 1 | 5.0 MQTT-1.5.4-1 |\n"), std::string::npos) << text;
}

TEST(markdown, says_nothing_more_of_a_peer_without_fails) {
  const run r{"codec", "good", "", "2026-11-22T12:00:00Z", {one("1", "5.0", verdict::strict_pass, "")}};
  EXPECT_EQ(to_markdown(std::span(&r, 1)).find("###"), std::string::npos);
}

}  // namespace
}  // namespace mqttspan::conformance
