// Property blocks of which nothing need be judged: walked over quickly. What is not accepted here goes to judge_property_block, which knows every
// rule.
#pragma once

#include "property.hpp"
#include "speed.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// Where the packet's bytes end and the block's: up to the first may be read, up to the second is judged.
struct block_ends {
  block_ends(const octet* begin, const octet* block_end, const octet* packet_end) noexcept
      : of_block(block_end), of_packet(packet_end), of_short_texts(packet_end - begin > short_text ? packet_end - short_text : begin) {}

  static constexpr std::ptrdiff_t short_text = 1 + block::size;
  const octet* of_block;
  const octet* of_packet;
  const octet* of_short_texts;  // before it, a length and a block can be read
};

// Behind a plain text<2+n> of any length, wherever it stands; null where it needs judging.
template <text_kind Kind>
[[gnu::noinline]] const octet* skip_any_text(const octet* p, const octet* block_end, const octet* packet_end) noexcept {
  const auto left = static_cast<std::size_t>(block_end - p);
  if (left < 2 || left - 2 < load_be16(p)) return nullptr;
  const std::size_t size = load_be16(p);
  return is_plain<Kind>(p + 2, size, packet_end) ? p + 2 + size : nullptr;
}

// The same, quickly where it is short and a block can be read.
[[gnu::always_inline]] inline const octet* skip_plain_text(const octet* p, const block_ends& end) noexcept {
  if (p < end.of_short_texts) [[likely]] {
    const std::size_t size = load_be16(p);
    if (is_short_plain_text(p + 2, size) && p + 2 + size <= end.of_block) [[likely]] return p + 2 + size;
  }
  return skip_any_text<text_kind::string>(p, end.of_block, end.of_packet);
}

constexpr std::uint32_t number(property_type type) noexcept { return static_cast<std::uint32_t>(type); }

// Behind the value at `p` of a property that may stand here; null where anything about it is unusual, or wrong: judge_property_block decides that.
[[gnu::always_inline]] inline const octet* skip_usual_value(std::uint32_t info, const octet* p, const block_ends& end) noexcept {
  // As numbers: so few bytes do not reach around the end of the address space, where a pointer behind the packet would not be one.
  const auto has = [&](std::uintptr_t n) { return reinterpret_cast<std::uintptr_t>(p) + n <= reinterpret_cast<std::uintptr_t>(end.of_block); };
  switch (info >> property_type_shift) {
    case number(property_type::byte): return has(1) && *p <= 1 ? p + 1 : nullptr;
    case number(property_type::two_byte): return has(2) && (load<std::uint16_t>(p) != 0 || !(info & not_zero)) ? p + 2 : nullptr;
    case number(property_type::four_byte): return has(4) && (load<std::uint32_t>(p) != 0 || !(info & not_zero)) ? p + 4 : nullptr;
    case number(property_type::variable_byte): return has(1) && *p < 0x80 && *p != 0 ? p + 1 : nullptr;
    case number(property_type::string):
      if (bit_in(info) == property_bit(property_id::response_topic)) return skip_any_text<text_kind::response_topic>(p, end.of_block, end.of_packet);
      return skip_plain_text(p, end);
    case number(property_type::binary): return has(2) && static_cast<std::size_t>(end.of_block - p) >= 2 + load_be16(p) ? p + 2 + load_be16(p) : nullptr;
    case number(property_type::string_pair): {
      const octet* const value = skip_plain_text(p, end);
      return value ? skip_plain_text(value, end) : nullptr;
    }
  }
  return nullptr;
}

// read_usual_properties, for who does without the call.
MQTTSPAN_INLINE_FOR_SPEED property_list walk_usual_properties(const octet* at, const octet* end, place_rules rules, std::uint32_t max_user_properties) noexcept {
  constexpr auto odd = [] { return property_list(); };
  if (at == end) [[unlikely]] return odd();
  std::uint32_t size = *at++;
  if (size >= 0x80) [[unlikely]] {
    const varint_read v = read_long_varint(at - 1, end, true);
    if (v.violated != rule::none) return odd();
    size = v.value;
    at += v.size - 1;
  }
  if (static_cast<std::size_t>(end - at) < size) [[unlikely]] return odd();
  const block_ends ends(at, at + size, end);
  presence present(rules);
  std::uint32_t user_properties = 0;
  for (const octet* p = at; p != ends.of_block;) {
    const std::uint32_t info = property_info(*p);
    if (!present.may_come(info)) [[unlikely]] return odd();
    p = skip_usual_value(info, p + 1, ends);
    if (!p) [[unlikely]] return odd();
    present.add(info);
    if (info >> property_type_shift == number(property_type::string_pair)) ++user_properties;
  }
  if (user_properties > max_user_properties) [[unlikely]] return odd();
  return property_list::from_validated(reinterpret_cast<const std::byte*>(at), size, present.seen());
}

}  // namespace mqttspan::detail
