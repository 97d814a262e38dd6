// A session that goes on in another connection: what is exported, imported, said again, and dropped.
#include "story.hpp"

namespace mqttspan::test {
namespace {

std::vector<session_entry> left_by(const connection& c) {
  std::vector<session_entry> out(c.export_session({}));
  EXPECT_EQ(c.export_session(out), out.size());
  return out;
}

publish certain(qos q, std::uint16_t id, bool dup = false) { return {.topic = "t", .qos = q, .dup = dup, .packet_id = id}; }
constexpr auto once = qos::at_least_once, exactly = qos::exactly_once;

// Opens it with a session that goes on, or one that the CONNACK says is gone.
story& resume(story& s, bool is_present = true) { return s.open({.clean_start = false}, {.session_present = is_present && s.version() != v3_1}); }

TEST(session, is_exported_in_the_order_in_which_it_began) {
  for (const role r : everyone) {
    story s(r, {.auto_acknowledge = false});
    s.open();
    for (const std::uint16_t id : {std::uint16_t{9}, std::uint16_t{2}, std::uint16_t{5}, std::uint16_t{4}}) s.sends(certain(id == 2 ? once : exactly, id));
    s.gets(pubrec{.packet_id = 5}).gets(pubrec{.packet_id = 4}).sends(pubrel{.packet_id = 5});
    s.gets(certain(once, 1)).gets(certain(exactly, 8)).gets(certain(exactly, 3)).gets(certain(exactly, 6)).gets(certain(exactly, 7));
    for (const std::uint16_t id : {std::uint16_t{8}, std::uint16_t{3}, std::uint16_t{6}}) s.sends(pubrec{.packet_id = id});
    s.gets(pubrel{.packet_id = 6});
    if (r.self == sender::client) s.sends(subscribe{.packet_id = 20, .subscriptions = subscriptions({{"a"}})});
    else s.gets(subscribe{.packet_id = 20, .subscriptions = subscriptions({{"a"}})});
    const std::vector<session_entry> expected{{9, exchange::publish_2, true}, {2, exchange::publish_1, true}, {5, exchange::released, true}, {4, exchange::received, true},
                                              {8, exchange::received, false}, {3, exchange::received, false}};
    EXPECT_TRUE(left_by(s.self()) == expected);
    session_entry few[2];
    EXPECT_EQ(s.self().export_session(few), 6U);
    story next(r, {.auto_acknowledge = false});
    ASSERT_TRUE(next.self().import_session(expected));
    EXPECT_TRUE(left_by(next.self()) == expected);
    resume(next);
    EXPECT_TRUE(left_by(next.self()) == expected);
  }
}

TEST(session, goes_on_where_it_stopped) {
  const session_entry left[] = {{9, exchange::publish_2, true}, {2, exchange::publish_1, true}, {5, exchange::released, true}, {4, exchange::received, true},
                                {8, exchange::received, false}};
  for (const role r : everyone) {
    const bool again = r.version == v3_1;
    story s(r);
    ASSERT_TRUE(s.self().import_session(left));
    resume(s);
    s.says(pubrel{.packet_id = 5, .dup = again}).says(pubrel{.packet_id = 4, .dup = again}).is_quiet();
    s.sends(certain(exactly, 9, true));
    s.sends(certain(once, 2, true));
    s.peer(certain(exactly, 8, true)).says(pubrec{.packet_id = 8}).is_quiet();  // delivered in the connection before
    s.gets(pubrel{.packet_id = 8}).says(pubcomp{.packet_id = 8});
    s.gets(pubcomp{.packet_id = 5}).gets(pubcomp{.packet_id = 4}).gets(puback{.packet_id = 2});
    s.gets(pubrec{.packet_id = 9}).says(pubrel{.packet_id = 9}).gets(pubcomp{.packet_id = 9});
    EXPECT_TRUE(left_by(s.self()).empty());
    EXPECT_EQ(s.self().send_quota(), 64U);
  }
}

TEST(session, goes_on_by_the_owner_s_hand) {
  const session_entry left[] = {{5, exchange::released, true}, {4, exchange::received, true}};
  for (const role r : everyone) {
    story s(r, {.auto_acknowledge = false});
    ASSERT_TRUE(s.self().import_session(left));
    resume(s).is_quiet();
    s.refuses(certain(exactly, 4, true), rule::redelivery_out_of_turn).refuses(certain(exactly, 5, true), rule::packet_id_in_use);
    s.sends(pubrel{.packet_id = 4});
    s.sends(pubrel{.packet_id = 5});
    if (r.version == v5) s.refuses(pubrel{.packet_id = 5}, rule::redelivery_out_of_turn);
    s.gets(pubcomp{.packet_id = 4}).gets(pubcomp{.packet_id = 5});
  }
}

// An answer of an earlier connection's may come before the message was said again: it counts, and what follows keeps its order.
TEST(session, may_be_answered_before_it_is_said_again) {
  const session_entry left[] = {{1, exchange::publish_2, true}, {2, exchange::publish_1, true}, {3, exchange::released, true}};
  for (const role r : everyone)
    for (const bool by_itself : {true, false}) {
      story s(r, {.auto_acknowledge = by_itself});
      ASSERT_TRUE(s.self().import_session(left));
      resume(s);
      if (by_itself) s.says(pubrel{.packet_id = 3, .dup = r.version == v3_1});
      s.gets(pubcomp{.packet_id = 3}).gets(puback{.packet_id = 2}).gets(pubrec{.packet_id = 1});
      if (!by_itself) s.sends(pubrel{.packet_id = 1});
      else s.says(pubrel{.packet_id = 1});
      s.sends(certain(exactly, 7));
      s.gets(pubrec{.packet_id = 7});
      if (!by_itself) s.sends(pubrel{.packet_id = 7});
      else s.says(pubrel{.packet_id = 7});
      s.gets(pubcomp{.packet_id = 1}).gets(pubcomp{.packet_id = 7});
      EXPECT_EQ(s.self().send_quota(), 64U);
      EXPECT_TRUE(left_by(s.self()).empty());
    }
}

TEST(session, that_is_not_present_is_dropped) {
  const session_entry left[] = {{1, exchange::publish_1, true}, {17, exchange::publish_2, true}, {33, exchange::released, true}, {2, exchange::received, true}, {8, exchange::received, false}};
  for (const role r : {role{sender::client, v3_1_1}, role{sender::client, v5}, role{sender::server, v3_1_1}, role{sender::server, v5}}) {
    story s(r, {.receive_maximum = 2, .send_maximum = 4});
    ASSERT_TRUE(s.self().import_session(left));
    resume(s, false).is_quiet();
    EXPECT_TRUE(left_by(s.self()).empty());
    s.sends(certain(once, 1));
    s.gets(certain(exactly, 8)).says(pubrec{.packet_id = 8});
  }
  story pipelined(sender::client, v5);  // what was begun behind CONNECT stays
  ASSERT_TRUE(pipelined.self().import_session(left));
  pipelined.begins({.clean_start = false});
  pipelined.sends(certain(once, 5));
  pipelined.sends(certain(once, 1, true));
  pipelined.gets(connack{});
  EXPECT_EQ(left_by(pipelined.self()).size(), 2U);
  pipelined.gets(puback{.packet_id = 5}).gets(puback{.packet_id = 1});
}

TEST(session, cannot_be_imported_late_or_by_a_client_that_starts_clean) {
  const session_entry one[] = {{1, exchange::publish_1, true}};
  for (const role r : everyone) {
    story s(r), begun(r);
    s.open();
    EXPECT_EQ(s.self().import_session(one).error().code, errc::wrong_state);
    begun.begins({.clean_start = false});
    EXPECT_EQ(begun.self().import_session(one).has_value(), r.self == sender::server);
  }
  story clean(sender::client, v5);
  ASSERT_TRUE(clean.self().import_session({}));
  clean.refuses(connect{.clean_start = true, .client_id = "a"}, rule::session_present_unexpected);
}

TEST(session, takes_only_what_can_be_in_one) {
  story s(sender::client, v5, {.receive_maximum = 1, .unannounced_maximum = 1, .send_maximum = 1});
  const auto code = [&s](std::initializer_list<session_entry> list) { return s.self().import_session(std::span(list.begin(), list.size())).error().code; };
  EXPECT_EQ(code({{0, exchange::publish_1, true}}), errc::invalid_argument);
  EXPECT_EQ(code({{1, exchange::none, true}}), errc::invalid_argument);
  EXPECT_EQ(code({{1, exchange::subscribe, true}}), errc::invalid_argument);
  for (const exchange e : {exchange::publish_1, exchange::publish_2, exchange::released}) EXPECT_EQ(code({{1, e, false}}), errc::invalid_argument);  // will come again, or is done
  EXPECT_EQ(code({{1, exchange::publish_1, true}, {2, exchange::publish_1, true}}), errc::quota_exceeded);
  EXPECT_EQ(code({{1, exchange::received, false}, {2, exchange::received, false}}), errc::quota_exceeded);
  EXPECT_EQ(s.self().export_session({}), 0U);
  EXPECT_EQ(code({{1, exchange::received, false}, {1, exchange::released, true}}), errc{});
  EXPECT_EQ(s.self().export_session({}), 2U);
}

TEST(session, of_many_messages_resumes_as_the_output_drains) {
  std::vector<session_entry> left;
  for (std::uint16_t id = 1; id <= 60; ++id) left.push_back({static_cast<std::uint16_t>(id * 37), id % 2 == 0 ? exchange::received : exchange::released, true});
  for (const role r : everyone) {
    story s(r, {.output_size = 64, .high_water = 32});
    ASSERT_TRUE(s.self().import_session(left));
    resume(s);
    for (const session_entry& e : left) s.says(pubrel{.packet_id = e.packet_id, .dup = r.version == v3_1});
    EXPECT_EQ(s.self().send_quota(), 4U);
    for (const session_entry& e : left) s.gets(pubcomp{.packet_id = e.packet_id});
    EXPECT_EQ(s.self().send_quota(), 64U);
  }
}

}  // namespace
}  // namespace mqttspan::test
