// DISCONNECT: the last word, of either side.
#include "story.hpp"

namespace mqttspan::test {
namespace {

const publish message{.topic = "t", .qos = qos::at_least_once, .packet_id = 1};
const will testament{.topic = "w"};

STORY(disconnecting, nothing_is_sent_behind_it, "3.1.1/MQTT-3.14.4-2", "5.0/MQTT-3.14.4-1", "3.1.1/MQTT-3.14.4-1", "5.0/MQTT-3.14.4-2") {
  for (const role r : everyone) {
    if (r.self == sender::server && r.version != v5) continue;  // has none to send
    story s(r);
    s.open().peer(message).hears(message);
    s.sends(disconnect{});  // not even the acknowledgement that was due
    EXPECT_EQ(s.self().phase(), connection_phase::ended);
    s.refuses(message, rule::packet_after_end).refuses(disconnect{}, rule::packet_after_end).refuses(pingreq{}, rule::packet_after_end);
    EXPECT_FALSE(s.self().receive(as_bytes(std::string_view("\xD0\x00", 2)), s.now()));
    EXPECT_FALSE(s.self().next_timeout());
    s.waits(1'000'000).closes().ended(ending::cause::self).is_quiet();
    EXPECT_EQ(s.ending().reason, reason_code::normal_disconnection);
  }
}

STORY(disconnecting, is_the_end_for_who_gets_it, "3.1/U31-3.14-a", "3.1.1/U311-3.14.4-a", "5.0/U5-3.14.4-a") {
  for (const role r : everyone) {
    if (r.self == sender::client && r.version != v5) continue;
    story s(r);
    s.open().peer(disconnect{}).peer(message).hears(disconnect{});
    EXPECT_EQ(s.self().phase(), connection_phase::ended);
    s.ended(ending::cause::peer).refuses(message, rule::packet_after_end).is_quiet();
    EXPECT_FALSE(s.ending().will_is_due);
  }
}

STORY(disconnecting, server_says_it_only_behind_connack, "5.0/MQTT-3.14.0-1") {
  story s(sender::server, v5), refuses(sender::server, v5), closes(sender::server, v5), errs(sender::server, v5);
  s.begins().refuses(disconnect{}, rule::packet_before_connack).refuses(disconnect{.reason_code = reason_code::server_busy}, rule::packet_before_connack);
  refuses.begins().sends(connack{.reason_code = reason_code::banned});
  refuses.refuses(disconnect{}, rule::packet_after_end).ended(ending::cause::self);
  closes.closes(reason_code::server_busy).ended(ending::cause::self).is_quiet();
  errs.peer_hex("00").ended(rule::connect_not_first).is_quiet();
  story opened(sender::server, v5);
  opened.open().closes(reason_code::server_shutting_down).says(disconnect{.reason_code = reason_code::server_shutting_down}).ended(ending::cause::self);
  story told(sender::client, v5);
  told.begins().breaks(disconnect{.reason_code = reason_code::server_busy}, rule::packet_before_connack, reason_code::protocol_error);
}

STORY(disconnecting, does_not_give_a_session_that_connect_did_not_have, "5.0/U5-3.14.2.2.2-b") {
  const disconnect later{.properties = with({prop::session_expiry_interval(5)})}, at_once{.properties = with({prop::session_expiry_interval(0)})};
  for (const property_list& none : {property_list(), with({prop::session_expiry_interval(0)})}) {
    story client(sender::client, v5), server(sender::server, v5), fine(sender::server, v5);
    client.open({.properties = none}).refuses(later, rule::session_expiry_raised);
    client.sends(at_once);
    client.ended(ending::cause::self);
    server.open({.will = testament, .properties = none}).breaks(later, rule::session_expiry_raised, reason_code::protocol_error);
    EXPECT_TRUE(server.ending().will_is_due);
    fine.open({.will = testament, .properties = none}).gets(at_once).ended(ending::cause::peer);
    EXPECT_FALSE(fine.ending().will_is_due);
  }
  const auto some = with({prop::session_expiry_interval(1)});
  story client(sender::client, v5), server(sender::server, v5);
  client.open({.properties = some}).sends(later);
  client.ended(ending::cause::self);
  server.open({.properties = some}).gets(later).ended(ending::cause::peer);
}

// Not a row of a connection's own, but what its owner needs to keep [MQTT-3.1.2-8].
TEST(disconnecting, tells_whether_the_will_is_due) {
  for (const role r : servers) {
    const auto due = [&](auto ends) {
      story s(r);
      s.open({.will = testament});
      ends(s);
      s.forgets_the_rest();
      while (s.next_heard().kind() != connection_event_kind::nothing) {}
      EXPECT_EQ(s.self().phase(), connection_phase::ended);
      return s.ending().will_is_due;
    };
    EXPECT_FALSE(due([](story& s) { s.peer(disconnect{}); }));
    EXPECT_TRUE(due([](story& s) { s.peer_goes(); }));
    EXPECT_TRUE(due([](story& s) { s.closes(); }));
    EXPECT_TRUE(due([](story& s) { s.peer_hex("00 00"); }));
    EXPECT_TRUE(due([](story& s) { s.waits(1'000'000); }));
    if (r.version != v5) continue;
    EXPECT_TRUE(due([](story& s) { s.peer(disconnect{.reason_code = reason_code::disconnect_with_will_message}); }));
    EXPECT_FALSE(due([](story& s) { s.peer(disconnect{.reason_code = reason_code::unspecified_error}); }));
  }
  story none(sender::server, v5), refused(sender::server, v5), fresh(sender::client, v5);
  none.open().peer_goes().ended(ending::cause::transport);
  EXPECT_FALSE(none.ending().will_is_due);
  refused.begins({.will = testament}).sends(connack{.reason_code = reason_code::banned});
  refused.ended(ending::cause::self);
  EXPECT_FALSE(refused.ending().will_is_due);
  fresh.open({.will = testament}).peer_goes().ended(ending::cause::transport);
  EXPECT_FALSE(fresh.ending().will_is_due);
}

}  // namespace
}  // namespace mqttspan::test
