// Topic aliases, each way.
#include "story.hpp"

namespace mqttspan::test {
namespace {

publish named(std::string_view topic, std::uint16_t alias) { return {.topic = topic, .properties = with({prop::topic_alias(alias)})}; }

// Opens it with a peer that takes so many aliases.
void open_for(story& s, std::uint16_t most) { s.open_to(with({prop::topic_alias_maximum(most)})); }

STORY(topic_alias, above_the_peer_s_maximum_is_not_sent, "5.0/MQTT-3.1.2-26", "5.0/MQTT-3.2.2-17", "5.0/MQTT-3.3.2-9", "5.0/MQTT-3.3.2-11") {
  for (const role r : both_in_5) {
    story s(r);
    open_for(s, 2);
    s.sends(named("a", 1));
    s.sends(named("b", 2));
    s.refuses(named("c", 3), rule::topic_alias_above_maximum);
    s.sends(named("", 2));
  }
}

STORY(topic_alias, is_not_used_where_the_peer_takes_none, "5.0/MQTT-3.1.2-27", "5.0/MQTT-3.2.2-18") {
  for (const role r : both_in_5)
    for (const alias_policy policy : {alias_policy::none, alias_policy::first_come, alias_policy::least_recent}) {
      story absent(r, {.aliases = policy}), zero(r, {.aliases = policy});
      absent.open();
      open_for(zero, 0);
      for (story* const s : {&absent, &zero}) {
        s->refuses(named("a", 1), rule::topic_alias_above_maximum);
        s->sends(publish{.topic = "a"});
        s->sends(publish{.topic = "a"});
      }
    }
  story early(sender::client, v5, {.aliases = alias_policy::first_come});  // nobody knows before the CONNACK
  early.begins().refuses(named("a", 1), rule::topic_alias_above_maximum);
  early.sends(publish{.topic = "a"});
}

STORY(topic_alias, sets_replaces_and_uses_a_mapping_that_we_send, "5.0/U5-3.3.4-g") {
  for (const role r : both_in_5) {
    story s(r);
    open_for(s, 2);
    s.refuses(named("", 1), rule::topic_alias_unknown);
    s.sends(named("a", 1));
    s.sends(named("", 1));
    s.sends(named("b", 1));
    s.sends(named("", 1));
    s.refuses(named("", 2), rule::topic_alias_unknown);
  }
}

STORY(topic_alias, sets_replaces_and_uses_a_mapping_of_the_peer_s, "5.0/U5-3.3.4-g", "5.0/MQTT-3.3.2-10", "5.0/MQTT-3.3.2-12") {
  for (const role r : both_in_5) {
    story s(r, {.topic_alias_maximum = 3});
    s.open();
    for (const std::uint16_t alias : {std::uint16_t{3}, std::uint16_t{1}, std::uint16_t{2}}) {
      s.gets(named("a", alias)).peer(named("", alias)).hears(named("a", alias));
      s.gets(named("long name", alias)).peer(named("", alias)).hears(named("long name", alias));
      s.gets(named("b", alias)).peer(named("", alias)).hears(named("b", alias));
    }
    publish last = named("", 3);
    last.qos = qos::exactly_once, last.packet_id = 5;
    publish heard = last;
    heard.topic = "b";
    s.peer(last).hears(heard).says(pubrec{.packet_id = 5});
    publish renamed = last;
    renamed.topic = "c", renamed.dup = true;
    s.peer(renamed).says(pubrec{.packet_id = 5}).peer(named("", 3)).hears(named("c", 3));  // also where the message itself is not delivered
  }
}

STORY(topic_alias, every_one_up_to_the_maximum_is_taken, "5.0/MQTT-3.3.2-10", "5.0/MQTT-3.3.2-12") {
  for (const role r : both_in_5) {
    story s(r, {.topic_alias_maximum = 65'535});
    s.open();
    for (std::uint32_t alias = 1; alias <= 65'535; alias += 4'095) s.gets(named("a", static_cast<std::uint16_t>(alias)));
    s.gets(named("z", 65'535)).peer(named("", 65'535)).hears(named("z", 65'535));
  }
}

STORY(topic_alias, of_a_message_in_pieces, "5.0/U5-3.3.4-g") {
  for (const role r : both_in_5) {
    story s(r, {.carry_size = 64, .topic_alias_maximum = 1});
    const std::string payload(100, 'x');
    publish large = named("", 1);
    large.payload = as_bytes(payload);
    s.open().gets(named("a", 1)).peer(large);
    const connection_event begin = s.next_heard();
    ASSERT_EQ(begin.kind(), connection_event_kind::publish_begin);
    EXPECT_EQ(begin.publish_begin().publish.topic, "a");
    s.forgets_the_rest();
  }
}

STORY(topic_alias, above_our_maximum_is_the_end, "5.0/U5-3.3.4-b") {
  for (const role r : both_in_5) {
    story s(r, {.topic_alias_maximum = 2}), none(r);
    s.open().breaks(named("a", 3), rule::topic_alias_above_maximum, reason_code::topic_alias_invalid);
    none.open().breaks(named("a", 1), rule::topic_alias_above_maximum, reason_code::topic_alias_invalid);
  }
}

STORY(topic_alias, without_a_mapping_is_the_end, "5.0/U5-3.3.4-c") {
  for (const role r : both_in_5) {
    story s(r, {.topic_alias_maximum = 2});
    s.open().gets(named("a", 1)).breaks(named("", 2), rule::topic_alias_unknown, reason_code::protocol_error);
  }
}

STORY(topic_alias, of_one_direction_is_not_of_the_other, "5.0/U5-3.3.4-g") {
  for (const role r : both_in_5) {
    story s(r, {.topic_alias_maximum = 2});
    open_for(s, 2);
    s.sends(named("a", 1));
    s.breaks(named("", 1), rule::topic_alias_unknown, reason_code::protocol_error);
    story t(r, {.topic_alias_maximum = 2});
    open_for(t, 2);
    t.gets(named("a", 1)).refuses(named("", 1), rule::topic_alias_unknown);
  }
}

STORY(topic_alias, does_not_outlive_the_connection, "5.0/MQTT-3.3.2-7") {
  for (const role r : both_in_5)
    for (int i = 0; i < 2; ++i) {  // a new connection of the same session knows none
      story s(r, {.topic_alias_maximum = 2});
      ASSERT_TRUE(s.self().import_session({}));
      const auto two = with({prop::topic_alias_maximum(2)});
      s.open({.clean_start = false, .properties = two}, {.session_present = true, .properties = two});
      s.refuses(named("", 1), rule::topic_alias_unknown);
      s.sends(named("a", 1));
      if (i == 0) s.gets(named("a", 1));
      else s.breaks(named("", 1), rule::topic_alias_unknown, reason_code::protocol_error);
    }
}

// ---- By themselves

story& says_with(story& s, std::string_view topic, const publish& on_the_wire) {
  EXPECT_TRUE(s.tries(publish{.topic = topic}));
  return s.says(on_the_wire);
}

STORY(topic_alias, comes_by_itself_first_come, "5.0/MQTT-3.3.2-9", "5.0/MQTT-3.3.2-11", "5.0/U5-3.3.4-g") {
  for (const role r : both_in_5) {
    story s(r, {.max_sent_aliases = 8, .aliases = alias_policy::first_come});
    open_for(s, 2);
    says_with(s, "a", named("a", 1));
    says_with(s, "a", named("", 1));
    says_with(s, "b", named("b", 2));
    says_with(s, "c", {.topic = "c"});
    says_with(s, "b", named("", 2));
    says_with(s, "a", named("", 1));
    s.sends(named("c", 1));  // the owner's word counts
    says_with(s, "c", named("", 1));
    says_with(s, "a", {.topic = "a"});
  }
}

STORY(topic_alias, comes_by_itself_and_makes_room, "5.0/MQTT-3.3.2-9", "5.0/MQTT-3.3.2-11", "5.0/U5-3.3.4-g") {
  for (const role r : both_in_5) {
    story s(r, {.max_sent_aliases = 2, .aliases = alias_policy::least_recent});
    open_for(s, 9);
    says_with(s, "a", named("a", 1));
    says_with(s, "b", named("b", 2));
    says_with(s, "a", named("", 1));
    says_with(s, "c", named("c", 2));
    says_with(s, "a", named("", 1));
    says_with(s, "b", named("b", 2));
    s.refuses(named("d", 3), rule::topic_alias_above_maximum);
  }
}

STORY(topic_alias, is_remembered_only_where_the_message_was_sent, "5.0/U5-3.3.4-g") {
  for (const role r : both_in_5) {
    story s(r, {.aliases = alias_policy::first_come});
    s.open_to(with({prop::topic_alias_maximum(2), prop::maximum_packet_size(30)}));
    const std::string payload(40, 'x');
    publish large = named("a", 1);
    large.payload = as_bytes(payload);
    s.refuses(large, rule::packet_too_large).refuses(named("", 1), rule::topic_alias_unknown);
    large.properties = {};
    s.refuses(large, rule::packet_too_large);
    says_with(s, "a", named("a", 1));
    const std::string exact(25, 'y');  // no room for an alias beside it: so none
    says_with(s, exact, {.topic = exact});
  }
}

}  // namespace
}  // namespace mqttspan::test
