// Variable byte integers: all 2^28 values both ways, every encoding of up to four bytes, and the boundaries in the three places of a packet.
#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/varint.hpp>

#include "spec_bytes.hpp"

namespace mqttspan::spec {
namespace {

constexpr std::uint32_t count = 1U << 28;

// The table of 5.0 section 1.5.5 (3.1.1: table 2.4), as arithmetic: how many bytes, and the bytes in little-endian order of one word.
constexpr std::uint32_t bytes_for(std::uint32_t value) { return value <= 127 ? 1 : value <= 16'383 ? 2 : value <= 2'097'151 ? 3 : 4; }
constexpr std::uint32_t word_for(std::uint32_t value) {
  const std::uint32_t digits = (value % 128) | (value / 128 % 128) << 8 | (value / 16'384 % 128) << 16 | (value / 2'097'152 % 128) << 24;
  constexpr std::uint32_t more[] = {0, 0, 0x80, 0x8080, 0x80'8080};
  return digits | more[bytes_for(value)];
}

TEST(spec_varint, all_2_to_the_28_values_are_written_as_the_table_says_and_read_back) {
  std::uint64_t wrong = 0;
  std::uint32_t first_wrong = 0;
  std::array<std::byte, 4> buffer{};
  for (std::uint32_t value = 0; value < count; ++value) {
    buffer = {};
    const auto written = encode_varint(value, buffer);
    const std::uint32_t word = std::to_integer<std::uint32_t>(buffer[0]) | std::to_integer<std::uint32_t>(buffer[1]) << 8 |
                               std::to_integer<std::uint32_t>(buffer[2]) << 16 | std::to_integer<std::uint32_t>(buffer[3]) << 24;
    const auto read = decode_varint(buffer);
    const bool good = written && written->size() == bytes_for(value) && word == word_for(value) && varint_size(value) == bytes_for(value) && read &&
                      read->value == value && read->size == bytes_for(value) && read->is_minimal();
    if (!good && wrong++ == 0) first_wrong = value;
  }
  EXPECT_EQ(wrong, 0U) << "first: " << first_wrong;
}

TEST(spec_varint, values_above_the_maximum_are_refused) {
  std::array<std::byte, 8> buffer{};
  for (const std::uint32_t value : {count, count + 1, 0x7FFF'FFFFU, 0x8000'0000U, 0xFFFF'FFFFU}) {
    const auto written = encode_varint(value, buffer);
    ASSERT_FALSE(written) << value;
    EXPECT_EQ(written.error().code, errc::invalid_argument);
    EXPECT_EQ(varint_size(value), 0U);
  }
}

TEST(spec_varint, an_output_too_short_is_refused_and_left_alone) {
  for (const std::uint32_t value : {0U, 128U, 16'384U, 2'097'152U}) {
    std::array<std::byte, 4> buffer{};
    buffer.fill(std::byte{0xEE});
    const auto written = encode_varint(value, std::span(buffer).first(bytes_for(value) - 1));
    ASSERT_FALSE(written) << value;
    EXPECT_EQ(written.error().code, errc::no_space);
    EXPECT_EQ(buffer.back(), std::byte{0xEE});
  }
}

TEST(spec_varint, every_padded_form_is_read_and_known_as_not_minimal) {
  for (std::uint32_t value = 0; value < 2'097'152; ++value)
    for (std::uint32_t size = bytes_for(value) + 1; size <= 4; ++size) {
      std::array<std::byte, 4> padded{};
      for (std::uint32_t i = 0; i < size; ++i) padded[i] = static_cast<std::byte>((value >> (7 * i) & 127) | (i + 1 < size ? 128U : 0U));
      const auto read = decode_varint(std::span(padded).first(size));
      ASSERT_TRUE(read && read->value == value && read->size == size && !read->is_minimal()) << value << " in " << size;
    }
}

TEST(spec_varint, a_cut_one_is_incomplete_and_a_fifth_byte_is_an_error) {
  const bytes continued = hex("80 FF 80 FF 00");
  for (std::size_t size = 0; size < 4; ++size) {
    const auto read = decode_varint(as_bytes(std::string_view(continued).substr(0, size)));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, errc::incomplete) << size;
  }
  for (const std::size_t size : {4U, 5U}) {
    const auto read = decode_varint(as_bytes(std::string_view(continued).substr(0, size)));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, errc::malformed) << size;
    EXPECT_EQ(read.error().violated, rule::variable_byte_integer_too_long);
  }
}

struct boundary {
  const char* encoding;
  std::uint32_t value;
  bool minimal;
};
constexpr boundary boundaries[] = {{"00", 0, true},          {"01", 1, true},           {"7F", 127, true},           {"80 01", 128, true},
                                   {"FF 7F", 16'383, true},  {"80 80 01", 16'384, true}, {"FF FF 7F", 2'097'151, true}, {"80 80 80 01", 2'097'152, true},
                                   {"80 00", 0, false},      {"81 00", 1, false},       {"FF 00", 127, false},       {"80 80 00", 0, false},
                                   {"80 81 00", 128, false}, {"FF FF 00", 16'383, false}, {"80 80 80 00", 0, false},   {"FF FF FF 00", 2'097'151, false}};

TEST(spec_varint, boundaries_as_remaining_length) {
  for (const boundary& b : boundaries) {
    if (b.value < 3) continue;  // no room for a PUBLISH
    const bytes length = hex(b.encoding);
    for (const protocol_version version : all_versions) {
      const bytes head = str("t") + (version == protocol_version::v5 ? u8(0) : bytes());
      const bytes wire = u8(0x30) + length + head + bytes(b.value - head.size(), 'x');
      const bool bad = version == protocol_version::v5 && !b.minimal;
      EXPECT_EQ(verdict(wire, version), bad ? "variable_byte_integer_not_minimal@1" : "ok") << b.encoding << " in " << to_string(version);
      EXPECT_EQ(verdict(wire, version, {.allow = leniency::non_minimal_lengths}), "ok") << b.encoding;
      EXPECT_EQ(verdict(wire, version, {.reject = strictness::non_minimal_lengths_in_3_x}), b.minimal ? "ok" : "variable_byte_integer_not_minimal@1") << b.encoding;
    }
  }
}

TEST(spec_varint, remaining_length_0_in_two_three_and_four_bytes) {
  for (const char* length : {"80 00", "80 80 00", "80 80 80 00"}) {
    const bytes wire = hex("C0") + hex(length);
    EXPECT_EQ(verdict(wire, protocol_version::v3_1), "ok");
    EXPECT_EQ(verdict(wire, protocol_version::v3_1_1), "ok");
    EXPECT_EQ(verdict(wire, protocol_version::v5), "variable_byte_integer_not_minimal@1");
  }
}

TEST(spec_varint, boundaries_as_property_length) {
  for (const boundary& b : boundaries) {
    if (b.value != 0 && b.value < 6) continue;  // no room for a user property
    bytes properties;
    std::uint32_t left = b.value;
    while (left != 0) {  // user properties of at most 60,000 bytes; the last takes what is left, and never less than five
      const std::uint32_t take = left > 60'010 ? 60'000 : left;
      properties += hex("26 00 00") + str(bytes(take - 5, 'v'));
      left -= take;
    }
    const bytes wire = packet_of(0x30, str("t") + hex(b.encoding) + properties + "hi");
    EXPECT_EQ(verdict(wire, protocol_version::v5), b.minimal ? "ok" : "variable_byte_integer_not_minimal@" + std::to_string(wire.size() - 2 - properties.size() - hex(b.encoding).size()))
        << b.encoding;
    EXPECT_EQ(verdict(wire, protocol_version::v5, {.allow = leniency::non_minimal_lengths}), "ok") << b.encoding;
  }
}

TEST(spec_varint, boundaries_as_subscription_identifier) {
  constexpr boundary more[] = {{"FF FF FF 7F", 268'435'455, true}, {"82 80 80 00", 2, false}};
  const auto check = [](const boundary& b) {
    const bytes property = u8(0x0B) + hex(b.encoding);
    const bytes wire = packet_of(0x82, u16(1) + block(property) + str("f") + u8(0));  // the value stands at 2 + 2 + 1 + 1
    const std::string wanted = !b.minimal ? "variable_byte_integer_not_minimal@6" : b.value == 0 ? "property_out_of_range@6" : "ok";
    EXPECT_EQ(verdict(wire, protocol_version::v5), wanted) << b.encoding;
    if (wanted != "ok") return;
    const auto read = parse_as<subscribe>(as_bytes(wire), protocol_version::v5);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->packet.properties.get(prop::subscription_identifier), b.value);
  };
  for (const boundary& b : boundaries)
    if (b.minimal || b.value != 0) check(b);  // a padded zero would be two defects
  for (const boundary& b : more) check(b);
}

TEST(spec_varint, five_bytes_are_refused_in_each_place) {
  for (const protocol_version version : all_versions) EXPECT_EQ(verdict(hex("30 80 80 80 80 01"), version), "variable_byte_integer_too_long@1");
  EXPECT_EQ(verdict(packet_of(0x30, str("t") + hex("80 80 80 80 01") + "hi"), protocol_version::v5), "variable_byte_integer_too_long@5");
  EXPECT_EQ(verdict(packet_of(0x82, u16(1) + block(hex("0B 80 80 80 80 01")) + str("f") + u8(0)), protocol_version::v5), "variable_byte_integer_too_long@6");
}

}  // namespace
}  // namespace mqttspan::spec
