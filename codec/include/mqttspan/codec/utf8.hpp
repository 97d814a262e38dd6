// UTF-8 as MQTT wants it: well-formed, no surrogates, no overlong forms, nothing above U+10FFFF. [MQTT-1.5.4-1] [3.1.1/MQTT-1.5.3-1]
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

namespace detail {

/// The text from `at` on; `at` is not behind its end. (`substr` would throw.)
constexpr std::string_view from(std::string_view text, std::size_t at) noexcept { return {text.data() + at, text.size() - at}; }

/// A code point at the front of a text: how many bytes it takes, and its value; size 0 where the bytes are ill-formed.
struct code_point {
  std::uint32_t value;
  std::uint32_t size;
};

// The first four bytes, the first one on top; zeros, which continue nothing, behind the text's end.
constexpr std::uint32_t front_of(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  if (text.size() >= 4) return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
  std::uint32_t front = 0;
  for (std::size_t i = 0; i < text.size(); ++i) front |= byte(i) << (24 - 8 * i);
  return front;
}

// Unicode 15, table 3-7: how many bytes the well-formed sequence at the front takes, 0 where it is none. Each mask takes what marks a lead and its continuations;
// what is left of a lead and the top of its first continuation says whether the value is too small for its form, a surrogate, or above U+10FFFF.
constexpr std::uint32_t sequence_size(std::uint32_t front) noexcept {
  if (front < 0x8000'0000) return 1;
  if ((front & 0xE0C0'0000) == 0xC080'0000) return front >= 0xC200'0000 ? 2 : 0;
  if ((front & 0xF0C0'C000) == 0xE080'8000) {
    const std::uint32_t top = front & 0x0F20'0000;
    return top != 0 && top != 0x0D20'0000 ? 3 : 0;
  }
  if ((front & 0xF8C0'C0C0) == 0xF080'8080) {
    const std::uint32_t top = front & 0x0730'0000;
    return top != 0 && top <= 0x0400'0000 ? 4 : 0;
  }
  return 0;
}

// `text` is not empty.
constexpr code_point decode_code_point(std::string_view text) noexcept {
  const std::uint32_t front = front_of(text), size = sequence_size(front);
  if (size < 2) return {size == 0 ? 0 : front >> 24, size};
  std::uint32_t value = front >> 24 & 0x7Fu >> size;
  for (std::uint32_t i = 1; i < size; ++i) value = value << 6 | (front >> (24 - 8 * i) & 0x3F);
  return {value, size};
}

// The first byte from `at` on that is not ASCII, or the text's end; eight bytes at a time.
constexpr std::size_t end_of_ascii(std::string_view text, std::size_t at) noexcept {
  if (!std::is_constant_evaluated())
    for (std::uint64_t word; text.size() - at >= sizeof word; at += sizeof word) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & 0x8080'8080'8080'8080) != 0) break;
    }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

}  // namespace detail

/// Where the first ill-formed sequence begins; `std::string_view::npos` where the text is well-formed.
/// U+0000 is well-formed; MQTT's strings forbid it by a rule of its own.
constexpr std::size_t find_ill_formed_utf8(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      at = detail::end_of_ascii(text, at);
    } else {
      const std::uint32_t size = detail::sequence_size(detail::front_of(detail::from(text, at)));
      if (size == 0) return at;
      at += size;
    }
  }
  return std::string_view::npos;
}

/// Whether all of the text is well-formed UTF-8.
constexpr bool is_well_formed_utf8(std::string_view text) noexcept { return find_ill_formed_utf8(text) == std::string_view::npos; }

}  // namespace mqttspan
