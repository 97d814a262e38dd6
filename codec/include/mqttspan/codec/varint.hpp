// Variable byte integers: seven bits a byte, least significant first, at most four bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/config.hpp>
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/strictness.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// A decoded variable byte integer.
struct varint {
  std::uint32_t value;  ///< 0 to 268,435,455
  std::uint8_t size;    ///< bytes read, 1 to 4

  /// Whether fewer bytes could not say it. @spec [MQTT-1.5.5-1]
  constexpr bool is_minimal() const noexcept { return size == 1 || value >> (7 * (size - 1)) != 0; }
};

/// Bytes that `value` takes, 1 to 4; 0 for a value above 268,435,455. @spec 5.0 §1.5.5
constexpr std::size_t varint_size(std::uint32_t value) noexcept {
  if (value > max_remaining_length) return 0;
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20'0000 ? 3 : 4;
}

/// Reads one from the front of `input`, minimal or not. Errors: incomplete, malformed (fifth byte). The error's offset counts from `input`.
/// @spec [U5-1.5.5-a] [U311-2.2.3-a]
constexpr result<varint> decode_varint(bytes_view input) noexcept {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) {
    if (i == input.size()) return error{.code = errc::incomplete, .offset = i + 1};
    const auto byte = std::to_integer<std::uint32_t>(input[i]);
    value |= (byte & 0x7F) << (7 * i);
    if (byte < 0x80) return varint{value, static_cast<std::uint8_t>(i + 1)};
  }
  return error{errc::malformed, rule::variable_byte_integer_too_long, packet_type{}, reason_code::malformed_packet, 3};
}

/// Writes the shortest form to the front of `out` and returns the bytes written. Errors: invalid_argument above 268,435,455, no_space.
/// @spec [MQTT-1.5.5-1]
constexpr result<std::span<std::byte>> encode_varint(std::uint32_t value, std::span<std::byte> out) noexcept {
  const std::size_t size = varint_size(value);
  if (size == 0) return error{errc::invalid_argument, rule::variable_byte_integer_too_long, packet_type{}, reason_code::malformed_packet, 0};
  if (out.size() < size) return error{.code = errc::no_space};
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<std::byte>((value & 0x7F) | (i + 1 < size ? 0x80u : 0u));
    value >>= 7;
  }
  return out.first(size);
}

}  // namespace mqttspan
