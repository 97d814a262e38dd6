// What a server said that it does not have, and what a client said that it does not want to know.
#include "story.hpp"

namespace mqttspan::test {
namespace {

publish message(qos q, bool retain = false) { return {.topic = "t", .qos = q, .retain = retain, .packet_id = static_cast<std::uint16_t>(q == qos::at_most_once ? 0 : 1)}; }
subscribe to(std::string_view filter, const property_list& properties = {}) { return {.packet_id = 3, .subscriptions = subscriptions({{"plain"}, {filter}}), .properties = properties}; }

// The server under test, or the client of such a server.
story& open_by(story& s, const property& lacks) {
  const connack says{.properties = with({lacks})};
  return s.open({}, says);
}

STORY(capabilities, client_publishes_up_to_the_maximum_qos, "5.0/MQTT-3.2.2-11") {
  story s(sender::client, v5), zero(sender::client, v5);
  open_by(s, prop::maximum_qos(1)).refuses(message(qos::exactly_once), rule::qos_above_maximum);
  s.sends(message(qos::at_least_once));
  open_by(zero, prop::maximum_qos(0)).refuses(message(qos::at_least_once), rule::qos_above_maximum).refuses(message(qos::exactly_once), rule::qos_above_maximum);
  zero.sends(message(qos::at_most_once));
}

STORY(capabilities, server_ends_at_a_qos_above_its_maximum, "5.0/U5-3.2.2.3.4-c") {
  story s(sender::server, v5), zero(sender::server, v5);
  open_by(s, prop::maximum_qos(1)).gets(message(qos::at_least_once)).says(puback{.packet_id = 1});
  s.breaks(message(qos::exactly_once), rule::qos_above_maximum, reason_code::qos_not_supported);
  open_by(zero, prop::maximum_qos(0)).gets(message(qos::at_most_once)).breaks(message(qos::at_least_once), rule::qos_above_maximum, reason_code::qos_not_supported);
  story sends(sender::server, v5);  // what it sends is another matter
  open_by(sends, prop::maximum_qos(0)).sends(message(qos::exactly_once));
}

STORY(capabilities, client_retains_nothing_where_it_may_not, "5.0/MQTT-3.2.2-14") {
  story s(sender::client, v5);
  open_by(s, prop::retain_available(0)).refuses(message(qos::at_most_once, true), rule::retain_not_available).refuses(message(qos::at_least_once, true), rule::retain_not_available);
  s.sends(message(qos::at_least_once));
  s.gets(message(qos::at_most_once, true));
  story may(sender::client, v5);
  may.open().sends(message(qos::at_most_once, true));
}

STORY(capabilities, server_without_retained_messages_ends_at_one, "5.0/U5-3.2.2.3.5-c") {
  story s(sender::server, v5);
  open_by(s, prop::retain_available(0)).gets(message(qos::at_most_once)).breaks(message(qos::at_most_once, true), rule::retain_not_available, reason_code::retain_not_supported);
  story may(sender::server, v5);
  may.open().gets(message(qos::at_most_once, true));
}

struct kind_of_subscription {
  property lacks;
  subscribe asks;
  rule broken;
  reason_code reason;
};

const kind_of_subscription wildcards{prop::wildcard_subscription_available(0), to("a/+"), rule::wildcard_not_available, reason_code::wildcard_subscriptions_not_supported};
const kind_of_subscription all_below{prop::wildcard_subscription_available(0), to("a/#"), rule::wildcard_not_available, reason_code::wildcard_subscriptions_not_supported};
const kind_of_subscription identifiers{prop::subscription_identifier_available(0), to("a", with({prop::subscription_identifier(1)})),
                                       rule::subscription_identifier_not_available, reason_code::subscription_identifiers_not_supported};
const kind_of_subscription shared{prop::shared_subscription_available(0), to("$share/g/a"), rule::share_not_available, reason_code::shared_subscriptions_not_supported};

void is_refused_both_ways(const kind_of_subscription& k) {
  story client(sender::client, v5), any_client(sender::client, v5), server(sender::server, v5), any_server(sender::server, v5);
  open_by(client, k.lacks).refuses(k.asks, k.broken);
  client.sends(to("a"));
  any_client.open().sends(k.asks);
  open_by(server, k.lacks).gets(to("a")).breaks(k.asks, k.broken, k.reason);
  any_server.open().gets(k.asks);
}

STORY(capabilities, without_wildcards, "5.0/U5-3.2.2.3.11-c") {
  is_refused_both_ways(wildcards);
  is_refused_both_ways(all_below);
}
STORY(capabilities, without_subscription_identifiers, "5.0/U5-3.2.2.3.12-c") { is_refused_both_ways(identifiers); }
STORY(capabilities, without_shared_subscriptions, "5.0/U5-3.2.2.3.13-c") { is_refused_both_ways(shared); }

// ---- Problem information

const property_list why = with({prop::reason_string("why"), prop::user("k", "v")});
const property_list silence = with({prop::request_problem_information(0)});

STORY(capabilities, server_explains_nothing_to_a_client_that_does_not_want_it, "5.0/MQTT-3.1.2-29") {
  for (const bool is_wanted : {false, true}) {
    const property_list said = is_wanted ? why : property_list();
    const auto says = [&said](story& s, auto p) {
      p.properties = why;
      EXPECT_TRUE(s.tries(p));
      p.properties = said;
      s.says(p);
    };
    story s(sender::server, v5, {.auto_acknowledge = false});
    s.open(is_wanted ? connect{} : connect{.properties = silence});
    s.gets(message(qos::at_least_once));
    says(s, puback{.packet_id = 1});
    s.gets(message(qos::exactly_once));
    says(s, pubrec{.packet_id = 1});
    s.gets(pubrel{.packet_id = 1});
    says(s, pubcomp{.packet_id = 1});
    s.sends(message(qos::exactly_once));
    s.gets(pubrec{.packet_id = 1});
    says(s, pubrel{.packet_id = 1});
    s.gets(to("a")).gets(unsubscribe{.packet_id = 4, .topic_filters = filters({"a"})});
    says(s, suback{.packet_id = 3, .reason_codes = codes({reason_code::success, reason_code::success})});
    says(s, unsuback{.packet_id = 4, .reason_codes = codes({reason_code::success})});
    s.sends(publish{.topic = "t", .properties = with({prop::user("k", "v")})});  // these are excepted
    s.sends(disconnect{.properties = why});
    s.ended(ending::cause::self);
  }
}

STORY(capabilities, server_explains_in_connack_and_auth_what_it_may, "5.0/MQTT-3.1.2-29") {
  const auto asks = with({prop::authentication_method("m"), prop::request_problem_information(0)});
  const auto more = auth{.reason_code = reason_code::continue_authentication, .properties = with({prop::authentication_method("m"), prop::reason_string("why"), prop::user("k", "v")})};
  story s(sender::server, v5, {.receive_maximum = 65'535});
  s.begins({.properties = asks});
  EXPECT_TRUE(s.tries(more));
  s.says(auth{.reason_code = reason_code::continue_authentication, .properties = with({prop::authentication_method("m")})});
  s.sends(connack{.properties = with({prop::authentication_method("m"), prop::reason_string("why"), prop::user("k", "v")})});
}

STORY(capabilities, client_that_asked_for_none_ends_at_an_explanation, "5.0/U5-3.1.2.11.7-c") {
  for (const property_list& p : {with({prop::reason_string("why")}), with({prop::user("k", "v")})}) {
    const auto ends_at = [&](auto packet, auto... sends_first) {
      for (const bool asked : {false, true}) {
        packet.properties = p;
        story s(sender::client, v5);
        s.open(asked ? connect{} : connect{.properties = silence});
        (s.sends(sends_first), ...);
        if (asked) s.gets(packet).forgets_the_rest();
        else s.breaks(packet, rule::problem_information_unasked, reason_code::protocol_error);
      }
    };
    ends_at(puback{.packet_id = 1}, message(qos::at_least_once));
    ends_at(pubrec{.packet_id = 1}, message(qos::exactly_once));
    ends_at(suback{.packet_id = 3, .reason_codes = codes({reason_code::success, reason_code::success})}, to("a"));
    ends_at(unsuback{.packet_id = 4, .reason_codes = codes({reason_code::success})}, unsubscribe{.packet_id = 4, .topic_filters = filters({"a"})});

    story released(sender::client, v5), completed(sender::client, v5), talks(sender::client, v5);
    released.open({.properties = silence}).gets(message(qos::exactly_once)).says(pubrec{.packet_id = 1});
    released.breaks(pubrel{.packet_id = 1, .properties = p}, rule::problem_information_unasked, reason_code::protocol_error);
    completed.open({.properties = silence});
    completed.sends(message(qos::exactly_once));
    completed.gets(pubrec{.packet_id = 1}).says(pubrel{.packet_id = 1});
    completed.breaks(pubcomp{.packet_id = 1, .properties = p}, rule::problem_information_unasked, reason_code::protocol_error);
    talks.begins({.properties = with({prop::authentication_method("m"), prop::request_problem_information(0)})});
    const auto more = with({prop::authentication_method("m"), *p.begin()});
    talks.breaks(auth{.reason_code = reason_code::continue_authentication, .properties = more}, rule::problem_information_unasked, reason_code::protocol_error);
    story excepted(sender::client, v5);
    excepted.open({.properties = silence}, {.properties = p}).gets(publish{.topic = "t", .properties = with({prop::user("k", "v")})});
    excepted.gets(disconnect{.reason_code = reason_code::server_busy, .properties = p}).ended(ending::cause::peer);
  }
}

}  // namespace
}  // namespace mqttspan::test
