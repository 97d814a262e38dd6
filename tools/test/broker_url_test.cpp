#include "broker_url.hpp"

#include <gtest/gtest.h>

#include "usage_error.hpp"

namespace mqttspan {
namespace {

TEST(broker_url, has_parts) {
  const broker_url url = parse_broker_url("mqtts://jo%3Ae:p@ss%2F@example.org:1234/a/%23");
  EXPECT_TRUE(url.tls);
  EXPECT_FALSE(url.websocket);
  EXPECT_EQ(url.user_name, "jo:e");
  EXPECT_EQ(url.password, "p@ss/");
  EXPECT_EQ(url.host, "example.org");
  EXPECT_EQ(url.port, 1234);
  EXPECT_EQ(url.path, "a/#");
}

TEST(broker_url, has_defaults) {
  struct expected {
    const char* text;
    bool tls, websocket;
    std::uint16_t port;
  };
  for (const expected& e : {expected{"mqtt://h", false, false, 1883}, {"mqtts://h", true, false, 8883}, {"ws://h", false, true, 80}, {"wss://h", true, true, 443}}) {
    const broker_url url = parse_broker_url(e.text);
    EXPECT_EQ(url.tls, e.tls) << e.text;
    EXPECT_EQ(url.websocket, e.websocket) << e.text;
    EXPECT_EQ(url.port, e.port) << e.text;
    EXPECT_EQ(url.host, "h");
    EXPECT_EQ(url.path, "");
    EXPECT_FALSE(url.user_name || url.password);
  }
}

TEST(broker_url, keeps_the_path_of_a_websocket_as_it_is) { EXPECT_EQ(parse_broker_url("ws://h/a%20b?c=d").path, "a%20b?c=d"); }

TEST(broker_url, has_addresses_of_ipv6) {
  EXPECT_EQ(parse_broker_url("mqtt://[::1]").host, "::1");
  const broker_url url = parse_broker_url("mqtt://u@[::1]:7/t");
  EXPECT_EQ(url.host, "::1");
  EXPECT_EQ(url.port, 7);
  EXPECT_EQ(url.user_name, "u");
  EXPECT_FALSE(url.password);
}

TEST(broker_url, refuses_what_is_none) {
  for (const char* const text : {"", "h", "http://h", "mqtt:/h", "mqtt://", "mqtt:///t", "mqtt://:1", "mqtt://h:", "mqtt://h:0", "mqtt://h:65536", "mqtt://h:1x", "mqtt://[::1", "mqtt://[::1]1",
                                 "mqtt://h/%", "mqtt://h/%1", "mqtt://h/%xx", "mqtt://%:p@h"})
    EXPECT_THROW(parse_broker_url(text), usage_error) << text;
}

}  // namespace
}  // namespace mqttspan
