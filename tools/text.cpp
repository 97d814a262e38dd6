#include "text.hpp"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <mqttspan/codec/utf8.hpp>

#include "hex.hpp"

namespace mqttspan {
namespace {

struct code_point {
  std::uint32_t value = 0;
  std::size_t size = 0;  // 0: ill-formed
};

// `text` is not empty.
code_point first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t lead = byte(0);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < size || !is_well_formed_utf8(text.substr(0, size))) return {};
  std::uint32_t value = size == 1 ? lead : lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) value = value << 6 | (byte(i) & 0x3F);
  return {value, size};
}

struct range {
  std::uint32_t first, last;
};

// Code points that a terminal acts on, or that hide or turn the text around them.
constexpr range unprintable[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},     {0x180E, 0x180E},
                                 {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0xE000, 0xF8FF},   {0xFDD0, 0xFDEF},
                                 {0xFEFF, 0xFEFF}, {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF}};

bool is_printable(std::uint32_t c) {
  for (const range& r : unprintable)
    if (c >= r.first && c <= r.last) return false;
  return true;
}

std::string escaped(std::uint32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  std::array<char, 16> out{};
  std::snprintf(out.data(), out.size(), c < 0x80 ? "\\x%02x" : "\\u{%x}", static_cast<unsigned>(c));
  return out.data();
}

}  // namespace

std::string quote(std::string_view text, std::size_t limit) {
  std::string out = "\"";
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    if (characters == limit) return out + "\"…";
    const code_point c = first_code_point(text.substr(at));
    const std::size_t size = c.size == 0 ? 1 : c.size;
    if (c.size == 0) out += "\\x" + to_hex(as_bytes(text.substr(at, 1)));
    else if (c.value == '"' || c.value == '\\') out += '\\', out += text[at];
    else if (is_printable(c.value)) out += text.substr(at, size);
    else out += escaped(c.value);
    at += size;
  }
  return out + '"';
}

bool is_readable(bytes_view bytes) {
  const std::string_view text = as_text(bytes);
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F) return false;
  return is_well_formed_utf8(text);
}

std::string preview(bytes_view bytes, std::size_t limit) {
  // A cut may fall into the middle of a character: look a little further than will be shown.
  const bytes_view head = bytes.size() <= 4 * limit ? bytes : bytes.first(4 * limit);
  std::string_view text = as_text(head);
  for (int i = 0; i < 3 && head.size() < bytes.size() && !is_well_formed_utf8(text); ++i) text.remove_suffix(1);
  if (is_readable(as_bytes(text))) {
    const std::string shown = quote(text, limit);
    return text.size() < bytes.size() && shown.back() == '"' ? shown + "…" : shown;
  }
  const bool cut = bytes.size() > limit / 2;
  return to_hex(cut ? bytes.first(limit / 2) : bytes) + (cut ? "…" : "");
}

palette palette::for_stdout() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool refused = no_colour && *no_colour != '\0';
  const bool dumb = terminal && std::string_view(terminal) == "dumb";
  return palette(isatty(STDOUT_FILENO) == 1 && !refused && !dumb);
}

std::string palette::operator()(tint t, std::string_view text) const {
  constexpr const char* codes[] = {"", "\x1b[2m", "\x1b[1;36m", "\x1b[33m", "\x1b[32m", "\x1b[1;31m"};
  if (!colours_ || t == tint::plain || text.empty()) return std::string(text);
  return codes[static_cast<std::size_t>(t)] + std::string(text) + "\x1b[0m";
}

}  // namespace mqttspan
