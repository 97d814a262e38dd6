// Enhanced authentication: whose turn it is, with which method, and what may be said meanwhile.
#include "story.hpp"

namespace mqttspan::test {
namespace {

const property_list named = with({prop::authentication_method("m")}), other = with({prop::authentication_method("n")});
const connect asks{.client_id = "a", .properties = named};
const auth more{.reason_code = reason_code::continue_authentication, .properties = named};
const auth again{.reason_code = reason_code::re_authenticate, .properties = named};
const auth done{.reason_code = reason_code::success, .properties = named};
const connack accepts{.properties = named};
const publish message{.topic = "t"};

auth of_method(reason_code code, const property_list& p) { return {.reason_code = code, .properties = p}; }

STORY(authentication, goes_to_and_fro_until_connack, "5.0/MQTT-4.12.0-2", "5.0/MQTT-4.12.0-3", "5.0/MQTT-4.12.0-5", "5.0/U5-3.15-a") {
  story client(sender::client, v5), server(sender::server, v5);
  client.begins(asks).gets(more);
  client.sends(more);
  client.gets(more);
  client.sends(more);
  client.gets(accepts);
  server.begins(asks);
  server.sends(more);
  server.gets(more);
  server.sends(more);
  server.gets(more);
  EXPECT_TRUE(server.tries(accepts));
  EXPECT_EQ(client.self().phase(), connection_phase::connected);
  EXPECT_EQ(server.self().phase(), connection_phase::connected);
  server.forgets_the_rest();
}

STORY(authentication, asks_for_more_with_0x18_only, "5.0/MQTT-4.12.0-2", "5.0/MQTT-4.12.0-3", "5.0/U5-4.12.1-b") {
  story server(sender::server, v5), client(sender::client, v5), silent(sender::client, v5);
  server.begins(asks).refuses(done, rule::authentication_out_of_turn).refuses(again, rule::authentication_out_of_turn);
  server.sends(more);
  server.peer(again).ended(rule::authentication_out_of_turn).is_quiet();
  client.begins(asks).refuses(again, rule::authentication_out_of_turn).gets(more).refuses(again, rule::authentication_out_of_turn);
  silent.begins(asks).breaks(done, rule::authentication_out_of_turn, reason_code::protocol_error);  // the first one ends with CONNACK
}

STORY(authentication, is_turn_by_turn, "5.0/MQTT-4.12.0-2", "5.0/MQTT-4.12.0-3", "5.0/U5-4.12.1-b") {
  story server(sender::server, v5), client(sender::client, v5), twice(sender::client, v5);
  server.begins(asks);
  server.sends(more);
  server.refuses(more, rule::authentication_out_of_turn);
  client.begins(asks).refuses(more, rule::authentication_out_of_turn).gets(more);
  client.sends(more);
  client.refuses(more, rule::authentication_out_of_turn);
  twice.begins(asks).gets(more).breaks(more, rule::authentication_out_of_turn, reason_code::protocol_error);
}

STORY(authentication, lets_the_client_say_nothing_else, "5.0/MQTT-3.1.2-30") {
  story s(sender::client, v5);
  s.begins(asks);
  for (int turn = 0; turn < 2; ++turn) {
    s.refuses(message, rule::packet_during_authentication).refuses(pingreq{}, rule::packet_during_authentication);
    s.refuses(subscribe{.subscriptions = subscriptions({{"a"}})}, rule::packet_during_authentication);
    EXPECT_EQ(s.self().send_borrowed(message, s.now()).error().violated, rule::packet_during_authentication);
    if (turn == 0) s.gets(more);
  }
  s.sends(disconnect{});
  s.ended(ending::cause::self);
  story server(sender::server, v5);
  server.begins(asks);
  server.sends(more);
  server.peer(message).ended(rule::packet_during_authentication).is_quiet();
  story leaves(sender::server, v5);
  leaves.begins(asks);
  leaves.sends(more);
  leaves.gets(disconnect{}).ended(ending::cause::peer);
}

STORY(authentication, that_fails_ends_with_connack, "5.0/MQTT-4.12.0-1", "5.0/MQTT-4.12.0-4") {
  for (const reason_code why : {reason_code::bad_authentication_method, reason_code::not_authorized}) {
    story at_once(sender::server, v5), later(sender::server, v5), client(sender::client, v5);
    at_once.begins(asks).sends(connack{.reason_code = why});
    at_once.ended(ending::cause::self).is_quiet();
    later.begins(asks);
    later.sends(more);
    later.gets(more);
    later.sends(connack{.reason_code = why});
    later.ended(ending::cause::self).refuses(more, rule::packet_after_end);
    client.begins(asks).gets(connack{.reason_code = why}).ended(ending::cause::peer).refuses(more, rule::packet_after_end);
  }
  story closed(sender::server, v5);
  closed.begins(asks).closes(reason_code::not_authorized).says(connack{.reason_code = reason_code::not_authorized}).ended(ending::cause::self);
}

STORY(authentication, repeats_the_method_of_connect, "5.0/MQTT-4.12.0-5", "5.0/U5-3.15-a", "5.0/MQTT-4.12.1-1") {
  constexpr auto differs = rule::authentication_method_differs, missing = rule::authentication_method_missing;
  story server(sender::server, v5), client(sender::client, v5);
  server.begins(asks).refuses(of_method(more.reason_code, other), differs).refuses(connack{.properties = other}, differs).refuses(connack{}, missing);
  server.sends(more);
  server.peer(of_method(more.reason_code, other)).ended(differs).is_quiet();
  client.begins(asks).gets(more).refuses(of_method(more.reason_code, other), differs);
  client.breaks(of_method(more.reason_code, other), rule::authentication_out_of_turn, reason_code::protocol_error);
  story answered(sender::client, v5), accepted(sender::client, v5), silent(sender::client, v5), anew(sender::client, v5), asked_anew(sender::server, v5);
  answered.begins(asks).breaks(of_method(more.reason_code, other), differs, reason_code::protocol_error);
  accepted.begins(asks).breaks(connack{.properties = other}, differs, reason_code::protocol_error);
  silent.begins(asks).breaks(connack{}, missing, reason_code::protocol_error);
  anew.open(asks, accepts).refuses(of_method(again.reason_code, other), differs);
  asked_anew.open(asks, accepts).breaks(of_method(again.reason_code, other), differs, reason_code::protocol_error);
}

STORY(authentication, without_a_method_there_is_none, "5.0/MQTT-4.12.0-6", "5.0/MQTT-4.12.0-7", "5.0/U5-3.15-a", "5.0/U5-4.12.1-a") {
  constexpr auto none = rule::authentication_not_agreed;
  story server(sender::server, v5), client(sender::client, v5);
  server.begins().refuses(more, none).refuses(connack{.properties = named}, none);
  EXPECT_TRUE(server.tries(connack{.properties = {}}));
  server.says(connack{.properties = with({prop::receive_maximum(connection_options().receive_maximum)})}).refuses(done, none);
  client.begins().refuses(more, none).gets(connack{}).refuses(again, none);
  story given(sender::client, v5), told(sender::client, v5), asked(sender::server, v5);
  given.begins().breaks(more, none, reason_code::protocol_error);
  told.begins().breaks(connack{.properties = named}, none, reason_code::protocol_error);
  asked.open().breaks(again, none, reason_code::protocol_error);
}

STORY(authentication, may_be_renewed_by_the_client, "5.0/MQTT-4.12.1-1", "5.0/U5-4.12.1-a", "5.0/U5-4.12.1-b") {
  story client(sender::client, v5), server(sender::server, v5);
  client.begins(asks).refuses(again, rule::authentication_out_of_turn).gets(accepts);  // only behind the CONNACK
  client.refuses(more, rule::authentication_out_of_turn);
  for (int times = 0; times < 2; ++times) {
    client.sends(again);
    client.refuses(again, rule::authentication_out_of_turn).gets(more).sends(more);
    client.gets(done);
  }
  server.open(asks, accepts).refuses(more, rule::authentication_out_of_turn).refuses(done, rule::authentication_out_of_turn);
  server.gets(again);
  server.sends(more);
  server.refuses(done, rule::authentication_out_of_turn).gets(more).sends(done);
  server.gets(again).sends(done);
  story unasked(sender::client, v5), begins(sender::server, v5);
  unasked.open(asks, accepts).breaks(more, rule::authentication_out_of_turn, reason_code::protocol_error);
  begins.open(asks, accepts).breaks(more, rule::authentication_out_of_turn, reason_code::protocol_error);
}

STORY(authentication, may_be_ended_by_the_server_before_the_client_has_answered, "5.0/U5-4.12.1-b", "5.0/U5-4.12.1-a") {
  story client(sender::client, v5), server(sender::server, v5, {.receive_maximum = 65'535});
  client.begins(asks).gets(more).gets(accepts).sends(again);
  client.gets(done);
  server.begins(asks).sends(more);
  server.sends(accepts);
  server.gets(again).sends(done);
}

STORY(authentication, renewed_lets_other_packets_flow, "5.0/U5-4.12.1-c") {
  const publish certain{.topic = "t", .qos = qos::at_least_once, .packet_id = 1};
  for (const role r : both_in_5) {
    story s(r);
    s.open(asks, accepts);
    if (r.self == sender::client) s.sends(again);
    else s.gets(again);
    s.sends(certain);
    s.gets(certain).says(puback{.packet_id = 1}).gets(puback{.packet_id = 1});
    if (r.self == sender::client) s.gets(done);
    else s.sends(done);
  }
}

STORY(authentication, that_cannot_be_renewed_ends_with_a_reason, "5.0/MQTT-4.12.1-2") {
  for (const role r : both_in_5) {
    story ours(r), theirs(r);
    for (story* const s : {&ours, &theirs}) {
      s->open(asks, accepts);
      if (r.self == sender::client) s->sends(again);
      else s->gets(again);
    }
    const auto why = r.self == sender::server ? reason_code::not_authorized : reason_code::unspecified_error;
    ours.sends(disconnect{.reason_code = why});
    ours.ended(ending::cause::self).refuses(message, rule::packet_after_end);
    const auto their_reason = r.self == sender::client ? reason_code::not_authorized : reason_code::unspecified_error;
    theirs.gets(disconnect{.reason_code = their_reason}).ended(ending::cause::peer).is_quiet();
  }
}

}  // namespace
}  // namespace mqttspan::test
