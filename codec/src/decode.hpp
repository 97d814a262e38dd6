// From a frame to a packet. Each packet's source has a `decode(Reader&, P&)`, built for both readers: fields in wire order, faults left in the
// reader.
#pragma once

#include <memory>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>

#include "frame.hpp"
#include "reader.hpp"
#include "speed.hpp"

namespace mqttspan::detail {

// Fields, and nothing behind them: two functions a packet type, which parse and parse_as share. The first judges.
template <class P>
[[gnu::noinline]] fault decode_packet(const octet* start, const octet* body, const octet* end, protocol_version version, const parse_options& options,
                                      P& out) noexcept;
// The second only accepts: false where anything is unusual, with `out` in any state.
template <class P>
[[gnu::noinline]] bool decode_usual(const octet* start, const octet* body, const octet* end, protocol_version version, const parse_options& options,
                                    P& out) noexcept;

// Each packet's `decode`, and nothing behind its fields. False where there was a fault.
template <class Reader, class P>
[[gnu::always_inline]] inline bool decode_all(Reader& in, P& out) noexcept {
  decode(in, out);
  in.expect_end();
  return !in.failed();
}

// A good frame of another type is not what the caller asked for.
constexpr error expect_type(const error& e, packet_type type) noexcept {
  const bool good = e.code == errc{} || e.code == errc::incomplete;
  return good && e.in != type && e.in != packet_type{} ? error{.code = errc::wrong_state, .in = e.in} : e;
}

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
  return !input.empty() && static_cast<std::uint8_t>(input[0]) == usual_first_byte(P::type) && may_send(options.sender, P::type, version) &&
         (P::type != packet_type::auth || version == protocol_version::v5);
}

template <class P>
[[gnu::always_inline]] inline result<parsed_as<P>> parse_control(bytes_view input, protocol_version version, const parse_options& options) noexcept {
  result<parsed_as<P>> out{std::in_place};
  if constexpr (is_built_for_speed) {
    frame f;
    if (is_usual<P>(input, version, options) && !asks_more_of_text(options) && read_usual_frame(input, options, f)) [[likely]] {
      quick_reader in(f.packet, f.body, f.end, version, options);
      out->size = static_cast<std::size_t>(f.end - f.packet);
      if (decode_all(in, out->packet)) [[likely]] return out;
    }
  }
  judge_control(input, version, options, out);
  return out;
}

}  // namespace mqttspan::detail
