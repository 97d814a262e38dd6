// Bytes with named holes, in which lengths count themselves: how families write down packets.
//
//     30 ( <{topic}> (23 0005) 68*20 )
//
//     30          a byte; 68*20 the byte twenty times
//     {topic}     what the hole of that name is filled with
//     < … >       two bytes of length, then what stands between
//     ( … )       a variable byte integer of length, then what stands between
//     [f&40: … ]  only if the first byte of the hole f has one of these bits
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mqttspan::conformance {

/// What stands in the holes: hex digits by name.
using hole_values = std::map<std::string, std::string, std::less<>>;

/// Hex digits, and at which byte each occurrence of a hole begins.
struct filled_template {
  std::string hex;
  std::vector<std::pair<std::string, std::size_t>> holes;
};

class packet_template {
 public:
  /// Throws data_error where the text is no template.
  explicit packet_template(std::string_view text);

  /// Throws data_error where a hole has no value or a length is above what its prefix can say.
  filled_template fill(const hole_values& values) const;

 private:
  struct node;
  using nodes = std::vector<node>;
  class reader;
  static void write(const nodes& list, const hole_values& values, filled_template& out);
  static void write(const node& what, const hole_values& values, filled_template& out);

  std::shared_ptr<const nodes> nodes_;  // of an incomplete type, and never changed
};

/// The hex digits of a variable byte integer, in as few bytes as it needs. Throws data_error above 268,435,455.
std::string varint_hex(std::size_t value);

/// The packet with the first `body` bytes of its body and a Remaining Length that says so; empty where its Remaining Length cannot be read.
std::string with_body_size(const std::string& hex, std::size_t body);

/// Bytes of the fixed header; 0 where its Remaining Length cannot be read.
std::size_t fixed_header_size(const std::string& hex);

}  // namespace mqttspan::conformance
