#include "compact.hpp"

#include "decode.hpp"
#include "encode.hpp"

#ifdef MQTTSPAN_BUILT_FOR_SIZE

namespace mqttspan::inline MQTTSPAN_ABI::detail {

fault decode_frame(const frame& f, protocol_version version, const parse_options& options, void* out, decoder decode) noexcept {
  reader in(f.packet, f.body, f.end, version, options);
  decode(in, out);
  in.expect_end();
  return in.result();
}

constructed construct(packet_type type, packet& out) noexcept {
  switch (type) {
#define MQTTSPAN_PACKET(P)                                 \
  case packet_type::P: {                                   \
    std::construct_at(&out, std::in_place_type<P>);        \
    return {std::get_if<P>(&out), decode_by_address<P>};   \
  }
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  }
  return {};
}

namespace {

// Not a table: position-independent code would have to write its addresses.
emitter emitter_of(packet_type type) noexcept {
  switch (type) {
#define MQTTSPAN_PACKET(P) \
  case packet_type::P: return emit_by_address<P>;
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  }
  return nullptr;
}

}  // namespace

addressed address_of(const packet& p, protocol_version version) noexcept {
  if (const auto* const c = std::get_if<connect>(&p)) version = c->version;
  const packet_type type = type_of(p);
  const void* typed = nullptr;
  switch (type) {
#define MQTTSPAN_PACKET(P) \
  case packet_type::P: typed = std::get_if<P>(&p); break;
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  }
  return {typed, emitter_of(type), version};
}

namespace {

// Class and reason code of the codec's own rules, of which there are few kinds: four bits a rule.
struct class_table {
  static constexpr unsigned rules = static_cast<unsigned>(rule::too_many_topic_levels) + 1;
  rule_class kinds[10];
  std::uint8_t of[(rules + 1) / 2];

  constexpr rule_class operator[](rule r) const noexcept { return kinds[of[static_cast<unsigned>(r) / 2] >> static_cast<unsigned>(r) % 2 * 4 & 15]; }
};
constexpr class_table classes = [] {
  class_table table{};
  unsigned count = 1;  // kind 0 is rule::none
  for (unsigned r = 1; r < class_table::rules; ++r) {
    const rule_class wanted = rule_classes[r];
    unsigned kind = 1;
    while (kind < count && !(table.kinds[kind].code == wanted.code && table.kinds[kind].reason == wanted.reason)) ++kind;
    if (kind == count) table.kinds[count++] = wanted;
    table.of[r / 2] = static_cast<std::uint8_t>(table.of[r / 2] | kind << r % 2 * 4);
  }
  return table;
}();

}  // namespace

error error_of(rule violated, std::size_t offset, packet_type in) noexcept {
  const rule_class kind = classes[violated];
  return {kind.code, violated, in, kind.reason, static_cast<std::uint32_t>(offset)};
}

std::size_t parse_one(void* out, const bytes_view& input, protocol_version version, const parse_options& options, packet_type type,
                      decoder decode) noexcept {
  frame f;
  error& e = *::new (out) error(read_frame(input, version, options, f));
  if (is_of_other_type(e, type)) e.code = errc::wrong_state, e.offset = 0;
  if (e.code != errc{}) return 0;
  const fault x = decode_frame(f, version, options, out, decode);
  if (x.violated == rule::none) return static_cast<std::size_t>(f.end - f.packet);
  ::new (out) error(error_of(x.violated, x.offset, type));
  return 0;
}

void compact_sink::byte(unsigned value) noexcept {
  if (!counts()) packet_[size_] = static_cast<octet>(value);
  ++size_;
}

void compact_sink::two_byte(unsigned value) noexcept {
  byte(value >> 8);
  byte(value);
}

void compact_sink::variable_byte(std::uint32_t value) noexcept {
  for (; value >= 0x80; value >>= 7) byte(value | 0x80);
  byte(value);
}

void compact_sink::packet_id(std::uint16_t id) noexcept {
  require(id != 0, rule::packet_id_is_zero);  // [MQTT-2.3.1-1] [U5-2.2.1-a] [U31-2.4-a]
  two_byte(id);
}

void compact_sink::append(const void* bytes, std::size_t n) noexcept {
  if (!counts() && n != 0) std::memcpy(packet_ + size_, bytes, n);
  size_ += n;
  if (size_ < n || size_ > max_packet_length) size_ = max_packet_length + 1;
}

void compact_sink::binary(bytes_view b, rule too_long) noexcept {
  if (b.size() > 0xFFFF) fault_.violated = too_long;  // [U5-1.5.4-d] [U5-1.5.6-a] [MQTT-4.7.3-3]
  two_byte(static_cast<unsigned>(b.size()));
  append(b.data(), b.size());
}

void compact_sink::text(text_kind kind, std::string_view s) noexcept {
  if (!counts()) {
    const finding f = check_text(kind, s, {context_.version, context_.options.allow, context_.options.reject, unlimited});
    check(f.violated, s.empty() ? 0 : 2 + f.offset);
  }
  binary(as_bytes(s), rule::string_too_long);
}

void compact_sink::check(rule r, std::size_t offset) noexcept { check_at(r, size_ + offset); }

void compact_sink::check_at(rule r, std::size_t offset) noexcept {
  if (!counts() && fault_.violated == rule::none) fault_ = {r, static_cast<std::uint32_t>(offset)};
}

void compact_sink::properties(const property_list& list, property_place place) noexcept {
  if (!is_v5()) return require_in_version(list.empty());
  compact_sink sizes(context_);
  sizes.each_property(list, place, 0);
  if (sizes.fault_.violated != rule::none) fault_ = sizes.fault_;
  const std::size_t length = size_;
  variable_byte(static_cast<std::uint32_t>(sizes.size_));
  if (counts()) append(nullptr, sizes.size_);
  else each_property(list, place, length);
}

// `length` is where the block's length prefix stands.
void compact_sink::each_property(const property_list& list, property_place place, std::size_t length) noexcept {
  std::size_t authentication_data = 0;
  std::uint32_t seen = 0;
  property_walk walk(list);
  property_fields p;
  while (walk.next(p)) {
    const auto id = static_cast<std::uint8_t>(p.id);
    const std::uint32_t bit = bit_in(info_of(id));
    if (bit & context_.dropped) continue;
    check(why_not(id, place, seen, context_.options.sender));
    seen |= bit;
    if (p.id == property_id::authentication_data) authentication_data = size_;
    byte(id);
    value(p);
  }
  const rule r = check_combination(place, seen);
  check_at(r, r == rule::authentication_method_missing ? length : authentication_data);
}

// What is no integer, text or bytes of the property's own type counts as out of range.
void compact_sink::value(const property_fields& p) noexcept {
  if (is_integer(p.type)) {
    check(check_range(p.id, p.integer));
    if (p.type == property_type::variable_byte) return variable_byte(p.integer);
    for (unsigned shift = 8 * width_of(p.type); shift != 0; shift -= 8) byte(p.integer >> (shift - 8));
  } else if (p.type == property_type::binary) {
    binary(as_bytes(p.text));
  } else if (p.type == property_type{}) {
    check(rule::property_out_of_range);
  } else {
    if (p.type == property_type::string_pair) text(text_kind::string, p.name);  // [MQTT-1.5.7-1]
    text(kind_of(p.id), p.text);  // [MQTT-3.3.2-13] [MQTT-3.3.2-14]
  }
}

bool has_other_than(std::uint32_t dropped, const property_list& list) noexcept {
  property_walk walk(list);
  property_fields p;
  while (walk.next(p))
    if (!(bit_in(info_of(static_cast<std::uint8_t>(p.id))) & dropped)) return true;
  return false;
}

void compact_sink::check_text_payload(std::string_view s, const property_list& properties) noexcept {
  if (counts() || !is_v5()) return;
  const finding f = check_payload(s, properties, context_.options.allow);
  check(f.violated, f.offset);
}

namespace {

// Whether MQTT, the options and the version allow what was counted; the whole packet's size, to which the fixed header is added.
rule judge_size(compact_sink& sizes, std::size_t& out) noexcept {
  if (!supports(sizes.context().version)) return rule::protocol_level_unsupported;
  if (sizes.violated() != rule::none) return sizes.violated();
  const std::size_t remaining_length = sizes.size();
  sizes.byte(0);
  sizes.variable_byte(static_cast<std::uint32_t>(remaining_length));
  out = sizes.size();
  const bool is_too_large = remaining_length > max_remaining_length || out > sizes.context().options.max_packet_size;
  return is_too_large ? rule::packet_too_large : rule::none;  // [U5-2.1.4-b]
}

// All of generate: size, room and header judged by every rule, then the bytes.
result<std::span<std::byte>> generate_in(const encode_context& c, const void* p, const std::span<std::byte>& out, emitter emit, std::uint32_t& dropped) noexcept {
  compact_sink sink(c);
  emit(sink, p);
  const auto remaining_length = static_cast<std::uint32_t>(sink.size());
  const packet_type type = sink.type();
  std::size_t size = 0;
  fault x{judge_size(sink, size), 0};
  if (x.violated == rule::packet_too_large) x.offset = 1;
  if (x.violated == rule::none) {
    size -= sink.apart();
    if (out.size() < size) return error{.code = errc::no_space, .in = type};
    x.violated = check_type(type, c);
    if (x.violated == rule::none) x.violated = sink.header();
    if (x.violated == rule::none) {
      sink.write_to(reinterpret_cast<octet*>(out.data()));
      sink.byte(sink.first());
      sink.variable_byte(remaining_length);
      emit(sink, p);
      x = sink.result();
    }
  }
  if (x.violated != rule::none) return caller_error(x.violated, x.offset, type);
  dropped = c.dropped & sink.ids();
  return out.first(size);
}

}  // namespace

result<std::size_t> size_one(const void* p, protocol_version version, const generate_options& options, emitter emit) noexcept {
  const encode_context c(version, options);
  compact_sink sizes(c);
  emit(sizes, p);
  std::size_t size = 0;
  if (const rule r = judge_size(sizes, size); r != rule::none) return caller_error(r, r == rule::packet_too_large ? 1 : 0, sizes.type());
  return size;
}

result<std::span<std::byte>> generate_one(const void* p, protocol_version version, const std::span<std::byte>& out, const generate_options& options,
                                          emitter emit) noexcept {
  std::uint32_t dropped = 0;
  return generate_in({version, options}, p, out, emit, dropped);
}

// Whole, then without Reason String, then without User Properties as well.
result<fitted> generate_one_within(const void* p, protocol_version version, const std::span<std::byte>& out, const generate_options& options,
                                   emitter emit) noexcept {
  constexpr std::uint32_t reason_string = property_bit(property_id::reason_string), user = property_bit(property_id::user_property);
  encode_context c(version, options);
  std::uint32_t dropped = 0;
  for (;;) {
    const auto bytes = generate_in(c, p, out, emit, dropped);
    if (bytes) return fitted{*bytes, (dropped & reason_string) != 0, (dropped & user) != 0};
    const error& e = bytes.error();
    if (e.code != errc::packet_too_large || !may_drop_properties(e.in) || c.dropped == (reason_string | user)) return e;
    c.dropped = c.dropped == 0 ? reason_string : reason_string | user;
  }
}

}  // namespace mqttspan::detail

#endif
