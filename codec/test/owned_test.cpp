#include <mqttspan/codec/owned.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hex.hpp"

namespace mqttspan {
namespace {

using test::hex;
using test::to_hex;

constexpr auto v3_1_1 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;

static_assert(std::is_nothrow_move_constructible_v<owned<publish>> && std::is_nothrow_move_assignable_v<owned<publish>>);
static_assert(!std::is_copy_constructible_v<owned<publish>>);

TEST(owned, outlives_what_it_was_copied_from) {
  auto topic = std::make_unique<std::string>("sensors/1");
  auto payload = std::make_unique<std::vector<std::byte>>(hex("0102"));
  auto kept = owned<publish>::copy_of({.topic = *topic, .payload = *payload}, v5);
  topic.reset();
  payload.reset();
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ((*kept)->topic, "sensors/1");
  EXPECT_EQ(to_hex((*kept)->payload), "0102");
  EXPECT_EQ(to_hex(kept->bytes()), "300e000973656e736f72732f31000102");
}

TEST(owned, views_stay_good_when_it_moves) {
  std::vector<owned<publish>> store;
  for (int i = 0; i < 40; ++i) {
    const std::string topic = "t/" + std::to_string(i);
    auto kept = owned<publish>::copy_of({.topic = topic}, v3_1_1);
    ASSERT_TRUE(kept.has_value());
    store.push_back(std::move(*kept));
  }
  for (int i = 0; i < 40; ++i) EXPECT_EQ(store[static_cast<std::size_t>(i)]->topic, "t/" + std::to_string(i));
  store.front() = std::move(store.back());
  EXPECT_EQ(store.front()->topic, "t/39");
}

TEST(owned, copies_the_packet_at_the_front_of_the_input) {
  auto input = hex("30 04 0001 61 78  c0 00");
  const auto kept = owned<publish>::parse_copy(input, v3_1_1);
  ASSERT_TRUE(kept.has_value());
  input.assign(input.size(), std::byte{0});
  EXPECT_EQ((**kept).topic, "a");
  EXPECT_EQ(to_hex(kept->bytes()), "300400016178");
}

TEST(owned, keeps_any_packet) {
  const auto kept = owned<packet>::parse_copy(hex("d0 00"), v5);
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(type_of(**kept), packet_type::pingresp);
  const auto copied = owned<packet>::copy_of(packet(pingreq{}), v5);
  ASSERT_TRUE(copied.has_value());
  EXPECT_EQ(to_hex(copied->bytes()), "c000");
}

// For each packet type: a packet that is good, one that no version takes, and bytes that are wrong.
template <class P>
void passes_every_error_on(const P& good, const P& bad, const char* wrong) {
  SCOPED_TRACE(to_string(P::type));
  const auto kept = owned<P>::copy_of(good, v5);
  ASSERT_TRUE(kept.has_value());
  EXPECT_TRUE(**kept == good);
  const auto large = owned<P>::copy_of(good, v5, {.max_packet_size = 1});
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(large.error().code, errc::packet_too_large);
  const auto refused = owned<P>::copy_of(bad, v5);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, errc::invalid_argument);
  const auto again = owned<P>::parse_copy(kept->bytes(), v5);
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(**again == good);
  EXPECT_EQ(owned<P>::parse_copy({}, v5).error().code, errc::incomplete);
  EXPECT_EQ(owned<P>::parse_copy(kept->bytes().first(1), v5).error().code, errc::incomplete);
  EXPECT_EQ(owned<P>::parse_copy(kept->bytes(), v5, {.max_packet_size = 1}).error().code, errc::packet_too_large);
  EXPECT_EQ(owned<P>::parse_copy(hex("00 00"), v5).error().violated, rule::packet_type_reserved);
  const auto malformed = owned<P>::parse_copy(hex(wrong), v5);
  ASSERT_FALSE(malformed.has_value());
  EXPECT_EQ(malformed.error(), parse_as<P>(hex(wrong), v5).error());
  const auto other = owned<P>::parse_copy(P::type == packet_type::pingreq ? hex("d0 00") : hex("c0 00"), v5);
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, errc::wrong_state);
}

TEST(owned, passes_the_errors_of_every_packet_on) {
  const std::vector<subscription> subscriptions = {{.topic_filter = "a"}};
  const std::vector<std::string_view> filters = {"a"};
  const std::vector<reason_code> codes = {reason_code::success};
  const std::vector<property> foreign = {prop::topic_alias(1)};
  passes_every_error_on(connect{.client_id = "c"}, connect{.client_id = "\xFF"}, "10 02 0004");
  passes_every_error_on(connack{}, connack{.reason_code = reason_code::granted_qos_1}, "20 01 00");
  passes_every_error_on(publish{.topic = "t"}, publish{.topic = "#"}, "30 02 0001");
  passes_every_error_on(puback{.packet_id = 1}, puback{}, "40 01 00");
  passes_every_error_on(pubrec{.packet_id = 1}, pubrec{}, "50 01 00");
  passes_every_error_on(pubrel{.packet_id = 1}, pubrel{}, "62 01 00");
  passes_every_error_on(pubcomp{.packet_id = 1}, pubcomp{}, "70 01 00");
  passes_every_error_on(subscribe{.packet_id = 1, .subscriptions = subscriptions}, subscribe{.packet_id = 1}, "82 01 00");
  passes_every_error_on(suback{.packet_id = 1, .reason_codes = codes}, suback{.packet_id = 1}, "90 01 00");
  passes_every_error_on(unsubscribe{.packet_id = 1, .topic_filters = filters}, unsubscribe{.packet_id = 1}, "a2 01 00");
  passes_every_error_on(unsuback{.packet_id = 1, .reason_codes = codes}, unsuback{.packet_id = 1}, "b0 01 00");
  passes_every_error_on(disconnect{}, disconnect{.properties = foreign}, "e0 01 01");
  passes_every_error_on(auth{}, auth{.properties = foreign}, "f0 01 00");
}

TEST(owned, passes_the_errors_of_generate_on) {
  const auto wildcard = owned<publish>::copy_of({.topic = "#"}, v5);
  ASSERT_FALSE(wildcard.has_value());
  EXPECT_EQ(wildcard.error().code, errc::invalid_argument);
  EXPECT_EQ(wildcard.error().violated, rule::topic_name_has_wildcard);
  const auto large = owned<publish>::copy_of({.topic = "t"}, v5, {.max_packet_size = 5});
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(large.error().code, errc::packet_too_large);
}

TEST(owned, passes_the_errors_of_parse_on) {
  for (const char* bytes : {"", "30", "30 04 0001 61", "30 ff"}) {
    const auto cut = owned<publish>::parse_copy(hex(bytes), v5);
    ASSERT_FALSE(cut.has_value()) << bytes;
    EXPECT_EQ(cut.error().code, errc::incomplete) << bytes;
    EXPECT_EQ(cut.error(), parse_as<publish>(hex(bytes), v5).error()) << bytes;
  }
  for (const char* bytes : {"30 04 0001 23 00", "36 06 0001 61 0001 00", "c0 00", "00 00", "30 03 0005 61", "30 ff ff ff ff 01"}) {
    const auto bad = owned<publish>::parse_copy(hex(bytes), v5);
    ASSERT_FALSE(bad.has_value()) << bytes;
    EXPECT_EQ(bad.error(), parse_as<publish>(hex(bytes), v5).error()) << bytes;
    const auto any = owned<packet>::parse_copy(hex(bytes), v5);
    if (!any) EXPECT_EQ(any.error(), parse(hex(bytes), v5).error()) << bytes;
    else EXPECT_EQ(type_of(**any), packet_type::pingreq);
  }
}

TEST(owned, passes_the_size_limit_on) {
  const auto input = hex("30 05 0001 61 00 78");
  ASSERT_TRUE(owned<publish>::parse_copy(input, v5, {.max_packet_size = 7}).has_value());
  const auto large = owned<publish>::parse_copy(input, v5, {.max_packet_size = 6});
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(large.error(), parse_as<publish>(input, v5, {.max_packet_size = 6}).error());
}

TEST(owned, judges_a_torn_packet_like_parse) {
  // A first byte that is wrong in any case is reported before the packet is there; a long one is not waited for.
  for (const char* bytes : {"36 7f 00", "c1 02 00", "30 ff ff 7f"}) {
    const auto torn = owned<packet>::parse_copy(hex(bytes), v5, {.max_packet_size = 1000});
    ASSERT_FALSE(torn.has_value());
    EXPECT_EQ(torn.error(), parse(hex(bytes), v5, {.max_packet_size = 1000}).error()) << bytes;
  }
}

TEST(owned, empty_holds_nothing) {
  const owned<publish> none;
  EXPECT_FALSE(static_cast<bool>(none));
  EXPECT_TRUE(none.bytes().empty());
  EXPECT_TRUE(none->topic.empty());
}

TEST(owned, moved_from_holds_nothing) {
  auto kept = owned<publish>::copy_of({.topic = "t"}, v5);
  ASSERT_TRUE(kept.has_value());
  EXPECT_TRUE(static_cast<bool>(*kept));
  const owned<publish> taken = std::move(*kept);
  EXPECT_TRUE(static_cast<bool>(taken));
  EXPECT_FALSE(static_cast<bool>(*kept));
  EXPECT_TRUE(kept->bytes().empty());
  EXPECT_TRUE((*kept)->topic.empty());
}

TEST(owned, knows_the_version_of_its_bytes) {
  EXPECT_EQ(owned<publish>::copy_of({.topic = "t"}, v3_1_1)->version(), v3_1_1);
  EXPECT_EQ(owned<connect>::copy_of({.version = v5, .client_id = "c"}, v3_1_1)->version(), v5);
  EXPECT_EQ(owned<packet>::copy_of(packet(connect{.version = v5, .client_id = "c"}), v3_1_1)->version(), v5);
}

}  // namespace
}  // namespace mqttspan
