#include "compact.hpp"

#include "decode.hpp"
#include "encode.hpp"

#ifdef MQTTSPAN_BUILT_FOR_SIZE

namespace mqttspan::inline MQTTSPAN_ABI::detail {

fault decode_frame(const octet* start, const octet* body, const octet* end, protocol_version version, const parse_options& options, void* out,
                   decoder decode) noexcept {
  reader in(start, body, end, version, options);
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

addressed address_of(const packet& p, protocol_version version) noexcept {
  if (const auto* const c = std::get_if<connect>(&p)) version = c->version;
  switch (type_of(p)) {
#define MQTTSPAN_PACKET(P) \
  case packet_type::P: return {std::get_if<P>(&p), emit_by_address<P>, version};
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  }
  return {};
}

bool parse_one(const std::byte* input, std::size_t input_size, protocol_version version, const parse_options& options, packet_type type, void* out,
               decoder decode, std::size_t& size, error& failure) noexcept {
  frame f;
  failure = expect_type(read_frame({input, input_size}, version, options, f), type);
  if (failure.code != errc{}) return false;
  size = static_cast<std::size_t>(f.end - f.packet);
  const fault x = decode_frame(f.packet, f.body, f.end, version, options, out, decode);
  if (x.violated == rule::none) return true;
  failure = make_error(x.violated, x.offset, type);
  return false;
}

void compact_sink::byte(unsigned value) noexcept {
  if (!counts()) packet_[size_] = static_cast<octet>(value);
  ++size_;
}

void compact_sink::two_byte(unsigned value) noexcept {
  byte(value >> 8);
  byte(value);
}

void compact_sink::four_byte(std::uint32_t value) noexcept {
  two_byte(value >> 16);
  two_byte(value);
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

void compact_sink::check_at(rule r, std::uint64_t offset) noexcept {
  if (!counts() && fault_.violated == rule::none) fault_ = {r, static_cast<std::uint32_t>(offset)};
}

void compact_sink::properties(const property_list& list, property_place place) noexcept {
  if (!is_v5()) return require_in_version(list.empty());
  compact_sink sizes(context_, nullptr);
  sizes.each_property(list, place, 0);
  if (sizes.fault_.violated != rule::none) fault_ = sizes.fault_;
  const std::uint64_t length = size_;
  variable_byte(static_cast<std::uint32_t>(sizes.size_ < max_packet_length ? sizes.size_ : max_packet_length));
  if (counts()) size_ += sizes.size_;
  else each_property(list, place, length);
}

// `length` is where the block's length prefix stands.
void compact_sink::each_property(const property_list& list, property_place place, std::uint64_t length) noexcept {
  std::uint64_t authentication_data = 0;
  presence present(rules_of(place, context_.options.sender));
  for (const property& p : list) {
    const std::uint32_t bit = property_bit(p.id());
    if (bit & context_.dropped) continue;
    if (!present.may_come(bit)) check(why_not(static_cast<std::uint8_t>(p.id()), place, present.seen(), context_.options.sender));
    present.add(bit);
    if (p.id() == property_id::authentication_data) authentication_data = size_;
    byte(static_cast<unsigned>(p.id()));
    value(p);
  }
  const rule r = check_combination(place, present.seen());
  check_at(r, r == rule::authentication_method_missing ? length : authentication_data);
}

// What is no integer, text or bytes of the property's own type counts as out of range.
void compact_sink::value(const property& p) noexcept {
  const std::uint32_t integer = p.integer();
  if (is_integer(p.type())) check(check_range(p.id(), integer));
  switch (p.type()) {
    case property_type::byte: return byte(integer);
    case property_type::two_byte: return two_byte(integer);
    case property_type::four_byte: return four_byte(integer);
    case property_type::variable_byte: return variable_byte(integer);
    case property_type::binary: return binary(p.binary());
    case property_type::string_pair: text(text_kind::string, p.name()); return text(text_kind::string, p.text());  // [MQTT-1.5.7-1]
    case property_type::string: return text(kind_of(p.id()), p.text());  // [MQTT-3.3.2-13] [MQTT-3.3.2-14]
  }
  check(rule::property_out_of_range);
}

void compact_sink::check_text_payload(std::string_view s, const property_list& properties) noexcept {
  if (counts() || !is_v5()) return;
  const finding f = check_payload(s, properties, context_.options.allow);
  check(f.violated, f.offset);
}

namespace {

// All of generate: size, room and header judged by every rule, then the bytes.
result<std::span<std::byte>> generate_in(const encode_context& c, const void* p, std::span<std::byte> out, emitter emit, std::uint32_t& dropped) noexcept {
  compact_sink sizes(c, nullptr);
  emit(sizes, p);
  const packet_type type = sizes.type();
  std::size_t size = 0;
  if (const error e = packet_size(sizes, type, size); e.code != errc{}) return e;
  size -= sizes.apart();
  if (out.size() < size) return error{.code = errc::no_space, .in = type};
  rule header = check_type(type, c);
  if (header == rule::none) header = sizes.header();
  if (header != rule::none) return caller_error(header, 0, type);
  compact_sink sink(c, reinterpret_cast<octet*>(out.data()));
  sink.byte(sizes.first());
  sink.variable_byte(static_cast<std::uint32_t>(sizes.size()));
  emit(sink, p);
  if (sink.result().violated != rule::none) return caller_error(sink.result().violated, sink.result().offset, type);
  dropped = c.dropped & sizes.ids();
  return out.first(size);
}

}  // namespace

result<std::size_t> size_one(const void* p, protocol_version version, const generate_options& options, emitter emit) noexcept {
  const encode_context c(version, options);
  compact_sink sizes(c, nullptr);
  emit(sizes, p);
  std::size_t size = 0;
  if (const error e = packet_size(sizes, sizes.type(), size); e.code != errc{}) return e;
  return size;
}

result<std::span<std::byte>> generate_one(const void* p, protocol_version version, std::byte* out, std::size_t room, const generate_options& options,
                                          emitter emit) noexcept {
  std::uint32_t dropped = 0;
  return generate_in({version, options}, p, {out, room}, emit, dropped);
}

// Whole, then without Reason String, then without User Properties as well.
result<fitted> generate_one_within(const void* p, protocol_version version, std::byte* out, std::size_t room, const generate_options& options,
                                   emitter emit) noexcept {
  constexpr std::uint32_t reason_string = property_bit(property_id::reason_string), user = property_bit(property_id::user_property);
  encode_context c(version, options);
  std::uint32_t dropped = 0;
  for (;;) {
    const auto bytes = generate_in(c, p, {out, room}, emit, dropped);
    if (bytes) return fitted{*bytes, (dropped & reason_string) != 0, (dropped & user) != 0};
    const error& e = bytes.error();
    if (e.code != errc::packet_too_large || !may_drop_properties(e.in) || c.dropped == (reason_string | user)) return e;
    c.dropped = c.dropped == 0 ? reason_string : reason_string | user;
  }
}

}  // namespace mqttspan::detail

#endif
