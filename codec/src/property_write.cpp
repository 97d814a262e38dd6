// Property blocks on their way out.
#include "encode.hpp"

namespace mqttspan::detail {
namespace {

// One value, behind its identifier. What is no integer, text or bytes of the property's own type counts as out of range.
[[gnu::always_inline]] inline void write_value(write_sink& out, const property& p, const property_row& row) noexcept {
  const std::uint32_t value = p.integer();
  switch (p.type()) {
    case property_type::byte: out.check(check_range(row, value)); return out.byte(value);
    case property_type::two_byte: out.check(check_range(row, value)); return out.two_byte(value);
    case property_type::four_byte: out.check(check_range(row, value)); return out.four_byte(value);
    case property_type::variable_byte:
      if (const rule r = check_range(row, value); r != rule::none) return out.check(r);
      return out.variable_byte(value);
    case property_type::binary: return out.binary(p.binary());
    case property_type::string_pair: out.text<text_kind::string>(p.name()); return out.text<text_kind::string>(p.text());  // [MQTT-1.5.7-1]
    case property_type::string:
      if (row.id == property_id::response_topic) return out.text<text_kind::response_topic>(p.text());  // [MQTT-3.3.2-13] [MQTT-3.3.2-14]
      return out.text<text_kind::string>(p.text());
  }
  out.check(rule::property_out_of_range);
}

}  // namespace

bool encode_context::writes(const property_list& list) const noexcept {
  if (dropped == 0) return !list.empty();
  for (const property& p : list)
    if (!(property_bit(p.id()) & dropped)) return true;
  return false;
}

property_block_size size_of_properties(const property_list& list, const encode_context& c) noexcept {
  property_block_size block;
  for (const property& p : list) {
    if (c.dropped != 0 && (property_bit(p.id()) & c.dropped)) continue;
    block.size += p.encoded_size();
    if (p.is_too_long()) [[unlikely]] block.violated = p.type() == property_type::binary ? rule::binary_too_long : rule::string_too_long;
  }
  return block;
}

property_block_end write_properties(octet* packet, octet* length, octet* at, const property_list& list, property_place place,
                                    const encode_context& c) noexcept {
  write_sink out(c, packet, at, nullptr);
  const octet* authentication_data = nullptr;
  presence present(place, c.options.sender);
  for (const property& p : list) {
    const auto id = static_cast<std::uint8_t>(p.id());
    const std::uint8_t index = property_index(id);
    const std::uint32_t bit = 1u << index;  // no place allows the bit of no_property
    if (bit & c.dropped) continue;
    if (!present.may_come(bit)) [[unlikely]] {
      out.check(why_not(id, place, present.seen(), c.options.sender));
      break;
    }
    present.add(bit);
    if (p.id() == property_id::authentication_data) authentication_data = out.at();
    out.byte(id);
    write_value(out, p, rows[index]);
    if (out.failed()) [[unlikely]] break;
  }
  if (const rule r = check_combination(place, present.seen()); r != rule::none)
    out.fail(fault_at(r, packet, r == rule::authentication_method_missing ? length : authentication_data));
  return {out.at(), out.result()};
}

fault judge_written(text_kind kind, std::string_view text, const octet* packet, const octet* field, const encode_context& c) noexcept {
  const finding f = check_text(kind, text, {c.version, c.options.allow, c.options.reject, unlimited});
  if (f.violated == rule::none) return {};
  return fault_at(f.violated, packet, text.empty() ? field : field + 2 + f.offset);
}

}  // namespace mqttspan::detail
