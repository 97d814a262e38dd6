// What a connection promises its owner beside the protocol: outcomes, options, memory, and how events come.
#include <mqttspan/stream/connection.hpp>

#include "story.hpp"

namespace mqttspan::test {
namespace {

using kind = connection_event_kind;

const publish message{.topic = "t", .qos = qos::at_least_once, .packet_id = 1};

// A transport that takes nothing until the story says so.
connection_options small(std::uint32_t output_size) { return {.output_size = output_size, .high_water = output_size / 2}; }

// ---- options

// What programs rely on that name none of them.
TEST(connection_options, have_the_defaults_of_the_documentation) {
  const connection_options o;
  EXPECT_EQ(o.max_connect_size, 65'536u);
  EXPECT_EQ(o.carry_size, 16'384u);
  EXPECT_EQ(o.output_size, 65'536u);
  EXPECT_EQ(o.high_water, 32'768u);
  EXPECT_EQ(o.receive_maximum, 256u);
  EXPECT_EQ(o.unannounced_maximum, 16'384u);
  EXPECT_EQ(o.send_maximum, 64u);
  EXPECT_EQ(o.max_requests, 16u);
  EXPECT_EQ(o.topic_alias_maximum, 0u);
  EXPECT_EQ(o.max_sent_aliases, 16u);
  EXPECT_EQ(o.connect_timeout, 10'000u);
  EXPECT_EQ(o.ping_timeout, 0u);
  EXPECT_TRUE(o.auto_acknowledge && o.auto_ping && o.ordered_acknowledgements);
  EXPECT_EQ(ending{}.position, 0u);
  EXPECT_FALSE(ending{}.will_is_due || sent{}.over_high_water);
  EXPECT_EQ(sent{}.packet_id, 0u);
}

// ---- send

TEST(connection_send, says_sent_over_high_water_or_why_not) {
  for (const role r : everyone) {
    story s(r, small(200));
    s.open().clogs();
    const std::string payload(40, 'x');
    const publish p{.topic = "t", .payload = as_bytes(payload)};
    const auto first = s.tries(p);
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->over_high_water);
    EXPECT_EQ(first->packet_id, 0);
    EXPECT_TRUE(s.tries(p));
    const auto third = s.tries(p);
    ASSERT_TRUE(third);
    EXPECT_TRUE(third->over_high_water);
    const std::size_t before = s.self().output_size();
    const auto fourth = s.tries(p);
    ASSERT_FALSE(fourth);
    EXPECT_EQ(fourth.error().code, errc::no_space);
    EXPECT_EQ(fourth.error().in, packet_type::publish);
    EXPECT_EQ(s.self().output_size(), before);
    s.clogs(false).says(p).says(p).says(p);
    EXPECT_FALSE(s.tries(p)->over_high_water);
    s.says(p);
  }
}

TEST(connection_send, that_fails_changes_nothing) {
  story s(sender::client, v5, small(100));
  s.open().clogs();
  const std::string large(90, 'x');
  publish p = message;
  p.payload = as_bytes(large);
  EXPECT_EQ(s.tries(p).error().code, errc::no_space);
  EXPECT_EQ(s.self().state_of_ours(1), exchange::none);
  EXPECT_EQ(s.self().send_quota(), 64U);
  subscribe asks{.packet_id = 2, .subscriptions = subscriptions({{large}})};
  EXPECT_EQ(s.tries(asks).error().code, errc::no_space);
  EXPECT_EQ(s.self().state_of_ours(2), exchange::none);
  EXPECT_EQ(s.tries(publish{.topic = "a/#"}).error().violated, rule::topic_name_has_wildcard);
  EXPECT_EQ(s.tries(publish{.topic = "t", .qos = static_cast<qos>(3)}).error().code, errc::invalid_argument);
  s.clogs(false);
}

TEST(connection_send, gives_the_class_of_each_refusal) {
  story s(sender::client, v5, {.send_maximum = 1});
  EXPECT_EQ(s.tries(message).error().code, errc::wrong_state);
  s.open().sends(message);
  EXPECT_EQ(s.tries(message).error().code, errc::wrong_state);
  EXPECT_EQ(s.tries(publish{.topic = "t", .qos = qos::at_least_once}).error().code, errc::quota_exceeded);
  EXPECT_EQ(s.tries(publish{.topic = "t", .properties = with({prop::topic_alias(1)})}).error().code, errc::invalid_argument);
  EXPECT_EQ(s.tries(pingresp{}).error().violated, rule::packet_from_wrong_side);
  EXPECT_EQ(s.tries(suback{.packet_id = 1, .reason_codes = codes({reason_code::success})}).error().code, errc::wrong_state);
}

TEST(connection_send, takes_any_packet_by_its_variant) {
  for (const role r : both_in_5) {
    story s(r);
    s.open();
    const auto done = s.self().send(packet(message), s.now());
    ASSERT_TRUE(done);
    EXPECT_EQ(done->packet_id, 1);
    s.says(message);
    EXPECT_FALSE(s.self().send(packet(connack{}), s.now()));
  }
}

TEST(connection_send, applies_its_own_strictness_and_leniency) {
  const publish control{.topic = "a\x01"};
  story strict_one(sender::client, v5, {.reject = strictness::control_characters}), plain(sender::client, v5);
  strict_one.open().refuses(control, rule::utf8_has_control_character);
  plain.open().sends(control);
  story lenient(sender::client, v3_1, {.allow = leniency::client_id_length});
  EXPECT_TRUE(lenient.tries(connect{.version = v3_1, .client_id = "a client identifier of more"}));
  lenient.forgets_the_rest();
  story(sender::client, v3_1).refuses(connect{.version = v3_1, .client_id = "a client identifier of more"}, rule::client_id_length);
}

TEST(connection_send, completes_connect_and_connack_by_what_there_is_memory_for) {
  connection_options options{.receive_maximum = 7, .topic_alias_maximum = 5};
  options.parse.max_packet_size = 1'000;
  const auto all = with({prop::receive_maximum(7), prop::topic_alias_maximum(5), prop::maximum_packet_size(1'000)});
  story client(sender::client, v5, options), server(sender::server, v5, options);
  EXPECT_TRUE(client.tries(connect{.client_id = "a"}));
  client.says(connect{.client_id = "a", .properties = all});
  server.begins();
  EXPECT_TRUE(server.tries(connack{}));
  server.says(connack{.properties = all});
  EXPECT_EQ(server.self().ours().receive_maximum, 7);
  const auto less = with({prop::topic_alias_maximum(4), prop::receive_maximum(6), prop::maximum_packet_size(999)});
  story humble(sender::client, v5, options);
  humble.sends(connect{.client_id = "a", .properties = less});
  EXPECT_EQ(humble.self().ours().topic_alias_maximum, 4);
  story boasts(sender::client, v5, options);
  boasts.refuses(connect{.client_id = "a", .properties = with({prop::topic_alias_maximum(6)})}, rule::announced_more_than_kept);
  for (const role r : {role{sender::client, v3_1}, role{sender::client, v3_1_1}}) {
    story old(r, options);
    old.sends(connect{.version = r.version, .client_id = "a"});
  }
  const std::vector<property> many(70, prop::user("k", "v"));
  connect too_much{.client_id = "a"};
  too_much.properties = many;
  story(sender::client, v5).refuses(too_much, rule::too_many_user_properties);
}

TEST(connection_send, borrows_a_payload_one_at_a_time) {
  for (const role r : everyone) {
    story s(r, small(100));
    const std::string payload(10'000, 'x');
    publish p = message;
    p.payload = as_bytes(payload);
    s.open().clogs();
    const auto done = s.self().send_borrowed(p, s.now());
    ASSERT_TRUE(done);
    EXPECT_TRUE(done->over_high_water);
    EXPECT_EQ(done->packet_id, 1);
    EXPECT_TRUE(s.self().is_borrowing());
    EXPECT_EQ(s.self().send_borrowed(p, s.now()).error().code, errc::no_space);
    EXPECT_TRUE(s.tries(publish{.topic = "behind"}));
    s.self().consume_output(s.self().output().size(), s.now());
    EXPECT_EQ(s.self().output().data(), p.payload.data());  // not copied
    s.self().consume_output(9'999, s.now());
    EXPECT_TRUE(s.self().is_borrowing());
    s.self().consume_output(5, s.now());  // more than there is: no more than there is
    EXPECT_FALSE(s.self().is_borrowing());
    s.clogs(false).says(publish{.topic = "behind"});
    EXPECT_TRUE(s.self().send_borrowed({.topic = "empty"}, s.now()));
    EXPECT_FALSE(s.self().is_borrowing());
    s.drain();
    s.says(publish{.topic = "empty"});
  }
  story fresh(sender::client, v5);
  EXPECT_EQ(fresh.self().send_borrowed(message, fresh.now()).error().violated, rule::connect_not_first);
}

// ---- receive and next_event

TEST(connection_receive, refuses_more_while_input_is_left) {
  story s(sender::server, v3_1_1);
  s.open();
  const std::string two = from_hex("C000 C000");
  EXPECT_TRUE(s.self().receive(as_bytes(two), s.now()));
  EXPECT_FALSE(s.self().receive(as_bytes(two), s.now()));
  EXPECT_EQ(s.self().next_event().kind(), kind::packet);
  EXPECT_EQ(s.self().input_left(), 2U);
  EXPECT_FALSE(s.self().receive(as_bytes(two), s.now()));
  EXPECT_EQ(s.self().next_event().kind(), kind::packet);
  EXPECT_TRUE(s.self().receive({}, s.now()));
  EXPECT_TRUE(s.self().receive(as_bytes(two), s.now()));
  s.self().close();
  EXPECT_EQ(s.self().input_left(), 0U);
  EXPECT_FALSE(s.self().receive(as_bytes(two), s.now()));
  s.forgets_the_rest();
}

TEST(connection_event, ended_is_last_and_comes_once) {
  for (const role r : everyone) {
    story s(r);
    s.open().peer(publish{.topic = "t"}).peer_hex("00 00").hears(publish{.topic = "t"}).ended(rule::packet_type_reserved);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(s.self().next_event().kind(), kind::nothing);
    s.self().close();
    s.self().end_of_input();
    EXPECT_EQ(s.self().next_event().kind(), kind::nothing);
    s.forgets_the_rest();
  }
}

TEST(connection_event, ended_comes_when_the_last_words_are_in_the_output) {
  story s(sender::server, v5);
  s.open();
  const std::string bad = from_hex("00");
  ASSERT_TRUE(s.self().receive(as_bytes(bad), s.now()));
  EXPECT_EQ(s.self().next_event().kind(), kind::ended);
  EXPECT_EQ(to_hex(s.self().output()), "e00181");
  s.says(disconnect{.reason_code = reason_code::malformed_packet});
}

TEST(connection_event, get_if_is_null_for_other_packets) {
  story s(sender::server, v5);
  s.open().peer(pingreq{});
  const connection_event e = s.next_heard();
  EXPECT_NE(e.get_if<pingreq>(), nullptr);
  EXPECT_EQ(e.get_if<publish>(), nullptr);
  EXPECT_EQ(s.self().next_event().get_if<pingreq>(), nullptr);
  s.says(pingresp{});
}

TEST(connection_event, of_the_transport_s_end) {
  for (const role r : everyone) {
    story between(r), inside(r), in_pieces(r, {.carry_size = 64});
    between.open().peer_goes().ended(ending::cause::transport).is_quiet();
    EXPECT_EQ(between.ending().error.code, errc{});
    inside.open().peer_hex("30").peer_goes().ended(ending::cause::transport);
    EXPECT_EQ(inside.ending().error.code, errc::incomplete);
    in_pieces.open().peer_hex("30 C801 0001 74 00");
    EXPECT_EQ(in_pieces.next_heard().kind(), kind::publish_begin);
    while (in_pieces.next_heard().kind() == kind::payload_chunk) {}
    in_pieces.peer_goes().ended(ending::cause::transport);
    EXPECT_EQ(in_pieces.ending().error.code, errc::incomplete);
  }
}

TEST(connection_event, brings_a_large_message_in_pieces_and_answers_behind_it) {
  for (const role r : everyone) {
    story s(r, {.carry_size = 64});
    const std::string payload(1'000, 'x');
    publish large = message;
    large.payload = as_bytes(payload);
    s.open().clogs().peer(large).peer(publish{.topic = "next"});
    const connection_event begin = s.next_heard();
    ASSERT_EQ(begin.kind(), kind::publish_begin);
    EXPECT_EQ(begin.publish_begin().payload_size, 1'000U);
    EXPECT_EQ(begin.publish_begin().publish.packet_id, 1);
    std::size_t got = 0;
    for (connection_event e = s.next_heard(); e.kind() != kind::publish_end; e = s.next_heard()) {
      ASSERT_EQ(e.kind(), kind::payload_chunk);
      got += e.chunk().bytes.size();
      EXPECT_EQ(s.self().output_size(), 0U);
    }
    EXPECT_EQ(got, 1'000U);
    s.clogs(false).says(puback{.packet_id = 1}).hears(publish{.topic = "next"});
  }
}

TEST(connection_event, waits_until_there_is_room_for_what_it_may_owe) {
  for (const role r : everyone) {
    story s(r, small(100));
    s.open().clogs();
    while (s.tries(publish{.topic = "filling it"})) {}
    std::uint16_t id = 0;
    int heard = 0;
    for (int i = 0; i < 20; ++i) s.peer(publish{.topic = "t", .qos = qos::at_least_once, .packet_id = ++id});
    for (connection_event e = s.next_heard(); e.kind() == kind::packet; e = s.next_heard()) ++heard;
    EXPECT_LT(heard, 20);
    EXPECT_NE(s.self().input_left(), 0U);
    EXPECT_LE(s.self().output_size(), 100U);
    s.clogs(false);
    while (s.next_heard().kind() == kind::packet) ++heard;
    EXPECT_EQ(heard, 20);
    for (std::uint16_t answered = 1; answered <= 20; ++answered) EXPECT_EQ(s.self().state_of_theirs(answered), exchange::none);
    s.forgets_the_rest();
  }
}

TEST(connection_event, loses_no_acknowledgement_to_what_is_sent_in_between) {
  for (const role r : clients) {
    story s(r, small(100));
    s.open().clogs();
    while (s.self().output_size() + 32 < 99) ASSERT_TRUE(s.tries(pingreq{}));
    s.gets(message);
    while (s.tries(pingreq{})) {}
    (void)s.self().next_event();
    EXPECT_EQ(s.self().state_of_theirs(1), exchange::none);
    const std::string all(as_text(s.self().output()));
    EXPECT_TRUE(all.ends_with(from_hex("4002 0001")));
    s.clogs(false).forgets_the_rest();
  }
}

// ---- Acknowledgements

TEST(connection_acknowledges, when_the_owner_comes_back_unless_it_has_done_so_itself) {
  for (const role r : both_in_5) {
    story s(r);
    s.open().gets(message);
    s.sends(puback{.packet_id = 1, .reason_code = reason_code::not_authorized});
    s.is_quiet();
    const publish second{.topic = "t", .qos = qos::exactly_once, .packet_id = 2};
    s.gets(second);
    s.sends(pubrec{.packet_id = 2});
    s.is_quiet().gets(pubrel{.packet_id = 2}).sends(pubcomp{.packet_id = 2});
    s.is_quiet();
  }
}

TEST(connection_acknowledges, nothing_by_itself_where_the_owner_does_it) {
  for (const role r : everyone) {
    story s(r, {.auto_acknowledge = false});
    s.open().gets(message).is_quiet();
    s.sends(publish{.topic = "t", .qos = qos::exactly_once, .packet_id = 2});
    s.gets(pubrec{.packet_id = 2}).is_quiet();
    s.sends(pubrel{.packet_id = 2});
    s.gets(pubcomp{.packet_id = 2});
  }
}

// ---- Limits

TEST(connection_limits, of_the_first_packet) {
  for (const role r : servers) {
    story s(r, {.max_connect_size = 40});
    const std::string id(23, 'c');
    if (r.version == v3_1) continue;
    connect large{.version = r.version, .client_id = id, .user_name = std::string_view(id)};
    s.peer(large).ended(rule::packet_too_large).is_quiet();  // the fixed header does not say in which version to answer
    story fits(r, {.max_connect_size = 40});
    fits.open({.client_id = id}).gets(publish{.topic = "this one is larger than forty bytes, and may be"});
  }
}

TEST(connection_limits, smaller_than_can_be_are_made_larger) {
  story s(sender::client, v5, {.carry_size = 0, .output_size = 0, .receive_maximum = 1, .send_maximum = 1, .max_requests = 0});
  s.begins({.client_id = "a"}).gets(connack{}).refuses(subscribe{.subscriptions = subscriptions({{"a"}})}, rule::too_many_in_flight);
  s.sends(message);
  s.gets(puback{.packet_id = 1}).closes().says(disconnect{}).ended(ending::cause::self);
}

TEST(connection_refuses, connect_and_shows_what_it_could_read) {
  story s(sender::server, v3_1_1);
  const std::string bytes = from_hex("10 0D 0004 4D515454 04 03 003C 0001 61") + from_hex("C000");
  ASSERT_TRUE(s.self().receive(as_bytes(bytes), s.now()));
  ASSERT_EQ(s.self().next_event().kind(), kind::ended);
  const connect_inspection& c = s.self().refused_connect();
  EXPECT_EQ(c.protocol_name, "MQTT");
  EXPECT_EQ(c.protocol_level, 4);
  EXPECT_EQ(c.keep_alive, 60);
  EXPECT_EQ(c.client_id, "a");
  EXPECT_EQ(s.self().output_size(), 0U);
  s.forgets_the_rest();
}

TEST(connection_close, in_every_phase) {
  for (const role r : everyone) {
    story fresh(r), begun(r), open(r);
    fresh.closes(reason_code::server_busy).ended(ending::cause::self).is_quiet();
    EXPECT_EQ(fresh.ending().reason, reason_code::server_busy);
    open.open().closes();
    if (r.version == v5 || r.self == sender::client) open.says(disconnect{});
    open.ended(ending::cause::self).is_quiet();
    begun.begins().closes();
    if (r.self == sender::client) begun.says(disconnect{});
    begun.ended(ending::cause::self).is_quiet();
  }
  story not_a_client_s(sender::client, v5);
  not_a_client_s.open().closes(reason_code::server_busy).says(disconnect{}).ended(ending::cause::self);
}

template <control_packet P>
std::string wire(const P& p) {
  std::string bytes(encoded_size(p, v3_1_1).value_or(1), '\0');
  EXPECT_TRUE(generate(p, v3_1_1, as_writable_bytes(bytes.data(), bytes.size())));
  return bytes;
}

// Whether a server drops a client that has spoken, but whose packets wait unread, when 1.5 times the keep alive are over.
bool times_out_unread(bool output_is_full) {
  connection server(sender::server, instant{0}, {.output_size = 256});
  const std::string opening = wire(connect{.version = v3_1_1, .keep_alive = 60, .client_id = "a"});
  EXPECT_TRUE(server.receive(as_bytes(opening), instant{0}));
  EXPECT_NE(server.next_event().get_if<connect>(), nullptr);
  EXPECT_TRUE(server.send(connack{}, instant{0}));
  EXPECT_EQ(server.next_event().kind(), kind::nothing);
  while (output_is_full && server.send(publish{.topic = "t"}, instant{0})) {}
  std::string many;
  for (int i = 0; i < 40; ++i) many += wire(pingreq{});
  EXPECT_TRUE(server.receive(as_bytes(many), instant{1000}));
  while (output_is_full && server.next_event().kind() == kind::packet) {}  // PINGRESPs fill what was kept free
  EXPECT_GT(server.input_left(), 0U);
  server.handle_timeout(instant{100'000});
  return server.phase() == connection_phase::ended;
}

TEST(connection_timeout, spares_a_client_that_is_not_listened_to_but_not_one_that_does_not_listen) {
  EXPECT_FALSE(times_out_unread(false));
  EXPECT_TRUE(times_out_unread(true));
}

}  // namespace
}  // namespace mqttspan::test
