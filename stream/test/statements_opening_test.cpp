// CONNECT and CONNACK: what comes first, once, in time, and what a refusal means.
#include "story.hpp"

namespace mqttspan::test {
namespace {

connection_options impatient(std::uint32_t milliseconds) { return {.connect_timeout = milliseconds}; }

// What CONNECT and CONNACK announce of the default options.
property_list usual_limits(role r) { return r.version == v5 ? with({prop::receive_maximum(connection_options().receive_maximum)}) : property_list(); }

STORY(opening, client_sends_connect_first_and_once, "3.1.1/MQTT-3.1.0-1", "5.0/MQTT-3.1.0-1", "3.1.1/U311-3.1-a", "5.0/U5-3.1-b", "3.1/U31-3.1-j") {
  for (const role r : clients) {
    story s(r);
    s.refuses(pingreq{}, rule::connect_not_first);
    s.refuses(publish{.topic = "t"}, rule::connect_not_first);
    s.refuses(subscribe{.subscriptions = subscriptions({{"a"}})}, rule::connect_not_first);
    s.refuses(disconnect{}, rule::connect_not_first);
    s.refuses(auth{}, rule::connect_not_first);
    const connect first{.version = r.version, .client_id = "a"};
    connect announced = first;
    announced.properties = usual_limits(r);
    EXPECT_TRUE(s.tries(first));
    s.says(announced);
    s.refuses(first, rule::connect_twice);
    s.gets(connack{});
    s.refuses(first, rule::connect_twice);
  }
}

STORY(opening, server_ends_where_the_first_packet_is_not_connect, "5.0/U5-3.1-a", "3.1.1/MQTT-4.8.0-1", "3.1/U31-3.1-j") {
  for (const role r : servers) {
    story(r).peer(pingreq{}).ended(rule::connect_not_first).is_quiet();
    story(r).peer(publish{.topic = "t"}).ended(rule::connect_not_first).is_quiet();
    story(r).peer(disconnect{}).ended(rule::connect_not_first).is_quiet();
  }
}

STORY(opening, server_ends_at_a_second_connect, "3.1.1/MQTT-3.1.0-2", "5.0/MQTT-3.1.0-2") {
  for (const role r : servers) {
    const connect again{.version = r.version, .client_id = "me"};
    story(r).open().breaks(again, rule::connect_twice, reason_code::protocol_error);
    story s(r);  // behind the first, before the CONNACK
    s.begins().peer(again).is_quiet();
    EXPECT_TRUE(s.tries(connack{}));
    s.says(connack{.properties = usual_limits(r)}).breaks(rule::connect_twice, reason_code::protocol_error);
  }
}

STORY(opening, server_answers_a_good_connect_with_connack, "3.1.1/MQTT-3.1.4-4", "5.0/MQTT-3.1.4-5", "3.1/U31-3.1-j") {
  for (const role r : servers) {
    story s(r);
    s.gets(connect{.version = r.version, .client_id = "a"}).is_quiet();
    EXPECT_TRUE(s.tries(connack{}));
    s.says(connack{.properties = usual_limits(r)});
    EXPECT_EQ(s.self().phase(), connection_phase::connected);
  }
}

STORY(opening, server_says_connack_before_anything_else, "3.1.1/MQTT-3.2.0-1", "5.0/MQTT-3.2.0-1") {
  for (const role r : servers) {
    story s(r);
    s.refuses(publish{.topic = "t"}, rule::packet_before_connack);
    s.refuses(connack{}, rule::packet_before_connack);  // before the CONNECT
    s.begins();
    s.refuses(publish{.topic = "t"}, rule::packet_before_connack);
    s.refuses(pingresp{}, rule::packet_before_connack);
    s.refuses(suback{.packet_id = 1, .reason_codes = codes({reason_code::success})}, rule::packet_before_connack);
    s.refuses(disconnect{}, rule::packet_before_connack);
  }
}

STORY(opening, client_ends_where_anything_comes_before_connack, "3.1.1/MQTT-3.2.0-1", "5.0/MQTT-3.2.0-1", "3.1.1/MQTT-4.8.0-1") {
  for (const role r : clients) {
    story(r).peer(pingresp{}).ended(rule::packet_before_connack).is_quiet();  // before the CONNECT
    story(r).begins().breaks(publish{.topic = "t"}, rule::packet_before_connack, reason_code::protocol_error);
    story(r).begins().breaks(pingresp{}, rule::packet_before_connack, reason_code::protocol_error);
  }
}

STORY(opening, connack_comes_once, "5.0/MQTT-3.2.0-2", "3.1.1/U311-3.2-b") {
  for (const role r : servers) story(r).open().refuses(connack{}, rule::connack_twice);
  for (const role r : clients) story(r).open().breaks(connack{}, rule::connack_twice, reason_code::protocol_error);
}

// ---- Refusals

STORY(opening, server_answers_a_level_that_nobody_speaks_with_code_1, "3.1.1/MQTT-3.1.2-2", "5.0/MQTT-3.1.2-2", "3.1/U31-3.1-k") {
  story three(sender::server, v3_1_1);
  three.peer_hex("10 0C 0004 4D515454 02 02 003C 0000").ended(rule::protocol_level_unsupported);
  three.says(connack{.reason_code = reason_code::unsupported_protocol_version}).is_quiet();
  EXPECT_EQ(three.self().refused_connect().protocol_level, 2);

  story old(sender::server, v3_1);
  old.peer_hex("10 0F 0006 4D5149736470 02 02 003C 0001 61").ended(rule::protocol_level_unsupported);
  old.says(connack{.reason_code = reason_code::unsupported_protocol_version}).is_quiet();

  story five(sender::server, v5);
  five.peer_hex("10 0D 0004 4D515454 06 02 003C 00 0000").ended(rule::protocol_level_unsupported);
  five.says(connack{.reason_code = reason_code::unsupported_protocol_version}).is_quiet();
  EXPECT_EQ(five.self().refused_connect().protocol_level, 6);
  EXPECT_EQ(five.ending().reason, reason_code::unsupported_protocol_version);
}

STORY(opening, server_may_refuse_a_version_that_it_could_speak, "3.1.1/MQTT-3.1.2-2", "5.0/MQTT-3.1.2-2", "3.1/U31-3.1-k") {
  for (const role r : servers) {
    story s(r);
    s.begins().sends(connack{.reason_code = reason_code::unsupported_protocol_version});
    s.ended(ending::cause::self).is_quiet();
  }
}

STORY(opening, server_ends_at_a_connect_that_is_malformed, "3.1/U31-3.1-k", "3.1.1/MQTT-4.8.0-1", "5.0/U5-4.13.1-c", "5.0/MQTT-4.13.1-1") {
  story(sender::server, v3_1_1).peer_hex("10 0C 0004 4D515454 04 03 003C 0000").ended(rule::connect_flag_reserved).is_quiet();
  story(sender::server, v3_1).peer_hex("10 0F 0006 4D5149736470 03 1E 003C 0001 61").ended(rule::will_qos_3).is_quiet();
  story(sender::server, v3_1_1).peer_hex("10 0C 0004 48545450 04 02 003C 0000").ended(rule::protocol_name_unknown).is_quiet();
  story(sender::server, v5).peer_hex("10 0D 0004 4D515454 05 03 003C 00 0000").ended(rule::connect_flag_reserved).says(connack{.reason_code = reason_code::malformed_packet});
}

STORY(opening, server_answers_a_client_identifier_that_cannot_be_with_code_2, "3.1.1/MQTT-3.1.3-8", "3.1/U31-3.1-b") {
  story s(sender::server, v3_1_1);
  s.peer_hex("10 0C 0004 4D515454 04 00 003C 0000").ended(rule::client_id_empty_without_clean_session);
  s.says(connack{.reason_code = reason_code::client_identifier_not_valid}).is_quiet();
  EXPECT_EQ(s.self().refused_connect().clean_start, false);
  EXPECT_EQ(s.self().refused_connect().client_id, "");

  story empty(sender::server, v3_1);
  empty.peer_hex("10 0E 0006 4D5149736470 03 02 003C 0000").ended(rule::client_id_length).says(connack{.reason_code = reason_code::client_identifier_not_valid});
  story lengthy(sender::server, v3_1);
  lengthy.peer_hex("10 26 0006 4D5149736470 03 02 003C 0018 616161616161616161616161616161616161616161616161").ended(rule::client_id_length);
  lengthy.says(connack{.reason_code = reason_code::client_identifier_not_valid}).is_quiet();
}

STORY(opening, server_may_refuse_any_client_identifier, "3.1.1/MQTT-3.1.3-9", "5.0/MQTT-3.1.3-8", "3.1/U31-3.1-b") {
  for (const role r : servers) {
    story s(r);
    s.begins().sends(connack{.reason_code = reason_code::client_identifier_not_valid});
    s.ended(ending::cause::self).refuses(publish{.topic = "t"}, rule::packet_after_end);
  }
}

STORY(opening, server_that_refuses_says_why_and_ends, "3.1.1/U311-3.1.4-b", "3.1.1/MQTT-3.2.2-5", "3.1.1/U311-3.2.2-d", "5.0/MQTT-3.2.2-7", "5.0/MQTT-4.13.2-1") {
  for (const role r : servers)
    for (const reason_code why : {reason_code::not_authorized, reason_code::bad_user_name_or_password, reason_code::server_unavailable}) {
      story s(r);
      s.begins().sends(connack{.reason_code = why});
      EXPECT_EQ(s.self().phase(), connection_phase::ended);
      s.ended(ending::cause::self).is_quiet();
      EXPECT_EQ(s.ending().reason, why);
      EXPECT_FALSE(s.self().receive(as_bytes(std::string_view("\xC0\x00", 2)), s.now()));
    }
}

STORY(opening, client_ends_where_it_is_refused, "3.1.1/MQTT-3.2.2-5", "5.0/MQTT-3.2.2-7", "5.0/MQTT-4.13.2-1") {
  for (const role r : clients) {
    story s(r);
    s.begins().gets(connack{.reason_code = reason_code::not_authorized}).ended(ending::cause::peer).is_quiet();
    EXPECT_EQ(s.ending().reason, reason_code::not_authorized);
    s.refuses(publish{.topic = "t"}, rule::packet_after_end);
  }
}

STORY(opening, server_without_a_fitting_code_ends_without_connack, "3.1.1/MQTT-3.2.2-6") {
  for (const role r : servers_in_3) {
    story s(r);
    s.begins().refuses(connack{.reason_code = reason_code::banned}, rule::reason_code_not_of_packet);
    s.closes(reason_code::banned).ended(ending::cause::self).is_quiet();
  }
  story(sender::server, v3_1_1).begins().closes(reason_code::not_authorized).says(connack{.reason_code = reason_code::not_authorized}).ended(ending::cause::self);
  story(sender::server, v5).begins().closes(reason_code::banned).says(connack{.reason_code = reason_code::banned}).ended(ending::cause::self);
  story(sender::server, v5).begins().closes().ended(ending::cause::self).is_quiet();  // nor is there a DISCONNECT
}

STORY(opening, what_follows_a_refused_connect_is_not_processed, "3.1.1/MQTT-3.1.4-5", "5.0/MQTT-3.1.4-6") {
  for (const role r : servers) {
    story s(r);
    s.begins().peer(publish{.topic = "t", .qos = qos::at_least_once, .packet_id = 1}).is_quiet();
    s.sends(connack{.reason_code = reason_code::not_authorized});
    s.ended(ending::cause::self).is_quiet();
  }
  story bad(sender::server, v5);
  bad.peer_bytes(from_hex("10 0D 0004 4D515454 05 03 003C 00 0000") + from_hex("30 04 0001 74 00"));
  bad.ended(rule::connect_flag_reserved).says(connack{.reason_code = reason_code::malformed_packet}).is_quiet();
}

STORY(opening, what_follows_an_accepted_connect_is_processed, "3.1.1/U311-3.1.4-c", "5.0/U5-3.1.4-b") {
  for (const role r : servers) {
    story s(r);
    const publish early{.topic = "t", .qos = qos::at_least_once, .packet_id = 1};
    s.begins().peer(early).peer(pingreq{}).is_quiet();
    EXPECT_TRUE(s.tries(connack{}));
    s.says(connack{.properties = usual_limits(r)}).hears(early).says(puback{.packet_id = 1}).hears(pingreq{}).says(pingresp{});
  }
  for (const role r : clients) {
    story s(r);
    s.begins();
    s.sends(publish{.topic = "t", .qos = qos::at_least_once});
    s.sends(subscribe{.subscriptions = subscriptions({{"a"}})});
    s.sends(pingreq{});
    s.gets(connack{}).gets(puback{.packet_id = 1}).gets(suback{.packet_id = 2, .reason_codes = codes({reason_code::success})}).gets(pingresp{});
  }
}

// ---- In time

STORY(opening, server_waits_for_connect_so_long_and_no_longer, "3.1.1/U311-3.1.4-a", "5.0/U5-3.1.4-a", "3.1/U31-3.1-j") {
  for (const role r : servers) {
    story s(r, impatient(5000));
    s.peer_hex("10").waits(4999).is_quiet().waits(1).ended(ending::cause::timeout).is_quiet();
    EXPECT_EQ(s.ending().error.violated, rule::connect_timeout);
    story(r, impatient(0)).waits(100'000'000);
    story in_time(r, impatient(5000));
    in_time.waits(4999).begins().waits(100'000);
    EXPECT_TRUE(in_time.tries(connack{}));
    in_time.forgets_the_rest();
  }
}

STORY(opening, client_waits_for_connack_so_long_and_no_longer, "3.1.1/U311-3.2-a", "5.0/U5-3.2-a", "3.1/U31-3.1-j") {
  for (const role r : clients) {
    story s(r, impatient(5000));
    s.waits(100'000).begins().waits(4999).is_quiet().waits(1).ended(ending::cause::timeout).is_quiet();
    EXPECT_EQ(s.ending().error.violated, rule::connect_timeout);
    story(r, impatient(0)).begins({.keep_alive = 0}).waits(100'000'000);
    story(r, impatient(5000)).begins({.keep_alive = 0}).waits(4999).gets(connack{}).waits(100'000);
  }
}

// ---- What CONNACK may say

STORY(opening, no_session_is_present_after_a_clean_start, "3.1.1/MQTT-3.2.2-1", "5.0/MQTT-3.2.2-2") {
  for (const role r : {role{sender::server, v3_1_1}, role{sender::server, v5}}) {
    story(r).begins({.clean_start = true}).refuses(connack{.session_present = true}, rule::session_present_unexpected);
    story s(r);
    s.begins({.clean_start = false, .client_id = "a"});
    EXPECT_TRUE(s.tries(connack{.session_present = true}));
    s.says(connack{.session_present = true, .properties = usual_limits(r)});
  }
  for (const role r : {role{sender::client, v3_1_1}, role{sender::client, v5}})
    story(r).begins({.clean_start = true}).breaks(connack{.session_present = true}, rule::session_present_unexpected, reason_code::protocol_error);
  // 5.0: none can be present either where the client has none; 3.1.1 lets it go on
  story(sender::client, v5).begins({.clean_start = false}).breaks(connack{.session_present = true}, rule::session_present_unexpected, reason_code::protocol_error);
  story(sender::client, v3_1_1).begins({.clean_start = false}).gets(connack{.session_present = true});
}

STORY(opening, server_refuses_a_will_that_it_could_not_publish, "5.0/MQTT-3.2.2-12", "5.0/MQTT-3.2.2-13") {
  const auto only_qos_1 = with({prop::maximum_qos(1)}), no_retain = with({prop::retain_available(0)});
  const auto s = [](qos q, bool retain) { return connect{.client_id = "a", .will = will{.topic = "w", .qos = q, .retain = retain}}; };
  story high(sender::server, v5);
  high.begins(s(qos::exactly_once, false)).refuses(connack{.properties = only_qos_1}, rule::qos_above_maximum);
  high.sends(connack{.reason_code = reason_code::qos_not_supported});
  high.ended(ending::cause::self);
  story kept(sender::server, v5);
  kept.begins(s(qos::at_most_once, true)).refuses(connack{.properties = no_retain}, rule::retain_not_available);
  kept.sends(connack{.reason_code = reason_code::retain_not_supported});
  kept.ended(ending::cause::self);
  story(sender::server, v5).open(s(qos::at_least_once, false), {.properties = only_qos_1});
  story(sender::server, v5).open(s(qos::exactly_once, false), {.properties = no_retain});
}

STORY(opening, response_information_is_for_those_who_asked, "5.0/MQTT-3.1.2-28") {
  const auto told = with({prop::response_information("r")});
  for (const property_list& asks : {property_list(), with({prop::request_response_information(0)})}) {
    story(sender::server, v5).begins({.properties = asks}).refuses(connack{.properties = told}, rule::response_information_unasked);
    story(sender::client, v5).begins({.properties = asks}).breaks(connack{.properties = told}, rule::response_information_unasked, reason_code::protocol_error);
  }
  const auto asks = with({prop::request_response_information(1)});
  story(sender::server, v5).open({.properties = asks}, {.properties = told});
  story(sender::client, v5).begins({.properties = asks}).gets(connack{.properties = told});
}

STORY(opening, absent_properties_of_connect_have_their_defaults, "5.0/U5-3.1.2.11-a") {
  story client(sender::client, v5, {.receive_maximum = 65'535}), server(sender::server, v5);
  client.open();
  server.open();
  for (const announced* const a : {&client.self().ours(), &server.self().theirs()}) {
    EXPECT_EQ(a->session_expiry_interval, 0U);
    EXPECT_EQ(a->receive_maximum, 65'535);
    EXPECT_EQ(a->maximum_packet_size, max_packet_length);
    EXPECT_EQ(a->topic_alias_maximum, 0);
    EXPECT_FALSE(a->request_response_information);
    EXPECT_TRUE(a->request_problem_information);
  }
}

STORY(opening, absent_properties_of_connack_have_their_defaults, "5.0/U5-3.2.2.3-a") {
  const auto asks = with({prop::session_expiry_interval(77)});
  story client(sender::client, v5), server(sender::server, v5, {.receive_maximum = 65'535});
  client.open({.keep_alive = 33, .properties = asks});
  server.open({.keep_alive = 33, .properties = asks});
  for (const announced* const a : {&client.self().theirs(), &server.self().ours()}) {
    EXPECT_EQ(a->session_expiry_interval, 77U);
    EXPECT_EQ(a->receive_maximum, 65'535);
    EXPECT_EQ(a->maximum_qos, qos::exactly_once);
    EXPECT_EQ(a->maximum_packet_size, max_packet_length);
    EXPECT_EQ(a->topic_alias_maximum, 0);
    EXPECT_TRUE(a->retain_available && a->wildcard_subscription_available && a->subscription_identifier_available && a->shared_subscription_available);
  }
  EXPECT_EQ(client.self().keep_alive(), 33);
  EXPECT_EQ(server.self().keep_alive(), 33);
}

STORY(opening, what_connect_and_connack_announce_is_known_to_both, "5.0/U5-3.1.2.11-a", "5.0/U5-3.2.2.3-a") {
  const auto asks = with({prop::session_expiry_interval(7), prop::receive_maximum(3), prop::maximum_packet_size(100), prop::topic_alias_maximum(4),
                          prop::request_response_information(1), prop::request_problem_information(0)});
  const auto tells = with({prop::session_expiry_interval(8), prop::receive_maximum(5), prop::maximum_qos(1), prop::retain_available(0), prop::maximum_packet_size(200),
                           prop::topic_alias_maximum(6), prop::wildcard_subscription_available(0), prop::subscription_identifier_available(0), prop::shared_subscription_available(0),
                           prop::server_keep_alive(9)});
  const connection_options roomy{.topic_alias_maximum = 6};
  story client(sender::client, v5, roomy), server(sender::server, v5, roomy);
  client.open({.properties = asks}, {.properties = tells});
  server.open({.properties = asks}, {.properties = tells});
  for (const announced* const a : {&client.self().ours(), &server.self().theirs()}) {
    EXPECT_TRUE(a->session_expiry_interval == 7 && a->receive_maximum == 3 && a->maximum_packet_size == 100 && a->topic_alias_maximum == 4);
    EXPECT_TRUE(a->request_response_information && !a->request_problem_information);
  }
  for (const announced* const a : {&client.self().theirs(), &server.self().ours()}) {
    EXPECT_TRUE(a->session_expiry_interval == 8 && a->receive_maximum == 5 && a->maximum_packet_size == 200 && a->topic_alias_maximum == 6);
    EXPECT_TRUE(a->maximum_qos == qos::at_least_once && !a->retain_available && !a->wildcard_subscription_available && !a->subscription_identifier_available);
    EXPECT_FALSE(a->shared_subscription_available);
  }
  EXPECT_EQ(client.self().keep_alive(), 9);
  EXPECT_EQ(server.self().keep_alive(), 9);
}

}  // namespace
}  // namespace mqttspan::test
