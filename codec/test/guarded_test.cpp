// Memory that ends with the packet, or before it: nothing is read behind what was given, in any build.
#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/topic.hpp>
#include <mqttspan/codec/utf8.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "generators.hpp"
#include "guarded_memory.hpp"
#include "hex.hpp"

namespace mqttspan {
namespace {

// The bytes where no more can be read.
bytes_view at_the_end(bytes_view bytes) {
  static const test::guarded_memory memory(20);
  unsigned char* const p = memory.end() - bytes.size();
  if (!bytes.empty()) std::memcpy(p, bytes.data(), bytes.size());
  return {reinterpret_cast<const std::byte*>(p), bytes.size()};
}
std::string_view at_the_end(const std::string& text) { return as_text(at_the_end(as_bytes(text))); }

// In every way there is; gives the same answers as from memory with something behind it.
void read_in_every_way(bytes_view bytes, protocol_version version) {
  const bytes_view guarded = at_the_end(bytes);
  const auto got = parse(guarded, version), other = parse(bytes, version);
  ASSERT_EQ(got.has_value(), other.has_value());
  EXPECT_EQ(parse_head(guarded, version).has_value(), parse_head(bytes, version).has_value());
  EXPECT_EQ(inspect_connect(guarded).client_id, inspect_connect(bytes).client_id);
  if (got) {
    EXPECT_TRUE(got->packet == other->packet);
    return;
  }
  EXPECT_EQ(got.error(), other.error());
  EXPECT_EQ(statement_id(got.error(), version, guarded), statement_id(got.error(), version, bytes));
}

TEST(guarded, packets_are_read_and_no_more) {
  test::seeded_entropy choices(7);
  test::packet_source source(choices, 300);
  for (const auto& [type, version] : test::every_type_and_version())
    for (unsigned i = 0; i < 60; ++i) {
      const test::sample s = source.next(type, version);
      std::vector<std::byte> bytes(encoded_size(s.packet, version).value_or(0));
      ASSERT_TRUE(generate(s.packet, version, bytes).has_value());
      for (std::size_t size = 0; size <= bytes.size(); ++size) {
        std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        read_in_every_way(cut, version);
        if (size < 2 || size > 129) continue;
        cut[1] = static_cast<std::byte>(size - 2);  // complete, but for its fields
        read_in_every_way(cut, version);
      }
    }
}

// The head of a long PUBLISH: the next field begins far behind what is there.
TEST(guarded, heads_are_read_and_no_more) {
  auto bytes = test::hex("32 ffff03 fff0");
  bytes.resize(50'000, std::byte{'a'});
  for (const std::size_t size : {4u, 5u, 6u, 7u, 5'000u, 50'000u})
    for (const protocol_version version : {protocol_version::v3_1_1, protocol_version::v5}) {
      const auto got = parse_head(at_the_end(bytes_view(bytes).first(size)), version);
      ASSERT_FALSE(got.has_value());
      EXPECT_EQ(got.error().code, errc::incomplete);
    }
}

TEST(parse_head, waits_for_no_fifth_byte_of_a_length) {
  const auto got = parse_head(at_the_end(test::hex("30 7f 0001 61 ffffffff")), protocol_version::v5);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().violated, rule::variable_byte_integer_too_long);
}

// A payload that says it is text, in 5.0: alone behind its header.
TEST(guarded, payloads_are_read_and_no_more) {
  for (std::size_t size = 0; size < 40; ++size) {
    auto bytes = test::hex("30 00 0001 74 02 0101");
    bytes.resize(bytes.size() + size, std::byte{'a'});
    bytes[1] = static_cast<std::byte>(bytes.size() - 2);
    read_in_every_way(bytes, protocol_version::v5);
    EXPECT_TRUE(parse(at_the_end(bytes), protocol_version::v5).has_value());
  }
}

// An error beside bytes that end before it.
TEST(guarded, statements_are_found_and_no_more_is_read) {
  const auto bytes = test::hex("10 12 0004 4d515454 05 02 003c 03 21 0000 0002 6161");
  const auto got = parse(bytes, protocol_version::v5);
  ASSERT_FALSE(got.has_value());
  for (std::size_t size = 0; size <= bytes.size(); ++size) EXPECT_EQ(statement_id(got.error(), protocol_version::v5, at_the_end(bytes_view(bytes).first(size))).empty(), false) << size;
}

TEST(guarded, texts_are_read_and_no_more) {
  for (const std::string cut : {"\xC3", "\xE2\x82", "\xE2", "\xF0\x9F\x98", "\xF0\x9F", "\xF0"})
    for (std::size_t n = 0; n < 40; ++n) EXPECT_EQ(find_ill_formed_utf8(at_the_end(std::string(n, 'a') + cut)), n);
}

TEST(guarded, filters_are_matched_and_no_more) {
  for (const std::string filter : {"a", "a/", "a/b", "a/+", "+", ""}) {
    const std::string_view guarded = at_the_end(filter);
    for (const char* name : {"a", "a/", "a/b", "a/bc", "ab", "", "/"}) EXPECT_EQ(matches(guarded, name), matches(filter, name)) << filter << ' ' << name;
  }
}

}  // namespace
}  // namespace mqttspan
