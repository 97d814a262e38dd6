// Every flow over a link that is cut at every step: QoS 1 at least once, QoS 2 exactly once, QoS 0 at most once, and both ends agree in the end.
#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mqttspan/codec/generate.hpp>

#include "pair.hpp"
#include "pair_promises.hpp"
#include "resting.hpp"
#include "sanitized.hpp"

namespace mqttspan::test {
namespace {

struct scenario {
  protocol_version version;
  bool from_client, from_server;
  bool client_acknowledges, server_acknowledges;
  bool in_pieces;
  chunks how;
  bool is_hasty = false, says_again = false;
};

std::ostream& operator<<(std::ostream& out, const scenario& s) {
  return out << to_string(s.version) << (s.from_client ? " client publishes" : "") << (s.from_server ? " server publishes" : "")
             << (s.client_acknowledges ? " client acknowledges" : "") << (s.server_acknowledges ? " server acknowledges" : "") << (s.in_pieces ? " in pieces" : "")
             << " chunks " << static_cast<int>(s.how) << (s.is_hasty ? " hasty" : "") << (s.says_again ? " says again" : "");
}

connection_options small(const scenario& s) {
  connection_options o;
  o.carry_size = s.in_pieces ? 48 : 256;
  o.output_size = 128;
  o.receive_maximum = 2;
  o.unannounced_maximum = 8;  // 3.x cannot announce it, and what is said again counts again
  o.send_maximum = s.is_hasty ? 2 : 3;
  o.max_requests = 1;
  o.aliases = alias_policy::first_come;
  o.topic_alias_maximum = 2;
  return o;
}

class run_of {
 public:
  explicit run_of(const scenario& s)
      : scenario_(s),
        both_({.version = s.version, .acknowledges_itself = s.client_acknowledges, .is_hasty = s.is_hasty, .says_again = s.says_again, .line = small(s)},
              {.version = s.version, .acknowledges_itself = s.server_acknowledges, .says_again = s.says_again, .line = small(s)}, s.how) {
    for (unsigned i = 0; i < 6; ++i) {
      const auto q = static_cast<qos>(i % 3);
      const std::string text = std::to_string(i) + (s.in_pieces && i > 2 ? std::string(60, 'x') : std::string());
      if (s.from_client) both_.client.publish("c" + text, q);
      if (s.from_server) both_.server.publish("s" + text, q);
    }
  }

  pair& both() { return both_; }

  void check(const std::string& where) {
    EXPECT_EQ(broken_promise(both_), "") << scenario_ << where;
    for (endpoint* e : {&both_.client, &both_.server}) EXPECT_EQ(e->line().send_quota(), scenario_.version == protocol_version::v5 || scenario_.is_hasty ? 2u : 3u) << scenario_ << where;
  }

 private:
  scenario scenario_;
  pair both_;
};

std::vector<scenario> all_scenarios() {
  std::vector<scenario> all;
  for (const auto version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5})
    for (const unsigned who : {1u, 2u, 3u})
      for (const unsigned acknowledges : {0u, 1u, 2u, 3u})
        for (const bool in_pieces : {false, true})
          for (const chunks how : {chunks::whole, chunks::bytes, chunks::random})
            for (const unsigned extra : {0u, 1u, 2u}) {
              if (extra == 2 && version == protocol_version::v5) continue;
              if (who != 3 && acknowledges != 0 && acknowledges != 3) continue;
              all.push_back({version, (who & 1) != 0, (who & 2) != 0, (acknowledges & 1) != 0, (acknowledges & 2) != 0, in_pieces, how, extra == 1, extra == 2});
            }
  return all;
}

struct lengths {
  std::size_t of[2];
};

lengths without_loss(const scenario& s) {
  run_of uncut(s);
  uncut.both().connect();
  EXPECT_TRUE(uncut.both().run()) << s;
  uncut.check(" without loss");
  return {{uncut.both().carried(false), uncut.both().carried(true)}};
}

std::string name_of_cut(const pair::cut& c) {
  return " cut after " + std::to_string(c.after) + (c.is_to_server ? " to server" : " to client") + (c.loses_other_way ? "" : ", the other way arrives");
}

[[maybe_unused]] const testing::Environment* const rested = testing::AddGlobalTestEnvironment(new some_connection_rested);

constexpr std::size_t stride = MQTTSPAN_SANITIZED ? 7 : 1;

TEST(pair, keeps_its_word_without_loss) {
  for (const scenario& s : all_scenarios()) {
    without_loss(s);
    if (HasFailure()) return;
  }
}

TEST(pair, keeps_its_word_wherever_it_is_cut) {
  std::size_t runs = 0;
  for (const scenario& s : all_scenarios()) {
    const lengths bytes = without_loss(s);
    for (const bool to_server : {true, false})
      for (const bool loses : {true, false})
        for (std::size_t at = runs % stride; at <= bytes.of[to_server]; at += stride, ++runs) {
          const pair::cut c{to_server, at, loses};
          run_of cut(s);
          cut.both().connect(c);
          if (!cut.both().run()) cut.both().connect();
          ASSERT_TRUE(cut.both().run());
          cut.check(name_of_cut(c));
          if (HasFailure()) return;
        }
  }
  EXPECT_GT(runs, 20'000u / stride);
}

TEST(pair, keeps_its_word_cut_twice) {
  std::size_t runs = 0;
  seeded_entropy random(7);
  for (const scenario& s : all_scenarios()) {
    const lengths bytes = without_loss(s);
    for (unsigned i = 0; i < 400 / stride; ++i, ++runs) {
      run_of cut(s);
      std::string where;
      const unsigned cuts = 2 + random.below(3);
      for (unsigned n = 0; n < cuts; ++n) {
        const bool to_server = random.below(2) != 0;
        const pair::cut c{to_server, random.below(static_cast<std::uint32_t>(bytes.of[to_server] + 1)), random.below(2) != 0};
        where += name_of_cut(c);
        cut.both().connect(c);
        if (cut.both().run()) break;
      }
      cut.both().connect();
      ASSERT_TRUE(cut.both().run()) << s << where;
      cut.check(where);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(runs, 10'000u / stride);
}

TEST(pair, quotas_are_used_to_the_full) {
  for (const auto version : {protocol_version::v3_1_1, protocol_version::v5}) {
    run_of full({version, true, true, false, false, false, chunks::whole});
    full.both().connect();
    ASSERT_TRUE(full.both().run());
    EXPECT_EQ(full.both().client.monitor().most_messages(), version == protocol_version::v5 ? 2u : 3u);
    EXPECT_EQ(full.both().server.monitor().most_messages(), version == protocol_version::v5 ? 2u : 3u);
  }
}

// The application has the message, and the connection ends before it comes back for more: the session remembers.
TEST(pair, message_that_was_taken_over_does_not_come_again) {
  constexpr instant now{};
  connection line(sender::server, now);
  std::vector<std::byte> input(64);
  ASSERT_TRUE(line.receive(*generate(connect{.version = protocol_version::v3_1_1, .clean_start = false, .client_id = "c"}, input), now));
  ASSERT_NE(line.next_event().get_if<connect>(), nullptr);
  ASSERT_TRUE(line.send(connack{}, now).has_value());
  ASSERT_TRUE(line.receive(*generate(publish{.topic = "t", .qos = qos::exactly_once, .packet_id = 7}, protocol_version::v3_1_1, input), now));
  ASSERT_NE(line.next_event().get_if<publish>(), nullptr);
  line.end_of_input();
  session_entry kept[1];
  ASSERT_EQ(line.export_session(kept), 1u);
  EXPECT_EQ(kept[0], (session_entry{7, exchange::received, false}));
}

// Output that is not taken stops the reading, and loses no answer.
TEST(pair, answers_that_have_no_room_wait) {
  constexpr instant now{};
  connection line(sender::server, now, {.output_size = 64});
  std::vector<std::byte> input(64);
  ASSERT_TRUE(line.receive(*generate(connect{.version = protocol_version::v3_1_1, .client_id = "c"}, input), now));
  ASSERT_NE(line.next_event().get_if<connect>(), nullptr);
  ASSERT_TRUE(line.send(connack{}, now).has_value());
  line.consume_output(4, now);
  std::vector<std::byte> pings;
  for (int i = 0; i < 100; ++i) pings.insert(pings.end(), {std::byte{0xC0}, std::byte{0}});
  ASSERT_TRUE(line.receive(pings, now));
  std::size_t events = 0, answered = 0;
  for (int i = 0; i < 100; ++i) {
    for (; line.next_event().kind() == connection_event_kind::packet; ++events) EXPECT_LE(line.output_size(), 64u);
    answered += line.output_size();
    line.consume_output(line.output_size(), now);
  }
  EXPECT_EQ(events, 100u);
  EXPECT_EQ(answered, 200u);
}

TEST(pair, stays_up_for_hours_with_nothing_to_say) {
  for (const auto version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5}) {
    const application_options options{.version = version, .keep_alive = 60};
    pair idle(options, options, chunks::random);
    idle.connect();
    ASSERT_TRUE(idle.run());
    idle.wait(std::int64_t{5} * 3'600'000);
    EXPECT_FALSE(idle.client.has_ended());
    EXPECT_FALSE(idle.server.has_ended());
    EXPECT_GE(idle.client.monitor().packets_written(), 300u);
    EXPECT_LE(idle.client.monitor().packets_written(), 400u);
    EXPECT_EQ(idle.client.monitor().fault() + idle.server.monitor().fault(), "");
  }
}

TEST(pair, ends_once_where_the_other_falls_silent) {
  const application_options options{.keep_alive = 60};
  for (const bool client_is_silent : {true, false}) {
    pair both(options, options, chunks::whole);
    both.connect();
    ASSERT_TRUE(both.run());
    endpoint& left = client_is_silent ? both.server : both.client;
    for (int i = 0; i < 10 && !left.has_ended(); ++i) {
      const auto due = left.line().next_timeout();
      ASSERT_TRUE(due.has_value());
      both.now = *due;
      left.line().handle_timeout(both.now);
      left.run(both.now);
    }
    EXPECT_TRUE(left.has_ended());
    EXPECT_EQ(left.ends_told(), 1u);
    EXPECT_EQ(left.ending().why, ending::cause::timeout);
    EXPECT_EQ(left.line().next_event().kind(), connection_event_kind::nothing);
    EXPECT_FALSE(left.line().next_timeout().has_value());
    EXPECT_LE(both.now - instant{1'000}, 121'000);
  }
}

}  // namespace
}  // namespace mqttspan::test
