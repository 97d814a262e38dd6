#include "property_scan.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {

bool operator==(const property_list& a, const property_list& b) noexcept {
#ifdef MQTTSPAN_BUILT_FOR_SIZE  // not by iterators, which bring a table of their own
  detail::property_walk left(a), right(b);
  detail::property_fields x, y;
  for (;;) {
    const bool more = left.next(x);
    if (more != right.next(y)) return false;
    if (!more) return true;
    if (x.id != y.id || x.integer != y.integer || x.name != y.name || x.text != y.text) return false;
  }
#else
  auto left = a.begin(), right = b.begin();
  for (; left != a.end() && right != b.end(); ++left, ++right)
    if (!(*left == *right)) return false;
  return left == a.end() && right == b.end();
#endif
}

namespace detail {
namespace {

// A value, judged by every rule.
void judge_value(reader& in, property_id id) noexcept {
  const octet* const value = in.at();
  std::uint32_t integer = 0;
  switch (type_in(info_of(static_cast<std::uint8_t>(id)))) {
#ifdef MQTTSPAN_BUILT_FOR_SIZE
    case property_type::byte:
    case property_type::two_byte:
    case property_type::four_byte: integer = in.number(width_of(type_in(info_of(static_cast<std::uint8_t>(id))))); break;
#else
    case property_type::byte: integer = in.byte(); break;
    case property_type::two_byte: integer = in.two_byte(); break;
    case property_type::four_byte: integer = in.four_byte(); break;
#endif
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
    ids |= bit_in(info_of(static_cast<std::uint8_t>(id)));
    if (MQTTSPAN_HAS_OPTIONS && id == property_id::user_property && user_properties_left-- == 0) in.fail(rule::too_many_user_properties, field);
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
  const place_rules& here = rules_at(place);
  const std::uint8_t index = index_of(id);
  if (index == no_property) return rule::property_unknown;                          // [U5-2.2.2.2-a]
  if (!(here.allowed >> index & 1)) return rule::property_not_allowed;              // [U5-2.2.2.2-a]
  if ((seen & here.once) >> index & 1) return rule::property_duplicate;             // [U5-3.1.2.11.2-a] and its 48 siblings
  if (from_wrong_side(place, from) >> index & 1) return rule::property_from_wrong_side;
  return rule::none;
}

#ifdef MQTTSPAN_BUILT_FOR_SIZE

property_list judge_properties(reader& in, property_place place) noexcept { return judge_block(in, place); }

namespace {

// Type and row by identifier, in a byte.
struct packed_info_table {
  std::uint8_t of[0x2B];
};
constexpr packed_info_table packed_infos = [] {
  packed_info_table table{};
  for (unsigned i = 0; i < property_count; ++i) table.of[static_cast<std::uint8_t>(rows[i].id)] = static_cast<std::uint8_t>(static_cast<unsigned>(rows[i].type) << 5 | i);
  return table;
}();

}  // namespace

std::uint32_t info_of(std::uint8_t id) noexcept {
  const std::uint32_t packed = id < sizeof packed_infos.of ? packed_infos.of[id] : 0;
  return packed == 0 ? 0 : packed >> 5 << property_type_shift | 1u << (packed & 31);
}

property_walk::property_walk(const property_list& list) noexcept {
  const bool on_wire = is_on_wire(list);
  wire_ = on_wire ? octets(wire_of(list).data()) : nullptr;
  item_ = on_wire ? nullptr : array_of(list).data();
  left_ = static_cast<std::uint32_t>(on_wire ? wire_of(list).size() : array_of(list).size());
}

std::string_view property_walk::text() noexcept {
  const std::string_view text = to_text(wire_ + 2, load_be16(wire_));
  wire_ += 2 + text.size();
  return text;
}

bool property_walk::next(property_fields& out) noexcept {
  if (left_ == 0) return false;
  if (wire_ == nullptr) {
    const property& p = *item_++;
    --left_;
    out = {p.id(), p.type(), p.integer(), p.name(), p.type() == property_type::binary ? as_text(p.binary()) : p.text()};
    return true;
  }
  const octet* const begin = wire_++;
  out = {static_cast<property_id>(*begin), type_in(info_of(*begin)), 0, {}, {}};
  switch (out.type) {
    case property_type::byte:
    case property_type::two_byte:
    case property_type::four_byte:
      for (unsigned left = width_of(out.type); left != 0; --left) out.integer = out.integer << 8 | *wire_++;
      break;
    case property_type::variable_byte: {
      const varint_read v = read_long_varint(wire_, begin + left_, false);
      out.integer = v.value;
      wire_ += v.size;
      break;
    }
    case property_type::string_pair: out.name = text(); [[fallthrough]];
    case property_type::string:
    case property_type::binary: out.text = text(); break;
  }
  left_ -= static_cast<std::uint32_t>(wire_ - begin);
  return true;
}

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
