// Views of bytes, and the two casts between bytes and text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// Bytes that belong to somebody else.
using bytes_view = std::span<const std::byte>;

/// The same memory, seen as bytes.
inline bytes_view as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// The same memory, as sockets and firmware hand it over.
inline bytes_view as_bytes(const void* data, std::size_t size) noexcept { return {static_cast<const std::byte*>(data), size}; }
/// The same memory, where it is kept as octets.
inline bytes_view as_bytes(std::span<const std::uint8_t> octets) noexcept { return as_bytes(octets.data(), octets.size()); }

/// The same memory, to be written by generate.
inline std::span<std::byte> as_writable_bytes(void* data, std::size_t size) noexcept { return {static_cast<std::byte*>(data), size}; }

/// The same memory, seen as text. Says nothing about its encoding.
inline std::string_view as_text(bytes_view bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

namespace detail {

// In one expression, which compilers know for a load and a swap of bytes.
constexpr std::uint32_t load_be16(const std::byte* p) noexcept {
  return std::to_integer<std::uint32_t>(p[0]) << 8 | std::to_integer<std::uint32_t>(p[1]);
}
constexpr std::uint32_t load_be32(const std::byte* p) noexcept {
  return std::to_integer<std::uint32_t>(p[0]) << 24 | std::to_integer<std::uint32_t>(p[1]) << 16 | std::to_integer<std::uint32_t>(p[2]) << 8 |
         std::to_integer<std::uint32_t>(p[3]);
}

}  // namespace detail
}  // namespace mqttspan
