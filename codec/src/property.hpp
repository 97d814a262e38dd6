// Property blocks: what may stand where, how often, with which values. Parse and generate ask the same questions here.
#pragma once

#include <cstdint>

#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/property.hpp>

#include "reader.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// A validated block, or its first fault.
struct property_block {
  property_list list;
  fault failure;
};

// Behind the last property on the wire.
inline const std::byte* wire_end_of(const property_list& list) noexcept { return wire_of(list).data() + wire_of(list).size(); }

// properties<varint+n> at the front of [at, end), in the packet that begins at `packet`.
[[gnu::noinline]] property_block read_property_block(const octet* packet, const octet* at, const octet* end, property_place place,
                                                     const parse_options& options) noexcept;

// Built for size, all blocks are judged, in the packet's own reader.
[[gnu::noinline]] property_list judge_properties(reader& in, property_place place) noexcept;

// The same for a reader.
MQTTSPAN_INLINE_FOR_SPEED property_list read_properties(reader& in, property_place place) noexcept {
  if constexpr (!is_built_for_speed) return judge_properties(in, place);
  const property_block block = read_property_block(in.packet(), in.at(), in.end(), place, in.options());
  if (block.failure.violated != rule::none) [[unlikely]] return in.fail(block.failure), property_list();
  in.skip_to(reinterpret_cast<const octet*>(wire_end_of(block.list)));
  return block.list;
}

// A property of either kind of list, as far as its type goes: bytes stand where text does.
struct property_fields {
  property_id id;
  property_type type;  // 0 where the value is not of the property's type
  std::uint32_t integer;
  std::string_view name;
  std::string_view text;
};

#ifdef MQTTSPAN_BUILT_FOR_SIZE

// property_info, from a table of one byte an identifier.
[[gnu::noinline]] std::uint32_t info_of(std::uint8_t id) noexcept;
inline std::uint8_t index_of(std::uint8_t id) noexcept {
  const std::uint32_t info = info_of(id);
  return info == 0 ? no_property : static_cast<std::uint8_t>(std::countr_zero(info));
}

// Bytes of an integer of that type, a variable one apart.
constexpr unsigned width_of(property_type type) noexcept { return 1u << (static_cast<unsigned>(type) - 1); }
static_assert(width_of(property_type::byte) == 1 && width_of(property_type::two_byte) == 2 && width_of(property_type::four_byte) == 4);

// Visits the properties of either kind of list: the iterator brings a table of its own, and makes each a `property`.
class property_walk {
 public:
  explicit property_walk(const property_list& list) noexcept;

  // False behind the last one.
  bool next(property_fields& out) noexcept;

 private:
  std::string_view text() noexcept;

  const octet* wire_;  // null where the list is the caller's array
  const property* item_;
  std::uint32_t left_;  // bytes on the wire, or items
};

#else

constexpr std::uint32_t info_of(std::uint8_t id) noexcept { return property_info(id); }
constexpr std::uint8_t index_of(std::uint8_t id) noexcept { return property_index(id); }

#endif

// For each place, which properties may stand there, and which of them not more than once: bits as in properties.inc.
struct place_rules {
  std::uint32_t allowed;
  std::uint32_t once;
};
#ifdef MQTTSPAN_BUILT_FOR_SIZE

// Once is what may not repeat: that takes no table.
struct place_table {
  std::uint32_t of[16];
};
inline constexpr place_table allowed_table = [] {
  place_table table{};
  for (unsigned place = 0; place < 16; ++place)
    for (unsigned i = 0; i < property_count; ++i) table.of[place] |= (rows[i].places >> place & 1u) << i;
  return table;
}();
constexpr place_rules rules_at(property_place place) noexcept {
  const std::uint32_t allowed = allowed_table.of[static_cast<unsigned>(place)];
  const std::uint32_t repeatable = property_bit(property_id::user_property) | (place == property_place::publish ? property_bit(property_id::subscription_identifier) : 0);
  return {allowed, allowed & ~repeatable};
}

#else

struct place_table {
  place_rules of[16];
};
inline constexpr place_table place_rules_table = [] {
  place_table table{};
  for (unsigned place = 0; place < 16; ++place)
    for (unsigned i = 0; i < property_count; ++i) {
      if (!(rows[i].places >> place & 1)) continue;
      table.of[place].allowed |= 1u << i;
      if (!may_repeat(rows[i].id, static_cast<property_place>(place))) table.of[place].once |= 1u << i;
    }
  return table;
}();
constexpr const place_rules& rules_at(property_place place) noexcept { return place_rules_table.of[static_cast<unsigned>(place)]; }

#endif

// Properties that only one side may send in a packet that both may send, as bits: what `from` may not.
constexpr std::uint32_t from_wrong_side(property_place place, sender from) noexcept {
  if (from == sender::any) return 0;
  if (place == property_place::publish && from == sender::client) return property_bit(property_id::subscription_identifier);     // [MQTT-3.3.4-6]
  if (place == property_place::disconnect && from == sender::server) return property_bit(property_id::session_expiry_interval);  // [MQTT-3.14.2-2]
  return 0;
}

// The rules of a place for what this side sends.
constexpr place_rules rules_of(property_place place, sender from) noexcept {
  const place_rules& rules = rules_at(place);
  return {rules.allowed & ~from_wrong_side(place, from), rules.once};
}

// Which properties may still come in a block: each once, but for those that may repeat. Bits as in properties.inc.
class presence {
 public:
  explicit presence(place_rules rules) noexcept : allowed_(rules.allowed), once_(rules.once) {}

  // Where not, why_not says why. `info` is from property_infos: the type beside the bit does no harm.
  bool may_come(std::uint32_t info) const noexcept { return (allowed_ & info) != 0; }
  // One that may come.
  void add(std::uint32_t info) noexcept {
    seen_ |= info;
    allowed_ ^= info & once_;
  }
  std::uint32_t seen() const noexcept { return bit_in(seen_); }

 private:
  std::uint32_t allowed_;
  std::uint32_t once_;
  std::uint32_t seen_ = 0;
};
[[gnu::noinline]] rule why_not(std::uint8_t id, property_place place, std::uint32_t seen, sender from) noexcept;

// Properties whose value is not 0. With the bytes, which are all 0 or 1, these are all the ranges there are.
inline constexpr std::uint32_t not_zero = [] {
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < property_count; ++i) bits |= rows[i].minimum << i;
  return bits;
}();

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
static_assert(ranges_are_simple(), "then check_range and skip_usual_value need to know more");

constexpr bool is_integer(property_type type) noexcept { return type >= property_type::byte && type <= property_type::variable_byte; }

inline constexpr std::uint32_t maximum[] = {0, 1, 0xFFFF, 0xFFFF'FFFF, max_remaining_length};  // by type

// Whether an integer is in the range of its property.
MQTTSPAN_RARE_FOR_SIZE rule check_range(property_id id, std::uint32_t value) noexcept {
  const std::uint32_t info = info_of(static_cast<std::uint8_t>(id));
  if (value <= maximum[static_cast<unsigned>(type_in(info))] && (value != 0 || !(info & not_zero))) return rule::none;
  return id == property_id::topic_alias ? rule::topic_alias_is_zero : rule::property_out_of_range;  // [MQTT-3.3.2-8] [U5-3.1.2.11.3-b] …
}

// What a property's string must be.
constexpr text_kind kind_of(property_id id) noexcept { return id == property_id::response_topic ? text_kind::response_topic : text_kind::string; }

// Rules between properties: what must be there, and what not alone. [U5-3.1.2.11.10-a] [U5-3.15.2.2.2-a]
MQTTSPAN_RARE_FOR_SIZE constexpr rule check_combination(property_place place, std::uint32_t ids) noexcept {
  constexpr std::uint32_t method = property_bit(property_id::authentication_method), data = property_bit(property_id::authentication_data);
  if (place == property_place::auth && !(ids & method)) return rule::authentication_method_missing;                          // [U5-3.15.2.2.2-a]
  if (place == property_place::connect && (ids & data) && !(ids & method)) return rule::authentication_data_without_method;  // [U5-3.1.2.11.10-a]
  return rule::none;
}

// properties<varint+n> at the front of [at, end), of which nothing need be judged but check_combination; not on the wire where anything must be.
// Not for options that ask more of text.
[[gnu::noinline]] property_list read_usual_properties(const octet* at, const octet* end, place_rules rules, std::uint32_t max_user_properties) noexcept;

// The same, with check_combination.
MQTTSPAN_INLINE_FOR_SPEED property_list read_usual_block(const octet* at, const octet* end, property_place place, const parse_options& options) noexcept {
  const property_list list = read_usual_properties(at, end, rules_of(place, options.sender), options.max_user_properties);
  return is_on_wire(list) && check_combination(place, ids_of(list)) == rule::none ? list : property_list();
}

// The same for a quick_reader.
MQTTSPAN_INLINE_FOR_SPEED property_list read_properties(quick_reader& in, property_place place) noexcept {
  const property_list list = read_usual_block(in.at(), in.end(), place, in.options());
  if (!is_on_wire(list)) [[unlikely]] return in.fail(rule::none, in.at()), property_list();
  in.skip_to(reinterpret_cast<const octet*>(wire_end_of(list)));
  return list;
}

}  // namespace mqttspan::detail
