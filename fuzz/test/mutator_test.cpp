// The mutator: packets come apart and together again, each mutation changes what it says, and the same choices give the same.
#include "mutator.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>

namespace mqttspan::fuzz {
namespace {

using namespace std::string_view_literals;

// Of 5.0: a PUBLISH with two properties, a SUBSCRIBE and a PUBACK with a reason code, a CONNECT with two properties.
constexpr std::string_view publishing = "\x32\x0F\0\3a/b\0\7\5\x01\1\x23\0\1hi"sv;
constexpr std::string_view subscribing = "\x82\x09\0\1\0\0\3a/#\1\x40\4\0\1\x10\0"sv;

std::string connecting() { return std::string("\x10\x13\0\4MQTT\5\2\0\x3C\6\x21\0\5\x22\0\3\0\0"sv); }

TEST(loose_packet, stream_comes_apart_and_together_again) {
  const std::string stream = connecting() + std::string(publishing) + std::string(subscribing);
  const auto packets = taken_apart(stream);
  ASSERT_EQ(packets.size(), 4u);
  EXPECT_EQ(packets[1].first, 0x32);
  EXPECT_EQ(joined(packets), stream);
}

TEST(loose_packet, what_has_no_frame_is_kept) {
  for (const std::string_view odd : {"\x30"sv, "\x30\x05"sv, "\x30\xFF\xFF\xFF\xFF\x01"sv, "\xC0\0\x30\x7F"sv}) EXPECT_EQ(joined(taken_apart(odd)), odd);
}

TEST(loose_packet, finds_properties_in_every_type_that_has_them) {
  std::set<packet_type> seen;
  test::seeded_entropy choices(3);
  for (int i = 0; i < 3000; ++i) {
    const test::sample s = test::packet_source(choices, 100).next();
    std::vector<std::byte> bytes(encoded_size(s.packet, s.version, {.spell_out = true}).value_or(0));
    ASSERT_TRUE(generate(s.packet, s.version, bytes, {.spell_out = true}).has_value());
    if (s.version != protocol_version::v5 || bytes[1] == std::byte{0}) continue;
    loose_packet p = taken_apart({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).front();
    const auto block = properties_of(p);
    ASSERT_TRUE(block.has_value()) << to_string(type_of(s.packet));
    EXPECT_EQ(property_bounds(p, *block).back(), block->end) << to_string(type_of(s.packet));
    const std::string before = p.body;
    set_properties(p, *block, before.substr(block->begin, block->end - block->begin));
    EXPECT_EQ(p.body, before);
    seen.insert(type_of(s.packet));
  }
  EXPECT_EQ(seen.size(), 13u);  // all but the pings
}

TEST(mutator, same_choices_give_the_same) {
  for (std::uint64_t seed = 1; seed < 500; ++seed) {
    test::seeded_entropy one(seed), two(seed);
    EXPECT_EQ(mutated(publishing, one), mutated(publishing, two));
    EXPECT_EQ(crossed(publishing, subscribing, one), crossed(publishing, subscribing, two));
  }
}

TEST(mutator, every_mutation_finds_something_to_change) {
  const std::string stream = connecting() + std::string(publishing) + std::string(subscribing);
  for (const mutation& each : mutations()) {
    std::set<std::string> results;
    for (std::uint64_t seed = 1; seed < 300; ++seed) {
      test::seeded_entropy choices(seed * 7919);
      auto packets = taken_apart(stream);
      if (each.apply(packets, choices)) results.insert(joined(packets));
    }
    results.erase(stream);
    EXPECT_GE(results.size(), 2u) << each.name;
  }
}

// A mutation of one good packet breaks one rule or none: the rules that all of them reach together are many.
TEST(mutator, reaches_most_rules_of_single_packets) {
  std::map<rule, int> broken;
  test::seeded_entropy choices(11);
  for (int i = 0; i < 200'000; ++i) {
    const test::sample s = test::packet_source(choices, 30).next();
    std::vector<std::byte> bytes(encoded_size(s.packet, s.version).value_or(0));
    if (!generate(s.packet, s.version, bytes)) continue;
    const std::string changed = mutated({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, choices);
    const auto got = parse(as_bytes(changed), s.version, {.sender = s.from});
    if (!got) ++broken[got.error().violated];
  }
  EXPECT_GE(broken.size(), 52u);  // of some 60 that a packet by itself can break
}

}  // namespace
}  // namespace mqttspan::fuzz
