#include "websocket_frames.hpp"

#include <array>
#include <bit>
#include <cctype>
#include <cstdint>

namespace mqttspan::conformance::websocket {
namespace {

using namespace wire;

unsigned at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

using words = std::array<std::uint32_t, 5>;

// One block of 64 bytes of SHA-1 (FIPS 180-4).
void take_block(words& h, std::string_view block) {
  std::array<std::uint32_t, 80> w{};
  for (std::size_t i = 0; i < 16; ++i) w[i] = at(block, 4 * i) << 24 | at(block, 4 * i + 1) << 16 | at(block, 4 * i + 2) << 8 | at(block, 4 * i + 3);
  for (std::size_t i = 16; i < 80; ++i) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  auto [a, b, c, d, e] = h;
  for (std::size_t i = 0; i < 80; ++i) {
    const std::uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 || i >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
    constexpr std::uint32_t k[] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
    const std::uint32_t next = std::rotl(a, 5) + f + e + k[i / 20] + w[i];
    e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

bytes sha1(std::string text) {
  const std::uint64_t bits = text.size() * 8;
  text += '\x80';
  while (text.size() % 64 != 56) text += '\0';
  text += u32(static_cast<std::uint32_t>(bits >> 32)) + u32(static_cast<std::uint32_t>(bits));
  words h{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  for (std::size_t i = 0; i < text.size(); i += 64) take_block(h, std::string_view(text).substr(i, 64));
  bytes out;
  for (const std::uint32_t word : h) out += u32(word);
  return out;
}

std::string base64(std::string_view in) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < in.size(); i += 3) {
    const std::size_t there = std::min<std::size_t>(3, in.size() - i);
    const unsigned three = at(in, i) << 16 | (there > 1 ? at(in, i + 1) << 8 : 0) | (there > 2 ? at(in, i + 2) : 0);
    for (std::size_t j = 0; j < 4; ++j) out += j <= there ? digits[three >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string low;
  for (const char c : text) low += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return low;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  return from == std::string_view::npos ? std::string_view() : text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

}  // namespace

bytes frame(side from, opcode op, const bytes& payload, bool is_last) {
  const unsigned masked = from == side::client ? 0x80 : 0;
  const std::size_t size = payload.size();
  const bytes length = size < 126 ? u8(masked | static_cast<unsigned>(size)) : u8(masked | 126) + u16(static_cast<unsigned>(size));
  return u8((is_last ? 0x80u : 0u) | static_cast<unsigned>(op)) + length + (masked != 0 ? u32(0) : bytes()) + payload;
}

heard unwrap(std::string_view in) {
  heard all;
  bool in_text = false;
  while (in.size() >= 2) {
    const unsigned first = at(in, 0), second = at(in, 1);
    std::size_t size = second & 0x7F, head = 2;
    const std::size_t wide = size == 126 ? 2 : size == 127 ? 8 : 0, mask = (second & 0x80) != 0 ? 4 : 0;
    if (in.size() < head + wide + mask) break;
    if (wide != 0) size = 0;
    for (std::size_t i = 0; i < wide; ++i) size = size << 8 | at(in, head++);
    const std::string_view key = in.substr(head, mask);
    head += mask;
    if (in.size() < head + size) break;
    bytes payload(in.substr(head, size));
    for (std::size_t i = 0; i < size && mask != 0; ++i) payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
    const auto op = static_cast<opcode>(first & 0x0F);
    if (op == opcode::text || op == opcode::binary) in_text = op == opcode::text;
    if (op == opcode::text || op == opcode::binary || op == opcode::continuation) all.mqtt += payload, all.has_text = all.has_text || in_text;
    if (op == opcode::close) all.has_close = true;
    in.remove_prefix(head + size);
  }
  return all;
}

std::string field(std::string_view head, std::string_view name) {
  const std::size_t found = lower(head).find("\r\n" + lower(name) + ":");
  if (found == std::string::npos) return {};
  const std::string_view rest = head.substr(found + name.size() + 3);
  return std::string(trimmed(rest.substr(0, rest.find('\r'))));
}

bool has_name(std::string_view list, std::string_view name) {
  for (;;) {
    const std::size_t comma = list.find(',');
    if (trimmed(list.substr(0, comma)) == name) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

std::string accept_for(std::string_view key) { return base64(sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")); }

}  // namespace mqttspan::conformance::websocket
