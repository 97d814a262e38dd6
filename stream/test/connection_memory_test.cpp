// Connections that share memory: who holds a block when, that blocks are clean when they are lent again, and what happens where there are none.
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/stream/connection.hpp>

#include "counted_allocations.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define MQTTSPAN_SEES_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MQTTSPAN_SEES_POISON 1
#endif
#endif

namespace mqttspan::test {
namespace {

constexpr auto version = protocol_version::v5;
constexpr instant start{1'000};

static_assert(sizeof(connection) <= 1024, "what ten thousand resting connections cost each");

// A connection that is played by hand: what the peer sends is generated, what is said is taken off as bytes.
struct line {
  connection self;
  std::deque<std::vector<std::byte>> given{};  // events point into them

  line(sender who, connection_memory& shared) : self(who, start, shared) {}

  template <control_packet P>
  void put_in(const P& p, instant now = start) {
    given.emplace_back(256);
    EXPECT_TRUE(self.receive(*generate(p, version, given.back()), now));
  }
  template <control_packet P>
  bool hears(const P& p, instant now = start) {
    put_in(p, now);
    return self.next_event().template get_if<P>() != nullptr;
  }
  std::string said(instant now = start) {
    std::string all;
    while (!self.output().empty()) {
      all += as_text(self.output());
      self.consume_output(self.output().size(), now);
    }
    return all;
  }
  // To where nothing is under way.
  void settle() {
    while (self.next_event().kind() != connection_event_kind::nothing) {}
    said();
    self.rest();
  }
  void open(std::uint16_t keep_alive = 0) {
    const connect c{.version = version, .keep_alive = keep_alive, .client_id = "c"};
    if (self.self() == sender::server) EXPECT_TRUE(hears(c) && self.send(connack{}, start).has_value());
    else EXPECT_TRUE(self.send(c, start).has_value() && hears(connack{}));
    settle();
  }
};

constexpr std::string_view pingreq_bytes("\xC0\0", 2), pingresp_bytes("\xD0\0", 2);

publish certain(std::uint16_t id = 0) { return {.topic = "t", .qos = qos::at_least_once, .packet_id = id}; }

struct line_state {
  const char* name;
  void (*enter)(line&);
};

// What keeps a connection from resting.
constexpr std::byte borrowed[300]{};
const line_state busy_states[] = {
    {"ours in flight",
     [](line& l) {
       EXPECT_TRUE(l.self.send(certain(), start).has_value());
       l.said();
     }},
    {"many of ours in flight",
     [](line& l) {
       while (l.self.send(certain(), start).has_value()) l.said();
     }},
    {"theirs in flight",
     [](line& l) {
       EXPECT_TRUE(l.hears(publish{.topic = "t", .qos = qos::exactly_once, .packet_id = 9}));
       EXPECT_EQ(l.self.next_event().kind(), connection_event_kind::nothing);
       EXPECT_EQ(l.said().size(), 4u);
     }},
    {"acknowledgement due", [](line& l) { EXPECT_TRUE(l.hears(certain(7))); }},
    {"output", [](line& l) { EXPECT_TRUE(l.self.send(publish{.topic = "t"}, start).has_value()); }},
    {"borrowed payload",
     [](line& l) {
       EXPECT_TRUE(l.self.send_borrowed(publish{.topic = "t", .payload = borrowed}, start).has_value());
       l.self.consume_output(l.self.output().size(), start);
     }},
    {"torn packet",
     [](line& l) {
       EXPECT_TRUE(l.self.receive(as_bytes(std::string_view("\x30\x05\0\1t", 5)), start));
       EXPECT_EQ(l.self.next_event().kind(), connection_event_kind::nothing);
       EXPECT_EQ(l.self.input_left(), 0u);
     }},
    {"input left", [](line& l) { EXPECT_TRUE(l.self.receive(as_bytes(std::string_view("\x30\x05\0\1t\0p", 7)), start)); }}};

TEST(shared_memory, is_held_only_while_something_is_under_way) {
  for (const sender self : {sender::client, sender::server})
    for (const line_state& state : busy_states) {
      SCOPED_TRACE(state.name);
      connection_memory shared;
      line l(self, shared);
      EXPECT_TRUE(l.self.is_resting());
      l.open();
      EXPECT_TRUE(l.self.is_resting());
      EXPECT_EQ(shared.lent(), 0u);
      state.enter(l);
      l.self.rest();
      EXPECT_FALSE(l.self.is_resting());
      EXPECT_EQ(shared.lent(), 1u);
    }
}

TEST(shared_memory, is_held_for_a_session_that_was_imported) {
  connection_memory shared;
  line l(sender::client, shared);
  const session_entry kept[] = {{3, exchange::publish_1, true}, {4, exchange::received, false}};
  EXPECT_TRUE(l.self.import_session(kept).has_value());
  l.self.rest();
  EXPECT_EQ(shared.lent(), 1u);
  EXPECT_EQ(l.self.export_session({}), 2u);
}

TEST(shared_memory, is_clean_wherever_a_connection_was_destroyed) {
  for (const line_state& before : busy_states) {
    SCOPED_TRACE(before.name);
    connection_memory shared({}, 1);
    {
      line l(sender::server, shared);
      l.open();
      before.enter(l);
    }
    EXPECT_EQ(shared.lent(), 0u);
    EXPECT_EQ(shared.kept(), 1u);
    line next(sender::client, shared);
    EXPECT_EQ(allocations_in([&] { EXPECT_TRUE(next.self.send(connect{.version = version, .client_id = "c"}, start).has_value()); }), 0u);
    EXPECT_EQ(next.self.export_session({}), 0u);
    for (unsigned id = 1; id <= 65'535; ++id)
      ASSERT_TRUE(next.self.state_of_ours(static_cast<std::uint16_t>(id)) == exchange::none && next.self.state_of_theirs(static_cast<std::uint16_t>(id)) == exchange::none) << id;
    next.said();
    EXPECT_TRUE(next.hears(connack{}));
    for (unsigned i = 1; i <= shared.options().send_maximum; ++i) ASSERT_EQ(next.self.send(certain(), start)->packet_id, i);
  }
}

TEST(shared_memory, serves_ten_thousand_connections_with_one_block) {
  connection_memory shared;
  std::deque<line> all;
  for (unsigned i = 0; i < 10'000; ++i) all.emplace_back(i % 2 ? sender::client : sender::server, shared).open(60);
  const auto alive = [&](instant now) {
    for (line& l : all) {
      if (l.self.self() == sender::server) {
        EXPECT_TRUE(l.self.receive(as_bytes(pingreq_bytes), now));
        while (l.self.next_event().kind() != connection_event_kind::nothing) {}
        EXPECT_EQ(as_text(l.self.output()), pingresp_bytes);
      } else {
        l.self.handle_timeout(now);
        EXPECT_EQ(as_text(l.self.output()), pingreq_bytes);
        EXPECT_TRUE(l.self.receive(as_bytes(pingresp_bytes), now));
        while (l.self.next_event().kind() != connection_event_kind::nothing) {}
      }
      l.self.consume_output(l.self.output_size(), now);
      l.self.rest();
      EXPECT_EQ(shared.lent(), 0u);
    }
  };
  EXPECT_EQ(shared.lent(), 0u);
  EXPECT_EQ(shared.kept(), 1u);
  EXPECT_EQ(allocations_in([&] {
              for (int minute = 1; minute <= 5; ++minute) alive(start + minute * 55'000);
            }), 0u);
  for (const line& l : all) EXPECT_TRUE(l.self.is_resting() && l.self.phase() == connection_phase::connected);
}

TEST(shared_memory, lends_last_what_came_back_first_and_keeps_no_more_than_asked_for) {
  connection_memory shared({}, 2);
  std::deque<line> all;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(all.emplace_back(sender::client, shared).self.send(connect{.version = version}, start).has_value());
  }
  EXPECT_EQ(shared.lent(), 4u);
  const std::byte* at[4];
  for (std::size_t i = 0; i < 4; ++i) at[i] = all[i].self.output().data();
  for (line& l : all) l.settle();
  EXPECT_EQ(shared.lent(), 0u);
  EXPECT_EQ(shared.kept(), 2u);  // of the first two; the others found it full
  for (const std::size_t expected : {1u, 0u}) {
    EXPECT_EQ(allocations_in([&] { all[3 - expected].self.close(); }), 0u);
    EXPECT_EQ(all[3 - expected].self.output().data(), at[expected]);
  }
}

TEST(shared_memory, identifiers_go_on_after_a_rest) {
  connection_memory shared;
  line l(sender::client, shared);
  l.open();
  for (std::uint16_t id = 1; id <= 20; ++id) {
    EXPECT_EQ(l.self.send(certain(), start)->packet_id, id);
    EXPECT_TRUE(l.hears(puback{.packet_id = id}));
    l.settle();
    EXPECT_TRUE(l.self.is_resting());
  }
}

TEST(shared_memory, keep_alive_goes_on_at_rest) {
  connection_memory shared;
  line client(sender::client, shared), server(sender::server, shared);
  client.open(60), server.open(60);
  const instant due = *client.self.next_timeout();
  EXPECT_EQ(due - start, 52'500);
  client.self.handle_timeout(due);
  EXPECT_FALSE(client.self.is_resting());
  EXPECT_EQ(client.said(due), pingreq_bytes);
  client.self.rest();
  EXPECT_TRUE(client.self.is_resting());
  EXPECT_EQ(*server.self.next_timeout() - start, 90'000);
  server.self.handle_timeout(*server.self.next_timeout());
  EXPECT_EQ(server.said(), std::string_view("\xE0\x01\x8D", 3));
  EXPECT_EQ(server.self.next_event().ending().error.violated, rule::keep_alive_timeout);
  server.self.rest();
  EXPECT_TRUE(server.self.is_resting());
}

TEST(shared_memory, is_not_needed_between_the_pieces_of_a_message_with_qos_0) {
  connection_memory shared({.carry_size = 16});
  line l(sender::server, shared);
  const connect c{.version = protocol_version::v5};
  ASSERT_TRUE(l.hears(c));
  ASSERT_TRUE(l.self.send(connack{}, start).has_value());
  l.settle();
  const std::string_view pieces[] = {{"\x30\x28\0\1t\0", 6}, "0123456789", "0123456789", "0123456789", "012345"};
  std::string payload;
  std::size_t ends = 0;
  for (const std::string_view piece : pieces) {
    ASSERT_TRUE(l.self.receive(as_bytes(piece), start));
    for (connection_event e = l.self.next_event(); e.kind() != connection_event_kind::nothing; e = l.self.next_event()) {
      if (e.kind() == connection_event_kind::payload_chunk) payload += as_text(e.chunk().bytes);
      ends += e.kind() == connection_event_kind::publish_end;
    }
    l.self.rest();
    EXPECT_TRUE(l.self.is_resting());
  }
  EXPECT_EQ(payload, "012345678901234567890123456789012345");
  EXPECT_EQ(ends, 1u);
}

TEST(shared_memory, that_is_out_says_so_and_nothing_else_changes) {
  connection_memory shared({}, 0);
  line client(sender::client, shared), other(sender::client, shared);
  client.open(60), other.open(60);
  const session_entry kept[] = {{3, exchange::publish_1, true}};
  line fresh(sender::client, shared);
  memory_is_out = true;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client.self.send(certain(), start).error().code, errc::no_space);
    EXPECT_EQ(client.self.send_borrowed(certain(), start).error().code, errc::no_space);
  }
  EXPECT_EQ(fresh.self.import_session(kept).error().code, errc::no_space);
  EXPECT_TRUE(fresh.self.import_session({}).has_value());
  client.self.rest();
  memory_is_out = false;
  EXPECT_EQ(client.self.send(certain(), start)->packet_id, 1);  // none was used up
  EXPECT_EQ(shared.lent(), 1u);
  memory_is_out = true;
  other.self.handle_timeout(*other.self.next_timeout());
  fresh.self.close();
  memory_is_out = false;
  EXPECT_EQ(other.self.next_event().ending().why, ending::cause::no_memory);
  EXPECT_EQ(fresh.self.next_event().ending().why, ending::cause::self);
  EXPECT_EQ(other.said() + fresh.said(), "");
}

TEST(shared_memory, that_is_out_ends_who_receives_or_says_its_last_words_silently) {
  connection_memory shared({}, 0);
  line reader(sender::server, shared), closing(sender::server, shared), late(sender::server, shared);
  for (line* l : {&reader, &closing, &late}) l->open(60);
  memory_is_out = true;
  EXPECT_FALSE(reader.self.receive(as_bytes(pingreq_bytes), start));
  closing.self.close(reason_code::server_shutting_down);
  late.self.handle_timeout(*late.self.next_timeout());
  memory_is_out = false;
  EXPECT_EQ(reader.self.next_event().ending().why, ending::cause::no_memory);
  EXPECT_EQ(closing.self.next_event().ending().why, ending::cause::self);
  EXPECT_EQ(late.self.next_event().ending().why, ending::cause::timeout);
  EXPECT_EQ(reader.said() + closing.said() + late.said(), "");
  EXPECT_EQ(shared.lent(), 0u);
  EXPECT_FALSE(reader.self.receive(as_bytes(pingreq_bytes), start));
}

TEST(shared_memory, is_not_touched_by_a_connection_with_its_own) {
  connection own(sender::client, start);
  own.rest();
  EXPECT_FALSE(own.is_resting());
  EXPECT_TRUE(own.send(connect{}, start).has_value());
}

#ifdef MQTTSPAN_SEES_POISON
TEST(shared_memory_DeathTest, shows_who_looks_at_an_event_after_the_rest) {
  connection_memory shared;
  line l(sender::server, shared);
  l.open();
  EXPECT_TRUE(l.self.receive(as_bytes(std::string_view("\x30\x05\0\1t", 5)), start));
  EXPECT_EQ(l.self.next_event().kind(), connection_event_kind::nothing);
  EXPECT_TRUE(l.self.receive(as_bytes(std::string_view("\0p", 2)), start));
  const auto* const torn = l.self.next_event().get_if<publish>();
  ASSERT_NE(torn, nullptr);
  const std::string_view topic = torn->topic;
  EXPECT_EQ(topic, "t");
  l.self.rest();
  EXPECT_DEATH(static_cast<void>(std::string(topic)), "use-after-poison");
}
#endif

}  // namespace
}  // namespace mqttspan::test
