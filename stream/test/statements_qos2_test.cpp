// QoS 2: four packets, one identifier, delivered once.
#include "story.hpp"

namespace mqttspan::test {
namespace {

publish message(std::uint16_t id = 0, bool dup = false) { return {.topic = "t", .qos = qos::exactly_once, .dup = dup, .packet_id = id}; }

STORY(qos_2, sender_goes_through_four_steps, "3.1.1/MQTT-4.3.3-1", "5.0/MQTT-4.3.3-1", "5.0/MQTT-4.3.3-2", "5.0/MQTT-4.3.3-3", "5.0/MQTT-4.3.3-4", "5.0/MQTT-4.3.3-5", "3.1/U31-3.3-c") {
  for (const role r : everyone) {
    story s(r);
    s.open().refuses(message(0, true), rule::first_delivery_with_dup);
    const std::size_t quota = s.self().send_quota();
    const std::uint16_t id = s.sends(message());
    EXPECT_EQ(s.self().state_of_ours(id), exchange::publish_2);
    s.refuses(pubrel{.packet_id = id}, rule::packet_id_unknown);  // before the PUBREC
    s.gets(pubrec{.packet_id = id}).says(pubrel{.packet_id = id}).is_quiet();
    EXPECT_EQ(s.self().state_of_ours(id), exchange::released);
    EXPECT_EQ(s.self().send_quota(), quota - 1);
    s.gets(pubcomp{.packet_id = id});
    EXPECT_EQ(s.self().state_of_ours(id), exchange::none);
    EXPECT_EQ(s.self().send_quota(), quota);
  }
}

STORY(qos_2, publish_is_not_sent_again_once_it_was_received, "3.1.1/MQTT-4.3.3-1", "5.0/MQTT-4.3.3-6", "3.1.1/MQTT-3.3.1-1", "5.0/MQTT-3.3.1-1") {
  for (const role r : everyone) {
    story s(r);
    s.open();
    s.sends(message(1));
    s.refuses(message(1), rule::redelivery_without_dup);
    if (r.version == v5) s.refuses(message(1, true), rule::redelivery_out_of_turn);
    else s.sends(message(1, true));
    s.gets(pubrec{.packet_id = 1}).refuses(message(1, true), rule::redelivery_out_of_turn).says(pubrel{.packet_id = 1});
    s.refuses(message(1, true), rule::packet_id_in_use).gets(pubcomp{.packet_id = 1});
  }
}

STORY(qos_2, sender_s_owner_may_release_itself, "3.1.1/MQTT-4.3.3-1", "5.0/MQTT-4.3.3-4") {
  for (const role r : everyone) {
    story s(r, {.auto_acknowledge = false});
    s.open();
    s.sends(message(1));
    s.gets(pubrec{.packet_id = 1}).is_quiet();
    s.sends(pubrel{.packet_id = 1});
    if (r.version == v5) s.refuses(pubrel{.packet_id = 1}, rule::redelivery_out_of_turn);
    else s.sends(pubrel{.packet_id = 1});
    s.gets(pubcomp{.packet_id = 1});
    story sooner(r);  // than it is done by itself
    sooner.open();
    sooner.sends(message(1));
    sooner.gets(pubrec{.packet_id = 1});
    sooner.sends(pubrel{.packet_id = 1});
    sooner.gets(pubcomp{.packet_id = 1});
  }
}

STORY(qos_2, pubrec_that_comes_again_is_answered_again, "3.1.1/MQTT-4.3.3-1", "3.1/U31-3.3-c", "5.0/MQTT-4.3.3-4") {
  for (const role r : everyone) {
    story s(r);
    s.open();
    s.sends(message(1));
    s.gets(pubrec{.packet_id = 1}).says(pubrel{.packet_id = 1});
    s.peer(pubrec{.packet_id = 1}).says(pubrel{.packet_id = 1, .dup = r.version == v3_1}).gets(pubcomp{.packet_id = 1});
  }
}

STORY(qos_2, receiver_goes_through_four_steps, "3.1.1/MQTT-4.3.3-2", "5.0/MQTT-4.3.3-8", "5.0/MQTT-4.3.3-11", "5.0/MQTT-4.3.3-12", "3.1/U31-3.3-c") {
  for (const role r : everyone) {
    story s(r);
    s.open();
    for (const bool dup : {false, true}) {  // and then the identifier is new
      s.gets(message(4, dup)).says(pubrec{.packet_id = 4});
      EXPECT_EQ(s.self().state_of_theirs(4), exchange::received);
      s.gets(pubrel{.packet_id = 4}).says(pubcomp{.packet_id = 4});
      EXPECT_EQ(s.self().state_of_theirs(4), exchange::none);
    }
  }
}

STORY(qos_2, receiver_answers_each_copy_and_delivers_none_of_them, "3.1.1/MQTT-4.3.3-2", "5.0/MQTT-4.3.3-10", "3.1/U31-3.3-c") {
  for (const role r : everyone) {
    story s(r);
    s.open().gets(message(4)).says(pubrec{.packet_id = 4});
    s.peer(message(4, true)).says(pubrec{.packet_id = 4}).peer(message(4)).says(pubrec{.packet_id = 4}).is_quiet();
    s.gets(pubrel{.packet_id = 4}).says(pubcomp{.packet_id = 4}).gets(message(4, true)).says(pubrec{.packet_id = 4});

    story in_pieces(r, {.carry_size = 64});
    const std::string payload(100, 'x');
    publish large = message(4);
    large.payload = as_bytes(payload);
    in_pieces.open().gets(message(4)).says(pubrec{.packet_id = 4}).peer(large).says(pubrec{.packet_id = 4}).is_quiet();
  }
}

STORY(qos_2, receiver_answers_every_pubrel, "3.1.1/MQTT-4.3.3-2", "5.0/MQTT-4.3.3-11", "5.0/U5-3.7.2.1-b", "3.1.1/U311-4.3-b") {
  const auto answer = [](role r, std::uint16_t id) {
    return pubcomp{.packet_id = id, .reason_code = r.version == v5 ? reason_code::packet_identifier_not_found : reason_code::success};
  };
  for (const role r : everyone) {
    story s(r);
    s.open().peer(pubrel{.packet_id = 9}).says(answer(r, 9));
    s.gets(message(4)).says(pubrec{.packet_id = 4}).gets(pubrel{.packet_id = 4}).says(pubcomp{.packet_id = 4});
    s.peer(pubrel{.packet_id = 4, .dup = r.version == v3_1}).says(answer(r, 4));
    story by_hand(r, {.auto_acknowledge = false});
    by_hand.open().gets(message(4));
    by_hand.sends(pubrec{.packet_id = 4});
    by_hand.gets(pubrel{.packet_id = 4}).peer(pubrel{.packet_id = 4}).is_quiet();
    by_hand.sends(pubcomp{.packet_id = 4});
  }
}

STORY(qos_2, sender_answers_a_pubrec_for_nothing, "5.0/U5-3.6.2.1-b", "3.1.1/U311-4.3-b") {
  for (const role r : everyone) {
    story s(r);
    const auto code = r.version == v5 ? reason_code::packet_identifier_not_found : reason_code::success;
    s.open().peer(pubrec{.packet_id = 9}).says(pubrel{.packet_id = 9, .reason_code = code}).is_quiet();
    s.sends(publish{.topic = "t", .qos = qos::at_least_once, .packet_id = 1});
    s.peer(pubrec{.packet_id = 1}).says(pubrel{.packet_id = 1, .reason_code = code}).gets(puback{.packet_id = 1});
    if (r.version != v5) continue;
    s.peer(pubrec{.packet_id = 9, .reason_code = reason_code::quota_exceeded}).is_quiet();  // a refusal of nothing
  }
}

STORY(qos_2, an_error_in_pubrec_ends_the_exchange, "5.0/MQTT-4.3.3-9", "5.0/MQTT-4.4.0-2", "5.0/U5-4.13.2-a") {
  for (const role r : both_in_5) {
    story s(r);
    s.open();
    s.sends(message(1));
    s.gets(pubrec{.packet_id = 1, .reason_code = reason_code::quota_exceeded}).is_quiet();
    EXPECT_EQ(s.self().state_of_ours(1), exchange::none);
    s.refuses(message(1, true), rule::first_delivery_with_dup);
    s.sends(message(1));
    s.gets(message(7));
    s.sends(pubrec{.packet_id = 7, .reason_code = reason_code::quota_exceeded});
    EXPECT_EQ(s.self().state_of_theirs(7), exchange::none);
    s.gets(message(7)).says(pubrec{.packet_id = 7});  // means a new message
  }
}

STORY(qos_2, an_error_in_any_acknowledgement_concerns_that_packet_only, "5.0/U5-4.13.2-a", "5.0/MQTT-4.13.2-1") {
  for (const role r : both_in_5) {
    story s(r);
    s.open();
    s.sends(message(1));
    s.gets(pubrec{.packet_id = 1}).says(pubrel{.packet_id = 1}).gets(pubcomp{.packet_id = 1, .reason_code = reason_code::packet_identifier_not_found});
    s.gets(message(2)).says(pubrec{.packet_id = 2}).gets(pubrel{.packet_id = 2, .reason_code = reason_code::packet_identifier_not_found}).says(pubcomp{.packet_id = 2});
    if (r.self == sender::server) continue;
    s.sends(subscribe{.packet_id = 5, .subscriptions = subscriptions({{"a"}})});
    s.sends(unsubscribe{.packet_id = 6, .topic_filters = filters({"a"})});
    s.gets(suback{.packet_id = 5, .reason_codes = codes({reason_code::not_authorized})}).gets(unsuback{.packet_id = 6, .reason_codes = codes({reason_code::not_authorized})});
    s.gets(message(3)).says(pubrec{.packet_id = 3});
  }
}

STORY(qos_2, the_sequence_goes_on_whatever_became_of_the_message, "5.0/MQTT-4.3.3-13") {
  for (const role r : both_in_5) {
    story s(r);
    const publish brief{.topic = "t", .qos = qos::exactly_once, .packet_id = 1, .properties = with({prop::message_expiry_interval(1)})};
    s.open({.keep_alive = 0}).gets(brief).says(pubrec{.packet_id = 1});
    s.sends(brief);
    s.waits(10'000).gets(pubrel{.packet_id = 1}).says(pubcomp{.packet_id = 1});
    s.gets(pubrec{.packet_id = 1}).says(pubrel{.packet_id = 1}).waits(10'000).gets(pubcomp{.packet_id = 1});
  }
}

// ---- Order

STORY(order, of_pubacks_is_that_of_the_messages, "3.1.1/MQTT-4.6.0-2", "5.0/MQTT-4.6.0-2", "3.1/U31-4.3-a") {
  const auto one = [](std::uint16_t id) { return publish{.topic = "t", .qos = qos::at_least_once, .packet_id = id}; };
  for (const role r : everyone) {
    story s(r, {.auto_acknowledge = false});
    s.open().gets(one(5)).gets(message(4)).gets(one(3));
    s.refuses(puback{.packet_id = 3}, rule::acknowledged_out_of_order);
    s.sends(pubrec{.packet_id = 4});  // the two kinds are of no concern to each other
    s.sends(puback{.packet_id = 5});
    s.sends(puback{.packet_id = 3});
    story by_itself(r);
    by_itself.open().peer(one(5)).peer(one(4)).hears(one(5)).hears(one(4)).says(puback{.packet_id = 5}).says(puback{.packet_id = 4});
  }
}

STORY(order, of_pubrecs_is_that_of_the_messages, "3.1.1/MQTT-4.6.0-3", "5.0/MQTT-4.6.0-3", "3.1/U31-4.3-a") {
  for (const role r : everyone) {
    story s(r, {.auto_acknowledge = false});
    s.open().gets(message(5)).gets(message(4)).gets(message(3));
    s.refuses(pubrec{.packet_id = 4}, rule::acknowledged_out_of_order);
    if (r.version == v5) {
      s.refuses(pubrec{.packet_id = 3, .reason_code = reason_code::quota_exceeded}, rule::acknowledged_out_of_order);
      s.sends(pubrec{.packet_id = 5, .reason_code = reason_code::quota_exceeded});
    } else {
      s.sends(pubrec{.packet_id = 5});
    }
    s.sends(pubrec{.packet_id = 4});
    s.refuses(pubrec{.packet_id = 4}, rule::packet_id_unknown);  // nothing asks for it once more
    s.sends(pubrec{.packet_id = 3});
  }
}

STORY(order, of_pubrels_is_that_of_the_pubrecs, "3.1.1/MQTT-4.6.0-4", "5.0/MQTT-4.6.0-4", "3.1/U31-4.3-a") {
  for (const role r : everyone) {
    story s(r, {.auto_acknowledge = false});
    s.open();
    for (const std::uint16_t id : {std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{3}}) s.sends(message(id));
    s.gets(pubrec{.packet_id = 2}).gets(pubrec{.packet_id = 3}).gets(pubrec{.packet_id = 1});
    s.refuses(pubrel{.packet_id = 1}, rule::acknowledged_out_of_order).refuses(pubrel{.packet_id = 3}, rule::acknowledged_out_of_order);
    for (const std::uint16_t id : {std::uint16_t{2}, std::uint16_t{3}, std::uint16_t{1}}) s.sends(pubrel{.packet_id = id});
  }
}

STORY(order, is_as_the_owner_likes_where_it_promises_none, "3.1/U31-4.3-a") {
  for (const role r : everyone) {
    story s(r, {.auto_acknowledge = false, .ordered_acknowledgements = false});
    s.open().gets(message(5)).gets(message(4));
    s.sends(pubrec{.packet_id = 4});
    s.sends(pubrec{.packet_id = 5});
    s.sends(message(1));
    s.sends(message(2));
    s.gets(pubrec{.packet_id = 1}).gets(pubrec{.packet_id = 2});
    s.sends(pubrel{.packet_id = 2});
    s.sends(pubrel{.packet_id = 1});
  }
}

}  // namespace
}  // namespace mqttspan::test
