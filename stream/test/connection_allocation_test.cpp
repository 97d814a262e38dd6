// Counts every allocation in the process: one in the constructor, more for aliases and the authentication method, none for a packet.
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mqttspan/stream/connection.hpp>

#include "counted_allocations.hpp"

namespace mqttspan::test {
namespace {

constexpr instant now{};

// Both ends, and what they send each other carried over without a copy.
struct both_ends {
  connection client, server;
  std::size_t packets = 0, payload = 0;

  explicit both_ends(const connection_options& options = {}) : client(sender::client, now, options), server(sender::server, now, options) {}

  void read(connection& to) {
    for (;;) {
      const connection_event e = to.next_event();
      if (e.kind() == connection_event_kind::nothing) return;
      packets += e.kind() == connection_event_kind::packet;
      if (e.kind() == connection_event_kind::payload_chunk) payload += e.chunk().bytes.size();
      if (e.get_if<connect>() != nullptr) (void)to.send(connack{}, now);
      if (const auto* p = e.get_if<subscribe>()) (void)to.send(suback{.packet_id = p->packet_id, .reason_codes = std::span(&code, 1)}, now);
      if (e.kind() == connection_event_kind::ended) ADD_FAILURE() << "ended by " << to_string(e.ending().error.violated);
    }
  }

  bool carry(connection& from, connection& to, std::size_t most) {
    if (from.output().empty()) return false;
    const bytes_view all = from.output(), out = all.first(all.size() < most ? all.size() : most);
    EXPECT_TRUE(to.receive(out, now));
    read(to);
    from.consume_output(out.size(), now);
    return true;
  }

  void run(std::size_t most = SIZE_MAX) {
    for (bool moved = true; moved;) {
      moved = carry(client, server, most);
      moved = carry(server, client, most) || moved;
    }
    read(client);
    read(server);
    if (!client.output().empty() || !server.output().empty()) run(most);
  }

  void open(protocol_version version) {
    EXPECT_TRUE(client.send(connect{.version = version, .client_id = "c"}, now).has_value());
    run();
    EXPECT_EQ(client.phase(), connection_phase::connected);
  }

  static constexpr reason_code code = reason_code::success;
};

void say_everything(both_ends& both, const std::string& topic) {
  static constexpr std::byte payload[100]{};
  static constexpr subscription filters[] = {{.topic_filter = "a/#", .qos = qos::exactly_once}};
  for (connection* from : {&both.client, &both.server})
    for (const qos q : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
      EXPECT_TRUE(from->send(publish{.topic = topic, .payload = payload, .qos = q}, now).has_value());
      both.run();
      EXPECT_TRUE(from->send_borrowed(publish{.topic = topic, .payload = payload, .qos = q}, now).has_value());
      both.run();
    }
  EXPECT_TRUE(both.client.send(subscribe{.subscriptions = filters}, now).has_value());
  EXPECT_TRUE(both.client.send(pingreq{}, now).has_value());
  both.run();
}

TEST(connection_allocations, are_one_in_the_constructor) {
  for (const sender self : {sender::client, sender::server}) EXPECT_EQ(allocations_in([&] { const connection line(self, now); }), 1u);
}

TEST(connection_allocations, are_none_for_packets) {
  for (const auto version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5})
    for (const std::uint32_t carry : {16'384u, 64u}) {
      both_ends both({.carry_size = carry});
      EXPECT_EQ(allocations_in([&] {
                  both.open(version);
                  for (int i = 0; i < 50; ++i) say_everything(both, "some/topic");
                }), 0u);
      EXPECT_GT(both.packets, 500u);
    }
}

TEST(connection_allocations, are_for_aliases_once) {
  for (const alias_policy policy : {alias_policy::first_come, alias_policy::least_recent}) {
    both_ends both({.topic_alias_maximum = 4, .aliases = policy});
    // At each end the two tables; then a name's memory where it is said and where it is read.
    EXPECT_EQ(allocations_in([&] { both.open(protocol_version::v5); }), 4u);
    const std::string topics[] = {"topic/a", "topic/b", "topic/c", "topic/d", "topic/e", "topic/f"};
    EXPECT_EQ(allocations_in([&] {
                for (const std::string& topic : topics) say_everything(both, topic);
              }), 4u * 4u);
    EXPECT_EQ(allocations_in([&] {
                for (int i = 0; i < 20; ++i)
                  for (const std::string& topic : topics) say_everything(both, topic);
              }), 0u);
  }
}

TEST(connection_allocations, are_one_for_the_authentication_method) {
  connection line(sender::client, now);
  const property properties[] = {prop::authentication_method("SCRAM-SHA-1")};
  EXPECT_EQ(allocations_in([&] { EXPECT_TRUE(line.send(connect{.client_id = "c", .properties = properties}, now).has_value()); }), 1u);
}

TEST(connection_allocations, end_the_connection_where_memory_is_out) {
  memory_is_out = true;
  connection line(sender::client, now);
  memory_is_out = false;
  EXPECT_FALSE(line.send(connect{}, now).has_value());
  EXPECT_FALSE(line.receive(as_bytes("\x20\x02"), now));
  const connection_event e = line.next_event();
  ASSERT_EQ(e.kind(), connection_event_kind::ended);
  EXPECT_EQ(e.ending().why, ending::cause::no_memory);
  EXPECT_EQ(line.next_event().kind(), connection_event_kind::nothing);
  EXPECT_EQ(line.output_size(), 0u);
  EXPECT_EQ(line.export_session({}), 0u);
  line.consume_output(1, now);
  line.close();
}

TEST(connection_memory, costs_nothing_for_a_length_that_is_only_claimed) {
  connection line(sender::server, now);
  EXPECT_EQ(allocations_in([&] {
              EXPECT_TRUE(line.receive(as_bytes(std::string_view("\x10\xFF\xFF\xFF\x7F", 5)), now));
              EXPECT_EQ(line.next_event().kind(), connection_event_kind::ended);
            }), 0u);
  both_ends both;
  both.open(protocol_version::v3_1_1);
  EXPECT_EQ(allocations_in([&] {
              EXPECT_TRUE(both.server.receive(as_bytes(std::string_view("\x30\xFF\xFF\xFF\x7F\0\1t", 8)), now));
              EXPECT_EQ(both.server.next_event().kind(), connection_event_kind::publish_begin);
            }), 0u);
}

// 256 MiB, both ways, through 4 KiB.
TEST(connection_memory, lets_the_largest_publish_through) {
  std::vector<std::byte> payload(MQTTSPAN_SANITIZED ? 20'000'000 : 268'435'455 - 7, std::byte{0x5A});
  both_ends both({.carry_size = 4'096, .output_size = 4'096});
  both.open(protocol_version::v3_1_1);
  for (connection* from : {&both.client, &both.server}) {
    both.payload = 0;
    EXPECT_EQ(allocations_in([&] {
                EXPECT_TRUE(from->send_borrowed(publish{.topic = "t", .payload = payload, .qos = qos::at_least_once}, now).has_value());
                EXPECT_TRUE(from->is_borrowing());
                EXPECT_TRUE(from->send(publish{.topic = "t", .payload = as_bytes("behind it")}, now).has_value());
                const std::size_t before = both.packets;
                both.run(65'536);
                EXPECT_EQ(both.packets, before + 2);  // that behind it, and the PUBACK
                EXPECT_FALSE(from->is_borrowing());
              }), 0u);
    EXPECT_EQ(both.payload, payload.size());
  }
}

}  // namespace
}  // namespace mqttspan::test
