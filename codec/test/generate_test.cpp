#include <mqttspan/codec/generate.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hex.hpp"

namespace mqttspan {
namespace {

using test::hex;
using test::to_hex;

constexpr auto v3_1 = protocol_version::v3_1;
constexpr auto v3_1_1 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;

std::vector<std::byte> room(200'000);

// Every refusal of a packet that breaks a rule is `invalid_argument`, and names the rule and the place.
template <class P>
void refuses(const P& p, protocol_version version, rule violated, std::size_t offset, const generate_options& options = canonical) {
  const auto written = generate(p, version, room, options);
  ASSERT_FALSE(written.has_value()) << to_string(violated);
  EXPECT_EQ(to_string(written.error().code), to_string(errc::invalid_argument)) << to_string(violated);
  EXPECT_EQ(to_string(written.error().violated), to_string(violated));
  EXPECT_EQ(written.error().offset, offset) << to_string(violated);
  EXPECT_EQ(written.error().in, P::type);
}

template <class P>
void refuses_somewhere(const P& p, protocol_version version, rule violated, const generate_options& options = canonical) {
  const auto written = generate(p, version, room, options);
  ASSERT_FALSE(written.has_value()) << to_string(violated);
  EXPECT_EQ(written.error().code, errc::invalid_argument);
  EXPECT_EQ(to_string(written.error().violated), to_string(violated));
}

template <class P>
void writes(const P& p, protocol_version version, const char* bytes, const generate_options& options = canonical) {
  const auto written = generate(p, version, room, options);
  ASSERT_TRUE(written.has_value()) << to_string(written.error().violated);
  EXPECT_EQ(to_hex(*written), to_hex(hex(bytes)));
}

const std::vector<property> user = {prop::user("a", "b")};
const std::vector<subscription> one_filter = {{.topic_filter = "a"}};
const std::vector<std::string_view> one_name = {"a"};
const std::vector<reason_code> one_code = {reason_code::success};
const auto some = hex("00ff");

TEST(generate, refuses_properties_before_5_0) {
  for (const auto version : {v3_1, v3_1_1}) {
    refuses_somewhere(connect{.version = version, .client_id = "c", .properties = user}, version, rule::field_not_in_version);
    refuses_somewhere(connect{.version = version, .client_id = "c", .will = will{.topic = "t", .properties = user}}, version, rule::field_not_in_version);
    refuses_somewhere(connack{.properties = user}, version, rule::field_not_in_version);
    refuses_somewhere(publish{.topic = "t", .properties = user}, version, rule::field_not_in_version);
    refuses_somewhere(puback{.packet_id = 1, .properties = user}, version, rule::field_not_in_version);
    refuses_somewhere(pubrec{.packet_id = 1, .properties = user}, version, rule::field_not_in_version);
    refuses_somewhere(pubrel{.packet_id = 1, .properties = user}, version, rule::field_not_in_version);
    refuses_somewhere(pubcomp{.packet_id = 1, .properties = user}, version, rule::field_not_in_version);
    refuses_somewhere(subscribe{.packet_id = 1, .subscriptions = one_filter, .properties = user}, version, rule::field_not_in_version);
    refuses_somewhere(suback{.packet_id = 1, .reason_codes = one_code, .properties = user}, version, rule::field_not_in_version);
    refuses_somewhere(unsubscribe{.packet_id = 1, .topic_filters = one_name, .properties = user}, version, rule::field_not_in_version);
    refuses_somewhere(unsuback{.packet_id = 1, .properties = user}, version, rule::field_not_in_version);
    refuses_somewhere(disconnect{.properties = user}, version, rule::field_not_in_version);
  }
}

TEST(generate, refuses_codes_and_options_before_5_0) {
  for (const auto version : {v3_1, v3_1_1}) {
    refuses_somewhere(puback{.packet_id = 1, .reason_code = reason_code::not_authorized}, version, rule::field_not_in_version);
    refuses_somewhere(pubrel{.packet_id = 1, .reason_code = reason_code::packet_identifier_not_found}, version, rule::field_not_in_version);
    refuses_somewhere(disconnect{.reason_code = reason_code::disconnect_with_will_message}, version, rule::field_not_in_version);
    refuses_somewhere(unsuback{.packet_id = 1, .reason_codes = one_code}, version, rule::field_not_in_version);
    const subscription options[] = {{.topic_filter = "a", .no_local = true}, {.topic_filter = "a", .retain_as_published = true},
                                    {.topic_filter = "a", .retain_handling = retain_handling::send_if_new}};
    for (const subscription& s : options)
      refuses_somewhere(subscribe{.packet_id = 1, .subscriptions = std::span(&s, 1)}, version, rule::field_not_in_version);
    const std::vector<reason_code> modern = {reason_code::not_authorized};
    refuses_somewhere(suback{.packet_id = 1, .reason_codes = modern}, version, rule::reason_code_not_of_packet);
    refuses_somewhere(connack{.reason_code = reason_code::banned}, version, rule::reason_code_not_of_packet);
    refuses_somewhere(auth{}, version, rule::packet_not_in_version);
  }
  refuses_somewhere(connack{.session_present = true}, v3_1, rule::field_not_in_version);
}

TEST(generate, refuses_dup_where_the_version_has_none) {
  for (const auto version : {v3_1_1, v5}) {
    refuses_somewhere(pubrel{.packet_id = 1, .dup = true}, version, rule::field_not_in_version);
    refuses_somewhere(subscribe{.packet_id = 1, .dup = true, .subscriptions = one_filter}, version, rule::field_not_in_version);
    refuses_somewhere(unsubscribe{.packet_id = 1, .dup = true, .topic_filters = one_name}, version, rule::field_not_in_version);
  }
}

TEST(generate, leaves_out_what_the_version_lacks_when_told_to) {
  const generate_options bridge{.allow = leniency::fields_not_in_version};
  writes(publish{.topic = "t", .payload = some, .properties = user}, v3_1_1, "30 05 0001 74 00ff", bridge);
  writes(puback{.packet_id = 1, .reason_code = reason_code::no_matching_subscribers, .properties = user}, v3_1_1, "40 02 0001", bridge);
  writes(pubrel{.packet_id = 1, .dup = true}, v3_1_1, "62 02 0001", bridge);
  writes(disconnect{.properties = user}, v3_1, "e0 00", bridge);
  writes(unsuback{.packet_id = 1, .reason_codes = one_code}, v3_1_1, "b0 02 0001", bridge);
  writes(connack{.session_present = true}, v3_1, "20 02 00 00", bridge);
  const std::vector<subscription> options = {{.topic_filter = "a", .no_local = true, .retain_handling = retain_handling::do_not_send}};
  writes(subscribe{.packet_id = 1, .subscriptions = options, .properties = user}, v3_1_1, "82 06 0001 0001 61 00", bridge);
}

TEST(generate, leaves_no_refusal_out) {
  const generate_options bridge{.allow = leniency::fields_not_in_version};
  const std::vector<reason_code> refused = {reason_code::success, reason_code::not_authorized};
  refuses_somewhere(puback{.packet_id = 1, .reason_code = reason_code::not_authorized}, v3_1_1, rule::field_not_in_version, bridge);
  refuses_somewhere(disconnect{.reason_code = reason_code::disconnect_with_will_message}, v3_1, rule::field_not_in_version, bridge);
  refuses_somewhere(unsuback{.packet_id = 1, .reason_codes = refused}, v3_1_1, rule::field_not_in_version, bridge);
  refuses_somewhere(connack{.reason_code = reason_code::banned}, v3_1_1, rule::reason_code_not_of_packet, bridge);
  refuses_somewhere(auth{}, v3_1_1, rule::packet_not_in_version, bridge);
}

TEST(generate, refuses_bad_publishes) {
  for (const auto version : {v3_1, v3_1_1, v5}) {
    refuses(publish{.topic = "a/+"}, version, rule::topic_name_has_wildcard, 6);
    refuses(publish{.topic = std::string_view("a\0", 2)}, version, rule::utf8_has_null, 5);
    refuses(publish{.topic = "t", .qos = qos::at_least_once}, version, rule::packet_id_is_zero, 5);
    refuses_somewhere(publish{.topic = "t", .packet_id = 1}, version, rule::packet_id_with_qos_0);
    refuses(publish{.topic = "t", .dup = true}, version, rule::dup_with_qos_0, 0);
    refuses(publish{.topic = "t", .qos = static_cast<qos>(3), .packet_id = 1}, version, rule::qos_3, 0);
  }
  for (const auto version : {v3_1, v3_1_1}) refuses(publish{.topic = ""}, version, rule::topic_name_empty, 2);
  refuses(publish{.topic = ""}, v5, rule::topic_name_empty_without_alias, 2);
  refuses(publish{.topic = "a\xFF"}, v5, rule::utf8_ill_formed, 5);
  const std::vector<property> text = {prop::payload_format_indicator(1)};
  refuses(publish{.topic = "t", .payload = some, .properties = text}, v5, rule::payload_not_utf8, 9);
}

TEST(generate, refuses_packet_identifier_0) {
  for (const auto version : {v3_1, v3_1_1, v5}) {
    refuses(puback{}, version, rule::packet_id_is_zero, 2);
    refuses(pubrec{}, version, rule::packet_id_is_zero, 2);
    refuses(pubrel{}, version, rule::packet_id_is_zero, 2);
    refuses(pubcomp{}, version, rule::packet_id_is_zero, 2);
    refuses(subscribe{.subscriptions = one_filter}, version, rule::packet_id_is_zero, 2);
    refuses(suback{.reason_codes = one_code}, version, rule::packet_id_is_zero, 2);
    refuses(unsubscribe{.topic_filters = one_name}, version, rule::packet_id_is_zero, 2);
  }
  refuses(unsuback{}, v3_1_1, rule::packet_id_is_zero, 2);
  refuses(unsuback{.reason_codes = one_code}, v5, rule::packet_id_is_zero, 2);
}

TEST(generate, refuses_bad_lists) {
  for (const auto version : {v3_1, v3_1_1, v5}) {
    const std::size_t at = version == v5 ? 5 : 4;
    refuses(subscribe{.packet_id = 1}, version, rule::no_topic_filter, at);
    refuses(unsubscribe{.packet_id = 1}, version, rule::no_topic_filter, at);
    refuses(suback{.packet_id = 1}, version, rule::no_reason_code, at);
    const std::vector<std::string_view> bad = {"a", "b#"};
    refuses(unsubscribe{.packet_id = 1, .topic_filters = bad}, version, rule::multi_level_wildcard_misplaced, at + 6);
    const std::vector<subscription> empty = {{.topic_filter = ""}}, qos_3 = {{.topic_filter = "a", .qos = static_cast<qos>(3)}};
    refuses(subscribe{.packet_id = 1, .subscriptions = empty}, version, rule::topic_filter_empty, at);
    refuses(subscribe{.packet_id = 1, .subscriptions = qos_3}, version, version == v5 ? rule::subscription_qos_3 : rule::subscription_qos_reserved, at + 3);
  }
  refuses(unsuback{.packet_id = 1}, v5, rule::no_reason_code, 5);
  const std::vector<subscription> shared = {{.topic_filter = "$share/g/t", .no_local = true}}, handling = {{.topic_filter = "a", .retain_handling = static_cast<retain_handling>(3)}};
  refuses(subscribe{.packet_id = 1, .subscriptions = shared}, v5, rule::no_local_on_shared, 17);
  refuses(subscribe{.packet_id = 1, .subscriptions = handling}, v5, rule::retain_handling_3, 8);
}

TEST(generate, refuses_bad_connects) {
  refuses(connect{.version = v3_1}, v3_1, rule::client_id_length, 14);
  refuses(connect{.version = v3_1_1, .clean_start = false}, v3_1_1, rule::client_id_empty_without_clean_session, 12);
  for (const auto version : {v3_1, v3_1_1}) {
    const std::size_t flags = version == v3_1 ? 11 : 9;
    refuses(connect{.version = version, .client_id = "c", .password = some}, version, rule::password_without_user_name, flags);
    refuses(connect{.version = version, .client_id = "c", .will = will{.topic = "t", .qos = static_cast<qos>(3)}}, version, rule::will_qos_3, flags);
    refuses(connect{.version = version, .client_id = "c", .will = will{.topic = ""}}, version, rule::will_topic_empty, flags + 6);
    refuses(connect{.version = version, .client_id = "c", .will = will{.topic = "a#"}}, version, rule::will_topic_has_wildcard, flags + 9);
  }
  refuses(connect{.version = v3_1, .client_id = "c", .will = will{.topic = "t", .payload = some}}, v3_1, rule::will_message_not_ascii, 23);
  for (const unsigned level : {0u, 2u, 6u, 255u})
    refuses_somewhere(connect{.version = static_cast<protocol_version>(level)}, v5, rule::protocol_level_unsupported);
  refuses(connect{.version = v5, .bridge = true}, v5, rule::protocol_level_unsupported, 8);
}

TEST(generate, refuses_bad_properties) {
  const auto with = [](const std::vector<property>& list) { return publish{.topic = "t", .properties = list}; };
  const std::string long_text(65'536, 'x');
  const std::vector<property> twice = {prop::topic_alias(1), prop::topic_alias(2)}, zero = {prop::topic_alias(0)}, foreign = {prop::receive_maximum(1)},
                              range = {prop::payload_format_indicator(2)}, id_zero = {prop::subscription_identifier(0)},
                              id_large = {prop::subscription_identifier(268'435'456)}, wild = {prop::response_topic("a/#")}, ill = {prop::user("a", "\xC3")},
                              unknown = {property(static_cast<property_id>(0x7F), 1u)}, mismatch = {property(property_id::content_type, 5u)},
                              long_mismatch = {property(property_id::topic_alias, long_text)}, long_unknown = {property(static_cast<property_id>(0x7F), long_text)};
  refuses(with(twice), v5, rule::property_duplicate, 9);
  refuses(with(zero), v5, rule::topic_alias_is_zero, 7);
  refuses(with(foreign), v5, rule::property_not_allowed, 6);
  refuses(with(range), v5, rule::property_out_of_range, 7);
  refuses(with(id_zero), v5, rule::property_out_of_range, 7);
  refuses(with(id_large), v5, rule::property_out_of_range, 7);
  refuses_somewhere(with(wild), v5, rule::response_topic_has_wildcard);
  refuses_somewhere(with(ill), v5, rule::utf8_ill_formed);
  refuses(with(unknown), v5, rule::property_unknown, 6);
  refuses(with(mismatch), v5, rule::property_out_of_range, 7);
  refuses(with(long_mismatch), v5, rule::property_out_of_range, 7);  // a value of the wrong type has no length
  refuses(with(long_unknown), v5, rule::property_unknown, 6);
  refuses_somewhere(connack{.session_present = true, .reason_code = reason_code::banned}, v5, rule::session_present_with_error);
  const std::vector<property> data = {prop::authentication_data(some)};
  refuses_somewhere(connect{.version = v5, .properties = data}, v5, rule::authentication_data_without_method);
  refuses_somewhere(auth{.reason_code = reason_code::continue_authentication}, v5, rule::authentication_method_missing);
  refuses_somewhere(auth{.properties = user}, v5, rule::authentication_method_missing);
}

TEST(generate, refuses_codes_that_are_not_of_the_packet) {
  refuses(puback{.packet_id = 1, .reason_code = reason_code::banned}, v5, rule::reason_code_not_of_packet, 4);
  refuses(pubrel{.packet_id = 1, .reason_code = reason_code::not_authorized}, v5, rule::reason_code_not_of_packet, 4);
  refuses(connack{.reason_code = reason_code::granted_qos_1}, v5, rule::reason_code_not_of_packet, 3);
  refuses(disconnect{.reason_code = reason_code::banned}, v5, rule::reason_code_not_of_packet, 2);
  refuses(auth{.reason_code = reason_code::banned}, v5, rule::reason_code_not_of_packet, 2);
  const std::vector<reason_code> codes = {reason_code::success, reason_code::banned};
  refuses(suback{.packet_id = 1, .reason_codes = codes}, v5, rule::reason_code_not_of_packet, 6);
  refuses(unsuback{.packet_id = 1, .reason_codes = codes}, v5, rule::reason_code_not_of_packet, 6);
}

TEST(generate, minds_the_sender) {
  refuses(connect{.version = v3_1_1, .client_id = "c"}, v3_1_1, rule::packet_from_wrong_side, 0, {.sender = sender::server});
  refuses(connack{}, v5, rule::packet_from_wrong_side, 0, {.sender = sender::client});
  refuses(disconnect{}, v3_1_1, rule::packet_from_wrong_side, 0, {.sender = sender::server});
  writes(disconnect{}, v5, "e0 00", {.sender = sender::server});
  refuses(puback{.packet_id = 1, .reason_code = reason_code::no_matching_subscribers}, v5, rule::reason_code_from_wrong_side, 4, {.sender = sender::client});
  const std::vector<property> id = {prop::subscription_identifier(1)}, expiry = {prop::session_expiry_interval(1)};
  refuses(publish{.topic = "t", .properties = id}, v5, rule::property_from_wrong_side, 6, {.sender = sender::client});
  writes(publish{.topic = "t", .properties = id}, v5, "30 06 0001 74 02 0b01", {.sender = sender::server});
  refuses(disconnect{.properties = expiry}, v5, rule::property_from_wrong_side, 4, {.sender = sender::server});
}

// 65,536 bytes have no length on the wire: refused by generate and by encoded_size.
template <class P>
void too_long(const P& p, protocol_version version, rule violated) {
  refuses_somewhere(p, version, violated);
  const auto size = encoded_size(p, version);
  ASSERT_FALSE(size.has_value());
  EXPECT_EQ(size.error().code, errc::invalid_argument);
  EXPECT_EQ(to_string(size.error().violated), to_string(violated));
}

TEST(generate, refuses_what_has_no_length) {
  const std::string text(65'536, 'a');
  const std::vector<std::byte> binary(65'536);
  for (const auto version : {v3_1_1, v5}) {
    too_long(publish{.topic = text}, version, rule::string_too_long);
    too_long(connect{.version = version, .client_id = text}, version, rule::string_too_long);
    too_long(connect{.version = version, .client_id = "c", .user_name = text}, version, rule::string_too_long);
    too_long(connect{.version = version, .client_id = "c", .user_name = "u", .password = binary}, version, rule::binary_too_long);
    too_long(connect{.version = version, .client_id = "c", .will = will{.topic = text}}, version, rule::string_too_long);
    too_long(connect{.version = version, .client_id = "c", .will = will{.topic = "t", .payload = binary}}, version, rule::binary_too_long);
    const std::vector<subscription> filter = {{.topic_filter = text}};
    too_long(subscribe{.packet_id = 1, .subscriptions = filter}, version, rule::string_too_long);
    const std::vector<std::string_view> name = {text};
    too_long(unsubscribe{.packet_id = 1, .topic_filters = name}, version, rule::string_too_long);
  }
  const std::vector<property> string = {prop::content_type(text)}, name = {prop::user(text, "")}, value = {prop::user("", text)}, data = {prop::correlation_data(binary)};
  for (const auto* list : {&string, &name, &value}) too_long(publish{.topic = "t", .properties = *list}, v5, rule::string_too_long);
  too_long(publish{.topic = "t", .properties = data}, v5, rule::binary_too_long);
}

TEST(generate, takes_the_longest_strings_there_are) {
  const std::string text(65'535, 'a');
  const std::vector<property> list = {prop::user(text, "")};
  EXPECT_EQ(generate(publish{.topic = text, .properties = list}, v5, room)->size(), 1u + 3 + 65'537 + 3 + 65'540);
}

TEST(generate, refuses_more_than_remaining_length_can_say) {
  // The payload is never read: no packet of this size is written.
  const std::byte byte{};
  const bytes_view huge(&byte, max_remaining_length - 2);
  for (const auto& [code, violated] : {std::pair(encoded_size(publish{.topic = "t", .payload = huge}, v3_1_1).error().code, errc::packet_too_large),
                                       std::pair(generate_head(publish{.topic = "t", .payload = huge}, v3_1_1, room).error().code, errc::packet_too_large),
                                       std::pair(generate(publish{.topic = "t", .payload = huge}, v3_1_1, room).error().code, errc::packet_too_large)})
    EXPECT_EQ(code, violated);
  const bytes_view largest(&byte, max_remaining_length - 3);
  EXPECT_EQ(encoded_size(publish{.topic = "t", .payload = largest}, v3_1_1).value_or(0), max_packet_length);
  const auto head = generate_head(publish{.topic = "t", .payload = largest}, v3_1_1, room);
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(to_hex(*head), "30ffffff7f000174");
}

TEST(generate, refuses_a_property_block_that_has_no_length) {
  const std::string text(65'535, 'a');
  const std::vector<property> list(2'100, prop::user(text, text));
  const auto size = encoded_size(publish{.topic = "t", .properties = list}, v5);
  ASSERT_FALSE(size.has_value());
  EXPECT_EQ(size.error().code, errc::packet_too_large);
  EXPECT_FALSE(generate(publish{.topic = "t", .properties = list}, v5, room).has_value());
}

TEST(generate, honours_the_peers_maximum_packet_size) {
  EXPECT_TRUE(generate(publish{.topic = "t", .payload = some}, v3_1_1, room, {.max_packet_size = 7}).has_value());
  const auto large = generate(publish{.topic = "t", .payload = some}, v3_1_1, room, {.max_packet_size = 6});
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(large.error().code, errc::packet_too_large);
  EXPECT_EQ(large.error().violated, rule::packet_too_large);
}

TEST(generate, needs_room) {
  std::vector<std::byte> small(6);
  const auto cut = generate(publish{.topic = "t", .payload = some}, v3_1_1, small);
  ASSERT_FALSE(cut.has_value());
  EXPECT_EQ(cut.error().code, errc::no_space);
  EXPECT_EQ(cut.error().violated, rule::none);
  EXPECT_EQ(cut.error().reason, reason_code::success);
  EXPECT_EQ(generate(pingreq{}, v5, std::span<std::byte>()).error().code, errc::no_space);
}

TEST(generate, of_connect_asks_for_no_version) {
  const auto written = generate(connect{.version = v3_1_1, .client_id = "c"}, room);
  ASSERT_TRUE(written.has_value());
  EXPECT_EQ(to_hex(*written), "100d00044d5154540402003c000163");
}

TEST(generate, takes_options_beside_every_qos) {
  subscription one{.topic_filter = "f", .no_local = true};
  const subscribe p{.packet_id = 1, .subscriptions = std::span<const subscription>(&one, 1)};
  for (const auto& [level, bytes] : {std::pair{qos::at_most_once, "8207000100000166" "04"}, std::pair{qos::at_least_once, "8207000100000166" "05"},
                                     std::pair{qos::exactly_once, "8207000100000166" "06"}}) {
    one.qos = level;
    const auto written = generate(p, v5, room);
    ASSERT_TRUE(written.has_value()) << bytes;
    EXPECT_EQ(to_hex(*written), bytes);
  }
  one.qos = static_cast<qos>(3);
  EXPECT_EQ(generate(p, v5, room).error().violated, rule::subscription_qos_3);
}

TEST(generate, names_the_place_of_what_it_refuses) {
  const std::string endless(65'536, 'x');
  EXPECT_EQ(generate(connect{.version = v5, .client_id = endless}, room).error().offset, 0u);
  EXPECT_EQ(encoded_size(connect{.version = v5, .client_id = endless}, v5).error().offset, 0u);
  EXPECT_EQ(encoded_size(publish{.topic = "t", .payload = some}, v5, {.max_packet_size = 3}).error().offset, 1u);
  EXPECT_EQ(generate(publish{.topic = "t", .payload = some}, v5, room, {.max_packet_size = 3}).error().offset, 1u);
  EXPECT_EQ(generate(publish{.topic = "t", .dup = true}, v5, room).error().offset, 0u);
  const std::vector<property> data = {prop::authentication_data(some), prop::user("a", "b")}, reason = {prop::reason_string("r")};
  EXPECT_EQ(generate(connect{.version = v5, .properties = data}, room).error(), (error{errc::invalid_argument, rule::authentication_data_without_method, packet_type::connect, reason_code::protocol_error, 13}));
  EXPECT_EQ(generate(auth{.reason_code = reason_code::continue_authentication, .properties = reason}, v5, room).error().offset, 3u);
}

TEST(generate, sees_a_bad_byte_wherever_it_stands) {
  for (std::size_t n = 1; n <= 100; ++n) {
    std::string text(n, 'a');
    for (std::size_t at = 0; at < n; ++at) {
      text[at] = '\0';
      const property named = prop::user(text, "b");
      EXPECT_FALSE(generate(publish{.topic = text}, v5, room).has_value()) << n << ' ' << at;
      EXPECT_FALSE(generate(connect{.version = v5, .client_id = text}, room).has_value()) << n << ' ' << at;
      EXPECT_FALSE(generate(publish{.topic = "t", .properties = std::span<const property>(&named, 1)}, v5, room).has_value()) << n << ' ' << at;
      text[at] = 'a';
    }
  }
}

TEST(encoded_size, fails_on_sizes_only) {
  EXPECT_EQ(encoded_size(publish{.topic = "a/#"}, v3_1_1).value_or(0), 7u);
  EXPECT_EQ(encoded_size(puback{}, v5).value_or(0), 4u);
  EXPECT_EQ(encoded_size(packet(subscribe{}), v3_1_1).value_or(0), 4u);
}

// The payload is only measured.
TEST(encoded_size, names_the_place_of_a_length_that_cannot_be_said) {
  const publish p{.topic = "t", .payload = bytes_view(room.data(), max_remaining_length + 1)};
  EXPECT_EQ(encoded_size(p, v3_1_1).error(), (error{errc::packet_too_large, rule::packet_too_large, packet_type::publish, reason_code::packet_too_large, 1}));
}

TEST(generate_head, counts_the_payload_and_leaves_it_out) {
  const auto head = generate_head(publish{.topic = "t", .payload = some, .qos = qos::exactly_once, .packet_id = 9}, v5, room);
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(to_hex(*head), "3408000174000900");
}

TEST(generate_head, refuses_what_generate_refuses) {
  for (const publish& p : {publish{.topic = "#"}, publish{.topic = "t", .dup = true}, publish{.topic = "t", .payload = some, .packet_id = 4, .properties = user}}) {
    const auto head = generate_head(p, v5, room), whole = generate(p, v5, room);
    ASSERT_FALSE(head.has_value());
    EXPECT_EQ(head.error(), whole.error());
  }
  const std::vector<property> text = {prop::payload_format_indicator(1)};
  EXPECT_EQ(generate_head(publish{.topic = "t", .payload = some, .properties = text}, v5, room).error().violated, rule::payload_not_utf8);
}

TEST(generate_within, drops_in_the_order_of_the_specification) {
  const std::vector<property> list = {prop::reason_string("why"), prop::user("a", "b"), prop::server_reference("s")};
  const disconnect p{.reason_code = reason_code::server_moved, .properties = list};
  const auto fit = [&](std::uint32_t limit) { return generate_within(p, v5, room, {.max_packet_size = limit}); };
  EXPECT_EQ(to_hex(fit(21)->bytes), to_hex(hex("e0 13 9d 11 1f 0003 776879 26 0001 61 0001 62 1c 0001 73")));
  EXPECT_EQ(to_hex(fit(20)->bytes), to_hex(hex("e0 0d 9d 0b 26 0001 61 0001 62 1c 0001 73")));
  EXPECT_TRUE(fit(20)->without_reason_string && !fit(20)->without_user_properties);
  EXPECT_EQ(to_hex(fit(14)->bytes), to_hex(hex("e0 06 9d 04 1c 0001 73")));
  EXPECT_TRUE(fit(14)->without_reason_string && fit(14)->without_user_properties);
  ASSERT_FALSE(fit(7).has_value());
  EXPECT_EQ(fit(7).error().code, errc::packet_too_large);
}

// Then the short form will do: nothing says that there are no properties. [U5-3.4.2.1-a]
TEST(generate_within, leaves_out_the_length_of_what_is_left_out) {
  const std::vector<property> list = {prop::reason_string("why")};
  const auto got = generate_within(puback{.packet_id = 1, .properties = list}, v5, room, {.max_packet_size = 7});
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(to_hex(got->bytes), "40020001");
}

TEST(generate_within, still_refuses_a_bad_packet) {
  const std::vector<property> list = {prop::reason_string("\xFF"), prop::user("a", "b")};
  EXPECT_EQ(generate_within(puback{.packet_id = 1, .properties = list}, v5, room, {}).error().violated, rule::utf8_ill_formed);
  EXPECT_EQ(generate_within(puback{}, v5, room, {}).error().violated, rule::packet_id_is_zero);
}

}  // namespace
}  // namespace mqttspan
