// QoS 0 and 1: what the sender counts, what the receiver answers.
#include "story.hpp"

namespace mqttspan::test {
namespace {

publish message(std::uint16_t id = 0, bool dup = false) { return {.topic = "t", .qos = qos::at_least_once, .dup = dup, .packet_id = id}; }

STORY(qos_1, sender_begins_without_dup_and_waits_for_puback, "3.1.1/MQTT-4.3.2-1", "5.0/MQTT-4.3.2-1", "5.0/MQTT-4.3.2-2", "5.0/MQTT-4.3.2-3", "3.1/U31-3.3-c") {
  for (const role r : everyone) {
    story s(r);
    s.open().refuses(message(0, true), rule::first_delivery_with_dup).refuses(message(9, true), rule::first_delivery_with_dup);
    const std::size_t quota = s.self().send_quota();
    const std::uint16_t id = s.sends(message());
    EXPECT_EQ(id, 1);
    EXPECT_EQ(s.self().state_of_ours(id), exchange::publish_1);
    EXPECT_EQ(s.self().send_quota(), quota - 1);
    s.waits(20'000);
    EXPECT_EQ(s.self().state_of_ours(id), exchange::publish_1);
    s.gets(puback{.packet_id = id});
    EXPECT_EQ(s.self().state_of_ours(id), exchange::none);
    EXPECT_EQ(s.self().send_quota(), quota);
    s.refuses(message(id, true), rule::first_delivery_with_dup);  // acknowledged: nothing to deliver again
  }
}

STORY(qos_1, message_that_is_sent_again_has_dup, "3.1.1/MQTT-3.3.1-1", "5.0/MQTT-3.3.1-1") {
  for (const role r : everyone) {
    story s(r);
    s.open();
    const std::uint16_t id = s.sends(message());
    s.refuses(message(id), rule::redelivery_without_dup);
    if (r.version != v5) s.sends(message(id, true));                          // 3.x: whenever the sender likes
    else s.refuses(message(id, true), rule::redelivery_out_of_turn);          // 5.0: only in a resumed session
    s.gets(puback{.packet_id = id});
  }
}

STORY(qos_1, receiver_answers_as_the_qos_demands, "3.1.1/MQTT-3.3.4-1", "5.0/MQTT-3.3.4-1", "5.0/MQTT-4.3.2-4", "3.1.1/MQTT-4.3.2-2", "3.1.1/MQTT-4.5.0-2", "5.0/MQTT-4.5.0-2", "3.1/U31-3.3-c") {
  for (const role r : everyone) {
    story s(r);
    s.open();
    s.gets(publish{.topic = "t"}).is_quiet();
    s.gets(message(4)).says(puback{.packet_id = 4}).is_quiet();
    s.gets(publish{.topic = "t", .qos = qos::exactly_once, .packet_id = 5}).says(pubrec{.packet_id = 5}).is_quiet();
  }
}

STORY(qos_1, receiver_answers_after_its_owner_has_had_the_message, "5.0/MQTT-4.3.2-4", "5.0/MQTT-4.3.3-8") {
  for (const role r : everyone)
    for (const qos q : {qos::at_least_once, qos::exactly_once}) {
      story s(r);
      s.open().peer(publish{.topic = "t", .qos = q, .packet_id = 4});
      EXPECT_EQ(s.next_heard().kind(), connection_event_kind::packet);
      EXPECT_EQ(s.self().output_size(), 0U);  // it may still be lost
      EXPECT_EQ(s.self().state_of_theirs(4), q == qos::at_least_once ? exchange::publish_1 : exchange::publish_2);
      if (q == qos::at_least_once) s.says(puback{.packet_id = 4});
      else s.says(pubrec{.packet_id = 4});
    }
}

STORY(qos_1, receiver_takes_an_acknowledged_identifier_as_new, "3.1.1/MQTT-4.3.2-2", "5.0/MQTT-4.3.2-5", "3.1/U31-3.3-c") {
  for (const role r : everyone) {
    story s(r);
    s.open().gets(message(4)).says(puback{.packet_id = 4});
    s.gets(message(4)).says(puback{.packet_id = 4});
    s.gets(message(4, true)).says(puback{.packet_id = 4});
  }
}

STORY(qos_1, receiver_that_has_not_acknowledged_yet, "3.1.1/MQTT-4.3.2-2", "5.0/MQTT-4.3.2-5") {
  for (const role r : both_in_3) {  // the same message: heard once, answered once
    story s(r, {.auto_acknowledge = false});
    s.open().gets(message(4)).peer(message(4, true)).is_quiet();
    s.sends(puback{.packet_id = 4});
    s.gets(message(4, true));
    s.sends(puback{.packet_id = 4});
  }
  for (const role r : both_in_5) {  // no sender may do that
    story s(r, {.auto_acknowledge = false});
    s.open().gets(message(4)).breaks(message(4, true), rule::packet_id_in_use, reason_code::protocol_error);
  }
}

STORY(qos_1, any_message_is_taken_whatever_was_subscribed_to, "3.1.1/U311-4.5-a", "5.0/U5-4.5-a", "3.1.1/MQTT-4.5.0-2", "5.0/MQTT-4.5.0-2") {
  for (const role r : clients) {
    story s(r);
    s.open().gets(message(1)).says(puback{.packet_id = 1});
    s.sends(unsubscribe{.topic_filters = filters({"t"})});
    s.gets(message(2)).says(puback{.packet_id = 2});
    s.gets(publish{.topic = "u", .qos = qos::exactly_once, .packet_id = 3}).says(pubrec{.packet_id = 3});
  }
}

STORY(qos_1, an_error_in_puback_ends_the_exchange_alone, "5.0/MQTT-4.4.0-2", "5.0/U5-4.13.2-a") {
  for (const role r : both_in_5) {
    story s(r);
    s.open();
    s.sends(message(1));
    s.gets(puback{.packet_id = 1, .reason_code = reason_code::quota_exceeded});
    EXPECT_EQ(s.self().state_of_ours(1), exchange::none);
    s.refuses(message(1, true), rule::first_delivery_with_dup);
    s.gets(message(1));
    s.sends(puback{.packet_id = 1, .reason_code = reason_code::not_authorized});
    s.gets(message(1)).says(puback{.packet_id = 1});
  }
}

STORY(qos_1, a_stray_acknowledgement_is_ignored_or_the_end, "3.1.1/U311-4.3-b", "5.0/U5-4.3.2-a", "3.1/U31-3.3-c") {
  const auto of_1 = [](story& s, auto stray) {
    s.open();
    s.sends(publish{.topic = "t", .qos = qos::exactly_once, .packet_id = 1});
    s.sends(message(2));
    s.peer(stray);
  };
  const auto check = [&](role r, auto stray) {
    story ignores(r);
    of_1(ignores, stray);
    ignores.is_quiet().gets(puback{.packet_id = 2});
    story ends(r, {.stray = stray_acknowledgement::close});
    of_1(ends, stray);
    ends.breaks(rule::packet_id_unknown, reason_code::protocol_error);
  };
  for (const role r : everyone) {
    check(r, puback{.packet_id = 9});
    check(r, puback{.packet_id = 1});  // of the wrong kind
    check(r, pubcomp{.packet_id = 9});
    check(r, pubcomp{.packet_id = 2});
    check(r, pubcomp{.packet_id = 1});  // too soon
    if (r.self == sender::server) continue;
    check(r, suback{.packet_id = 2, .reason_codes = codes({reason_code::success})});
    check(r, unsuback{.packet_id = 9, .reason_codes = r.version == v5 ? codes({reason_code::success}) : wire_list<reason_code>()});
  }
}

STORY(qos_1, many_messages_may_be_in_flight_at_once, "3.1.1/U311-4.3-a") {
  for (const role r : everyone) {
    story s(r);
    s.open();
    for (std::uint16_t id = 1; id <= 64; ++id) s.sends(message(id));
    for (std::uint16_t id = 64; id >= 1; --id) s.gets(puback{.packet_id = id});
    story by_hand(r, {.auto_acknowledge = false});
    by_hand.open();
    for (std::uint16_t id = 1; id <= 64; ++id) by_hand.gets(message(id));
    for (std::uint16_t id = 1; id <= 64; ++id) by_hand.sends(puback{.packet_id = id});
  }
}

STORY(qos_1, own_limits_close_where_3_x_has_none, "3.1.1/MQTT-4.8.0-2", "3.1.1/U311-4.3-a") {
  for (const role r : both_in_3) {
    story s(r, {.receive_maximum = 1, .unannounced_maximum = 2, .auto_acknowledge = false});
    s.open().gets(message(1)).gets(message(2)).peer(message(3)).ended(rule::too_many_in_flight).is_quiet();
  }
}

// A peer of 3.x does not know how many we take, so that its releases may come behind all its messages.
STORY(qos_1, the_table_grows_where_3_x_has_no_limit, "3.1.1/U311-4.3-a") {
  for (const role r : both_in_3) {
    story s(r, {.receive_maximum = 2});
    s.open();
    for (std::uint16_t id = 1000; id >= 1; --id) s.gets(publish{.topic = "t", .qos = qos::exactly_once, .packet_id = id}).says(pubrec{.packet_id = id});
    for (std::uint16_t id = 1; id <= 1000; ++id) EXPECT_EQ(s.self().state_of_theirs(id), exchange::received) << id;
    s.gets(publish{.topic = "a", .qos = qos::at_least_once, .packet_id = 1001}).says(puback{.packet_id = 1001});
    for (std::uint16_t id = 1; id <= 1000; ++id) s.gets(pubrel{.packet_id = id}).says(pubcomp{.packet_id = id});
    for (std::uint16_t id = 1; id <= 1000; ++id) EXPECT_EQ(s.self().state_of_theirs(id), exchange::none) << id;
  }
}

}  // namespace
}  // namespace mqttspan::test
