// MD5 (RFC 1321), to recognise the published streams; for nothing that must be safe.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <mqttspan/codec/bytes.hpp>

namespace mqttspan::bench {

/// The digest as md5sum prints it.
inline std::string md5(bytes_view text) {
  std::vector<std::uint8_t> message;
  for (const std::byte b : text) message.push_back(std::to_integer<std::uint8_t>(b));
  message.push_back(0x80);
  while (message.size() % 64 != 56) message.push_back(0);
  for (unsigned i = 0; i < 8; ++i) message.push_back(static_cast<std::uint8_t>(std::uint64_t{text.size()} * 8 >> 8 * i));

  constexpr std::array<int, 16> rotations{7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
  std::array<std::uint32_t, 4> state{0x6745'2301, 0xEFCD'AB89, 0x98BA'DCFE, 0x1032'5476};
  for (std::size_t block = 0; block < message.size(); block += 64) {
    auto [a, b, c, d] = state;
    for (unsigned i = 0; i < 64; ++i) {
      const unsigned round = i / 16;
      const std::uint32_t mixed = round == 0 ? (b & c) | (~b & d) : round == 1 ? (d & b) | (~d & c) : round == 2 ? b ^ c ^ d : c ^ (b | ~d);
      const unsigned word = (round == 0 ? i : round == 1 ? 5 * i + 1 : round == 2 ? 3 * i + 5 : 7 * i) % 16;
      std::uint32_t value = 0;
      for (unsigned k = 0; k < 4; ++k) value |= std::uint32_t{message[block + 4 * word + k]} << 8 * k;
      const auto constant = static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(i + 1.0)) * 4294967296.0));
      const std::uint32_t next = b + std::rotl(a + mixed + constant + value, rotations[4 * round + i % 4]);
      a = d, d = c, c = b, b = next;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  }
  std::string digest;
  for (const std::uint32_t word : state)
    for (unsigned k = 0; k < 4; ++k) {
      char hex[3];
      std::snprintf(hex, sizeof hex, "%02x", word >> 8 * k & 0xFF);
      digest += hex;
    }
  return digest;
}

}  // namespace mqttspan::bench
