#include "property.hpp"

#include "encode.hpp"

namespace mqttspan {

bool operator==(const property_list& a, const property_list& b) noexcept {
  auto left = a.begin(), right = b.begin();
  for (; left != a.end() && right != b.end(); ++left, ++right)
    if (!(*left == *right)) return false;
  return left == a.end() && right == b.end();
}

namespace detail {
namespace {

// For each place, which properties may stand there, and which of them only once: bits as in properties.inc.
struct place_rules {
  std::uint32_t allowed;
  std::uint32_t once;
};
struct place_table {
  place_rules of[16];
};
constexpr std::uint32_t property_bit_of(const property& p) noexcept {
  const std::uint8_t index = property_index(static_cast<std::uint8_t>(p.id()));
  return index == no_property ? 0 : 1u << index;
}
constexpr place_table places_table = [] {
  place_table table{};
  for (unsigned place = 0; place < 16; ++place)
    for (unsigned i = 0; i < property_count; ++i) {
      if (!(rows[i].places >> place & 1)) continue;
      table.of[place].allowed |= 1u << i;
      if (!may_repeat(rows[i].id, static_cast<property_place>(place))) table.of[place].once |= 1u << i;
    }
  return table;
}();

// Properties that only one side may send in a packet that both may send.
constexpr bool is_from_wrong_side(property_id id, property_place place, sender from) noexcept {
  if (place == property_place::publish && id == property_id::subscription_identifier) return from == sender::client;       // [MQTT-3.3.4-6]
  if (place == property_place::disconnect && id == property_id::session_expiry_interval) return from == sender::server;  // [MQTT-3.14.2-2]
  return false;
}

// A cursor over one property block. All values are copied in and the answer copied out, so that it lives in registers.
class block_reader {
 public:
  block_reader(const octet* packet, const octet* p, const octet* end, const parse_options& options) noexcept
      : packet_(packet), at_(p), end_(end), options_(options), picky_(asks_more_of_text(options) || options.max_topic_levels != unlimited) {}

  bool done() const noexcept { return at_ == end_; }
  const octet* at() const noexcept { return at_; }
  fault result() const noexcept { return fault_; }
  void fail(rule violated, const octet* where) noexcept {
    if (fault_.violated == rule::none) fault_ = {violated, static_cast<std::uint32_t>(where - packet_)};
    at_ = end_;
  }
  std::uint8_t byte() noexcept { return *at_++; }

  void integer(const property_row& row, std::size_t size) noexcept {
    const octet* const value = at_;
    if (left() < size) return fail(rule::property_past_end, value);
    at_ += size;
    const std::uint32_t number = size == 4 ? load_be32(value) : size == 2 ? load_be16(value) : *value;
    if (number - row.minimum > row.maximum - row.minimum) fail(check_range(row, number), value);
  }
  void variable_byte(const property_row& row) noexcept {
    const octet* const value = at_;
    const auto v = decode_varint(to_bytes(at_, left()));
    if (!v) return fail(v.error().code == errc::incomplete ? rule::property_past_end : v.error().violated, value);
    at_ += v->size;
    if (!v->is_minimal() && !has(options_.allow, leniency::non_minimal_lengths)) return fail(rule::variable_byte_integer_not_minimal, value);
    if (const rule r = check_range(row, v->value); r != rule::none) fail(r, value);
  }
  void binary() noexcept {
    if (left() < 2 || left() - 2 < load_be16(at_)) return fail(rule::property_past_end, at_);
    at_ += 2 + load_be16(at_);
  }
  template <text_kind Kind>
  [[gnu::always_inline]] void text() noexcept {
    const octet* const field = at_;
    if (left() < 2 || left() - 2 < load_be16(field)) return fail(rule::property_past_end, field);
    const std::size_t size = load_be16(field);
    at_ += 2 + size;
    if (!is_plain<Kind>(field + 2, size) || picky_) [[unlikely]] judge(Kind, field, size);
  }

 private:
  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  void judge(text_kind kind, const octet* field, std::size_t size) noexcept {
    const finding f = check_text(kind, to_text(field + 2, size), {protocol_version::v5, options_.allow, options_.reject, options_.max_topic_levels});
    if (f.violated != rule::none) fail(f.violated, size == 0 ? field : field + 2 + f.offset);
  }

  const octet* packet_;
  const octet* at_;
  const octet* end_;
  const parse_options& options_;
  bool picky_;
  fault fault_;
};

void read_value(block_reader& in, const property_row& row) noexcept {
  switch (row.type) {
    case property_type::byte: return in.integer(row, 1);
    case property_type::two_byte: return in.integer(row, 2);
    case property_type::four_byte: return in.integer(row, 4);
    case property_type::variable_byte: return in.variable_byte(row);
    case property_type::binary: return in.binary();
    case property_type::string_pair: in.text<text_kind::string>(); return in.text<text_kind::string>();  // [MQTT-1.5.7-1]
    case property_type::string:
      if (row.id == property_id::response_topic) return in.text<text_kind::response_topic>();  // [MQTT-3.3.2-13]
      return in.text<text_kind::string>();
  }
}

}  // namespace

rule check_presence(std::uint8_t id, property_place place, std::uint32_t seen, sender from) noexcept {
  const place_rules& here = places_table.of[static_cast<unsigned>(place)];
  const std::uint8_t index = property_index(id);
  if (index == no_property) return rule::property_unknown;                          // [U5-2.2.2.2-a]
  if (!(here.allowed >> index & 1)) return rule::property_not_allowed;              // [U5-2.2.2.2-a]
  if ((seen & here.once) >> index & 1) return rule::property_duplicate;             // [U5-3.1.2.11.2-a] and its 48 siblings
  if (is_from_wrong_side(rows[index].id, place, from)) return rule::property_from_wrong_side;
  return rule::none;
}

rule check_range(const property_row& row, std::uint32_t value) noexcept {
  if (value >= row.minimum && value <= row.maximum) return rule::none;
  return row.id == property_id::topic_alias ? rule::topic_alias_is_zero : rule::property_out_of_range;  // [MQTT-3.3.2-8] [U5-3.1.2.11.3-b] …
}

rule check_combination(property_place place, std::uint32_t ids) noexcept {
  constexpr std::uint32_t method = property_bit(property_id::authentication_method), data = property_bit(property_id::authentication_data);
  if (place == property_place::auth && !(ids & method)) return rule::authentication_method_missing;                            // [U5-3.15.2.2.2-a]
  if (place == property_place::connect && (ids & data) && !(ids & method)) return rule::authentication_data_without_method;  // [U5-3.1.2.11.10-a]
  return rule::none;
}

property_scan scan_properties(const octet* packet, const octet* p, const octet* end, property_place place, const parse_options& options) noexcept {
  block_reader in(packet, p, end, options);
  const place_rules& here = places_table.of[static_cast<unsigned>(place)];
  std::uint32_t seen = 0, user_properties = 0;
  while (!in.done()) {
    const octet* const field = in.at();
    const std::uint8_t id = in.byte();
    const std::uint8_t index = property_index(id);
    const std::uint32_t bit = index == no_property ? 0 : 1u << index;
    if (!(bit & here.allowed & ~(seen & here.once)) || options.sender != sender::any) [[unlikely]]
      if (const rule r = check_presence(id, place, seen, options.sender); r != rule::none) {
        in.fail(r, field);
        break;
      }
    seen |= bit;
    if (id == static_cast<std::uint8_t>(property_id::user_property) && ++user_properties > options.max_user_properties)
      in.fail(rule::too_many_user_properties, field);
    else
      read_value(in, rows[index]);
  }
  return {in.result(), seen};
}

const octet* find_property(const octet* p, const octet* end, property_id id) noexcept {
  auto at = reinterpret_cast<const std::byte*>(p);
  const auto stop = reinterpret_cast<const std::byte*>(end);
  while (at != stop) {
    const std::byte* const start = at;
    if (read_property(at).id() == id) return reinterpret_cast<const octet*>(start);
  }
  return end;
}

property_list read_properties(reader& in, property_place place) noexcept {
  const octet* const field = in.at();
  const std::uint32_t size = in.variable_byte();
  if (in.failed()) return {};
  if (in.left() < size) return in.fail(rule::property_length_past_end, field), property_list();  // [U5-2.2.2.1-a]
  const octet* const begin = in.at();
  const property_scan scan = scan_properties(in.packet(), begin, begin + size, place, in.options());
  if (scan.failure.violated != rule::none) return in.fail(scan.failure), property_list();
  in.skip_to(begin + size);
  if (const rule r = check_combination(place, scan.ids); r != rule::none) {
    const bool missing = r == rule::authentication_method_missing;
    return in.fail(r, missing ? field : find_property(begin, begin + size, property_id::authentication_data)), property_list();
  }
  return property_list::from_validated(reinterpret_cast<const std::byte*>(begin), size, scan.ids);
}

bool encode_context::writes(const property_list& list) const noexcept {
  if (dropped == 0) return !list.empty();
  for (const property& p : list)
    if (!(property_bit_of(p) & dropped)) return true;
  return false;
}

property_block_size size_of_properties(const property_list& list, const encode_context& c) noexcept {
  property_block_size block;
  for (const property& p : list) {
    if (property_bit_of(p) & c.dropped) continue;
    switch (p.type()) {
      case property_type::byte: block.size += 2; break;
      case property_type::two_byte: block.size += 3; break;
      case property_type::four_byte: block.size += 5; break;
      case property_type::variable_byte: block.size += 1 + length_size(p.integer()); break;
      case property_type::string: block.size += 3 + p.text().size(); break;
      case property_type::binary: block.size += 3 + p.binary().size(); break;
      case property_type::string_pair: block.size += 5 + p.name().size() + p.text().size(); break;
    }
    if (p.text().size() > 0xFFFF || p.name().size() > 0xFFFF) block.violated = rule::string_too_long;  // [U5-1.5.4-d]
    if (p.binary().size() > 0xFFFF) block.violated = rule::binary_too_long;                            // [U5-1.5.6-a]
  }
  return block;
}

namespace {

// One value, behind its identifier. What is no integer, text or bytes of the property's own type counts as out of range.
void write_value(write_sink& out, const property& p, const property_row& row) noexcept {
  if (p.type() != row.type) return out.check(rule::property_out_of_range);
  const std::uint32_t value = p.integer();
  switch (row.type) {
    case property_type::byte: out.check(check_range(row, value)); return out.byte(value);
    case property_type::two_byte: out.check(check_range(row, value)); return out.two_byte(value);
    case property_type::four_byte: out.two_byte(value >> 16); return out.two_byte(value);
    case property_type::variable_byte:
      if (const rule r = check_range(row, value); r != rule::none) return out.check(r);
      return out.variable_byte(value);
    case property_type::binary: return out.binary(p.binary());
    case property_type::string_pair: out.text<text_kind::string>(p.name()); return out.text<text_kind::string>(p.text());  // [MQTT-1.5.7-1]
    case property_type::string:
      if (row.id == property_id::response_topic) return out.text<text_kind::response_topic>(p.text());  // [MQTT-3.3.2-13] [MQTT-3.3.2-14]
      return out.text<text_kind::string>(p.text());
  }
}

}  // namespace

property_block_end write_properties(octet* packet, octet* at, const property_list& list, property_place place, const encode_context& c) noexcept {
  write_sink out(c, at, nullptr);
  std::uint32_t seen = 0;
  for (const property& p : list) {
    if (property_bit_of(p) & c.dropped) continue;
    const auto id = static_cast<std::uint8_t>(p.id());
    out.check(check_presence(id, place, seen, c.options.sender));
    if (out.result().violated != rule::none) break;
    seen |= property_bit_of(p);
    out.byte(id);
    write_value(out, p, rows[property_index(id)]);
    if (out.result().violated != rule::none) break;
  }
  out.check(check_combination(place, seen));
  fault f = out.result();
  f.offset += static_cast<std::uint32_t>(at - packet);
  return {out.at(), f};
}

}  // namespace detail
}  // namespace mqttspan
