// From a frame to a packet. Each packet's source has a `decode(reader&, P&)`: fields in wire order, faults left in the reader.
#pragma once

#include <memory>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>

#include "frame.hpp"
#include "reader.hpp"

namespace mqttspan::detail {


// Fields, and nothing behind them: one function a packet type, which parse and parse_as share.
template <class P>
[[gnu::noinline]] fault decode_packet(const octet* start, const octet* body, const octet* end, protocol_version version, const parse_options& options,
                                      P& out) noexcept;

// A good frame of another type is not what the caller asked for.
constexpr error expect_type(const error& e, packet_type type) noexcept {
  const bool good = e.code == errc{} || e.code == errc::incomplete;
  return good && e.in != type && e.in != packet_type{} ? error{.code = errc::wrong_state, .in = e.in} : e;
}

template <class P>
[[gnu::always_inline]] inline result<parsed_as<P>> parse_control(bytes_view input, protocol_version version, const parse_options& options) noexcept {
  result<parsed_as<P>> out{std::in_place};
  frame f;
  const bool usual = !input.empty() && static_cast<std::uint8_t>(input[0]) == usual_first_byte(P::type) && may_send(options.sender, P::type, version) &&
                     (P::type != packet_type::auth || version == protocol_version::v5) && read_usual_frame(input, options, f);
  if (!usual) [[unlikely]] {
    frame judged;  // of its own, so that f needs no address
    if (const error e = expect_type(read_frame(input, version, options, judged), P::type); e.code != errc{}) {
      out = e;
      return out;
    }
    f = judged;
  }
  const fault x = decode_packet(f.packet, f.body, f.end, version, options, out->packet);
  if (x.violated != rule::none) [[unlikely]] {
    out = make_error(x.violated, x.offset, P::type);
    return out;
  }
  out->size = static_cast<std::size_t>(f.end - f.packet);
  return out;
}

}  // namespace mqttspan::detail
