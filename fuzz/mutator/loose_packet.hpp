// Packets as the mutator sees them: taken apart as far as lengths lead, right or wrong, and put together again with lengths that fit.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqttspan::fuzz {

/// First byte and body. What could not be framed is a packet too, whose bytes are all in `body` and stay as they are.
struct loose_packet {
  std::optional<unsigned char> first{};
  std::string body{};
};

/// Where the properties of a 5.0 packet are: the length's first byte, and the bytes behind the length.
struct property_block {
  std::size_t length_at = 0, begin = 0, end = 0;
};

std::vector<loose_packet> taken_apart(std::string_view bytes);
std::string joined(const std::vector<loose_packet>& packets);

/// Nothing where the body is too short for one.
std::optional<property_block> properties_of(const loose_packet& p);
/// Where each property of the block begins, and where the last one ends; up to what can be read.
std::vector<std::size_t> property_bounds(const loose_packet& p, const property_block& block);
/// Replaces the block's content and sets its length.
void set_properties(loose_packet& p, const property_block& block, std::string_view content);

/// A variable byte integer in its shortest form, or in `size` bytes.
std::string varint_bytes(std::uint32_t value, std::size_t size = 0);

}  // namespace mqttspan::fuzz
