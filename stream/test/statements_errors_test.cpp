// What the peer does wrong, and what is said about it.
#include "story.hpp"

namespace mqttspan::test {
namespace {

struct fault {
  std::string_view bytes;  // from either side, in 3.x and 5.0
  rule broken;
  reason_code reason;
};

constexpr fault faults[] = {
    {"00 00", rule::packet_type_reserved, reason_code::malformed_packet},
    {"36 05 0001 74 0001", rule::qos_3, reason_code::malformed_packet},
    {"41 02 0001", rule::fixed_header_flags, reason_code::malformed_packet},
    {"40 02 0000", rule::packet_id_is_zero, reason_code::protocol_error},
    {"30 03 0001 23", rule::topic_name_has_wildcard, reason_code::malformed_packet},
    {"30 FF FF FF FF", rule::variable_byte_integer_too_long, reason_code::malformed_packet},
    {"40 01 00", rule::field_past_end, reason_code::malformed_packet},
};

STORY(errors, of_the_peer_are_the_end, "3.1.1/MQTT-4.8.0-1", "5.0/MQTT-4.13.1-1", "5.0/U5-4.13.1-a", "5.0/MQTT-4.13.2-1", "5.0/U5-4.13.1-c") {
  for (const role r : everyone)
    for (const fault& f : faults) {
      if (r.version == v3_1 && f.broken == rule::fixed_header_flags) continue;  // does not look at these bits
      story s(r);
      s.open().gets(publish{.topic = "t"}).peer_hex(f.bytes).ended(f.broken);
      if (r.version == v5) s.says(disconnect{.reason_code = f.reason});
      s.is_quiet().refuses(publish{.topic = "t"}, rule::packet_after_end);
      EXPECT_FALSE(s.self().receive(as_bytes(std::string_view("\xD0\x00", 2)), s.now()));
    }
}

STORY(errors, of_direction_are_the_end, "3.1.1/MQTT-4.8.0-1", "5.0/MQTT-4.13.1-1", "5.0/U5-4.13.1-a") {
  for (const role r : everyone) {
    story s(r);
    s.open().peer_hex(r.self == sender::client ? "C0 00" : "D0 00").breaks(rule::packet_from_wrong_side, reason_code::protocol_error);
  }
}

STORY(errors, before_connack_are_not_answered_by_disconnect, "5.0/U5-4.13.1-c", "5.0/MQTT-4.13.1-1", "5.0/MQTT-3.14.0-1", "5.0/U5-3.1-a") {
  story malformed(sender::server, v5), wrong(sender::server, v5), talks(sender::server, v5), reserved(sender::server, v5);
  malformed.peer_hex("10 0D 0004 4D515454 05 01 003C 00 0000").ended(rule::connect_flag_reserved).says(connack{.reason_code = reason_code::malformed_packet}).is_quiet();
  EXPECT_EQ(malformed.ending().reason, reason_code::malformed_packet);
  wrong.peer_hex("10 10 0004 4D515454 05 02 003C 03 21 0000 0000").ended(rule::property_out_of_range).says(connack{.reason_code = reason_code::protocol_error}).is_quiet();
  reserved.peer_hex("F0 00").ended(rule::connect_not_first).is_quiet();
  const auto method = with({prop::authentication_method("m")});
  talks.begins({.properties = method}).sends(auth{.reason_code = reason_code::continue_authentication, .properties = method});
  talks.peer_hex("F0 02 77 00").ended(rule::reason_code_not_of_packet).is_quiet();
}

STORY(errors, of_a_limit_of_our_own_close, "3.1.1/MQTT-4.8.0-2", "5.0/MQTT-4.13.2-1") {
  for (const role r : everyone) {
    connection_options options;
    options.parse.max_topic_levels = 2;
    story s(r, options);
    s.open().gets(publish{.topic = "a/b"}).breaks(publish{.topic = "a/b/c"}, rule::too_many_topic_levels, reason_code::quota_exceeded);
    story small(r, {.carry_size = 64});
    const std::string name(70, 't');
    small.open().breaks(publish{.topic = name}, rule::packet_too_large, reason_code::packet_too_large);
  }
}

STORY(errors, of_the_owner_end_the_connection_with_a_reason, "5.0/MQTT-4.13.2-1") {
  for (const role r : both_in_5) {
    story s(r), closes(r);
    s.open().sends(disconnect{.reason_code = reason_code::quota_exceeded});
    s.ended(ending::cause::self).is_quiet();
    EXPECT_EQ(s.ending().reason, reason_code::quota_exceeded);
    closes.open().closes(reason_code::quota_exceeded).says(disconnect{.reason_code = reason_code::quota_exceeded}).ended(ending::cause::self);
    EXPECT_EQ(closes.self().phase(), connection_phase::ended);
    story told(r);
    told.open().gets(disconnect{.reason_code = reason_code::quota_exceeded}).ended(ending::cause::peer).refuses(publish{.topic = "t"}, rule::packet_after_end);
    EXPECT_EQ(told.ending().reason, reason_code::quota_exceeded);
  }
}

// What was delivered before stays delivered, and the place of the error is that in the stream.
TEST(errors, have_a_place) {
  for (const role r : everyone) {
    story parsed(r), judged(r), in_pieces(r, {.carry_size = 64});
    const auto opening = [&](story& s) { return *encoded_size(r.self == sender::server ? packet(connect{.version = r.version, .client_id = "me"}) : packet(connack{}), r.version) + (s.open(), 0); };
    const std::size_t first = opening(parsed);
    const publish fine{.topic = "fine"};
    const std::size_t behind = first + *encoded_size(fine, r.version);
    parsed.gets(fine).peer_hex("30 05 0003 612362 00").ended(rule::topic_name_has_wildcard).forgets_the_rest();
    EXPECT_EQ(parsed.ending().position, behind);
    EXPECT_EQ(parsed.ending().error.offset, 5U);
    opening(judged);
    const publish twice{.topic = "t", .qos = qos::exactly_once, .packet_id = 1};
    judged.gets(fine).gets(twice).says(pubrec{.packet_id = 1}).peer(publish{.topic = "other", .qos = qos::at_least_once, .packet_id = 1}).ended(rule::packet_id_in_use).forgets_the_rest();
    EXPECT_EQ(judged.ending().position, behind + *encoded_size(twice, r.version));
    opening(in_pieces);
    const std::string payload(100, 'x');
    in_pieces.gets(fine).gets(twice).says(pubrec{.packet_id = 1});
    in_pieces.peer(publish{.topic = "other", .payload = as_bytes(payload), .qos = qos::at_least_once, .packet_id = 1}).ended(rule::packet_id_in_use).forgets_the_rest();
    EXPECT_EQ(in_pieces.ending().position, behind + *encoded_size(twice, r.version));
  }
}

}  // namespace
}  // namespace mqttspan::test
