// Counts every allocation in the process, by new and by malloc: none in parse, generate and their helpers, one in `owned`.
#include <cstddef>
#include <new>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include <mqttspan/codec/answer.hpp>
#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/owned.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/topic.hpp>

#include "counted_allocations.hpp"
#include "generators.hpp"

namespace mqttspan::test {
namespace {

TEST(allocations, are_counted_at_all) {
  // volatile: a compiler may leave out an allocation that nobody looks at
  EXPECT_EQ(allocations_in([] {
              int* volatile kept = new int(5);
              delete kept;
            }), 1u);
  EXPECT_EQ(allocations_in([] {
              void* volatile kept = operator new[](100, std::nothrow);
              operator delete[](kept);
            }), 1u);
}

struct counted_sample {
  sample made;
  std::vector<std::byte> bytes;
  std::vector<std::byte> room;
};

// Samples of every type and version, with everything that allocates done beforehand.
std::vector<counted_sample> counted_samples() {
  std::vector<counted_sample> all;
  seeded_entropy choices(11);
  packet_source source(choices);
  for (const auto& [type, version] : every_type_and_version())
    for (int i = 0; i < 25; ++i) {
      counted_sample one{source.next(type, version), {}, {}};
      const auto size = encoded_size(one.made.packet, version);
      if (!size) {
        ADD_FAILURE() << one.made;
        continue;
      }
      one.bytes.resize(*size);
      if (!generate(one.made.packet, version, one.bytes)) ADD_FAILURE() << one.made;
      one.room.resize(*size);
      all.push_back(std::move(one));
    }
  return all;
}

template <class Visit>
void as_own_type(const packet& p, Visit visit) {
#define MQTTSPAN_PACKET(P) \
  if (const auto* own = std::get_if<P>(&p)) return visit(*own);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
}

std::string_view label(const counted_sample& s) { return to_string(type_of(s.made.packet)); }

TEST(allocations, none_in_parse) {
  for (const counted_sample& s : counted_samples()) {
    bool good = false;
    const std::size_t count = allocations_in([&] {
      const auto got = parse(s.bytes, s.made.version);
      good = got.has_value() && got->packet == s.made.packet && peek(s.bytes).has_value();
      static_cast<void>(inspect_connect(s.bytes));
      as_own_type(s.made.packet, [&]<class P>(const P&) { good = good && parse_as<P>(s.bytes, s.made.version).has_value(); });
    });
    EXPECT_TRUE(good) << label(s);
    EXPECT_EQ(count, 0u) << label(s);
  }
}

TEST(allocations, none_in_generate) {
  for (counted_sample& s : counted_samples()) {
    bool good = false;
    const std::size_t count = allocations_in([&] {
      good = generate(s.made.packet, s.made.version, s.room).has_value() && encoded_size(s.made.packet, s.made.version).has_value();
      as_own_type(s.made.packet, [&]<class P>(const P& p) {
        good = good && generate(p, s.made.version, s.room).has_value() && encoded_size(p, s.made.version).has_value();
        good = good && generate_within(p, s.made.version, s.room, {}).has_value();
        if constexpr (std::is_same_v<P, publish>) good = good && generate_head(p, s.made.version, s.room).has_value();
      });
    });
    EXPECT_TRUE(good) << label(s);
    EXPECT_EQ(count, 0u) << label(s);
  }
}

TEST(allocations, none_in_reading_the_packet) {
  for (const counted_sample& s : counted_samples()) {
    std::size_t seen = 0;
    const auto got = parse(s.bytes, s.made.version);
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(allocations_in([&] {
                as_own_type(got->packet, [&](const auto& p) {
                  if constexpr (requires { p.properties; }) {
                    for (const property& item : p.properties) seen += item.text().size() + 1;
                    seen += p.properties.get(prop::user).has_value();
                  }
                  if constexpr (requires { p.subscriptions; })
                    for (const subscription& item : p.subscriptions) seen += item.topic_filter.size();
                });
              }), 0u) << label(s) << ' ' << seen;
  }
}

TEST(allocations, none_in_errors) {
  std::size_t described = 0;
  for (counted_sample& s : counted_samples()) {
    if (s.bytes.size() > 300) continue;
    for (std::size_t at = 0; at < s.bytes.size(); ++at) {
      s.bytes[at] ^= std::byte{0x81};
      EXPECT_EQ(allocations_in([&] {
                  const auto got = parse(s.bytes, s.made.version);
                  if (got) return;
                  char text[max_description];
                  described += describe(got.error(), s.made.version, s.bytes, text).size();
                  described += describe(got.error(), s.made.version, text).size();
                  std::byte room[8];
                  static_cast<void>(generate(answer_to(got.error(), s.made.version, sender::server, phase::connected), room));
                }), 0u) << label(s) << " byte " << at;
      s.bytes[at] ^= std::byte{0x81};
    }
  }
  EXPECT_GT(described, 10'000u);
}

TEST(allocations, none_in_topic_helpers) {
  unsigned good = 0;
  EXPECT_EQ(allocations_in([&] {
              for (const auto version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5})
                for (const bool fine : {validate_topic_name("a/b/c", version).has_value(), validate_topic_filter("a/+/#", version).has_value(), matches("a/+/#", "a/b/c", version)})
                  good += fine;
              for (const bool fine : {split_share("$share/g/t").has_value(), topic_levels("a/b") == 2, to_string(rule::qos_3) == "qos_3", rule_named("qos_3") == rule::qos_3})
                good += fine;
            }), 0u);
  EXPECT_EQ(good, 13u);
}

TEST(allocations, one_in_owned) {
  for (const counted_sample& s : counted_samples()) {
    bool good = false;
    EXPECT_EQ(allocations_in([&] { good = owned<packet>::parse_copy(s.bytes, s.made.version).has_value(); }), 1u) << label(s);
    EXPECT_TRUE(good);
    as_own_type(s.made.packet, [&]<class P>(const P& p) {
      EXPECT_EQ(allocations_in([&] { good = owned<P>::copy_of(p, s.made.version).has_value(); }), 1u) << label(s);
      EXPECT_TRUE(good);
      auto kept = owned<P>::copy_of(p, s.made.version);
      ASSERT_TRUE(kept.has_value());
      EXPECT_EQ(allocations_in([&] { const owned<P> moved = std::move(*kept); }), 0u) << label(s);
    });
  }
}

TEST(owned, says_no_space_where_memory_is_out) {
  for (const counted_sample& s : counted_samples()) {
    const auto code_of = [](auto call) {
      memory_is_out = true;
      const auto kept = call();
      memory_is_out = false;
      return kept ? errc{} : kept.error().code;
    };
    EXPECT_EQ(code_of([&] { return owned<packet>::parse_copy(s.bytes, s.made.version); }), errc::no_space) << label(s);
    EXPECT_EQ(code_of([&] { return owned<packet>::copy_of(s.made.packet, s.made.version); }), errc::no_space) << label(s);
    as_own_type(s.made.packet, [&]<class P>(const P& p) {
      EXPECT_EQ(code_of([&] { return owned<P>::parse_copy(s.bytes, s.made.version); }), errc::no_space) << label(s);
      EXPECT_EQ(code_of([&] { return owned<P>::copy_of(p, s.made.version); }), errc::no_space) << label(s);
    });
  }
}

}  // namespace
}  // namespace mqttspan::test
