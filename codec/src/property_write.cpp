// Property blocks on their way out.
#include "quick_sink.hpp"
#include "speed.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

#ifndef MQTTSPAN_BUILT_FOR_SIZE  // else compact_sink writes them

bool has_other_than(std::uint32_t dropped, const property_list& list) noexcept {
  for (const property& p : list)
    if (!(property_bit(p.id()) & dropped)) return true;
  return false;
}

namespace {

// One value, behind its identifier. What is no integer, text or bytes of the property's own type counts as out of range.
[[gnu::always_inline]] inline void write_value(write_sink& out, const property& p) noexcept {
  const std::uint32_t value = p.integer();
  switch (p.type()) {
    case property_type::byte: out.check(check_range(p.id(), value)); return out.byte(value);
    case property_type::two_byte: out.check(check_range(p.id(), value)); return out.two_byte(value);
    case property_type::four_byte: out.check(check_range(p.id(), value)); return out.four_byte(value);
    case property_type::variable_byte:
      if (const rule r = check_range(p.id(), value); r != rule::none) return out.check(r);
      return out.variable_byte(value);
    case property_type::binary: return out.binary(p.binary());
    case property_type::string_pair: out.text<text_kind::string>(p.name()); return out.text<text_kind::string>(p.text());  // [MQTT-1.5.7-1]
    case property_type::string:
      if (kind_of(p.id()) == text_kind::response_topic) return out.text<text_kind::response_topic>(p.text());  // [MQTT-3.3.2-13] [MQTT-3.3.2-14]
      return out.text<text_kind::string>(p.text());
  }
  out.check(rule::property_out_of_range);
}

// Out of line, so that the loop over properties stays small.
[[gnu::noinline]] bool write_plain_response_topic(octet* at, std::string_view s) noexcept {
  return octet_writer(at).plain_text<text_kind::response_topic>(s);
}

// The same where nothing about the value is unusual; else it has to be judged, and what was written means nothing.
[[gnu::always_inline]] inline bool write_usual_value(octet_writer& out, const property& p, std::uint32_t info) noexcept {
  const std::uint32_t value = p.integer();
  const auto fits = [=] { return value != 0 || !(info & not_zero); };
  switch (p.type()) {
    case property_type::byte: out.byte(value); return value <= 1;
    case property_type::two_byte: out.two_byte(value); return value <= 0xFFFF && fits();
    case property_type::four_byte: out.four_byte(value); return fits();
    case property_type::variable_byte: out.byte(value); return value < 0x80 && fits();
    case property_type::string:
      if (bit_in(info) == property_bit(property_id::response_topic)) {
        if (!write_plain_response_topic(out.at(), p.text())) return false;
        out.skip(2 + p.text().size());
        return true;
      }
      return out.plain_text<text_kind::string>(p.text());
    case property_type::binary: out.binary(p.binary()); return true;
    case property_type::string_pair: return out.plain_text<text_kind::string>(p.name()) && out.plain_text<text_kind::string>(p.text());
  }
  return false;
}

// Visits the properties while `visit` says so; those in the caller's array without copying them.
template <class Visit>
[[gnu::always_inline]] inline void each_of(const property_list& list, Visit visit) noexcept {
  if (!is_on_wire(list)) [[likely]] {
    for (const property& p : array_of(list))
      if (!visit(p)) return;
  } else {
    for (const property& p : list)
      if (!visit(p)) return;
  }
}

}  // namespace

property_block_size size_of_properties(const property_list& list, encode_context c) noexcept {
  property_block_size block;
  each_of(list, [&](const property& p) {
    if (c.dropped != 0 && (property_bit(p.id()) & c.dropped)) [[unlikely]] return true;
    block.size += p.encoded_size();
    if (p.is_too_long()) [[unlikely]] block.violated = p.type() == property_type::binary ? rule::binary_too_long : rule::string_too_long;
    return true;
  });
  return block;
}

octet* write_usual_properties(octet* at, const property_list& list, property_place place, sender from) noexcept {
  octet_writer out(at);
  presence present(rules_of(place, from));
  bool good = true;
  each_of(list, [&](const property& p) {
    const auto id = static_cast<std::uint8_t>(p.id());
    const std::uint32_t info = property_info(id);
    good = present.may_come(info);
    if (!good) [[unlikely]] return false;
    present.add(info);
    out.byte(id);
    return good = write_usual_value(out, p, info);
  });
  return good && check_combination(place, present.seen()) == rule::none ? out.at() : nullptr;
}

property_block_end write_properties(octet* packet, octet* length, octet* at, const property_list& list, property_place place,
                                    encode_context c) noexcept {
  write_sink out(c, packet, at);
  const octet* authentication_data = nullptr;
  presence present(rules_of(place, c.options.sender));
  for (const property& p : list) {
    const auto id = static_cast<std::uint8_t>(p.id());
    const std::uint32_t bit = property_bit(p.id());
    if (bit & c.dropped) continue;
    if (!present.may_come(bit)) [[unlikely]] {
      out.check(why_not(id, place, present.seen(), c.options.sender));
      break;
    }
    present.add(bit);
    if (p.id() == property_id::authentication_data) authentication_data = out.at();
    out.byte(id);
    write_value(out, p);
    if (out.failed()) [[unlikely]] break;
  }
  if (const rule r = check_combination(place, present.seen()); r != rule::none)
    out.fail(fault_at(r, packet, r == rule::authentication_method_missing ? length : authentication_data));
  return {out.at(), out.result()};
}

fault judge_written(text_kind kind, std::string_view text, const octet* packet, const octet* field, encode_context c) noexcept {
  const finding f = check_text(kind, text, {c.version, c.options.allow, c.options.reject, unlimited});
  if (f.violated == rule::none) return {};
  return fault_at(f.violated, packet, text.empty() ? field : field + 2 + f.offset);
}

#endif

}  // namespace mqttspan::detail
