// Receive Maximum: how many messages may be in flight, each way.
#include "story.hpp"

namespace mqttspan::test {
namespace {

publish message(qos q, std::uint16_t id = 0) { return {.topic = "t", .qos = q, .packet_id = id}; }

// Opens it with a peer that takes so many messages at once.
void open_for(story& s, std::uint16_t most) { s.open_to(with({prop::receive_maximum(most)})); }

STORY(flow_control, no_more_messages_are_sent_than_the_peer_takes, "5.0/MQTT-3.3.4-7", "5.0/MQTT-3.3.4-9", "5.0/MQTT-4.9.0-1", "5.0/MQTT-4.9.0-2") {
  for (const role r : both_in_5) {
    story s(r);
    open_for(s, 2);
    EXPECT_EQ(s.self().send_quota(), 2U);
    s.sends(message(qos::at_least_once, 1));
    s.sends(message(qos::exactly_once, 2));
    EXPECT_EQ(s.self().send_quota(), 0U);
    for (const qos q : {qos::at_least_once, qos::exactly_once}) {
      s.refuses(message(q), rule::send_quota_used_up);
      EXPECT_EQ(s.tries(message(q)).error().code, errc::quota_exceeded);
    }
    s.sends(message(qos::at_most_once));
    s.gets(pubrec{.packet_id = 2}).says(pubrel{.packet_id = 2}).refuses(message(qos::at_least_once), rule::send_quota_used_up);
  }
}

STORY(flow_control, the_quota_is_at_most_the_peer_s_and_our_own, "5.0/MQTT-4.9.0-1") {
  for (const role r : both_in_5) {
    story one(r), most(r, {.send_maximum = 3}), all(r, {.send_maximum = 64});
    open_for(one, 1);
    open_for(most, 65'535);
    all.open();
    EXPECT_EQ(one.self().send_quota(), 1U);
    EXPECT_EQ(most.self().send_quota(), 3U);
    EXPECT_EQ(all.self().send_quota(), 64U);
  }
}

STORY(flow_control, closing_acknowledgements_raise_the_quota_and_never_above_its_beginning, "5.0/U5-4.9-a", "5.0/MQTT-3.3.4-7", "5.0/MQTT-3.3.4-9") {
  for (const role r : both_in_5) {
    story s(r);
    open_for(s, 1);
    for (const reason_code code : {reason_code::success, reason_code::unspecified_error}) {
      s.sends(message(qos::at_least_once, 1));
      EXPECT_EQ(s.self().send_quota(), 0U);
      s.gets(puback{.packet_id = 1, .reason_code = code});
      EXPECT_EQ(s.self().send_quota(), 1U);
    }
    for (const reason_code code : {reason_code::success, reason_code::packet_identifier_not_found}) {
      s.sends(message(qos::exactly_once, 1));
      s.gets(pubrec{.packet_id = 1}).says(pubrel{.packet_id = 1});
      EXPECT_EQ(s.self().send_quota(), 0U);
      s.gets(pubcomp{.packet_id = 1, .reason_code = code});
      EXPECT_EQ(s.self().send_quota(), 1U);
    }
    s.sends(message(qos::exactly_once, 1));
    s.gets(pubrec{.packet_id = 1, .reason_code = reason_code::unspecified_error});
    EXPECT_EQ(s.self().send_quota(), 1U);
    s.peer(puback{.packet_id = 1}).peer(pubcomp{.packet_id = 1}).peer(pubrec{.packet_id = 1, .reason_code = reason_code::unspecified_error}).is_quiet();
    EXPECT_EQ(s.self().send_quota(), 1U);
  }
}

STORY(flow_control, a_full_window_holds_up_nothing_else, "5.0/MQTT-3.3.4-8", "5.0/MQTT-3.3.4-10", "5.0/MQTT-4.9.0-3") {
  for (const role r : both_in_5) {
    story s(r);
    open_for(s, 1);
    s.sends(message(qos::at_least_once, 1));
    s.gets(message(qos::at_least_once, 5)).says(puback{.packet_id = 5});
    s.gets(message(qos::exactly_once, 6)).says(pubrec{.packet_id = 6}).gets(pubrel{.packet_id = 6}).says(pubcomp{.packet_id = 6});
    s.sends(message(qos::at_most_once));
    if (r.self == sender::client) {
      s.sends(subscribe{.packet_id = 8, .subscriptions = subscriptions({{"a"}})});
      s.sends(unsubscribe{.packet_id = 9, .topic_filters = filters({"a"})});
      s.sends(pingreq{});
      s.gets(suback{.packet_id = 8, .reason_codes = codes({reason_code::success})}).gets(unsuback{.packet_id = 9, .reason_codes = codes({reason_code::success})}).gets(pingresp{});
    } else {
      s.gets(subscribe{.packet_id = 8, .subscriptions = subscriptions({{"a"}})}).gets(pingreq{}).says(pingresp{});
      s.sends(suback{.packet_id = 8, .reason_codes = codes({reason_code::success})});
    }
    s.sends(disconnect{});
    s.ended(ending::cause::self);
  }
}

STORY(flow_control, more_messages_than_we_take_are_the_end, "5.0/U5-3.3.4-d") {
  for (const role r : both_in_5) {
    story s(r, {.receive_maximum = 2, .auto_acknowledge = false});
    s.open().gets(message(qos::at_least_once, 1)).gets(message(qos::exactly_once, 2)).gets(message(qos::at_most_once));
    s.breaks(message(qos::at_least_once, 3), rule::receive_maximum_exceeded, reason_code::receive_maximum_exceeded);
  }
}

STORY(flow_control, a_message_of_the_peer_s_counts_until_its_last_acknowledgement, "5.0/U5-3.3.4-d") {
  for (const role r : both_in_5) {
    story s(r, {.receive_maximum = 1});
    s.open();
    for (int i = 0; i < 3; ++i) {
      s.gets(message(qos::at_least_once, 1)).says(puback{.packet_id = 1});
      s.gets(message(qos::exactly_once, 2)).says(pubrec{.packet_id = 2}).gets(pubrel{.packet_id = 2}).says(pubcomp{.packet_id = 2});
      s.gets(message(qos::exactly_once, 3));
      s.sends(pubrec{.packet_id = 3, .reason_code = reason_code::quota_exceeded});  // a refusal ends it, too
    }
    s.gets(message(qos::exactly_once, 2)).says(pubrec{.packet_id = 2});
    s.breaks(message(qos::at_least_once, 3), rule::receive_maximum_exceeded, reason_code::receive_maximum_exceeded);
  }
}

STORY(flow_control, what_we_announce_ourselves_is_what_counts, "5.0/U5-3.3.4-d") {
  const auto one = with({prop::receive_maximum(1)});
  for (const role r : both_in_5) {
    story s(r, {.receive_maximum = 8, .auto_acknowledge = false});
    s.open(r.self == sender::client ? connect{.properties = one} : connect{}, r.self == sender::server ? connack{.properties = one} : connack{});
    s.gets(message(qos::at_least_once, 1)).breaks(message(qos::at_least_once, 2), rule::receive_maximum_exceeded, reason_code::receive_maximum_exceeded);
  }
  const auto many = with({prop::receive_maximum(9)});
  story(sender::client, v5, {.receive_maximum = 8}).refuses(connect{.client_id = "a", .properties = many}, rule::announced_more_than_kept);
  story(sender::server, v5, {.receive_maximum = 8}).begins().refuses(connack{.properties = many}, rule::announced_more_than_kept);
}

STORY(flow_control, quota_and_maximum_start_afresh_with_each_connection, "5.0/U5-4.9-b") {
  for (const role r : both_in_5) {
    story s(r, {.receive_maximum = 1});
    const session_entry left[] = {{1, exchange::publish_1, true}, {2, exchange::publish_2, true}, {3, exchange::received, false}};
    ASSERT_FALSE(story(r, {.send_maximum = 1}).self().import_session(left));
    ASSERT_TRUE(s.self().import_session(left));
    const auto two = with({prop::receive_maximum(2)});
    s.open({.clean_start = false, .properties = r.self == sender::server ? two : property_list()},
           {.session_present = true, .properties = r.self == sender::client ? two : property_list()});
    EXPECT_EQ(s.self().send_quota(), 2U);  // nothing was said on this connection
    s.sends(publish{.topic = "t", .qos = qos::at_least_once, .dup = true, .packet_id = 1});
    EXPECT_EQ(s.self().send_quota(), 1U);
    s.sends(message(qos::at_least_once, 9));
    s.refuses(publish{.topic = "t", .qos = qos::exactly_once, .dup = true, .packet_id = 2}, rule::send_quota_used_up);
    s.gets(puback{.packet_id = 1});
    s.sends(publish{.topic = "t", .qos = qos::exactly_once, .dup = true, .packet_id = 2});
    s.gets(message(qos::at_least_once, 7)).says(puback{.packet_id = 7});  // the peer's old message is not counted before it is said again
    s.gets(pubrel{.packet_id = 3}).says(pubcomp{.packet_id = 3});
    s.gets(puback{.packet_id = 9}).gets(pubrec{.packet_id = 2}).says(pubrel{.packet_id = 2}).gets(pubcomp{.packet_id = 2});
    EXPECT_EQ(s.self().send_quota(), 2U);
  }
}

}  // namespace
}  // namespace mqttspan::test
