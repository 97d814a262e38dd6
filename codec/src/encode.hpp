// From a packet to bytes: how big, whether it may be sent, and then through a sink.
#pragma once

#include <mqttspan/codec/varint.hpp>

#include "compact.hpp"
#include "frame.hpp"
#include "quick_sink.hpp"
#include "speed.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// The version that a packet is written in: CONNECT names its own.
template <class P>
constexpr protocol_version version_of(const P&, protocol_version version) noexcept {
  return version;
}
constexpr protocol_version version_of(const connect& p, protocol_version) noexcept { return p.version; }

// First bytes and what they must not say. Most packets have constants there.
template <class P>
constexpr unsigned first_byte(const P&, const encode_context&) noexcept {
  return usual_first_byte(P::type);
}
template <class P>
constexpr rule check_header(const P&, const encode_context&) noexcept {
  return rule::none;
}

[[gnu::noinline]] inline error caller_error(rule r, std::size_t offset, packet_type type) noexcept {
  error e = error_of(r, offset, type);
  if (r != rule::packet_too_large) e.code = errc::invalid_argument;
  return e;
}

// The whole packet's size, or why it has none.
inline error packet_size(const size_sink& sizes, packet_type type, std::size_t& out) noexcept {
  if (!supports(sizes.context().version)) return caller_error(rule::protocol_level_unsupported, 0, type);
  if (sizes.violated() != rule::none) return caller_error(sizes.violated(), 0, type);
  out = static_cast<std::size_t>(1 + length_size(sizes.size()) + sizes.size());
  if (sizes.size() > max_remaining_length || out > sizes.context().options.max_packet_size) return caller_error(rule::packet_too_large, 1, type);  // [U5-2.1.4-b]
  return {};
}

constexpr rule check_type(packet_type type, const encode_context& c) noexcept {
  if (type == packet_type::auth && !c.is_v5()) return rule::packet_not_in_version;
  return may_send(c.options.sender, type, c.version) ? rule::none : rule::packet_from_wrong_side;  // [U5-2.1.2-b]
}
template <class P>
rule check_packet(const P& p, const encode_context& c) noexcept {
  if (const rule r = check_type(P::type, c); r != rule::none) return r;
  return check_header(p, c);
}

template <class P>
result<std::size_t> sized(const P& p, encode_context c) noexcept {
  if constexpr (!is_built_for_speed) return size_one(&p, c.version, c.options, emit_by_address<P>);
  size_sink sizes(c);
  emit(sizes, p);
  std::size_t size = 0;
  if (const error e = packet_size(sizes, P::type, size); e.code != errc{}) return e;
  return size;
}

// What is written: all that is sized, or all but the payload, which the caller sends himself.
enum class extent : bool { packet, head };

// First byte, length, fields.
template <extent Extent, class Sink, class P>
[[gnu::always_inline]] inline void write(Sink& sink, const P& p, std::uint64_t remaining_length) noexcept {
  sink.byte(first_byte(p, sink.context()));
  sink.variable_byte(static_cast<std::uint32_t>(remaining_length));
  if constexpr (Extent == extent::head) emit_head(sink, p);
  else emit(sink, p);
}

// Size, room and header judged by every rule, then the bytes.
template <extent Extent, class P>
[[gnu::noinline]] result<std::span<std::byte>> encode_judged(const P& p, encode_context c, std::span<std::byte> out) noexcept {
  size_sink sizes(c);
  emit(sizes, p);
  std::size_t size = 0;
  if (const error e = packet_size(sizes, P::type, size); e.code != errc{}) [[unlikely]] return e;
  if constexpr (Extent == extent::head) size -= p.payload.size();
  if (out.size() < size) [[unlikely]] return error{.code = errc::no_space, .in = P::type};
  if (const rule r = check_packet(p, c); r != rule::none) [[unlikely]] return caller_error(r, 0, P::type);
  auto* const begin = reinterpret_cast<octet*>(out.data());
  write_sink sink(c, begin, begin, sizes.blocks());
  write<Extent>(sink, p, sizes.size());
  if (sink.result().violated != rule::none) [[unlikely]] return caller_error(sink.result().violated, sink.result().offset, P::type);
  return out.first(size);
}

// The packet that is written but for its payload.
[[gnu::noinline]] inline result<std::span<std::byte>> append_payload(std::span<std::byte> packet, bytes_view payload) noexcept {
  std::memcpy(packet.data() + packet.size() - payload.size(), payload.data(), payload.size());
  return packet;
}

// The same where nothing is unusual; what is, goes to encode_judged. All calls stand in the end.
template <extent Extent, bool Properties, class P>
[[gnu::always_inline]] inline result<std::span<std::byte>> encode_usual(const P& p, encode_context c, std::span<std::byte> out) noexcept {
  size_sink sizes(c);
  emit(sizes, p);
  std::uint64_t size = 1 + length_size(sizes.size()) + sizes.size();
  if (!supports(c.version) || sizes.violated() != rule::none || sizes.size() > max_remaining_length || size > c.options.max_packet_size) [[unlikely]]
    return encode_judged<Extent>(p, c, out);
  if (c.options.reject != strictness::none || check_packet(p, c) != rule::none) [[unlikely]] return encode_judged<Extent>(p, c, out);
  if constexpr (Extent == extent::head) size -= p.payload.size();
  if (size > out.size()) [[unlikely]] return encode_judged<Extent>(p, c, out);
  quick_sink<Properties> sink(c, reinterpret_cast<octet*>(out.data()), sizes.blocks());
  write<Extent>(sink, p, sizes.size());
  if (!sink.good()) [[unlikely]] return encode_judged<Extent>(p, c, out);
  const std::span<std::byte> packet = out.first(static_cast<std::size_t>(size));
  if (!sink.rest().empty()) return append_payload(packet, sink.rest());
  return packet;
}

template <class P>
constexpr bool has_properties(const P& p) noexcept {
  if constexpr (requires { p.properties; }) return !p.properties.empty();
  else return false;
}
constexpr bool has_properties(const connect& p) noexcept { return !p.properties.empty() || (p.will && !p.will->properties.empty()); }

// Out of line, so that packets without properties do not pay for those with, nor a short acknowledgement for a long one.
template <extent Extent, class P>
[[gnu::noinline]] result<std::span<std::byte>> encode_with_properties(const P& p, encode_context c, std::span<std::byte> out) noexcept {
  return encode_usual<Extent, true>(p, c, out);
}

// Success, a packet identifier and nothing else: four bytes, which mean the same in every version and from either side.
template <class P>
constexpr bool is_shortest_ack(const P& p, encode_context c) noexcept {
  if constexpr (requires { p.dup; }) if (p.dup) return false;
  return supports(c.version) && p.packet_id != 0 && p.reason_code == reason_code::success && p.properties.empty() && !c.options.spell_out && c.options.max_packet_size >= 4;
}
template <class P>
[[gnu::always_inline]] inline std::span<std::byte> write_shortest_ack(const P& p, std::byte* out) noexcept {
  octet_writer to(reinterpret_cast<octet*>(out));
  to.two_byte(usual_first_byte(P::type) << 8 | 2u);
  to.two_byte(p.packet_id);
  return {out, 4};
}

// An argument of an inlined function: the build for size does not want another copy of it.
template <class T>
using passed_on = std::conditional_t<is_built_for_speed, T, const T&>;

template <extent Extent, class P>
[[gnu::always_inline]] inline result<std::span<std::byte>> encode(const P& p, encode_context c, passed_on<std::span<std::byte>> out) noexcept {
  if constexpr (!is_built_for_speed) return generate_one(&p, c.version, out, c.options, Extent == extent::head ? emit_head_by_address : emit_by_address<P>);
  else if constexpr (is_ack<P>) return is_shortest_ack(p, c) && out.size() >= 4 ? write_shortest_ack(p, out.data()) : encode_with_properties<Extent>(p, c, out);
  else if (has_properties(p)) return encode_with_properties<Extent>(p, c, out);
  else return encode_usual<Extent, false>(p, c, out);
}

// Whether the specification wants Reason String and User Properties left out of this packet where they do not fit.
constexpr bool may_drop_properties(packet_type type) noexcept {
  switch (type) {
    case packet_type::connect:
    case packet_type::publish:
    case packet_type::subscribe:
    case packet_type::unsubscribe:
    case packet_type::pingreq:
    case packet_type::pingresp: return false;
    default: return true;
  }
}

// Whole, then without Reason String, then without User Properties as well. [MQTT-3.2.2-19] [MQTT-3.2.2-20] and their sixteen siblings
template <class P>
result<fitted> encode_within(const P& p, encode_context c, passed_on<std::span<std::byte>> out) noexcept {
  if constexpr (!is_built_for_speed) return generate_one_within(&p, c.version, out, c.options, emit_by_address<P>);
  constexpr std::uint32_t reason_string = property_bit(property_id::reason_string), user = property_bit(property_id::user_property);
  const auto attempt_without = [&](std::uint32_t dropped) {
    c.dropped = dropped;
    return encode_judged<extent::packet>(p, c, out);
  };
  auto bytes = generate(p, c.version, out, c.options);
  if constexpr (may_drop_properties(P::type)) {
    const auto is_too_large = [&bytes] { return !bytes && bytes.error().code == errc::packet_too_large; };
    if (is_too_large()) bytes = attempt_without(reason_string);
    if (is_too_large()) bytes = attempt_without(reason_string | user);
    const auto lacks = [&](std::uint32_t bit, property_id id) { return (c.dropped & bit) != 0 && p.properties.contains(id); };
    if (bytes) return fitted{*bytes, lacks(reason_string, property_id::reason_string), lacks(user, property_id::user_property)};
  } else if (bytes) {
    return fitted{*bytes, false, false};
  }
  return bytes.error();
}

}  // namespace mqttspan::detail
