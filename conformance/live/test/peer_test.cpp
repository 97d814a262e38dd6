// Peer files.
#include <gtest/gtest.h>

#include "../peer.hpp"

namespace mqttspan::conformance {
namespace {

TEST(peer, reads_all_of_a_file) {
  const peer p = read_peer(R"({"format":"mqttspan-peer/1","name":"b","version":"1","versions":["3.1.1","5.0"],"credentials":{"user_name":"u","password":"p"},
    "lacks":{"shared":"not built in"},"offers":{"acl":{"denied_publish":"x"}},"deviations":[{"id":"B-FLAGS/*/puback-*","reason":"unchecked"}]})");
  EXPECT_EQ(p.name, "b");
  EXPECT_EQ(p.versions.size(), 2u);
  EXPECT_EQ(p.user_name, "u");
  EXPECT_EQ(p.password, "p");
  EXPECT_EQ(p.lacks.at("shared"), "not built in");
  EXPECT_TRUE(p.offers.contains("acl"));
  ASSERT_NE(p.deviation("B-FLAGS/5.0/puback-3"), nullptr);
  EXPECT_EQ(p.deviation("B-FLAGS/5.0/pubrec-3"), nullptr);
}

TEST(peer, refuses_what_it_does_not_understand) {
  EXPECT_THROW((void)read_peer("{}"), peer_file_error);
  EXPECT_THROW((void)read_peer("{"), peer_file_error);
  EXPECT_THROW((void)read_peer(R"({"format":"mqttspan-peer/1","lack":{}})"), peer_file_error);
  EXPECT_THROW((void)read_peer(R"({"format":"mqttspan-peer/1","versions":["4"]})"), peer_file_error);
  EXPECT_THROW((void)read_peer(R"({"format":"mqttspan-peer/1","deviations":[{"id":"x"}]})"), peer_file_error);
}

TEST(pattern, has_stars_for_anything) {
  EXPECT_TRUE(fits("B-UTF8", "B-UTF8"));
  EXPECT_FALSE(fits("B-UTF8", "B-UTF8/5.0/x"));
  EXPECT_TRUE(fits("B-*/5.0/*", "B-UTF8/5.0/topic-nul"));
  EXPECT_FALSE(fits("B-*/5.0/*", "B-UTF8/3.1.1/topic-nul"));
  EXPECT_TRUE(fits("*", ""));
  EXPECT_FALSE(fits("a*b", "a"));
}

}  // namespace
}  // namespace mqttspan::conformance
