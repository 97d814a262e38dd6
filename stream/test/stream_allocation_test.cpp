// The parser and the writers allocate nothing, whatever comes; and 256 MiB pass through 4 KiB.
#include <algorithm>
#include <array>
#include <vector>

#include <gtest/gtest.h>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/stream/stream_parser.hpp>
#include <mqttspan/stream/writer.hpp>

#include "counted_allocations.hpp"
#include "generators.hpp"

namespace mqttspan::test {
namespace {

struct counter {
  std::size_t events = 0;
  template <class E>
  void operator()(const E&) noexcept {
    ++events;
  }
};

std::size_t drain_by_next(stream_parser& parser) {
  for (std::size_t events = 0;; ++events) {
    const auto kind = parser.next().kind();
    if (kind == event::kind::need_more || kind == event::kind::error) return events;
  }
}

TEST(stream_allocations, none_in_the_parser) {
  seeded_entropy choices(7);
  packet_source source(choices);
  std::vector<std::byte> carry(400);
  std::size_t packets = 0, errors = 0;
  for (const auto& [type, named] : every_type_and_version())
    for (int i = 0; i < 10; ++i) {
      const protocol_version version = named;  // clang 14 captures no structured binding
      const sample made = source.next(type, version);
      std::vector<std::byte> bytes(*encoded_size(made.packet, version));
      ASSERT_TRUE(generate(made.packet, version, bytes));
      if (i % 3 == 2) bytes[bytes.size() / 2] ^= std::byte{0x40};
      for (const std::size_t chunk : {bytes.size(), std::size_t{1}, std::size_t{50}})
        for (const bool by_next : {false, true}) {
          bool refused = false;
          EXPECT_EQ(allocations_in([&] {
                      stream_parser parser(carry, {.version = version});
                      counter seen;
                      for (bytes_view rest = bytes; !rest.empty() && !refused; rest = rest.subspan(std::min(chunk, rest.size()))) {
                        refused = !parser.push(rest.first(std::min(chunk, rest.size())));
                        if (by_next) seen.events += drain_by_next(parser);
                        else refused |= !parser.for_each(seen);
                      }
                      packets += seen.events;
                      errors += parser.error() != nullptr;
                    }), 0u) << to_string(type);
        }
    }
  EXPECT_GT(packets, 1'000u);
  EXPECT_GT(errors, 100u);
}

TEST(stream_allocations, none_in_the_writers) {
  seeded_entropy choices(7);
  packet_source source(choices, 500);
  std::array<std::byte, 20'000> out, heads;
  std::array<bytes_view, 100> parts;
  for (const auto& [type, named] : every_type_and_version()) {
    const protocol_version version = named;
    const sample made = source.next(type, version);
    EXPECT_EQ(allocations_in([&] {
                packet_writer packets(out, version);
                gather_writer pieces(heads, parts, version);
                bool good = true;
                for (int i = 0; i < 3; ++i) good = good && packets.add(made.packet) && pieces.add(made.packet);
                pieces.consume(5);
                EXPECT_TRUE(good);
                EXPECT_EQ(pieces.size() + 5, packets.size());
              }), 0u) << to_string(type);
  }
}

// Bytes that do not repeat with the chunks.
constexpr std::byte pattern(std::uint64_t at) noexcept { return static_cast<std::byte>(at * 0x9E37'79B9'7F4A'7C15 >> 56); }
constexpr std::uint64_t hash_step(std::uint64_t hash, std::byte b) noexcept { return (hash ^ std::to_integer<std::uint64_t>(b)) * 0x100'0000'01B3; }

struct sink {
  std::uint64_t bytes = 0, hash = 0, chunks = 0, begun = 0, ended = 0;
  void operator()(const publish_begin& b) noexcept { begun += b.payload_size; }
  void operator()(const payload_chunk& c) noexcept {
    bytes += c.bytes.size();
    ++chunks;
    for (const std::byte b : c.bytes) hash = hash_step(hash, b);
  }
  void operator()(const publish_end&) noexcept { ++ended; }
};

TEST(stream_parser, a_publish_of_256_mib_passes_through_a_carry_of_4_kib) {
  static std::array<std::byte, 4096> carry, input;
  const std::uint32_t payload_size = max_remaining_length - 3;
  const std::array head{std::byte{0x30}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0x7F}, std::byte{0}, std::byte{1}, std::byte{'t'}};
  sink got;
  std::uint64_t sent = 0, hash = 0;
  bool good = true;
  EXPECT_EQ(allocations_in([&] {
              stream_parser parser(carry);
              good = parser.push(head) && parser.for_each(got).has_value();
              while (good && sent < payload_size) {
                const std::size_t n = std::min<std::uint64_t>(1 + sent % input.size(), payload_size - sent);
                for (std::size_t i = 0; i < n; ++i) hash = hash_step(hash, input[i] = pattern(sent + i));
                sent += n;
                good = parser.push(std::span(input).first(n)) && parser.for_each(got).has_value();
              }
              good = good && parser.may_end() && parser.offset() == std::uint64_t{max_packet_length};
            }), 0u);
  EXPECT_TRUE(good);
  EXPECT_EQ(got.begun, payload_size);
  EXPECT_EQ(got.bytes, payload_size);
  EXPECT_EQ(got.hash, hash);
  EXPECT_EQ(got.ended, 1u);
  EXPECT_GT(got.chunks, 60'000u);
}

}  // namespace
}  // namespace mqttspan::test
