// MQTT over TLS: two connections, two transports, a pipe.
#include <mqttspan/stream/connection.hpp>
#include <mqttspan/tls/tls.hpp>

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "tls_pair.hpp"

namespace mqttspan::test {
namespace {

// What one end of the line does in a turn: the loop of stream/README.md.
struct end {
  end(sender self, memory_pipe pipe, const tls_context& context, std::string_view host)
      : mqtt(std::make_unique<connection>(self, instant{})), tls(std::move(pipe), context, host) {}

  void turn() {
    while (!mqtt->output().empty()) {
      const transfer t = tls.write_some(mqtt->output());
      if (t.outcome != progress::moved) break;
      mqtt->consume_output(t.size, instant{});
    }
    if (mqtt->input_left() == 0) {
      const transfer t = tls.read_some(buffer);
      if (t.outcome == progress::moved) static_cast<void>(mqtt->receive(std::span(buffer).first(t.size), instant{}));
      ASSERT_NE(t.outcome, progress::failed) << tls.failure();
    }
    for (connection_event e = mqtt->next_event(); e.kind() != connection_event_kind::nothing; e = mqtt->next_event()) {
      if (e.get_if<connect>()) {
        ASSERT_TRUE(mqtt->send(connack{}, instant{}));
      } else if (e.get_if<connack>()) {
        ASSERT_TRUE(mqtt->send(publish{.topic = "plant/1", .payload = bytes_of("21.5"), .qos = qos::at_least_once}, instant{}));
      } else if (const auto* const message = e.get_if<publish>()) {
        heard.assign(reinterpret_cast<const char*>(message->payload.data()), message->payload.size());
      } else if (e.get_if<puback>()) {
        heard = "acknowledged";
      }
    }
  }

  std::unique_ptr<connection> mqtt;
  tls_transport tls;
  std::array<std::byte, 256> buffer{};
  std::string heard;
};

TEST(tls, carries_mqtt) {
  for (const std::size_t capacity : {std::size_t{1}, std::size_t{7}, std::size_t{65'536}}) {
    auto pipe = memory_pipe::make(capacity);
    end client(sender::client, std::move(pipe.first), tls_context(client_options()), "localhost");
    end server(sender::server, std::move(pipe.second), tls_context(server_options()), "");
    ASSERT_TRUE(client.mqtt->send(connect{.client_id = "thermometer"}, instant{}));
    for (int i = 0; i < 10'000 && client.heard.empty(); ++i) {
      client.turn();
      server.turn();
    }
    EXPECT_EQ(server.heard, "21.5");
    EXPECT_EQ(client.heard, "acknowledged");
  }
}

}  // namespace
}  // namespace mqttspan::test
