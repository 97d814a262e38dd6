// Remaining Lengths at the edges of their encodings, and limits on the packet's size.
#include <gtest/gtest.h>

#include <vector>

#include <mqttspan/codec/generate.hpp>

#include "spec_bytes.hpp"

namespace mqttspan::spec {
namespace {

struct size_row {
  std::uint32_t remaining_length;
  std::uint32_t header;  // bytes of the fixed header
};
constexpr size_row table[] = {{3, 2},      {127, 2},    {128, 3},      {16'383, 3},   {16'384, 4},
                              {65'535, 4}, {65'536, 4}, {2'097'151, 4}, {2'097'152, 5}, {2'097'153, 5}};

// A 3.1.1 PUBLISH with topic "t": the rest of the Remaining Length is payload.
bytes wire_of(std::uint32_t remaining_length) { return packet_of(0x30, str("t") + bytes(remaining_length - 3, 'x')); }

TEST(spec_sizes, parse_takes_and_generate_writes_every_boundary) {
  for (const size_row& row : table) {
    const bytes wire = wire_of(row.remaining_length);
    ASSERT_EQ(wire.size(), row.header + row.remaining_length);
    const auto read = parse_as<publish>(as_bytes(wire), protocol_version::v3_1_1);
    ASSERT_TRUE(read) << row.remaining_length;
    EXPECT_EQ(read->size, wire.size());
    EXPECT_EQ(read->packet.payload.size(), row.remaining_length - 3);
    const auto size = encoded_size(read->packet, protocol_version::v3_1_1);
    ASSERT_TRUE(size);
    EXPECT_EQ(*size, wire.size());
    std::vector<std::byte> out(wire.size());
    const auto written = generate(read->packet, protocol_version::v3_1_1, out);
    ASSERT_TRUE(written);
    EXPECT_TRUE(as_text(*written) == wire) << row.remaining_length;
  }
}

TEST(spec_sizes, remaining_length_0_and_1) {
  EXPECT_EQ(verdict(hex("C0 00"), protocol_version::v3_1_1), "ok");
  EXPECT_EQ(verdict(hex("C0 01 00"), protocol_version::v3_1_1), "bytes_left_over@2");
  EXPECT_EQ(verdict(hex("30 00"), protocol_version::v3_1_1), "field_past_end@2");
  EXPECT_EQ(verdict(hex("30 01 00"), protocol_version::v3_1_1), "field_past_end@2");
}

TEST(spec_sizes, one_byte_less_than_declared_is_incomplete) {
  for (const size_row& row : table) {
    bytes wire = wire_of(row.remaining_length);
    wire.pop_back();
    EXPECT_EQ(verdict(wire, protocol_version::v3_1_1), "incomplete") << row.remaining_length;
  }
}

TEST(spec_sizes, peek_reads_the_largest_length) {
  const bytes wire = hex("30 FF FF FF 7F");
  const auto header = peek(as_bytes(wire));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->remaining_length, 268'435'455U);
  EXPECT_EQ(header->header_size, 5U);
  EXPECT_EQ(header->packet_size(), 268'435'460U);
  EXPECT_EQ(verdict(wire, protocol_version::v3_1_1), "incomplete");
}

// A payload that is only counted: nobody reads through this view.
bytes_view counted(std::size_t size) {
  static const std::byte one{};
  return {&one, size};
}

TEST(spec_sizes, the_largest_packet_has_a_size_and_one_byte_more_has_none) {
  const publish largest{.topic = "t", .payload = counted(268'435'455 - 3)};
  const auto size = encoded_size(largest, protocol_version::v3_1_1);
  ASSERT_TRUE(size);
  EXPECT_EQ(*size, 268'435'460U);
  for (const std::size_t extra : {std::size_t{1}, std::size_t{2}, std::size_t{1} << 32}) {
    const publish larger{.topic = "t", .payload = counted(268'435'455 - 3 + extra)};
    const auto refused = encoded_size(larger, protocol_version::v3_1_1);
    ASSERT_FALSE(refused) << extra;
    EXPECT_EQ(refused.error().code, errc::packet_too_large) << extra;
    std::byte out[16];
    const auto head = generate_head(larger, protocol_version::v3_1_1, out);
    ASSERT_FALSE(head) << extra;
    EXPECT_EQ(head.error().code, errc::packet_too_large) << extra;
  }
}

TEST(spec_sizes, the_head_of_the_largest_publish_is_written) {
  const publish largest{.topic = "t", .payload = counted(268'435'455 - 3)};
  std::byte out[16];
  const auto head = generate_head(largest, protocol_version::v3_1_1, out);
  ASSERT_TRUE(head);
  EXPECT_EQ(to_hex(*head), "30ffffff7f000174");
}

TEST(spec_sizes, a_limit_counts_the_whole_packet) {  // [U5-2.1.4-b]
  for (const size_row& row : table) {
    const bytes wire = wire_of(row.remaining_length);
    const auto size = static_cast<std::uint32_t>(wire.size());
    for (const protocol_version version : {protocol_version::v3_1, protocol_version::v3_1_1}) {
      EXPECT_EQ(verdict(wire, version, {.max_packet_size = size}), "ok") << size;
      EXPECT_EQ(verdict(wire, version, {.max_packet_size = size - 1}), "packet_too_large@1") << size;
      EXPECT_EQ(verdict(wire.substr(0, row.header), version, {.max_packet_size = size - 1}), "packet_too_large@1") << "before the body has come";
    }
    const auto read = parse_as<publish>(as_bytes(wire), protocol_version::v3_1_1);
    ASSERT_TRUE(read);
    EXPECT_TRUE(encoded_size(read->packet, protocol_version::v3_1_1, {.max_packet_size = size}));
    const auto refused = encoded_size(read->packet, protocol_version::v3_1_1, {.max_packet_size = size - 1});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::packet_too_large);
  }
}

TEST(spec_sizes, strings_and_binaries_of_65535_bytes_are_good_and_longer_ones_are_refused) {
  const bytes longest(65'535, 'a'), too_long(65'536, 'a');
  std::vector<std::byte> out(400'000);
  const publish good{.topic = longest};
  const auto written = generate(good, protocol_version::v5, out);
  ASSERT_TRUE(written);
  EXPECT_TRUE(as_text(*written) == packet_of(0x30, str(longest) + u8(0)));
  EXPECT_EQ(verdict(bytes(as_text(*written)), protocol_version::v5), "ok");
  const publish bad{.topic = too_long};
  EXPECT_FALSE(encoded_size(bad, protocol_version::v5));
  const auto refused = generate(bad, protocol_version::v5, out);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::invalid_argument);
  EXPECT_EQ(refused.error().violated, rule::string_too_long);
}

}  // namespace
}  // namespace mqttspan::spec
