// Property blocks of which nothing need be judged: walked over quickly. What is not accepted here goes to judge_property_block, which knows every
// rule.
#pragma once

#include "property.hpp"
#include "speed.hpp"

namespace mqttspan::detail {

consteval bool ranges_are_simple() noexcept {
  for (const property_row& row : rows) {
    if (row.minimum > 1) return false;
    if (row.type == property_type::byte && (row.minimum != 0 || row.maximum != 1)) return false;
    if (row.type == property_type::two_byte && row.maximum != 0xFFFF) return false;
    if (row.type == property_type::four_byte && row.maximum != 0xFFFF'FFFF) return false;
    if (row.type == property_type::variable_byte && row.maximum != max_remaining_length) return false;
  }
  return true;
}
static_assert(ranges_are_simple(), "then skip_usual_value needs to know more");

// Where the packet's bytes end and the block's: up to the first may be read, up to the second is judged.
struct block_ends {
  const octet* block;
  const octet* packet;
};

// Behind a plain text<2+n> of any length, wherever it stands; null where it needs judging.
template <text_kind Kind>
[[gnu::noinline]] const octet* skip_any_text(const octet* p, block_ends end) noexcept {
  const auto left = static_cast<std::size_t>(end.block - p);
  if (left < 2 || left - 2 < load_be16(p)) return nullptr;
  const std::size_t size = load_be16(p);
  return is_plain<Kind>(p + 2, size, end.packet) ? p + 2 + size : nullptr;
}

// The same, quickly where it is short and a block can be read.
[[gnu::always_inline]] inline const octet* skip_plain_text(const octet* p, block_ends end) noexcept {
  if (static_cast<std::size_t>(end.packet - p) >= 2 + block::size) [[likely]] {
    const std::uint32_t size = load_be16(p);
    if (is_short_plain_text(p + 2, size) && static_cast<std::size_t>(end.block - p) >= 2 + size) [[likely]] return p + 2 + size;
  }
  return skip_any_text<text_kind::string>(p, end);
}

// Behind the value at `p` of a property that may stand here; null where anything about it is unusual, or wrong: judge_property_block decides that.
[[gnu::always_inline]] inline const octet* skip_usual_value(std::uint32_t info, const octet* p, block_ends end) noexcept {
  const auto left = static_cast<std::size_t>(end.block - p);
  switch (type_in(info)) {
    case property_type::byte: return left >= 1 && *p <= 1 ? p + 1 : nullptr;
    case property_type::two_byte: return left >= 2 && (load<std::uint16_t>(p) != 0 || !(info & not_zero)) ? p + 2 : nullptr;
    case property_type::four_byte: return left >= 4 && (load<std::uint32_t>(p) != 0 || !(info & not_zero)) ? p + 4 : nullptr;
    case property_type::variable_byte: return left >= 1 && *p < 0x80 && *p != 0 ? p + 1 : nullptr;
    case property_type::string:
      if (bit_in(info) == property_bit(property_id::response_topic)) return skip_any_text<text_kind::response_topic>(p, end);
      return skip_plain_text(p, end);
    case property_type::binary: return left >= 2 && left - 2 >= load_be16(p) ? p + 2 + load_be16(p) : nullptr;
    case property_type::string_pair: {
      const octet* const value = skip_plain_text(p, end);
      return value ? skip_plain_text(value, end) : nullptr;
    }
  }
  return nullptr;
}

// properties<varint+n> at the front of [at, end). False where anything has to be judged. Not for options that ask more of text.
MQTTSPAN_INLINE_FOR_SPEED bool read_usual_properties(const octet* at, const octet* end, property_place place, const parse_options& options,
                                                     property_block& out) noexcept {
  if (at == end) [[unlikely]] return false;
  out.size = *at;
  std::uint32_t length = 1;
  if (out.size >= 0x80) [[unlikely]] {
    const varint_read v = read_long_varint(at, end, true);
    if (v.violated != rule::none) return false;
    out.size = v.value;
    length = v.size;
  }
  out.begin = at + length;
  if (static_cast<std::size_t>(end - out.begin) < out.size) [[unlikely]] return false;
  const block_ends ends{out.end(), end};
  presence present(place, options.sender);
  std::uint32_t user_properties_left = options.max_user_properties;
  for (const octet* p = out.begin; p != ends.block;) {
    const std::uint32_t info = property_info(*p);
    if (!present.may_come(info)) [[unlikely]] return false;
    p = skip_usual_value(info, p + 1, ends);
    if (!p) [[unlikely]] return false;
    present.add(info);
    if (type_in(info) == property_type::string_pair && user_properties_left-- == 0) [[unlikely]] return false;
  }
  out.ids = present.seen();
  return check_combination(place, out.ids) == rule::none;
}

}  // namespace mqttspan::detail
