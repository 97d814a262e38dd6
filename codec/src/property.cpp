#include "property_scan.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {

bool operator==(const property_list& a, const property_list& b) noexcept {
  auto left = a.begin(), right = b.begin();
  for (; left != a.end() && right != b.end(); ++left, ++right)
    if (!(*left == *right)) return false;
  return left == a.end() && right == b.end();
}

namespace detail {
namespace {

// A value, judged by every rule.
void judge_value(reader& in, property_id id) noexcept {
  const octet* const value = in.at();
  std::uint32_t integer = 0;
  switch (type_of(id)) {
    case property_type::byte: integer = in.byte(); break;
    case property_type::two_byte: integer = in.two_byte(); break;
    case property_type::four_byte: integer = in.four_byte(); break;
    case property_type::variable_byte: integer = in.variable_byte(); break;
    case property_type::binary: return static_cast<void>(in.binary());
    case property_type::string_pair: in.judged_text(text_kind::string); [[fallthrough]];  // [MQTT-1.5.7-1]
    case property_type::string: return static_cast<void>(in.judged_text(kind_of(id)));    // [MQTT-3.3.2-13]
  }
  in.check(check_range(id, integer), value);
}

// An identifier is a variable byte integer, and one byte is enough for each that there is. [MQTT-1.5.5-1] [U5-2.2.2.2-a]
rule why_not_long(const octet* field, const octet* end) noexcept {
  const rule r = read_long_varint(field, end, true).violated;
  return r == rule::none ? rule::property_unknown : r == rule::field_past_end ? rule::property_past_end : r;
}

// properties<varint+n>, judged by every rule.
MQTTSPAN_INLINE_FOR_SPEED property_list judge_block(reader& in, property_place place) noexcept {
  const octet* const length = in.at();
  const std::uint32_t size = in.variable_byte();
  if (in.left() < size) in.fail(rule::property_length_past_end, length);  // [U5-2.2.2.1-a]
  if (in.failed()) return {};
  const octet *const block = in.at(), *const end = in.end();
  in.end_at(block + size);
  const octet* authentication_data = nullptr;
  std::uint32_t ids = 0, user_properties_left = in.options().max_user_properties;
  while (in.left() != 0) {
    const octet* const field = in.at();
    in.check(*field & 0x80 ? why_not_long(field, in.end()) : why_not(*field, place, ids, in.options().sender), field);
    const auto id = static_cast<property_id>(in.byte());
    judge_value(in, id);
    ids |= property_bit(id);
    if (id == property_id::user_property && user_properties_left-- == 0) in.fail(rule::too_many_user_properties, field);
    if (id == property_id::authentication_data) authentication_data = field;
  }
  const rule r = check_combination(place, ids);
  in.check(r, r == rule::authentication_method_missing ? length : authentication_data);
  if (in.failed()) return in.rename(rule::field_past_end, rule::property_past_end), property_list();
  in.end_at(end);
  return property_list::from_validated(bytes(block), size, ids);
}

}  // namespace

rule why_not(std::uint8_t id, property_place place, std::uint32_t seen, sender from) noexcept {
  const place_rules& here = place_rules_table.of[static_cast<unsigned>(place)];
  const std::uint8_t index = property_index(id);
  if (index == no_property) return rule::property_unknown;                          // [U5-2.2.2.2-a]
  if (!(here.allowed >> index & 1)) return rule::property_not_allowed;              // [U5-2.2.2.2-a]
  if ((seen & here.once) >> index & 1) return rule::property_duplicate;             // [U5-3.1.2.11.2-a] and its 48 siblings
  if (from_wrong_side(place, from) >> index & 1) return rule::property_from_wrong_side;
  return rule::none;
}

#ifdef MQTTSPAN_BUILT_FOR_SIZE

property_list judge_properties(reader& in, property_place place) noexcept { return judge_block(in, place); }

#else

property_list read_usual_properties(const octet* at, const octet* end, place_rules rules, std::uint32_t max_user_properties) noexcept {
  return walk_usual_properties(at, end, rules, max_user_properties);
}

namespace {

// A block that is out of the ordinary.
[[gnu::noinline]] property_block judge_property_block(const octet* packet, const octet* at, const octet* end, property_place place,
                                                      const parse_options& options) noexcept {
  if (at != end && *at == 0 && check_combination(place, 0) == rule::none) return {property_list::from_validated(bytes(at + 1), 0, 0), {}};
  reader in(packet, at, end, protocol_version::v5, options);
  const property_list list = judge_block(in, place);
  return {list, in.result()};
}

}  // namespace

property_block read_property_block(const octet* packet, const octet* at, const octet* end, property_place place, const parse_options& options) noexcept {
  if (!asks_more_of_text(options)) {
    const property_list list = read_usual_block(at, end, place, options);
    if (is_on_wire(list)) [[likely]] return {list, {}};
  }
  return judge_property_block(packet, at, end, place, options);
}

#endif

}  // namespace detail
}  // namespace mqttspan
