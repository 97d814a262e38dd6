// Maximum Packet Size, both ways, and what is left out of a packet so that it fits.
#include "story.hpp"

namespace mqttspan::test {
namespace {

const std::string explanation(40, 'r'), value(40, 'v');
const property method = prop::authentication_method("m");

template <class P>
std::uint32_t size_of(const P& p) {
  return static_cast<std::uint32_t>(*encoded_size(p, v5));
}

template <class P>
P with_properties(P p, std::initializer_list<property> list) {
  p.properties = with(list);
  return p;
}

// Opens it with a peer that takes packets of that size. Both sides have agreed on a method.
void open_for(story& s, std::uint32_t most) {
  const property_list of_the_peer = with({method, prop::maximum_packet_size(most)}), ours = with({method});
  if (s.self().self() == sender::client) s.open({.properties = ours}, {.properties = of_the_peer});
  else s.open({.properties = of_the_peer}, {.properties = ours});
}

// `first` are properties that have to stay. What was said goes down to that.
template <class P, class Prepare>
void is_cut_to_fit(role r, const P& bare, std::initializer_list<property> first, Prepare prepare) {
  std::vector<property> all(first), less(first);
  all.push_back(prop::reason_string(explanation));
  all.push_back(prop::user("k", value));
  less.push_back(prop::user("k", value));
  P full = bare, without_reason = bare, without_both = with_properties(bare, first);
  full.properties = all;
  without_reason.properties = less;
  struct fit {
    std::uint32_t limit;
    const P& said;
  };
  for (const fit& f : {fit{size_of(full), full}, fit{size_of(full) - 1, without_reason}, fit{size_of(without_reason), without_reason}, fit{size_of(without_reason) - 1, without_both}}) {
    story s(r, {.receive_maximum = 65'535, .auto_acknowledge = false});
    prepare(s, f.limit);
    EXPECT_TRUE(s.tries(full));
    s.says(f.said);
    s.forgets_the_rest();
  }
}

publish message(qos q) { return {.topic = "t", .qos = q, .packet_id = 1}; }
publish named(std::string_view topic, std::uint16_t alias) { return {.topic = topic, .properties = with({prop::topic_alias(alias)})}; }

STORY(packet_size, puback_leaves_out_what_does_not_fit, "5.0/MQTT-3.4.2-2", "5.0/MQTT-3.4.2-3") {
  for (const role r : both_in_5)
    is_cut_to_fit(r, puback{.packet_id = 1}, {}, [](story& s, std::uint32_t most) {
      open_for(s, most);
      s.gets(message(qos::at_least_once));
    });
}

STORY(packet_size, pubrec_leaves_out_what_does_not_fit, "5.0/MQTT-3.5.2-2", "5.0/MQTT-3.5.2-3") {
  for (const role r : both_in_5)
    is_cut_to_fit(r, pubrec{.packet_id = 1, .reason_code = reason_code::quota_exceeded}, {}, [](story& s, std::uint32_t most) {
      open_for(s, most);
      s.gets(message(qos::exactly_once));
    });
}

STORY(packet_size, pubrel_leaves_out_what_does_not_fit, "5.0/MQTT-3.6.2-2", "5.0/MQTT-3.6.2-3") {
  for (const role r : both_in_5)
    is_cut_to_fit(r, pubrel{.packet_id = 1}, {}, [](story& s, std::uint32_t most) {
      open_for(s, most);
      s.sends(message(qos::exactly_once));
      s.gets(pubrec{.packet_id = 1});
    });
}

STORY(packet_size, pubcomp_leaves_out_what_does_not_fit, "5.0/MQTT-3.7.2-2", "5.0/MQTT-3.7.2-3") {
  for (const role r : both_in_5)
    is_cut_to_fit(r, pubcomp{.packet_id = 1}, {}, [](story& s, std::uint32_t most) {
      open_for(s, most);
      s.gets(message(qos::exactly_once));
      s.sends(pubrec{.packet_id = 1});
      s.gets(pubrel{.packet_id = 1});
    });
}

STORY(packet_size, suback_leaves_out_what_does_not_fit, "5.0/MQTT-3.9.2-1", "5.0/MQTT-3.9.2-2") {
  is_cut_to_fit({sender::server, v5}, suback{.packet_id = 1, .reason_codes = codes({reason_code::success})}, {}, [](story& s, std::uint32_t most) {
    open_for(s, most);
    s.gets(subscribe{.packet_id = 1, .subscriptions = subscriptions({{"a"}})});
  });
}

STORY(packet_size, unsuback_leaves_out_what_does_not_fit, "5.0/MQTT-3.11.2-1", "5.0/MQTT-3.11.2-2") {
  is_cut_to_fit({sender::server, v5}, unsuback{.packet_id = 1, .reason_codes = codes({reason_code::success})}, {}, [](story& s, std::uint32_t most) {
    open_for(s, most);
    s.gets(unsubscribe{.packet_id = 1, .topic_filters = filters({"a"})});
  });
}

STORY(packet_size, connack_leaves_out_what_does_not_fit, "5.0/MQTT-3.2.2-19", "5.0/MQTT-3.2.2-20") {
  const auto prepare = [](story& s, std::uint32_t most) { s.begins({.properties = with({prop::maximum_packet_size(most)})}); };
  is_cut_to_fit({sender::server, v5}, connack{}, {prop::topic_alias_maximum(0)}, prepare);
  is_cut_to_fit({sender::server, v5}, connack{.reason_code = reason_code::banned}, {}, prepare);
}

STORY(packet_size, disconnect_leaves_out_what_does_not_fit, "5.0/MQTT-3.14.2-3", "5.0/MQTT-3.14.2-4") {
  for (const role r : both_in_5) is_cut_to_fit(r, disconnect{.reason_code = reason_code::unspecified_error}, {}, open_for);
}

STORY(packet_size, auth_leaves_out_what_does_not_fit, "5.0/MQTT-3.15.2-2", "5.0/MQTT-3.15.2-3") {
  is_cut_to_fit({sender::client, v5}, auth{.reason_code = reason_code::re_authenticate}, {method}, open_for);
  is_cut_to_fit({sender::server, v5}, auth{.reason_code = reason_code::continue_authentication}, {method}, [](story& s, std::uint32_t most) {
    open_for(s, most);
    s.gets(auth{.reason_code = reason_code::re_authenticate, .properties = with({method})});
  });
}

STORY(packet_size, of_anything_is_at_most_the_peer_s, "5.0/MQTT-3.1.2-24", "5.0/MQTT-3.2.2-15") {
  const std::string payload(30, 'x'), one_more(31, 'x');
  for (const role r : both_in_5) {
    publish fits{.topic = "t", .payload = as_bytes(payload)}, does_not = fits;
    does_not.payload = as_bytes(one_more);
    story s(r);
    open_for(s, size_of(fits));
    s.refuses(does_not, rule::packet_too_large);
    EXPECT_EQ(s.tries(does_not).error().code, errc::packet_too_large);
    EXPECT_EQ(s.self().send_borrowed(does_not, s.now()).error().violated, rule::packet_too_large);
    does_not.qos = qos::at_least_once;
    s.refuses(does_not, rule::packet_too_large);
    EXPECT_EQ(s.self().send_quota(), 64U);
    s.sends(fits);
    if (r.self == sender::server) {
      const std::vector<reason_code> many(40);
      suback answer{.packet_id = 1};
      answer.reason_codes = many;
      const std::vector<subscription> asked(40, subscription{.topic_filter = "a"});
      subscribe asks{.packet_id = 1};
      asks.subscriptions = asked;
      s.gets(asks).refuses(answer, rule::packet_too_large);
      EXPECT_EQ(s.self().state_of_theirs(1), exchange::subscribe);
    } else {
      const std::string filter(40, 'f');
      s.refuses(subscribe{.subscriptions = subscriptions({{filter}})}, rule::packet_too_large);
      s.refuses(unsubscribe{.topic_filters = filters({filter})}, rule::packet_too_large);
    }
  }
}

STORY(packet_size, of_what_is_answered_by_itself_is_at_most_the_peer_s, "5.0/MQTT-3.1.2-24", "5.0/MQTT-3.2.2-15") {
  story client(sender::client, v5, {.receive_maximum = 65'535});  // nothing but PINGREQ and the like fits into two bytes
  client.open_to(with({prop::maximum_packet_size(2)})).gets(message(qos::at_least_once)).is_quiet();
  client.peer(named("t", 1)).ended(rule::topic_alias_above_maximum).is_quiet();
  story server(sender::server, v5, {.receive_maximum = 65'535});
  server.begins({.properties = with({prop::maximum_packet_size(4)})}).refuses(connack{}, rule::packet_too_large);
  server.closes(reason_code::server_busy).ended(ending::cause::self).is_quiet();
}

STORY(packet_size, above_our_own_maximum_is_the_end, "5.0/U5-3.1.2.11.4-c", "5.0/U5-3.2.2.3.6-c") {
  const std::string payload(100, 'x');
  for (const role r : both_in_5) {
    publish fits{.topic = "t", .payload = as_bytes(payload)};
    const std::uint32_t limit = size_of(fits);
    for (const bool is_by_option : {true, false}) {  // or the owner's own word in CONNECT or CONNACK
      connection_options options;
      if (is_by_option) options.parse.max_packet_size = limit;
      const property_list word = is_by_option ? property_list() : with({prop::maximum_packet_size(limit)});
      story s(r, options);
      s.open({.properties = r.self == sender::client ? word : property_list()}, {.properties = r.self == sender::server ? word : property_list()});
      EXPECT_EQ(s.self().ours().maximum_packet_size, limit);
      publish does_not = fits;
      does_not.topic = "tt";
      s.gets(fits).breaks(does_not, rule::packet_too_large, reason_code::packet_too_large);
    }
  }
}

STORY(packet_size, of_our_own_is_announced, "5.0/U5-3.1.2.11.4-c", "5.0/U5-3.2.2.3.6-c") {
  connection_options options{.receive_maximum = 65'535};
  options.parse.max_packet_size = 1000;
  const auto announced = with({prop::maximum_packet_size(1000)});
  story client(sender::client, v5, options), server(sender::server, v5, options);
  EXPECT_TRUE(client.tries(connect{.client_id = "a"}));
  client.says(connect{.client_id = "a", .properties = announced});
  server.begins();
  EXPECT_TRUE(server.tries(connack{}));
  server.says(connack{.properties = announced});
  story more(sender::client, v5, options);
  more.refuses(connect{.client_id = "a", .properties = with({prop::maximum_packet_size(1001)})}, rule::announced_more_than_kept);
}

}  // namespace
}  // namespace mqttspan::test
