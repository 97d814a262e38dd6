// UTF-8 as MQTT wants it: well-formed, no surrogates, no overlong forms, nothing above U+10FFFF. [MQTT-1.5.4-1] [3.1.1/MQTT-1.5.3-1]
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mqttspan {

namespace detail {

/// The text from `at` on; `at` is not behind its end. (`substr` would throw.)
constexpr std::string_view from(std::string_view text, std::size_t at) noexcept { return {text.data() + at, text.size() - at}; }

/// A code point at the front of a text: how many bytes it takes, and its value; size 0 where the bytes are ill-formed.
struct code_point {
  std::uint32_t value;
  std::uint32_t size;
};

// Unicode 15, table 3-7: the well-formed sequences. `text` is not empty.
constexpr code_point decode_code_point(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xC2) return {0, 0};  // a stray continuation, or an overlong form of ASCII
  if (lead < 0xE0) return continues(1) ? code_point{(lead & 0x1F) << 6 | (byte(1) & 0x3F), 2} : code_point{0, 0};
  if (lead < 0xF0) {
    if (!continues(1) || !continues(2)) return {0, 0};
    const std::uint32_t value = (lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    const bool overlong = value < 0x800, surrogate = value >= 0xD800 && value <= 0xDFFF;
    return overlong || surrogate ? code_point{0, 0} : code_point{value, 3};
  }
  if (lead > 0xF4 || !continues(1) || !continues(2) || !continues(3)) return {0, 0};
  const std::uint32_t value = (lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  return value < 0x1'0000 || value > 0x10'FFFF ? code_point{0, 0} : code_point{value, 4};
}

}  // namespace detail

/// Where the first ill-formed sequence begins; `std::string_view::npos` where the text is well-formed.
/// U+0000 is well-formed; MQTT's strings forbid it by a rule of its own.
constexpr std::size_t find_ill_formed_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t size = detail::decode_code_point(detail::from(text, at)).size;
    if (size == 0) return at;
    at += size;
  }
  return std::string_view::npos;
}

/// Whether all of the text is well-formed UTF-8.
constexpr bool is_well_formed_utf8(std::string_view text) noexcept { return find_ill_formed_utf8(text) == std::string_view::npos; }

}  // namespace mqttspan
