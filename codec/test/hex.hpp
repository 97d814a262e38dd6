// Bytes written as hexadecimal digits, for tables of packets; white space between them is for the reader.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mqttspan::test {

inline std::vector<std::byte> hex(std::string_view digits) {
  std::vector<std::byte> bytes;
  unsigned value = 0, count = 0;
  for (const char c : digits) {
    if (c == ' ') continue;
    value = value << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    if (++count % 2 == 0) bytes.push_back(static_cast<std::byte>(value & 0xFF));
  }
  return bytes;
}

/// Lower case, no spaces.
inline std::string to_hex(std::span<const std::byte> bytes) {
  std::string digits;
  for (const std::byte byte : bytes) {
    digits += "0123456789abcdef"[std::to_integer<unsigned>(byte) >> 4];
    digits += "0123456789abcdef"[std::to_integer<unsigned>(byte) & 15];
  }
  return digits;
}

}  // namespace mqttspan::test
