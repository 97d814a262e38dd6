#include "reference/adapter.hpp"

#include <gtest/gtest.h>

namespace mqttspan::conformance::reference {
namespace {

TEST(adapter, decodes_packet_after_packet) {
  EXPECT_EQ(answer(R"({"id":1,"op":"decode","version":"5.0","sender":"any","chunks":["c0","00d0","0030"]})"),
            R"({"id":1,"packets":[{"type":"pingreq"},{"type":"pingresp"}],"error":null,"pending":1})");
}

TEST(adapter, stops_at_the_first_fault) {
  EXPECT_EQ(answer(R"({"id":2,"op":"decode","version":"3.1.1","sender":"any","chunks":["c000300400022361c000"]})"),
            R"({"id":2,"packets":[{"type":"pingreq"}],"error":{"class":"malformed","offset":4,"rule":"topic_name_has_wildcard","statement":"MQTT-3.3.2-2"},"pending":0})");
}

TEST(adapter, learns_the_version_from_connect) {
  EXPECT_EQ(answer(R"({"id":3,"op":"decode","version":"auto","chunks":["100e00044d51545405020000000001", "61e00104"]})"),
            R"({"id":3,"packets":[{"type":"connect","version":"5.0","clean_start":true,"keep_alive":0,"client_id":"a","properties":[]},)"
            R"({"type":"disconnect","reason_code":4,"properties":[]}],"error":null,"pending":0})");
}

TEST(adapter, encodes) {
  EXPECT_EQ(answer(R"({"id":4,"op":"encode","version":"3.1.1","packet":{"type":"pingreq"}})"), R"({"id":4,"hex":"c000"})");
  EXPECT_EQ(answer(R"({"id":5,"op":"encode","version":"3.1.1","packet":{"type":"auth"}})"),
            R"({"id":5,"error":{"class":"invalid_argument","offset":0,"rule":"packet_not_in_version","statement":"U311-2.2.1-a","message":"this version has no such packet"}})");
}

TEST(adapter, tells_what_it_can) {
  EXPECT_EQ(answer(R"({"id":6,"op":"capabilities"})"), R"({"id":6,"versions":["3.1","3.1.1","5.0"],"senders":["client","server","any"]})");
}

TEST(adapter, answers_what_makes_no_sense) {
  for (const char* const line : {"nonsense", "[]", "{}", R"({"op":"fly"})", R"({"op":"decode","version":"9","chunks":[]})", R"({"op":"decode","chunks":["0g"]})"}) {
    EXPECT_NE(answer(line).find("bad_request"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace mqttspan::conformance::reference
