// What every codec must make of a stream: one number over all fields of all packets, cheap enough not to drown the codec.
#pragma once

#include <cstdint>
#include <string_view>

#include <mqttspan/codec/bytes.hpp>

namespace mqttspan::bench {

/// The sum of all integers, of all lengths, and of the first and last byte of all strings and binaries.
class checksum {
 public:
  void integer(std::uint64_t value) noexcept { sum_ += value; }
  void bytes(bytes_view value) noexcept {
    sum_ += value.size();
    if (!value.empty()) sum_ += std::to_integer<std::uint64_t>(value.front()) + std::to_integer<std::uint64_t>(value.back());
  }
  void text(std::string_view value) noexcept { bytes(as_bytes(value)); }

  std::uint64_t value() const noexcept { return sum_; }

 private:
  std::uint64_t sum_ = 0;
};

/// The answer of a decoder that met a packet it did not take.
inline constexpr std::uint64_t refused = ~std::uint64_t{0};

}  // namespace mqttspan::bench
