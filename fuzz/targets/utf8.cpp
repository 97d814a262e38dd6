// UTF-8 against the table of well-formed sequences in the Unicode standard (table 3-7): by itself, as a string of a packet, and as a payload that comes in pieces.
// The input: a byte that says where the payload is cut, then the text.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <mqttspan/codec/utf8.hpp>
#include <mqttspan/stream/stream_parser.hpp>

#include "packet_input.hpp"

namespace mqttspan::fuzz {
namespace {

struct row {
  std::size_t size;
  std::uint8_t low[4], high[4];
};
constexpr row table_3_7[] = {
    {1, {0x00}, {0x7F}},
    {2, {0xC2, 0x80}, {0xDF, 0xBF}},
    {3, {0xE0, 0xA0, 0x80}, {0xE0, 0xBF, 0xBF}},
    {3, {0xE1, 0x80, 0x80}, {0xEC, 0xBF, 0xBF}},
    {3, {0xED, 0x80, 0x80}, {0xED, 0x9F, 0xBF}},
    {3, {0xEE, 0x80, 0x80}, {0xEF, 0xBF, 0xBF}},
    {4, {0xF0, 0x90, 0x80, 0x80}, {0xF0, 0xBF, 0xBF, 0xBF}},
    {4, {0xF1, 0x80, 0x80, 0x80}, {0xF3, 0xBF, 0xBF, 0xBF}},
    {4, {0xF4, 0x80, 0x80, 0x80}, {0xF4, 0x8F, 0xBF, 0xBF}},
};

bool fits(const row& r, std::string_view text) {
  if (text.size() < r.size) return false;
  for (std::size_t i = 0; i < r.size; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if (byte < r.low[i] || byte > r.high[i]) return false;
  }
  return true;
}

std::size_t first_ill_formed(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t size = 0;
    for (const row& r : table_3_7)
      if (fits(r, text.substr(at))) size = r.size;
    if (size == 0) return at;
    at += size;
  }
  return std::string_view::npos;
}

// A 5.0 PUBLISH with a content type and a payload, which is said to be text, of those sizes.
std::vector<std::byte> publish_of(std::size_t content_type, std::size_t payload) {
  const std::string text(std::max(content_type, payload), 'x');
  const property properties[] = {prop::content_type(std::string_view(text).substr(0, content_type)), prop::payload_format_indicator(1)};
  const publish p{.topic = "t", .payload = as_bytes(std::string_view(text).substr(0, payload)), .properties = properties};
  return generated(p, protocol_version::v5, {});
}

void put(std::vector<std::byte>& packet, std::size_t at, std::string_view text) { std::copy_n(as_bytes(text).begin(), text.size(), packet.begin() + static_cast<std::ptrdiff_t>(at)); }

void check_as_string(std::string_view text, std::size_t fault) {
  std::vector<std::byte> bytes = publish_of(text.size(), 0);
  const std::size_t begin = bytes.size() - 2 - text.size();  // two more: the payload format indicator
  put(bytes, begin, text);
  const auto got = parse(bytes, protocol_version::v5);
  const std::size_t null = text.find('\0');
  require(got.has_value() == (fault == std::string_view::npos && null == std::string_view::npos), "a string is well-formed UTF-8 without U+0000");
  if (got) return;
  require(got.error().offset == begin + std::min(fault, null), "the error lies where the string goes wrong");
  require(got.error().violated == (null < fault ? rule::utf8_has_null : rule::utf8_ill_formed), "the error names what is wrong first");
}

void check_as_payload(std::string_view text, std::size_t fault, std::size_t cut) {
  std::vector<std::byte> bytes = publish_of(1, text.size());
  put(bytes, bytes.size() - text.size(), text);
  std::array<std::byte, 32> carry;
  stream_parser parser(carry, {.version = protocol_version::v5, .stream_publish_above = 0});
  const std::size_t at = bytes.size() - std::min(cut, text.size());
  const error* found = nullptr;
  for (const bytes_view piece : {bytes_view(bytes).first(at), bytes_view(bytes).subspan(at)}) {
    if (!parser.push(piece)) break;
    for (event e = parser.next(); e.kind() != event::kind::need_more && e.kind() != event::kind::error; e = parser.next()) {}
    found = parser.error();
  }
  require((found == nullptr) == (fault == std::string_view::npos), "a payload in pieces is judged as a whole one");
  if (found) require(found->violated == rule::payload_not_utf8 && found->offset == bytes.size() - text.size() + fault, "and its fault has the same place");
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  if (size == 0 || size > 4096) return -1;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t expected = fuzz::first_ill_formed(text);
  fuzz::observe(std::min(expected, text.size()));
  fuzz::require(find_ill_formed_utf8(text) == expected, "the first ill-formed sequence is where the table says");
  fuzz::check_as_string(text, expected);
  fuzz::check_as_payload(text, expected, data[0]);
  return 0;
}
