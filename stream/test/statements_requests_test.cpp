// SUBSCRIBE and UNSUBSCRIBE: each is answered, once, with as many codes as it has filters.
#include "story.hpp"

namespace mqttspan::test {
namespace {

constexpr auto failure = reason_code::unspecified_error;
constexpr auto qos_0 = reason_code::success, qos_1 = reason_code::granted_qos_1, qos_2 = reason_code::granted_qos_2;

wire_list<reason_code> in_5(role r, std::initializer_list<reason_code> list) { return r.version == v5 ? codes(list) : wire_list<reason_code>(); }

// 3.1 has no failure; what it would look like is read as one.
reason_code refused(role r) { return r.version == v3_1 ? qos_0 : failure; }

const subscribe asks{.packet_id = 3, .subscriptions = subscriptions({{"a"}, {"b", qos::at_least_once}, {"c/#", qos::exactly_once}})};
const unsubscribe leaves{.packet_id = 4, .topic_filters = filters({"a", "c/#"})};

STORY(requests, subscribe_waits_for_its_suback, "3.1/U31-3.8-b", "3.1.1/MQTT-3.8.4-1", "3.1.1/MQTT-3.8.4-2", "5.0/MQTT-3.8.4-1", "5.0/MQTT-3.8.4-2", "3.1/U31-3.9-b") {
  for (const role r : servers) {
    story s(r);
    s.open().gets(asks).is_quiet();
    EXPECT_EQ(s.self().state_of_theirs(3), exchange::subscribe);
    s.sends(suback{.packet_id = 3, .reason_codes = codes({refused(r), refused(r), refused(r)})});  // refused or not
    EXPECT_EQ(s.self().state_of_theirs(3), exchange::none);
    s.refuses(suback{.packet_id = 3, .reason_codes = codes({qos_0, qos_0, qos_0})}, rule::packet_id_unknown);
  }
}

STORY(requests, suback_has_a_code_for_each_filter, "3.1/U31-3.9-b", "3.1.1/MQTT-3.8.4-5", "5.0/MQTT-3.8.4-6", "5.0/MQTT-3.8.4-7", "3.1.1/MQTT-3.9.3-1", "5.0/MQTT-3.9.3-1") {
  for (const role r : servers) {
    story s(r);
    s.open().gets(asks);
    s.refuses(suback{.packet_id = 3, .reason_codes = codes({qos_0, qos_1})}, rule::reason_codes_not_as_many);
    s.refuses(suback{.packet_id = 3, .reason_codes = codes({qos_0, qos_1, qos_2, qos_0})}, rule::reason_codes_not_as_many);
    s.refuses(suback{.packet_id = 3, .reason_codes = codes({qos_0, reason_code::no_subscription_existed, qos_2})}, rule::reason_code_not_of_packet);
    s.sends(suback{.packet_id = 3, .reason_codes = codes({qos_2, refused(r), qos_1})});  // in the order of the filters, as the owner gives them
  }
  for (const role r : clients) {
    story s(r), t(r), u(r);
    s.open();
    s.sends(asks);
    s.gets(suback{.packet_id = 3, .reason_codes = codes({qos_2, refused(r), qos_1})});
    t.open();
    t.sends(asks);
    t.breaks(suback{.packet_id = 3, .reason_codes = codes({qos_0, qos_1})}, rule::reason_codes_not_as_many, reason_code::protocol_error);
    u.open();
    u.sends(asks);
    u.breaks(suback{.packet_id = 3, .reason_codes = codes({qos_0, qos_1, qos_0, qos_0})}, rule::reason_codes_not_as_many, reason_code::protocol_error);
  }
}

STORY(requests, unsubscribe_waits_for_its_unsuback, "3.1/U31-3.10-a", "3.1.1/MQTT-3.10.4-4", "3.1.1/MQTT-3.10.4-5", "5.0/MQTT-3.10.4-4", "5.0/MQTT-3.10.4-5", "5.0/MQTT-3.11.3-1") {
  for (const role r : servers) {
    story s(r);
    s.open().gets(leaves).is_quiet();  // of filters that nobody subscribed to
    EXPECT_EQ(s.self().state_of_theirs(4), exchange::unsubscribe);
    if (r.version == v5) s.refuses(unsuback{.packet_id = 4, .reason_codes = codes({qos_0})}, rule::reason_codes_not_as_many);
    s.refuses(unsuback{.packet_id = 3, .reason_codes = in_5(r, {qos_0, qos_0})}, rule::packet_id_unknown);
    s.sends(unsuback{.packet_id = 4, .reason_codes = in_5(r, {reason_code::no_subscription_existed, qos_0})});  // in the order of the filters
    EXPECT_EQ(s.self().state_of_theirs(4), exchange::none);
  }
  for (const role r : clients) {
    story s(r);
    s.open();
    s.sends(leaves);
    s.gets(unsuback{.packet_id = 4, .reason_codes = in_5(r, {reason_code::no_subscription_existed, qos_0})});
  }
  story short_of_one(sender::client, v5);
  short_of_one.open();
  short_of_one.sends(leaves);
  short_of_one.breaks(unsuback{.packet_id = 4, .reason_codes = codes({qos_0})}, rule::reason_codes_not_as_many, reason_code::protocol_error);
}

STORY(requests, messages_may_come_before_the_suback, "3.1/U31-3.8-b", "3.1.1/U311-3.8.4-a", "5.0/U5-3.8.4-a") {
  const publish message{.topic = "a", .qos = qos::at_least_once, .packet_id = 1};
  for (const role r : clients) {
    story s(r);
    s.open();
    s.sends(asks);
    s.gets(message).says(puback{.packet_id = 1}).gets(publish{.topic = "b"}).gets(suback{.packet_id = 3, .reason_codes = codes({qos_0, qos_1, qos_2})});
  }
  for (const role r : servers) {
    story s(r);
    s.open().gets(asks);
    s.sends(message);
    s.sends(suback{.packet_id = 3, .reason_codes = codes({qos_0, qos_1, qos_2})});
  }
}

STORY(requests, are_as_many_as_there_is_memory_for, "3.1.1/MQTT-4.8.0-2", "3.1/U31-3.8-b") {
  const auto number = [](std::uint16_t id) { return subscribe{.packet_id = id, .subscriptions = subscriptions({{"a"}})}; };
  for (const role r : clients) {
    story s(r, {.max_requests = 2});
    s.open();
    s.sends(number(1));
    s.sends(number(2));
    s.refuses(number(3), rule::too_many_in_flight);
    s.gets(suback{.packet_id = 1, .reason_codes = codes({qos_0})});
    s.sends(number(1));
  }
  for (const role r : servers) {
    story s(r, {.max_requests = 2});
    s.open().gets(number(1)).gets(number(2));
    s.sends(suback{.packet_id = 1, .reason_codes = codes({qos_0})});
    s.gets(number(1)).breaks(number(3), rule::too_many_in_flight, reason_code::quota_exceeded);
  }
}

// 3.1 alone lets a client ask again while it waits.
STORY(requests, may_be_asked_again_in_3_1, "3.1/U31-3.8-b", "3.1/U31-3.10-a") {
  subscribe again = asks;
  again.dup = true;
  unsubscribe leaves_again = leaves;
  leaves_again.dup = true;
  story client(sender::client, v3_1);
  client.open().refuses(again, rule::first_delivery_with_dup);
  client.sends(asks);
  client.refuses(asks, rule::packet_id_in_use).refuses(unsubscribe{.packet_id = 3, .dup = true, .topic_filters = filters({"a"})}, rule::packet_id_in_use);
  client.sends(again);
  client.sends(leaves);
  client.sends(leaves_again);
  client.gets(suback{.packet_id = 3, .reason_codes = codes({qos_0, qos_1, qos_2})}).gets(unsuback{.packet_id = 4});

  story server(sender::server, v3_1);
  server.open().gets(asks).gets(leaves).peer(again).peer(leaves_again).is_quiet();
  server.sends(suback{.packet_id = 3, .reason_codes = codes({qos_0, qos_1, qos_2})});
  server.sends(unsuback{.packet_id = 4});
  server.gets(again);  // the answer was lost on somebody
  server.breaks(subscribe{.packet_id = 3, .dup = true, .subscriptions = subscriptions({{"a"}})}, rule::packet_id_in_use, reason_code::protocol_error);  // another one
}

}  // namespace
}  // namespace mqttspan::test
