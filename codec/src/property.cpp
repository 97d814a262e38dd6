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

// Where a value ends, or what is wrong with it.
struct judged_value {
  const octet* end = nullptr;
  fault failure;
};

class value_judge {
 public:
  value_judge(const octet* packet, const octet* end, const parse_options& options) noexcept : packet_(packet), end_(end), options_(options) {}

  judged_value operator()(const property_row& row, const octet* value) const noexcept {
    switch (row.type) {
      case property_type::byte: return integer(row, value, 1);
      case property_type::two_byte: return integer(row, value, 2);
      case property_type::four_byte: return integer(row, value, 4);
      case property_type::variable_byte: return variable_byte(row, value);
      case property_type::binary: return binary(value);
      case property_type::string:  // [MQTT-3.3.2-13]
        return text(row.id == property_id::response_topic ? text_kind::response_topic : text_kind::string, value);
      case property_type::string_pair: {  // [MQTT-1.5.7-1]
        const judged_value name = text(text_kind::string, value);
        return name.end ? text(text_kind::string, name.end) : name;
      }
    }
    return {};
  }

 private:
  judged_value fail(rule violated, const octet* where) const noexcept { return {nullptr, fault_at(violated, packet_, where)}; }
  std::size_t left(const octet* p) const noexcept { return static_cast<std::size_t>(end_ - p); }

  judged_value integer(const property_row& row, const octet* value, std::size_t size) const noexcept {
    if (left(value) < size) return fail(rule::property_past_end, value);
    const rule r = check_range(row, size == 4 ? load_be32(value) : size == 2 ? static_cast<std::uint32_t>(load_be16(value)) : *value);
    return r == rule::none ? judged_value{value + size, {}} : fail(r, value);
  }
  judged_value variable_byte(const property_row& row, const octet* value) const noexcept {
    const varint_read v = read_long_varint(value, end_, !has(options_.allow, leniency::non_minimal_lengths));
    const rule r = v.violated == rule::field_past_end ? rule::property_past_end : v.violated != rule::none ? v.violated : check_range(row, v.value);
    return r == rule::none ? judged_value{value + v.size, {}} : fail(r, value);
  }
  judged_value binary(const octet* value) const noexcept {
    if (left(value) < 2 || left(value) - 2 < load_be16(value)) return fail(rule::property_past_end, value);
    return {value + 2 + load_be16(value), {}};
  }
  judged_value text(text_kind kind, const octet* value) const noexcept {
    const judged_value bytes = binary(value);
    if (!bytes.end) return bytes;
    if (kind == text_kind::string && !asks_more_of_text(options_) && skip_any_text<text_kind::string>(value, end_, end_)) return bytes;
    const fault f = judge_text(kind, packet_, value, protocol_version::v5, options_);
    return f.violated == rule::none ? bytes : judged_value{nullptr, f};
  }

  const octet* packet_;
  const octet* end_;
  const parse_options& options_;
};

// Where the first property of that identifier stands in validated bytes.
const octet* find_property(const octet* block, property_id id) noexcept {
  auto at = reinterpret_cast<const std::byte*>(block);
  for (;;) {
    const std::byte* const start = at;
    if (read_property(at).id() == id) return reinterpret_cast<const octet*>(start);
  }
}

// An identifier is a variable byte integer, and one byte is enough for each that there is. [MQTT-1.5.5-1] [U5-2.2.2.2-a]
rule why_not_long(const octet* field, const octet* end) noexcept {
  const rule r = read_long_varint(field, end, true).violated;
  return r == rule::none ? rule::property_unknown : r == rule::field_past_end ? rule::property_past_end : r;
}

// The property at `field`, judged by every rule.
[[gnu::noinline]] judged_value judge_property(const octet* packet, const octet* field, const octet* end, property_place place, std::uint32_t seen,
                                              const parse_options& options) noexcept {
  const rule r = *field & 0x80 ? why_not_long(field, end) : why_not(*field, place, seen, options.sender);
  if (r != rule::none) return {nullptr, fault_at(r, packet, field)};
  return value_judge(packet, end, options)(rows[property_index(*field)], field + 1);
}

// The first fault of the properties of [p, end), one by one; which there are.
fault judge_properties(const octet* packet, const octet* p, const octet* end, property_place place, const parse_options& options, std::uint32_t& ids) noexcept {
  std::uint32_t user_properties_left = options.max_user_properties;
  while (p != end) {
    const octet* const field = p;
    const judged_value judged = judge_property(packet, field, end, place, ids, options);
    if (!judged.end) return judged.failure;
    p = judged.end;
    ids |= bit_in(property_info(*field));
    if (type_in(property_info(*field)) == property_type::string_pair && user_properties_left-- == 0) return fault_at(rule::too_many_user_properties, packet, field);
  }
  return {};
}

// A block that is out of the ordinary.
[[gnu::noinline]] property_block judge_property_block(const octet* packet, const octet* at, const octet* end, property_place place,
                                                      const parse_options& options) noexcept {
  reader in(packet, at, end, protocol_version::v5, options);
  const std::uint32_t size = in.variable_byte();
  const octet* const block = in.at();
  if (in.failed()) return {{}, in.result()};
  if (in.left() < size) return {{}, fault_at(rule::property_length_past_end, packet, at)};  // [U5-2.2.2.1-a]
  std::uint32_t ids = 0;
  if (const fault f = judge_properties(packet, block, block + size, place, options, ids); f.violated != rule::none) return {{}, f};
  if (const rule r = check_combination(place, ids); r != rule::none)
    return {{}, fault_at(r, packet, r == rule::authentication_method_missing ? at : find_property(block, property_id::authentication_data))};
  return {property_list::from_validated(reinterpret_cast<const std::byte*>(block), size, ids), {}};
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

property_list read_usual_properties(const octet* at, const octet* end, place_rules rules, std::uint32_t max_user_properties) noexcept {
  return walk_usual_properties(at, end, rules, max_user_properties);
}

property_block read_property_block(const octet* packet, const octet* at, const octet* end, property_place place, const parse_options& options) noexcept {
  if (is_built_for_speed && !asks_more_of_text(options)) {
    const property_list list = read_usual_block(at, end, place, options);
    if (is_on_wire(list)) [[likely]] return {list, {}};
  }
  return judge_property_block(packet, at, end, place, options);
}

}  // namespace detail
}  // namespace mqttspan
