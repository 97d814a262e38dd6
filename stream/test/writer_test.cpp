#include <mqttspan/stream/writer.hpp>

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hex.hpp"

namespace mqttspan::test {
namespace {

constexpr auto v3_1_1 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;

const publish hello{.topic = "t", .payload = as_bytes("hello")};
const char* const hello_3 = "300800017468656c6c6f";
const char* const hello_5 = "30090001740068656c6c6f";
const char* const puback_7 = "40020007";

std::string joined(std::span<const bytes_view> parts) {
  std::string all;
  for (const bytes_view part : parts) all += to_hex(part);
  return all;
}

TEST(packet_writer, packs_packets_back_to_back) {
  std::byte out[64];
  packet_writer w(out, v3_1_1);
  EXPECT_TRUE(w.add(hello));
  EXPECT_TRUE(w.add(packet(puback{.packet_id = 7})));
  EXPECT_EQ(to_hex(w.bytes()), std::string(hello_3) + puback_7);
  EXPECT_EQ(static_cast<const void*>(w.bytes().data()), out);
  EXPECT_EQ(w.size(), 14u);
  EXPECT_EQ(w.space_left(), 50u);
  w.clear();
  EXPECT_EQ(w.size(), 0u);
  EXPECT_EQ(w.space_left(), 64u);
}

TEST(packet_writer, adds_nothing_after_an_error) {
  std::byte out[17];
  packet_writer w(out, v3_1_1);
  ASSERT_TRUE(w.add(hello));
  const auto invalid = w.add(publish{.topic = "a/+"});
  ASSERT_FALSE(invalid);
  EXPECT_EQ(invalid.error().violated, rule::topic_name_has_wildcard);
  const auto full = w.add(packet(hello));
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, errc::no_space);
  EXPECT_EQ(to_hex(w.bytes()), hello_3);
  EXPECT_TRUE(w.add(puback{.packet_id = 7}));
  EXPECT_EQ(to_hex(w.bytes()), std::string(hello_3) + puback_7);
}

TEST(packet_writer, a_connect_sets_the_version_for_what_follows) {
  for (const bool as_variant : {false, true}) {
    std::byte out[64];
    packet_writer w(out, v3_1_1);
    const connect hi{.version = v5};
    EXPECT_TRUE(as_variant ? w.add(packet(hi)) : w.add(hi));
    EXPECT_EQ(w.version(), v5);
    const std::size_t before = w.size();
    EXPECT_TRUE(w.add(hello));
    EXPECT_EQ(to_hex(w.bytes().subspan(before)), hello_5);
  }
  std::byte out[64];
  packet_writer w(out, v3_1_1);
  EXPECT_FALSE(w.add(connect{.version = v5, .will = will{}}));
  EXPECT_EQ(w.version(), v3_1_1);
  w.set_version(v5);
  EXPECT_TRUE(w.add(hello));
  EXPECT_EQ(to_hex(w.bytes()), hello_5);
}

TEST(packet_writer, keeps_its_options) {
  std::byte out[64];
  packet_writer w(out, v5, {.spell_out = true});
  EXPECT_TRUE(w.add(puback{.packet_id = 7}));
  EXPECT_EQ(to_hex(w.bytes()), "400400070000");
}

TEST(packet_writer, refuses_a_variant_without_a_value_and_takes_all_fifteen) {
  std::byte out[256];
  packet_writer w(out, v5);
  const subscription filters[] = {{.topic_filter = "a"}};
  const std::string_view names[] = {"a"};
  const reason_code codes[] = {reason_code::success};
  const packet all[] = {connect{}, connack{}, hello, puback{.packet_id = 1}, pubrec{.packet_id = 1}, pubrel{.packet_id = 1}, pubcomp{.packet_id = 1},
                        subscribe{.packet_id = 1, .subscriptions = filters}, suback{.packet_id = 1, .reason_codes = codes},
                        unsubscribe{.packet_id = 1, .topic_filters = names}, unsuback{.packet_id = 1, .reason_codes = codes}, pingreq{}, pingresp{}, disconnect{}, auth{}};
  for (const packet& p : all) EXPECT_TRUE(w.add(p)) << to_string(type_of(p));
  std::byte heads[256];
  bytes_view parts[8];
  gather_writer g(heads, parts, v5);
  for (const packet& p : all) EXPECT_TRUE(g.add(p)) << to_string(type_of(p));
  EXPECT_EQ(joined(g.parts()), to_hex(w.bytes()));
  EXPECT_EQ(g.size(), w.size());
}

TEST(gather_writer, leaves_payloads_where_they_are) {
  std::byte heads[64];
  bytes_view parts[8];
  gather_writer w(heads, parts, v3_1_1);
  EXPECT_TRUE(w.empty());
  ASSERT_TRUE(w.add(hello));
  ASSERT_EQ(w.parts().size(), 2u);
  EXPECT_EQ(w.parts()[1].data(), hello.payload.data());
  ASSERT_TRUE(w.add(puback{.packet_id = 7}));
  ASSERT_TRUE(w.add(packet(hello)));
  ASSERT_EQ(w.parts().size(), 4u);  // PUBACK and the second head are one
  EXPECT_EQ(joined(w.parts()), std::string(hello_3) + puback_7 + hello_3);
  EXPECT_EQ(w.size(), 24u);
  EXPECT_FALSE(w.empty());
}

TEST(gather_writer, an_empty_payload_is_no_entry) {
  std::byte heads[64];
  bytes_view parts[1];
  gather_writer w(heads, parts, v3_1_1);
  EXPECT_TRUE(w.add(publish{.topic = "t"}));
  EXPECT_TRUE(w.add(publish{.topic = "t"}));
  EXPECT_EQ(w.parts().size(), 1u);
  EXPECT_EQ(joined(w.parts()), "30030001743003000174");
}

TEST(gather_writer, copies_payloads_up_to_the_size_asked_for) {
  std::byte heads[64];
  bytes_view parts[4];
  gather_writer w(heads, parts, v3_1_1, canonical, 5);
  ASSERT_TRUE(w.add(hello));
  EXPECT_EQ(w.parts().size(), 1u);
  const publish longer{.topic = "t", .payload = as_bytes("hello!")};
  ASSERT_TRUE(w.add(longer));
  EXPECT_EQ(w.parts().size(), 2u);
  EXPECT_EQ(joined(w.parts()), std::string(hello_3) + "300900017468656c6c6f21");
}

TEST(gather_writer, says_no_space_and_adds_nothing) {
  std::byte heads[16];
  bytes_view parts[2];
  gather_writer w(heads, parts, v3_1_1);
  ASSERT_TRUE(w.add(hello));
  for (const auto& refused : {w.add(hello), w.add(puback{.packet_id = 7})}) {  // the entries are full
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::no_space);
  }
  EXPECT_EQ(joined(w.parts()), hello_3);
  w.clear();
  EXPECT_TRUE(w.empty());
  ASSERT_TRUE(w.add(puback{.packet_id = 7}));
  ASSERT_TRUE(w.add(puback{.packet_id = 7}));
  ASSERT_TRUE(w.add(puback{.packet_id = 7}));
  const auto full = w.add(hello);  // a head takes 5 of 4 bytes
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, errc::no_space);
  const auto invalid = w.add(puback{});
  ASSERT_FALSE(invalid);
  EXPECT_EQ(invalid.error().violated, rule::packet_id_is_zero);
  EXPECT_EQ(w.size(), 12u);
  EXPECT_TRUE(w.add(puback{.packet_id = 7}));

  gather_writer none(heads, {}, v3_1_1);
  EXPECT_EQ(none.add(pingreq{}).error().code, errc::no_space);
}

TEST(gather_writer, consumes_what_was_sent) {
  std::byte heads[64];
  bytes_view parts[8];
  const std::string all = std::string(hello_3) + puback_7 + hello_3;
  for (std::size_t first = 0; first <= 24; ++first)
    for (std::size_t second = 0; first + second <= 24; ++second) {
      gather_writer w(heads, parts, v3_1_1);
      ASSERT_TRUE(w.add(hello) && w.add(puback{.packet_id = 7}) && w.add(hello));
      w.consume(first);
      EXPECT_EQ(joined(w.parts()), all.substr(2 * first));
      w.consume(second);
      EXPECT_EQ(joined(w.parts()), all.substr(2 * (first + second)));
      EXPECT_EQ(w.size(), 24 - first - second);
      for (const bytes_view part : w.parts()) EXPECT_FALSE(part.empty());
      ASSERT_TRUE(w.add(puback{.packet_id = 7}));
      EXPECT_EQ(joined(w.parts()), all.substr(2 * (first + second)) + puback_7);
    }
}

TEST(gather_writer, room_is_used_anew_once_all_is_sent) {
  std::byte heads[8];
  bytes_view parts[2];
  gather_writer w(heads, parts, v3_1_1);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(w.add(hello));
    w.consume(w.size());
    EXPECT_TRUE(w.parts().empty());
  }
}

// A payload that ends where the free part of heads begins is no head.
TEST(gather_writer, does_not_join_a_payload_with_a_head) {
  std::byte memory[64];
  std::memcpy(memory, "hello", 5);
  bytes_view parts[4];
  gather_writer w({memory + 5, sizeof memory - 5}, parts, v3_1_1);
  ASSERT_TRUE(w.add(publish{.topic = "t", .payload = {memory, 5}}));
  ASSERT_TRUE(w.add(puback{.packet_id = 7}));
  EXPECT_EQ(w.parts().size(), 3u);
  EXPECT_EQ(joined(w.parts()), std::string(hello_3) + puback_7);
}

TEST(gather_writer, a_connect_sets_the_version_for_what_follows) {
  std::byte heads[64];
  bytes_view parts[4];
  gather_writer w(heads, parts, v3_1_1);
  ASSERT_TRUE(w.add(connect{.version = v5}));
  EXPECT_EQ(w.version(), v5);
  const std::size_t before = w.size();
  ASSERT_TRUE(w.add(hello));
  EXPECT_EQ(joined(w.parts()).substr(2 * before), hello_5);
  w.set_version(v3_1_1);
  ASSERT_TRUE(w.add(puback{.packet_id = 7}));
  EXPECT_EQ(w.version(), v3_1_1);
}

}  // namespace
}  // namespace mqttspan::test
