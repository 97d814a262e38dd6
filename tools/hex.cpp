#include "hex.hpp"

#include <array>

namespace mqttspan {
namespace {

constexpr std::string_view white_space = " \t\r\n";

constexpr std::array<signed char, 256> digit_values = [] {
  std::array<signed char, 256> values{};
  values.fill(-1);
  for (unsigned digit = 0; digit < 10; ++digit) values['0' + digit] = static_cast<signed char>(digit);
  for (unsigned digit = 10; digit < 16; ++digit) values['a' + digit - 10] = values['A' + digit - 10] = static_cast<signed char>(digit);
  return values;
}();

int digit_value(char c) { return digit_values[static_cast<unsigned char>(c)]; }

std::string position(std::string_view text, std::size_t at) {
  std::size_t line = 1, column = 1;
  for (const char c : text.substr(0, at)) {
    ++column;
    if (c == '\n') ++line, column = 1;
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::byte byte_at(std::string_view text, std::size_t at) {
  const int high = digit_value(text[at]);
  if (high < 0) throw hex_error(position(text, at) + ": not a hexadecimal digit", at);
  const int low = at + 1 < text.size() ? digit_value(text[at + 1]) : -1;
  if (low < 0) throw hex_error(position(text, at) + ": a byte takes two hexadecimal digits", at);
  return static_cast<std::byte>(high << 4 | low);
}

}  // namespace

std::string to_hex(bytes_view bytes, std::string_view separator) {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::size_t step = 2 + separator.size();
  std::string text(bytes.size() * step, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    char* const at = text.data() + i * step;
    at[0] = digits[std::to_integer<unsigned>(bytes[i]) >> 4];
    at[1] = digits[std::to_integer<unsigned>(bytes[i]) & 15];
    separator.copy(at + 2, separator.size());
  }
  if (!text.empty()) text.resize(text.size() - separator.size());
  return text;
}

std::vector<std::byte> from_hex(std::string_view digits) {
  std::vector<std::byte> bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t at = 0; at < digits.size(); at += 2) bytes.push_back(byte_at(digits, at));
  return bytes;
}

std::vector<std::byte> from_hex_dump(std::string_view text) {
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size();) {
    if (white_space.find(text[at]) != std::string_view::npos) {
      ++at;
    } else if (text[at] == '#') {
      const std::size_t end = text.find('\n', at);
      at = end == std::string_view::npos ? text.size() : end;
    } else {
      bytes.push_back(byte_at(text, at));
      at += 2;
    }
  }
  return bytes;
}

bool looks_like_hex_dump(std::string_view text) {
  bool digits = false, comment = false;
  for (const char c : text) {
    if (c == '\n') comment = false;
    else if (comment) continue;
    else if (c == '#') comment = true;
    else if (digit_value(c) >= 0) digits = true;
    else if (white_space.find(c) == std::string_view::npos) return false;
  }
  return digits;
}

}  // namespace mqttspan
