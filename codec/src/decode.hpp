// One decoder a packet type: fields in wire order from a reader, faults left in it.
#pragma once

#include <memory>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>

#include "frame.hpp"
#include "reader.hpp"

namespace mqttspan::detail {

void decode(reader& in, connect& out) noexcept;
void decode(reader& in, connack& out) noexcept;
void decode(reader& in, puback& out) noexcept;
void decode(reader& in, pubrec& out) noexcept;
void decode(reader& in, pubrel& out) noexcept;
void decode(reader& in, pubcomp& out) noexcept;
void decode(reader& in, subscribe& out) noexcept;
void decode(reader& in, suback& out) noexcept;
void decode(reader& in, unsubscribe& out) noexcept;
void decode(reader& in, unsuback& out) noexcept;
void decode(reader& in, pingreq& out) noexcept;
void decode(reader& in, pingresp& out) noexcept;
void decode(reader& in, disconnect& out) noexcept;
void decode(reader& in, auth& out) noexcept;

// Frame, then fields: what parse and parse_as share for all packets but PUBLISH. `errc{}` where all is well.
template <class P>
error decode_packet(const frame& f, protocol_version version, const parse_options& options, P& out) noexcept {
  reader in(f.packet, f.body, f.end, version, options);
  decode(in, out);
  if (!in.failed()) in.expect_end();
  return in.failed() ? make_error(in.result().violated, in.result().offset, P::type) : error{};
}

// A good frame of another type is not what the caller asked for.
constexpr error expect_type(const error& e, packet_type type) noexcept {
  const bool good = e.code == errc{} || e.code == errc::incomplete;
  return good && e.in != type && e.in != packet_type{} ? error{.code = errc::wrong_state, .in = e.in} : e;
}

template <class P>
result<parsed_as<P>> parse_control(bytes_view input, protocol_version version, const parse_options& options) noexcept {
  result<parsed_as<P>> out{std::in_place};
  frame f;
  const bool usual = !input.empty() && static_cast<std::uint8_t>(input[0]) == usual_first_byte(P::type) && options.sender == sender::any &&
                     read_usual_frame(input, options, f) && (P::type != packet_type::auth || version == protocol_version::v5);
  error e{};
  if (!usual) [[unlikely]] e = expect_type(read_frame(input, version, options, f), P::type);
  if (e.code == errc{}) e = decode_packet(f, version, options, out->packet);
  if (e.code == errc{}) out->size = static_cast<std::size_t>(f.end - f.packet);
  else out = e;
  return out;
}

}  // namespace mqttspan::detail
