#include "clean_text.hpp"

#include <cstddef>
#include <cstdint>

#include <mqttspan/codec/utf8.hpp>

namespace mqttspan::conformance {
namespace {

struct range {
  std::uint32_t first, last;
};

constexpr range escaped[] = {{0x00, 0x08},     {0x0B, 0x1F},     {0x7F, 0x9F},     {0x200E, 0x200F},
                             {0x202A, 0x202E}, {0x2066, 0x2069}, {0xFFFE, 0xFFFF}, {0xFEFF, 0xFEFF}};

bool is_escaped(std::uint32_t c) {
  for (const range& r : escaped)
    if (c >= r.first && c <= r.last) return true;
  return false;
}

std::uint32_t byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

// How many bytes the first character has; 0 where it is ill-formed. `text` is not empty.
std::size_t first_size(std::string_view text) {
  const std::uint32_t lead = byte_at(text, 0);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // A NUL is no fault here, but the codec's rule refuses it.
  return lead != 0 && (text.size() < size || !is_well_formed_utf8(text.substr(0, size))) ? 0 : size;
}

std::uint32_t value_of(std::string_view character) {
  if (character.size() == 1) return byte_at(character, 0);
  std::uint32_t value = byte_at(character, 0) & (0x7Fu >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) value = value << 6 | (byte_at(character, i) & 0x3F);
  return value;
}

void append_escaped(std::string& out, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out += "\\x";
    out += digits[byte_at(bytes, i) >> 4];
    out += digits[byte_at(bytes, i) & 15];
  }
}

}  // namespace

std::string clean_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = first_size(text);
    const std::string_view character = text.substr(0, size == 0 ? 1 : size);
    if (size == 0 || is_escaped(value_of(character)))
      append_escaped(out, character);
    else
      out += character;
    text.remove_prefix(character.size());
  }
  return out;
}

}  // namespace mqttspan::conformance
