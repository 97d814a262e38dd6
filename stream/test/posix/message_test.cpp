#include <mqttspan/posix/message.hpp>

#include <array>

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

using posix::message;

std::string_view text(bytes_view bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

TEST(messages, borrow_until_they_are_kept) {
  const std::string payload = "hello";
  message m({.topic = "t", .payload = as_bytes(payload)});
  EXPECT_EQ(static_cast<const void*>(m.view().payload.data()), payload.data());
  const auto kept = m.keep();
  ASSERT_TRUE(kept);
  EXPECT_NE(static_cast<const void*>(m.view().payload.data()), payload.data());
  EXPECT_EQ(m.keep(), kept) << "copied twice";
}

TEST(messages, leave_out_what_belongs_to_the_connection_they_came_by) {
  const std::array came{prop::topic_alias(3), prop::user("a", "1"), prop::subscription_identifier(7), prop::user("a", "2"), prop::content_type("x")};
  const publish original{.topic = "t", .qos = qos::at_least_once, .retain = true, .dup = true, .packet_id = 9, .properties = came};
  message m(original);
  for (int i = 0; i < 2; ++i, (void)m.keep()) {
    const publish& p = m.view();
    EXPECT_FALSE(p.dup);
    EXPECT_EQ(p.qos, qos::at_least_once);
    EXPECT_TRUE(p.retain);
    EXPECT_FALSE(p.properties.contains(property_id::topic_alias));
    EXPECT_FALSE(p.properties.contains(property_id::subscription_identifier));
    std::size_t left = 0;
    for ([[maybe_unused]] const property& each : p.properties) ++left;
    EXPECT_EQ(left, 3u);
    EXPECT_EQ(p.properties.get(prop::content_type), "x");
  }
  EXPECT_EQ(message(original).view().packet_id, 0);
}

TEST(messages, that_are_kept_outlive_their_source) {
  std::shared_ptr<const owned<publish>> kept;
  {
    const std::string topic = "a/topic/that/is/long", payload(20'000, 'p');
    const std::array mine{prop::user("key", "value")};
    message m({.topic = topic, .payload = as_bytes(payload), .qos = qos::exactly_once, .packet_id = 4, .properties = mine});
    kept = m.keep();
  }
  ASSERT_TRUE(kept);
  EXPECT_EQ((*kept)->topic, "a/topic/that/is/long");
  EXPECT_EQ(text((*kept)->payload), std::string(20'000, 'p'));
  EXPECT_EQ((*kept)->properties.get(prop::user_property)->name, "key");
}

TEST(messages, with_text_that_3_1_allows_can_be_kept) {
  message topic({.topic = "\xC3\x28"});
  EXPECT_TRUE(topic.keep());
  const std::array says_text{prop::payload_format_indicator(1)};
  message payload({.topic = "t", .payload = as_bytes("\xFF"), .properties = says_text});
  EXPECT_TRUE(payload.keep());
}

TEST(messages, that_cannot_be_written_cannot_be_kept) {
  message m({.topic = "a/#"});
  EXPECT_FALSE(m.keep());
}

}  // namespace
}  // namespace mqttspan::test
