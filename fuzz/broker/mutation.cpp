#include "mutation.hpp"

#include <cstdint>

#include <mqttspan/codec/parse.hpp>

#include "wire.hpp"

namespace mqttspan::fuzz {
namespace {

using namespace std::string_literals;
using conformance::wire::framed;
using conformance::wire::misframed;
using conformance::wire::u8;
using conformance::wire::varint;

struct parts {
  unsigned first;
  std::string body;
};

// Bounds, wildcards, UTF-8 leads and continuations, property identifiers.
constexpr unsigned char telling[] = {0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x08, 0x09, 0x0B, 0x11, 0x12, 0x13, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1F, 0x21, 0x22,
                                     0x23, 0x24, 0x26, 0x27, 0x2B, 0x2F, 0x7F, 0x80, 0x81, 0xBF, 0xC0, 0xC3, 0xED, 0xEF, 0xF0, 0xF4, 0xFE, 0xFF};
const std::string strings[] = {"\x00\x00"s,         "\x00\x01#"s,             "\x00\x01+"s,         "\x00\x03"s "a\x00" "b"s, "\x00\x03\xED\xA0\x80"s, "\x00\x02\xC0\x80"s, "\x00\x02\xC3\x28"s,
                               "\x00\x04\xF4\x90\x80\x80"s, "\x00\x01\x80"s, "\xFF\xFF"s "a"s,      "\x00\x07$share/"s,       "\x00\x09$share//a"s, "\x00\x06" "a/#/b" "c"s};

std::size_t place(test::entropy& e, const std::string& in) { return in.empty() ? 0 : e.below(static_cast<std::uint32_t>(in.size())); }
char telling_byte(test::entropy& e) { return static_cast<char>(e.below(4) == 0 ? e.below(256) : telling[e.below(std::size(telling))]); }

void flip_flags(parts& p, test::entropy& e) { p.first ^= 1u << e.below(4); }
void other_type(parts& p, test::entropy& e) { p.first = e.below(256); }
void other_byte(parts& p, test::entropy& e) {
  if (!p.body.empty()) p.body[place(e, p.body)] = telling_byte(e);
}
void flip_bit(parts& p, test::entropy& e) {
  if (!p.body.empty()) p.body[place(e, p.body)] ^= static_cast<char>(1u << e.below(8));
}
// The fields that matter most stand in front.
void other_early_byte(parts& p, test::entropy& e) {
  const auto count = static_cast<std::uint32_t>(p.body.size() < 16 ? p.body.size() : 16);
  if (count != 0) p.body[e.below(count)] = telling_byte(e);
}
void insert_byte(parts& p, test::entropy& e) { p.body.insert(place(e, p.body), 1, telling_byte(e)); }
void leave_out(parts& p, test::entropy& e) {
  if (!p.body.empty()) p.body.erase(place(e, p.body), 1 + e.below(4));
}
void cut_off(parts& p, test::entropy& e) { p.body.resize(place(e, p.body)); }
void append_bytes(parts& p, test::entropy& e) { p.body.append(1 + e.below(3), telling_byte(e)); }
void say_twice(parts& p, test::entropy& e) {
  const std::size_t from = place(e, p.body);
  p.body.insert(from, p.body.substr(from, 1 + e.below(8)));
}
void insert_string(parts& p, test::entropy& e) { p.body.insert(place(e, p.body), strings[e.below(std::size(strings))]); }
// Two bytes that may be a length: one more, one less, much more.
void other_length(parts& p, test::entropy& e) {
  if (p.body.size() < 2) return;
  const std::size_t at = e.below(static_cast<std::uint32_t>(p.body.size() - 1));
  static constexpr int by[] = {1, -1, 256, 0x7FFF};
  const unsigned value = static_cast<unsigned char>(p.body[at]) * 256u + static_cast<unsigned char>(p.body[at + 1]) + static_cast<unsigned>(by[e.below(4)]);
  p.body[at] = static_cast<char>(value >> 8);
  p.body[at + 1] = static_cast<char>(value);
}

constexpr void (*changes[])(parts&, test::entropy&) = {flip_flags, other_type, other_byte, other_byte, flip_bit, other_early_byte, other_early_byte, insert_byte,
                                                       leave_out,  cut_off,    append_bytes, say_twice, insert_string, other_length};

// With a Remaining Length that says something else, or that is longer than need be.
std::string badly_framed(const parts& p, test::entropy& e) {
  const auto size = static_cast<std::int64_t>(p.body.size());
  switch (e.below(6)) {
    case 0: return u8(p.first) + "\xFF\xFF\xFF\xFF\xFF" + p.body;
    case 1: return u8(p.first) + varint(static_cast<std::uint32_t>(size), 5) + p.body;
    case 2: return u8(p.first) + varint(static_cast<std::uint32_t>(size), 4) + p.body;
    case 3: return misframed(p.first, size + 1, p.body);
    case 4: return misframed(p.first, size == 0 ? 0 : size - 1, p.body);
    default: return misframed(p.first, 268'435'455, p.body);
  }
}

}  // namespace

std::string mutated(const std::string& packet, test::entropy& choices) {
  const auto head = peek(as_bytes(packet));
  if (!head || head->header_size > packet.size()) return packet;
  parts p{static_cast<unsigned char>(packet.front()), packet.substr(head->header_size)};
  if (choices.below(16) == 0) return badly_framed(p, choices);
  changes[choices.below(std::size(changes))](p, choices);
  return framed(p.first, p.body);
}

}  // namespace mqttspan::fuzz
