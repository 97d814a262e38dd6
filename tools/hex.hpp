// Bytes as hexadecimal digits, and back.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/bytes.hpp>

namespace mqttspan {

/// Not hexadecimal; `where` counts characters from 0.
struct hex_error : std::runtime_error {
  hex_error(const std::string& what, std::size_t at) : std::runtime_error(what), where(at) {}
  std::size_t where;
};

/// Two lower-case digits a byte, with `separator` between bytes.
std::string to_hex(bytes_view bytes, std::string_view separator = {});

/// The bytes that pairs of digits stand for; nothing else is allowed in `digits`. Throws hex_error.
std::vector<std::byte> from_hex(std::string_view digits);

/// Like from_hex, for files written by people: white space may stand between bytes, and # begins a comment up to the end of the line.
/// Throws hex_error.
std::vector<std::byte> from_hex_dump(std::string_view text);

/// Whether `text` reads as such a file and holds at least one byte.
bool looks_like_hex_dump(std::string_view text);

}  // namespace mqttspan
