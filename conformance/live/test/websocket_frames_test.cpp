#include "../websocket_frames.hpp"

#include <gtest/gtest.h>

namespace mqttspan::conformance::websocket {
namespace {

TEST(websocket_frames, accept_is_that_of_the_standard) { EXPECT_EQ(accept_for("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); }

TEST(websocket_frames, are_read_as_they_are_written) {
  for (const side from : {side::client, side::server})
    for (const std::size_t size : {0u, 1u, 125u, 126u, 65'535u}) {
      const std::string payload(size, 'x');
      const heard all = unwrap(frame(from, opcode::binary, payload) + frame(from, opcode::ping, "p") + frame(from, opcode::binary, "a", false) + frame(from, opcode::continuation, "b"));
      EXPECT_EQ(all.mqtt, payload + "ab") << size;
      EXPECT_FALSE(all.has_text || all.has_close);
    }
}

TEST(websocket_frames, masks_are_taken_off) { EXPECT_EQ(unwrap(wire::hex("81 85 37fa213d 7f9f4d5158")).mqtt, "Hello"); }

TEST(websocket_frames, text_and_close_are_told) {
  EXPECT_TRUE(unwrap(frame(side::server, opcode::text, "a", false) + frame(side::server, opcode::continuation, "b")).has_text);
  EXPECT_TRUE(unwrap(frame(side::server, opcode::close, "")).has_close);
}

TEST(websocket_frames, half_a_frame_is_none) {
  const std::string whole = frame(side::client, opcode::binary, std::string(200, 'x'));
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_EQ(unwrap(std::string_view(whole).substr(0, size)).mqtt, "") << size;
}

TEST(websocket_frames, fields_have_names_of_any_case_and_their_values_as_they_are) {
  constexpr std::string_view head = "GET / HTTP/1.1\r\nHost: x\r\nsec-websocket-protocol:  Other , mqtt \r\nEnd:\r\n\r\n";
  EXPECT_EQ(field(head, "Sec-WebSocket-Protocol"), "Other , mqtt");
  EXPECT_EQ(field(head, "End"), "");
  EXPECT_EQ(field(head, "Origin"), "");
  EXPECT_TRUE(has_name("Other , mqtt", "mqtt"));
  EXPECT_TRUE(has_name("mqtt", "mqtt"));
  EXPECT_FALSE(has_name("MQTT, mqttv3.1", "mqtt"));
  EXPECT_FALSE(has_name("", "mqtt"));
}

}  // namespace
}  // namespace mqttspan::conformance::websocket
