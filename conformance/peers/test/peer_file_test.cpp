// Peer files.
#include <gtest/gtest.h>

#include "peer_file.hpp"
#include "result.hpp"

namespace mqttspan::conformance {
namespace {

result with(std::string id, std::string reason = {}) {
  result out;
  out.id = std::move(id);
  out.reason = std::move(reason);
  return out;
}

TEST(peer_file, reads_all_of_a_file) {
  const peer_file p = parse_peer_file(R"({"format":"mqttspan-peer/1","name":"b","version":"1","target":"127.0.0.1:1","versions":["3.1.1","5.0"],"credentials":{"user_name":"u","password":"p"},
    "lacks":{"shared":"not built in"},"offers":{"acl":{"denied_publish":"x"}},
    "deviations":[{"id":"B-FLAGS/*/puback-*","reason":"unchecked"},{"id":["B-SUB/5.0/empty","B-UNSUB/5.0/empty"],"reason":"taken"}]})");
  EXPECT_EQ(p.name, "b");
  EXPECT_EQ(p.versions.size(), 2u);
  EXPECT_EQ(p.user_name, "u");
  EXPECT_EQ(p.password, "p");
  EXPECT_EQ(p.lacks.at("shared"), "not built in");
  EXPECT_TRUE(p.offers.contains("acl"));
  EXPECT_EQ(p.target, "127.0.0.1:1");
  ASSERT_NE(p.deviation(with("B-FLAGS/5.0/puback-3")), nullptr);
  EXPECT_EQ(p.deviation(with("B-FLAGS/5.0/pubrec-3")), nullptr);
  ASSERT_NE(p.deviation(with("B-UNSUB/5.0/empty")), nullptr);
  EXPECT_EQ(p.deviation(with("B-UNSUB/5.0/empty"))->reason, "taken");
}

TEST(peer_file, asks_for_what_was_seen) {
  const peer_file p = parse_peer_file(R"({"format":"mqttspan-peer/1","deviations":[{"id":"utf8/*","seen":"*(utf8_has_null)*","reason":"unchecked"}]})");
  EXPECT_NE(p.deviation(with("utf8/5.0/x", "should be refused (utf8_has_null); accepted")), nullptr);
  EXPECT_EQ(p.deviation(with("utf8/5.0/x", "should be accepted; refused")), nullptr);
}

TEST(peer_file, refuses_what_it_does_not_understand) {
  EXPECT_THROW((void)parse_peer_file("{}"), peer_file_error);
  EXPECT_THROW((void)parse_peer_file("{"), peer_file_error);
  EXPECT_THROW((void)parse_peer_file(R"({"format":"mqttspan-peer/1","lack":{}})"), peer_file_error);
  EXPECT_THROW((void)parse_peer_file(R"({"format":"mqttspan-peer/1","versions":["4"]})"), peer_file_error);
  EXPECT_THROW((void)parse_peer_file(R"({"format":"mqttspan-peer/1","deviations":[{"id":"x"}]})"), peer_file_error);
  EXPECT_THROW((void)parse_peer_file(R"({"format":"mqttspan-peer/1","deviations":[{"id":"x","reason":"r","see":"y"}]})"), peer_file_error);
  EXPECT_THROW((void)read_peer_file("/no/such/file.json"), peer_file_error);
}

TEST(pattern, has_stars_for_anything) {
  EXPECT_TRUE(fits("B-UTF8", "B-UTF8"));
  EXPECT_FALSE(fits("B-UTF8", "B-UTF8/5.0/x"));
  EXPECT_TRUE(fits("B-*/5.0/*", "B-UTF8/5.0/topic-nul"));
  EXPECT_FALSE(fits("B-*/5.0/*", "B-UTF8/3.1.1/topic-nul"));
  EXPECT_TRUE(fits("*", ""));
  EXPECT_FALSE(fits("a*b", "a"));
}

TEST(peer_file, says_what_is_not_to_be_tried) {
  const peer_file p = parse_peer_file(R"({"format":"mqttspan-peer/1","not_tried":[{"id":"B-WILL/5.0/*","reason":"left out"}]})");
  EXPECT_EQ(p.reason_not_to_try("B-WILL/5.0/retained"), "left out");
  EXPECT_EQ(p.reason_not_to_try("B-WILL/3.1.1/retained"), "");
  EXPECT_THROW((void)parse_peer_file(R"({"format":"mqttspan-peer/1","not_tried":[{"id":"x"}]})"), peer_file_error);
}

}  // namespace
}  // namespace mqttspan::conformance
