// From a frame to a packet. Each packet's source has a `decode(Reader&, P&)`, built for both readers: fields in wire order, faults left in the
// reader.
#pragma once

#include <memory>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>

#include "compact.hpp"
#include "frame.hpp"
#include "reader.hpp"
#include "speed.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// Each packet's `decode`, and nothing behind its fields. False where there was a fault.
template <class Reader, class P>
[[gnu::always_inline]] inline bool decode_all(Reader& in, P& out) noexcept {
  decode(in, out);
  in.expect_end();
  return !in.failed();
}

// Fields, and nothing behind them, by every rule.
template <class P>
[[gnu::noinline]] fault decode_packet(const octet* start, const octet* body, const octet* end, protocol_version version, const parse_options& options,
                                      P& out) noexcept {
  reader in(start, body, end, version, options);
  decode_all(in, out);
  return in.result();
}

// What was not usual, from the beginning.
template <class P>
[[gnu::noinline]] fault judge_body(const std::byte* start, const std::byte* body, const std::byte* end, protocol_version version, const parse_options& options,
                                   P& out) noexcept {
  out = P();
  return decode_packet(octets(start), octets(body), octets(end), version, options, out);
}

// The variant is built in place: nothing of a packet is copied.
template <class P>
fault parse_into(packet& out, frame f, protocol_version version, const parse_options& options) noexcept {
  std::construct_at(&out, std::in_place_type<P>);
  P& made = *std::get_if<P>(&out);
  if (is_built_for_speed && read_shortest(bytes(f.packet), bytes(f.body), bytes(f.end), made)) return {};
  return parse_body(bytes(f.packet), bytes(f.body), bytes(f.end), version, options, made);
}

// The fields of a packet of any type, by every rule.
[[gnu::always_inline]] inline fault parse_by_type(packet_type type, packet& out, frame f, protocol_version version, const parse_options& options) noexcept {
  if constexpr (!is_built_for_speed) {
    const constructed made = construct(type, out);
    return decode_frame(f, version, options, made.packet, made.decode);
  }
  switch (type) {
#define MQTTSPAN_PACKET(P) \
  case packet_type::P: return parse_into<P>(out, f, version, options);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  }
  return {};
}

// A good frame of another type is not what the caller asked for.
constexpr bool is_of_other_type(const error& e, packet_type type) noexcept {
  const bool good = e.code == errc{} || e.code == errc::incomplete;
  return good && e.in != type && e.in != packet_type{};
}
constexpr error expect_type(const error& e, packet_type type) noexcept { return is_of_other_type(e, type) ? error{.code = errc::wrong_state, .in = e.in} : e; }

// Parses by every rule.
template <class P>
[[gnu::noinline]] void judge_control(bytes_view input, protocol_version version, const parse_options& options, result<parsed_as<P>>& out) noexcept {
  frame f;
  if (const error e = expect_type(read_frame(input, version, options, f), P::type); e.code != errc{}) {
    out = e;
    return;
  }
  std::construct_at(&out->packet);
  const fault x = decode_packet(f.packet, f.body, f.end, version, options, out->packet);
  if (x.violated != rule::none) out = make_error(x.violated, x.offset, P::type);
  else out->size = static_cast<std::size_t>(f.end - f.packet);
}

// Whether the first byte is one that packets of this type usually have.
template <class P>
constexpr bool is_usual(bytes_view input, protocol_version version, const parse_options& options) noexcept {
  return supports(version) && !input.empty() && static_cast<std::uint8_t>(input[0]) == usual_first_byte(P::type) && may_send(options.sender, P::type, version) &&
         (P::type != packet_type::auth || is_v5(version));
}

#ifdef MQTTSPAN_BUILT_FOR_SIZE

template <class P>
[[gnu::always_inline]] inline result<parsed_as<P>> parse_control(const bytes_view& input, protocol_version version, const parse_options& options) noexcept {
  result<parsed_as<P>> out{uninitialized{}};
  const std::size_t size = parse_one(&out->packet, input, version, options, P::type, decode_by_address<P>);
  if (size != 0) out->size = size;
  else out = *std::launder(reinterpret_cast<const error*>(&out->packet));
  return out;
}

#else

template <class P>
[[gnu::always_inline]] inline result<parsed_as<P>> parse_control(bytes_view input, protocol_version version, const parse_options& options) noexcept {
  result<parsed_as<P>> out{std::in_place};
  frame f;
  if (is_usual<P>(input, version, options) && !asks_more_of_text(options) && read_usual_frame(input, options, f)) [[likely]] {
    quick_reader in(f.packet, f.body, f.end, version, options);
    out->size = static_cast<std::size_t>(f.end - f.packet);
    if (decode_all(in, out->packet)) [[likely]] return out;
  }
  judge_control(input, version, options, out);
  return out;
}

#endif

}  // namespace mqttspan::detail
