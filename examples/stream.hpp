// What the examples share: the command line, bytes from a file or standard input, bytes as hex, and one line for a bad packet.
#pragma once

#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <mqttspan/codec/parse.hpp>

namespace example {

using mqttspan::bytes_view;
using options = std::map<std::string, std::string>;

/// `--name value` pairs over their defaults, and the file's name as "FILE"; nothing where the command line is anything else.
inline std::optional<options> command_line(int argc, char** argv, options defaults) {
  if (argc < 2 || argc % 2 != 0) return std::nullopt;
  for (int i = 1; i + 1 < argc; i += 2) {
    const auto option = defaults.find(argv[i]);
    if (option == defaults.end()) return std::nullopt;
    option->second = argv[i + 1];
  }
  defaults["FILE"] = argv[argc - 1];
  return defaults;
}

inline std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Hex digits with white space and comments from # to the end of the line; nothing where the text is anything else.
inline std::optional<std::vector<std::byte>> from_hex(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::vector<std::byte> bytes;
  std::size_t value = 0, count = 0;
  bool comment = false;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    comment = c == '#' || (comment && c != '\n');
    if (comment || std::isspace(u)) continue;
    const std::size_t digit = digits.find(static_cast<char>(std::tolower(u)));
    if (digit == std::string_view::npos) return std::nullopt;
    value = value << 4 | digit;
    if (++count % 2 == 0) bytes.push_back(static_cast<std::byte>(value & 0xFF));
  }
  if (count % 2 != 0) return std::nullopt;
  return bytes;
}

/// All of a file, or of standard input for "-", as hex if it is text and as it stands if not: no MQTT packet is plain text throughout.
inline std::optional<std::vector<std::byte>> read(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& in = path == "-" ? std::cin : file;
  const bool is_open = in.good();
  std::string text;
  for (char block[4096]; in.read(block, sizeof block), in.gcount() > 0;) text.append(block, static_cast<std::size_t>(in.gcount()));
  if (!is_open || in.bad()) return std::cerr << path << ": cannot be read\n", std::nullopt;
  if (auto bytes = from_hex(text)) return bytes;
  const auto is_text = [](char c) { return std::isprint(static_cast<unsigned char>(c)) || std::isspace(static_cast<unsigned char>(c)); };
  std::size_t printable = 0;
  for (const char c : text) printable += is_text(c);
  if (printable == text.size()) return std::cerr << path << ": text, but not pairs of hex digits\n", std::nullopt;
  const bytes_view raw = mqttspan::as_bytes(text);
  return std::vector<std::byte>(raw.begin(), raw.end());
}

inline std::string hex(bytes_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::byte b : bytes) {
    if (!text.empty()) text += ' ';
    text += digits[std::to_integer<unsigned>(b) >> 4];
    text += digits[std::to_integer<unsigned>(b) & 15];
  }
  return text;
}

/// `FILE: packet at byte 12: PUBLISH byte 4: topic name has a wildcard [MQTT-3.3.2-2]`, on standard error.
inline void report(const std::string& path, std::size_t at, const mqttspan::error& e, mqttspan::protocol_version version, bytes_view packet) {
  std::cerr << path << ": packet at byte " << at << ": " << std::string_view(describe(e, version, packet)) << '\n';
}

/// Hands the packets of a file, one after the other, to `handle`, which says by which version to read on. The program's exit code.
template <class Handler>
int for_each_packet(const std::string& path, mqttspan::protocol_version version, const mqttspan::parse_options& rules, Handler handle) {
  const auto input = read(path);
  if (!input) return 2;
  for (bytes_view rest = *input; !rest.empty();) {
    const auto next = parse(rest, version, rules);
    if (!next) return report(path, input->size() - rest.size(), next.error(), version, rest), 1;
    version = std::visit(handle, next->packet);
    rest = rest.subspan(next->size);
  }
  return 0;
}

}  // namespace example
