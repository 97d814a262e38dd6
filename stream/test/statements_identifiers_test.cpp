// Packet identifiers: taken, kept as long as the exchange lasts, and freed; two directions that know nothing of each other.
#include "story.hpp"

namespace mqttspan::test {
namespace {

constexpr auto granted_0 = reason_code::success;
// 3.x has no codes in UNSUBACK.
wire_list<reason_code> as_many(role r, std::initializer_list<reason_code> list) { return r.version == v5 ? codes(list) : wire_list<reason_code>(); }

publish message(qos q, std::uint16_t id = 0) { return {.topic = "t", .qos = q, .packet_id = id}; }

STORY(identifiers, are_given_in_turn_to_everything_that_is_answered, "3.1.1/MQTT-2.3.1-2", "5.0/MQTT-2.2.1-3", "5.0/U5-2.2.1-b", "3.1/U31-2.4-b") {
  for (const role r : clients) {
    story s(r);
    s.open();
    EXPECT_EQ(s.sends(message(qos::at_least_once)), 1);
    EXPECT_EQ(s.sends(subscribe{.subscriptions = subscriptions({{"a"}})}), 2);
    EXPECT_EQ(s.sends(message(qos::exactly_once)), 3);
    EXPECT_EQ(s.sends(unsubscribe{.topic_filters = filters({"a"})}), 4);
    EXPECT_EQ(s.sends(message(qos::at_most_once)), 0);
  }
}

STORY(identifiers, in_use_are_left_out, "3.1.1/MQTT-2.3.1-2", "3.1.1/MQTT-2.3.1-4", "5.0/MQTT-2.2.1-3", "5.0/MQTT-2.2.1-4", "3.1/U31-2.4-b", "5.0/MQTT-4.3.2-1", "5.0/MQTT-4.3.3-1") {
  for (const role r : everyone) {
    story s(r, {.send_maximum = 8});
    s.open();
    s.sends(message(qos::at_least_once, 2));
    s.sends(message(qos::exactly_once, 3));
    EXPECT_EQ(s.sends(message(qos::at_least_once)), 1);
    EXPECT_EQ(s.sends(message(qos::at_least_once)), 4);
    for (unsigned id = 5; id <= 65'535; ++id) {
      const std::uint16_t taken = s.sends(message(qos::at_least_once));
      ASSERT_EQ(taken, id);
      s.gets(puback{.packet_id = taken});
    }
    EXPECT_EQ(s.sends(message(qos::at_least_once)), 5);  // around again, and past those in use
  }
}

STORY(identifiers, in_use_are_refused, "3.1.1/MQTT-2.3.1-2", "3.1.1/MQTT-2.3.1-4", "5.0/MQTT-2.2.1-3", "5.0/MQTT-2.2.1-4", "5.0/U5-2.2.1-b", "3.1/U31-2.4-b", "3.1.1/MQTT-4.3.2-1",
      "3.1.1/MQTT-4.3.3-1", "5.0/MQTT-4.3.2-1", "5.0/MQTT-4.3.3-1") {
  for (const role r : everyone) {
    story s(r);
    s.open();
    s.sends(message(qos::at_least_once, 7));
    s.refuses(message(qos::exactly_once, 7), rule::packet_id_in_use);
    s.sends(message(qos::exactly_once, 8));
    s.refuses(message(qos::at_least_once, 8), rule::packet_id_in_use);
    if (r.self == sender::server) continue;
    s.refuses(subscribe{.packet_id = 7, .subscriptions = subscriptions({{"a"}})}, rule::packet_id_in_use);
    s.refuses(unsubscribe{.packet_id = 8, .topic_filters = filters({"a"})}, rule::packet_id_in_use);
    s.sends(subscribe{.packet_id = 9, .subscriptions = subscriptions({{"a"}})});
    s.sends(unsubscribe{.packet_id = 10, .topic_filters = filters({"a"})});
    for (const std::uint16_t id : {std::uint16_t{9}, std::uint16_t{10}}) {
      s.refuses(message(qos::at_least_once, id), rule::packet_id_in_use);
      s.refuses(subscribe{.packet_id = id, .subscriptions = subscriptions({{"a"}})}, rule::packet_id_in_use);
      s.refuses(unsubscribe{.packet_id = id, .topic_filters = filters({"a"})}, rule::packet_id_in_use);
    }
  }
}

STORY(identifiers, are_free_after_the_closing_acknowledgement_and_no_sooner, "3.1.1/MQTT-2.3.1-3", "3.1.1/MQTT-2.3.1-4", "5.0/U5-2.2.1-c", "3.1/U31-2.4-b") {
  for (const role r : everyone) {
    story s(r);
    s.open();
    s.sends(message(qos::at_least_once, 1));
    s.refuses(message(qos::exactly_once, 1), rule::packet_id_in_use).gets(puback{.packet_id = 1});
    s.sends(message(qos::exactly_once, 1));
    s.refuses(message(qos::at_least_once, 1), rule::packet_id_in_use).gets(pubrec{.packet_id = 1}).says(pubrel{.packet_id = 1});
    s.refuses(message(qos::at_least_once, 1), rule::packet_id_in_use).gets(pubcomp{.packet_id = 1});
    if (r.version == v5) {
      s.sends(message(qos::exactly_once, 1));
      s.gets(pubrec{.packet_id = 1, .reason_code = reason_code::quota_exceeded});
    }
    if (r.self == sender::client) {
      s.sends(subscribe{.packet_id = 1, .subscriptions = subscriptions({{"a"}})});
      s.refuses(message(qos::at_least_once, 1), rule::packet_id_in_use).gets(suback{.packet_id = 1, .reason_codes = codes({granted_0})});
      s.sends(unsubscribe{.packet_id = 1, .topic_filters = filters({"a"})});
      s.refuses(message(qos::at_least_once, 1), rule::packet_id_in_use).gets(unsuback{.packet_id = 1, .reason_codes = as_many(r, {granted_0})});
    }
    s.sends(message(qos::at_least_once, 1));
    EXPECT_EQ(s.self().state_of_ours(1), exchange::publish_1);
  }
}

STORY(identifiers, of_the_other_direction_are_of_no_concern, "3.1.1/U311-2.3.1-c", "5.0/U5-2.2.1-b", "3.1/U31-2.4-b") {
  for (const role r : everyone) {
    story s(r);
    s.open();
    s.sends(message(qos::at_least_once, 5));
    s.gets(message(qos::at_least_once, 5)).says(puback{.packet_id = 5});
    s.gets(message(qos::exactly_once, 5)).says(pubrec{.packet_id = 5});
    EXPECT_EQ(s.self().state_of_ours(5), exchange::publish_1);
    EXPECT_EQ(s.self().state_of_theirs(5), exchange::received);
    s.gets(puback{.packet_id = 5});
    s.sends(message(qos::exactly_once, 5));
    s.gets(pubrel{.packet_id = 5}).says(pubcomp{.packet_id = 5}).gets(pubrec{.packet_id = 5}).says(pubrel{.packet_id = 5}).gets(pubcomp{.packet_id = 5});
  }
}

STORY(identifiers, that_the_peer_has_in_use_are_not_to_be_used_again, "5.0/U5-2.2.1-b", "3.1/U31-2.4-b", "3.1.1/MQTT-4.8.0-1") {
  const subscribe asks{.packet_id = 3, .subscriptions = subscriptions({{"a"}})};
  for (const role r : everyone) {
    story s(r);
    s.open().gets(message(qos::exactly_once, 3)).says(pubrec{.packet_id = 3});
    s.breaks(message(qos::at_least_once, 3), rule::packet_id_in_use, reason_code::protocol_error);
    if (r.self == sender::client) continue;
    story requests(r);
    requests.open().gets(asks).breaks(unsubscribe{.packet_id = 3, .topic_filters = filters({"a"})}, rule::packet_id_in_use, reason_code::protocol_error);
    story again(r);
    again.open().gets(asks).breaks(asks, rule::packet_id_in_use, reason_code::protocol_error);
  }
}

STORY(identifiers, of_acknowledgements_are_those_of_the_message, "3.1.1/MQTT-2.3.1-6", "5.0/MQTT-2.2.1-5", "3.1/U31-3.3-c") {
  for (const role r : everyone) {
    story s(r);
    s.open().gets(message(qos::at_least_once, 300)).says(puback{.packet_id = 300});
    s.gets(message(qos::exactly_once, 301)).says(pubrec{.packet_id = 301}).gets(pubrel{.packet_id = 301}).says(pubcomp{.packet_id = 301});
    s.sends(message(qos::exactly_once, 302));
    s.gets(pubrec{.packet_id = 302}).says(pubrel{.packet_id = 302}).gets(pubcomp{.packet_id = 302});
    story by_hand(r, {.auto_acknowledge = false});
    by_hand.open().gets(message(qos::at_least_once, 7)).gets(message(qos::exactly_once, 8));
    by_hand.refuses(puback{.packet_id = 6}, rule::packet_id_unknown).refuses(pubrec{.packet_id = 9}, rule::packet_id_unknown);
    by_hand.refuses(puback{.packet_id = 8}, rule::packet_id_unknown).refuses(pubrec{.packet_id = 7}, rule::packet_id_unknown);
    by_hand.refuses(pubrel{.packet_id = 8}, rule::packet_id_unknown).refuses(pubcomp{.packet_id = 8}, rule::packet_id_unknown);
    by_hand.sends(puback{.packet_id = 7});
    by_hand.refuses(puback{.packet_id = 7}, rule::packet_id_unknown);
    by_hand.sends(pubrec{.packet_id = 8});
  }
}

STORY(identifiers, of_answers_are_those_of_the_request, "3.1.1/MQTT-2.3.1-7", "5.0/MQTT-2.2.1-6", "3.1/U31-3.9-b") {
  for (const role r : servers) {
    story s(r);
    s.open().gets(subscribe{.packet_id = 11, .subscriptions = subscriptions({{"a"}})}).gets(unsubscribe{.packet_id = 12, .topic_filters = filters({"a"})});
    s.refuses(suback{.packet_id = 10, .reason_codes = codes({granted_0})}, rule::packet_id_unknown);
    s.refuses(suback{.packet_id = 12, .reason_codes = codes({granted_0})}, rule::packet_id_unknown);
    s.refuses(unsuback{.packet_id = 11, .reason_codes = as_many(r, {granted_0})}, rule::packet_id_unknown);
    s.sends(suback{.packet_id = 11, .reason_codes = codes({granted_0})});
    s.sends(unsuback{.packet_id = 12, .reason_codes = as_many(r, {granted_0})});
    s.refuses(suback{.packet_id = 11, .reason_codes = codes({granted_0})}, rule::packet_id_unknown);
    s.refuses(unsuback{.packet_id = 12, .reason_codes = as_many(r, {granted_0})}, rule::packet_id_unknown);
  }
}

STORY(identifiers, are_kept_by_a_message_that_is_sent_again, "3.1.1/MQTT-2.3.1-3", "3.1.1/MQTT-3.3.1-1", "5.0/MQTT-3.3.1-1") {
  for (const role r : everyone) {
    story s(r);
    const session_entry left[] = {{7, exchange::publish_1, true}};
    ASSERT_TRUE(s.self().import_session(left));
    s.open({.clean_start = false}, {.session_present = r.version != v3_1});
    EXPECT_EQ(s.self().state_of_ours(7), exchange::publish_1);
    s.refuses(message(qos::at_least_once, 7), rule::redelivery_without_dup);
    s.sends(publish{.topic = "t", .qos = qos::at_least_once, .dup = true, .packet_id = 7});
    if (r.version == v5) s.refuses(publish{.topic = "t", .qos = qos::at_least_once, .dup = true, .packet_id = 7}, rule::redelivery_out_of_turn);
    else s.sends(publish{.topic = "t", .qos = qos::at_least_once, .dup = true, .packet_id = 7});
    s.gets(puback{.packet_id = 7});
  }
}

}  // namespace
}  // namespace mqttspan::test
