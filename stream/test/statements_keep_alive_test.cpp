// Keep alive: the client speaks in time, the server does not wait for ever, and PINGREQ is answered.
#include "story.hpp"

namespace mqttspan::test {
namespace {

constexpr std::uint16_t seconds = 40;  // an eighth early: a PINGREQ after 35 seconds

STORY(keep_alive, client_pings_before_the_time_is_over, "3.1.1/MQTT-3.1.2-23", "5.0/MQTT-3.1.2-20", "3.1/U31-2.2-b") {
  for (const role r : clients) {
    story s(r);
    s.open({.keep_alive = seconds});
    s.waits(34'999).is_quiet().waits(1).says(pingreq{}).gets(pingresp{});
    s.waits(34'999).is_quiet().waits(1).says(pingreq{}).gets(pingresp{});
  }
}

STORY(keep_alive, client_pings_so_long_after_the_last_packet_that_left, "3.1.1/MQTT-3.1.2-23", "5.0/MQTT-3.1.2-20", "3.1/U31-2.2-b") {
  for (const role r : clients) {
    story s(r);
    s.open({.keep_alive = seconds}).waits(30'000);
    s.sends(publish{.topic = "t"});
    s.waits(34'999).is_quiet().waits(1).says(pingreq{}).gets(pingresp{});
    s.waits(20'000).gets(publish{.topic = "t"});  // what comes in is no sign of life of ours
    s.waits(14'999).is_quiet().waits(1).says(pingreq{}).gets(pingresp{});
  }
}

STORY(keep_alive, client_pings_while_it_waits_for_connack, "3.1.1/MQTT-3.1.2-23", "5.0/MQTT-3.1.2-20", "3.1/U31-2.2-b") {
  for (const role r : clients) {
    story s(r, {.connect_timeout = 0});
    s.begins({.keep_alive = seconds}).waits(34'999).is_quiet().waits(1).says(pingreq{}).waits(35'000).says(pingreq{}).waits(34'999);
    s.gets(connack{}).waits(1).says(pingreq{}).gets(pingresp{}).gets(pingresp{});
  }
  story in_talks(sender::client, v5, {.connect_timeout = 0});  // only AUTH and DISCONNECT may be sent
  in_talks.begins({.keep_alive = seconds, .properties = with({prop::authentication_method("m")})}).waits(1'000'000);
}

STORY(keep_alive, client_without_auto_ping_does_it_itself, "3.1.1/MQTT-3.1.2-23", "5.0/MQTT-3.1.2-20") {
  for (const role r : clients) {
    story s(r, {.auto_ping = false});
    s.open({.keep_alive = seconds}).waits(1'000'000);
    s.sends(pingreq{});
    s.waits(39'999).is_quiet().waits(1).ended(ending::cause::timeout);
    EXPECT_EQ(s.ending().error.violated, rule::ping_timeout);
  }
}

STORY(keep_alive, client_ends_where_pingresp_is_overdue, "3.1.1/U311-3.1.2.10-b", "5.0/U5-3.1.2.10-a", "3.1/U31-2.2-b") {
  for (const role r : clients) {
    story s(r);
    s.open({.keep_alive = seconds}).waits(35'000).says(pingreq{}).waits(35'000).says(pingreq{}).waits(4'999).is_quiet();
    s.waits(1).ended(ending::cause::timeout).is_quiet();
    EXPECT_EQ(s.ending().error.violated, rule::ping_timeout);

    story sooner(r, {.ping_timeout = 3'000});
    sooner.open({.keep_alive = seconds}).waits(35'000).says(pingreq{}).waits(2'999).gets(pingresp{}).waits(32'001).says(pingreq{}).waits(3'000);
    sooner.ended(ending::cause::timeout);

    story by_hand(r, {.ping_timeout = 3'000});  // PINGREQ is allowed at any time
    by_hand.open({.keep_alive = 0});
    by_hand.sends(pingreq{});
    by_hand.waits(2'999).is_quiet().waits(1).ended(ending::cause::timeout);
  }
}

STORY(keep_alive, server_ends_after_one_and_a_half_times_of_silence, "3.1.1/MQTT-3.1.2-24", "5.0/MQTT-3.1.2-22", "3.1/U31-2.2-c", "5.0/MQTT-3.2.2-22") {
  for (const role r : servers) {
    story s(r);
    s.open({.keep_alive = seconds, .will = will{.topic = "w"}});
    s.waits(59'999).gets(pingreq{}).says(pingresp{}).waits(59'999).gets(publish{.topic = "t"}).waits(59'999);
    s.sends(publish{.topic = "t"});  // what we say is no sign of life of the client
    s.waits(1).ended(ending::cause::timeout);
    if (r.version == v5) s.says(disconnect{.reason_code = reason_code::keep_alive_timeout});
    s.is_quiet();
    EXPECT_EQ(s.ending().error.violated, rule::keep_alive_timeout);
    EXPECT_TRUE(s.ending().will_is_due);
  }
}

STORY(keep_alive, server_waits_for_the_end_of_a_packet_no_longer, "3.1.1/MQTT-3.1.2-24", "5.0/MQTT-3.1.2-22", "3.1/U31-2.2-c") {
  for (const role r : servers) {
    story s(r);
    s.open({.keep_alive = seconds}).waits(50'000).peer_hex("C0").waits(10'000).ended(ending::cause::timeout).forgets_the_rest();
    story large(r, {.carry_size = 64});  // but whoever sends a payload is there
    large.open({.keep_alive = seconds}).peer_hex("30 C801 0001 74 00 00");
    EXPECT_EQ(large.next_heard().kind(), connection_event_kind::publish_begin);
    while (large.next_heard().kind() == connection_event_kind::payload_chunk) {}
    large.waits(50'000).peer_hex("00");
    EXPECT_EQ(large.next_heard().kind(), connection_event_kind::payload_chunk);
    large.waits(50'000).is_quiet().waits(10'000).ended(ending::cause::timeout).forgets_the_rest();
  }
}

STORY(keep_alive, server_that_does_not_listen_blames_nobody, "3.1.1/MQTT-3.1.2-24", "5.0/MQTT-3.1.2-22", "3.1/U31-2.2-c") {
  for (const role r : servers) {
    story s(r);
    s.open({.keep_alive = seconds});
    ASSERT_TRUE(s.self().receive(as_bytes(std::string_view("\xC0\x00", 2)), s.now()));
    s.self().handle_timeout(s.now() + 60'000);
    EXPECT_EQ(s.self().phase(), connection_phase::connected);
    s.hears(pingreq{}).says(pingresp{});
  }
}

STORY(keep_alive, server_waits_for_auth_no_longer_than_for_anything_else, "5.0/MQTT-3.1.2-22", "5.0/MQTT-3.14.0-1") {
  const auto method = with({prop::authentication_method("m")});
  const auto ask = auth{.reason_code = reason_code::continue_authentication, .properties = method};
  story s(sender::server, v5);
  s.begins({.keep_alive = 4, .properties = method}).waits(1'000'000);
  s.sends(ask);
  s.waits(5'999).is_quiet().waits(1).ended(ending::cause::timeout).is_quiet();
  EXPECT_EQ(s.ending().error.violated, rule::keep_alive_timeout);
  story patient(sender::server, v5, {.connect_timeout = 5'000});
  patient.begins({.keep_alive = 0, .properties = method});
  patient.sends(ask);
  patient.waits(5'000).ended(ending::cause::timeout).is_quiet();
  EXPECT_EQ(patient.ending().error.violated, rule::connect_timeout);
}

STORY(keep_alive, zero_turns_it_off, "3.1.1/U311-3.1.2.10-a", "5.0/U5-3.1.2.10-b", "3.1/U31-2.2-c") {
  for (const role r : everyone) {
    story s(r);
    s.open({.keep_alive = 0}).waits(1'000'000'000);
    EXPECT_FALSE(s.self().next_timeout());
    if (r.self == sender::client) {
      s.sends(pingreq{});
      s.waits(1'000'000'000).gets(pingresp{});
    } else {
      s.gets(pingreq{}).says(pingresp{}).closes().ended(ending::cause::self);  // a server may end it all the same
      if (r.version == v5) s.says(disconnect{});
    }
  }
}

STORY(keep_alive, server_s_word_replaces_the_client_s, "5.0/MQTT-3.1.2-21", "5.0/MQTT-3.2.2-21") {
  story s(sender::client, v5);
  s.open({.keep_alive = seconds}, {.properties = with({prop::server_keep_alive(8)})});
  EXPECT_EQ(s.self().keep_alive(), 8);
  s.waits(6'999).is_quiet().waits(1).says(pingreq{}).gets(pingresp{});
  story off(sender::client, v5);
  off.open({.keep_alive = seconds}, {.properties = with({prop::server_keep_alive(0)})}).waits(1'000'000);
  story server(sender::server, v5);
  server.open({.keep_alive = seconds}, {.properties = with({prop::server_keep_alive(8)})}).waits(11'999).is_quiet().waits(1);
  server.ended(ending::cause::timeout).says(disconnect{.reason_code = reason_code::keep_alive_timeout});
}

STORY(keep_alive, server_uses_the_client_s_without_a_word_of_its_own, "5.0/MQTT-3.2.2-22") {
  story s(sender::server, v5);
  s.open({.keep_alive = 10}).waits(14'999).is_quiet().waits(1).ended(ending::cause::timeout).says(disconnect{.reason_code = reason_code::keep_alive_timeout});
}

STORY(keep_alive, pingreq_is_answered, "3.1/U31-3.12-a", "3.1.1/MQTT-3.12.4-1", "5.0/MQTT-3.12.4-1") {
  for (const role r : servers) {
    story s(r);
    s.open().gets(pingreq{}).says(pingresp{}).peer(pingreq{}).peer(pingreq{}).hears(pingreq{}).says(pingresp{}).hears(pingreq{}).says(pingresp{});
    story by_hand(r, {.auto_ping = false});
    by_hand.open().gets(pingreq{}).is_quiet();
    by_hand.sends(pingresp{});
  }
}

}  // namespace
}  // namespace mqttspan::test
