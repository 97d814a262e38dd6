// Packets built byte by byte for the tests that are written from the specifications: the library's generate is not asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/parse.hpp>

namespace mqttspan::spec {

using bytes = std::string;

inline bytes u8(unsigned value) { return bytes(1, static_cast<char>(value)); }
inline bytes u16(unsigned value) { return u8(value >> 8) + u8(value & 0xFF); }
inline bytes u32(std::uint32_t value) { return u16(value >> 16) + u16(value & 0xFFFF); }

inline bytes vbi(std::uint32_t value) {
  bytes out;
  do {
    const std::uint32_t rest = value >> 7;
    out += u8((value & 0x7F) | (rest != 0 ? 0x80U : 0U));
    value = rest;
  } while (value != 0);
  return out;
}

/// A string or binary field: two bytes of length, then the bytes.
inline bytes str(std::string_view text) { return u16(static_cast<unsigned>(text.size())) + bytes(text); }
/// A property block: its length, then the properties.
inline bytes block(const bytes& properties) { return vbi(static_cast<std::uint32_t>(properties.size())) + properties; }
/// A whole packet: first byte, Remaining Length, and what it counts.
inline bytes packet_of(unsigned first, const bytes& body) { return u8(first) + vbi(static_cast<std::uint32_t>(body.size())) + body; }

/// "30 06 00 03 61*3" with repeats; anything but hex digits, blanks and `*N` ends the test by an exception.
inline bytes hex(std::string_view text) {
  bytes out;
  std::size_t i = 0;
  const auto digit = [&](std::size_t at) -> unsigned { return static_cast<unsigned>(std::stoi(std::string(text.substr(at, 1)), nullptr, 16)); };
  while (i < text.size()) {
    if (text[i] == ' ') {
      ++i;
    } else if (text[i] == '*') {
      std::size_t used = 0;
      const unsigned long times = std::stoul(std::string(text.substr(i + 1)), &used);
      const char last = out.back();
      out.append(times - 1, last);
      i += 1 + used;
    } else {
      out += u8(digit(i) << 4 | digit(i + 1));
      i += 2;
    }
  }
  return out;
}

inline bytes to_hex(bytes_view view) {
  constexpr std::string_view digits = "0123456789abcdef";
  bytes out;
  for (const std::byte b : view) {
    out += digits[std::to_integer<std::size_t>(b >> 4)];
    out += digits[std::to_integer<std::size_t>(b & std::byte{15})];
  }
  return out;
}

/// "rule_name@offset", "incomplete", or the class where there is no rule.
inline std::string verdict_of(const error& e) {
  if (e.violated == rule::none) return std::string(to_string(e.code));
  return std::string(to_string(e.violated)) + "@" + std::to_string(e.offset);
}

/// "ok" where the packet takes all of the bytes, else what is wrong.
inline std::string verdict(const bytes& input, protocol_version version, const parse_options& options = strict) {
  const auto parsed = parse(as_bytes(input), version, options);
  if (!parsed) return verdict_of(parsed.error());
  return parsed->size == input.size() ? "ok" : "ok, but took " + std::to_string(parsed->size) + " bytes";
}

inline std::string verdict(const bytes& input, protocol_version version, sender from) { return verdict(input, version, {.sender = from}); }

inline constexpr protocol_version all_versions[] = {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5};
inline constexpr sender all_senders[] = {sender::any, sender::client, sender::server};

/// The side that may send every packet of these tests which only one side may send.
inline sender right_side(unsigned first_byte) {
  switch (first_byte >> 4) {
    case 2:
    case 9:
    case 11:
    case 13: return sender::server;
    case 1:
    case 8:
    case 10:
    case 12: return sender::client;
    default: return sender::any;
  }
}

}  // namespace mqttspan::spec
