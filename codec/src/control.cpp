// The packets without strings of their own: CONNACK, the four publish acknowledgements, PINGREQ, PINGRESP, DISCONNECT, AUTH.
#include "entry.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

// reason_code<1>, checked by the packet's table and the sender. [MQTT-3.4.2-1] and its siblings
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED reason_code read_reason_code(Reader& in, packet_type type) noexcept {
  const octet* const field = in.at();
  const std::uint8_t code = in.byte();
  if (in.failed()) return {};
  if (const rule r = check_reason_code(code, type, in.options().sender, in.options().allow); r != rule::none) in.fail(r, field);
  return static_cast<reason_code>(code);
}

template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit_reason_code(Sink& out, reason_code code, packet_type type) noexcept {
  const encode_context& c = out.context();
  out.check(check_reason_code(static_cast<std::uint8_t>(code), type, c.options.sender, c.options.allow));
  out.byte(static_cast<unsigned>(code));
}

// [reason_code<1> [properties<varint+n>]], the end of PUBACK, PUBREC, PUBREL, PUBCOMP and DISCONNECT in 5.0; 3.x has nothing there.
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void read_reason(Reader& in, packet_type type, reason_code& code, property_list& properties) noexcept {
  if (!in.is_v5() || in.left() == 0) return;  // [U5-3.4.2.1-a] [U5-3.14.2.1-a]
  code = read_reason_code(in, type);
  if (in.left() != 0) properties = read_properties(in, static_cast<property_place>(type));
}

// What a 3.x packet cannot say may go unsaid if asked for, but not a refusal or the wish for the will. [U311-7.1-a]
constexpr bool may_be_left_out(reason_code code, const encode_context& c) noexcept {
  if (code == reason_code::success) return true;
  return c.leaves_out() && !is_error(code) && code != reason_code::disconnect_with_will_message;
}

template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit_reason(Sink& out, packet_type type, reason_code code, const property_list& properties) noexcept {
  const auto place = static_cast<property_place>(type);
  if (!out.is_v5()) {
    out.require(may_be_left_out(code, out.context()), rule::field_not_in_version);
    return out.properties(properties, place);
  }
  const bool spell_out = out.context().options.spell_out, writes_properties = writes(out.context(), properties);
  if (code == reason_code::success && !writes_properties && !spell_out) return;
  emit_reason_code(out, code, type);
  if (writes_properties || spell_out) out.properties(properties, place);
}

// packet_id<2> reason
template <class Reader, class P>
MQTTSPAN_INLINE_FOR_SPEED void decode_acknowledgement(Reader& in, P& out) noexcept {
  out.packet_id = in.packet_id();
  read_reason(in, P::type, out.reason_code, out.properties);
}
template <class Sink, class P>
MQTTSPAN_INLINE_FOR_SPEED void emit_acknowledgement(Sink& out, const P& p) noexcept {
  out.packet_id(p.packet_id);
  emit_reason(out, P::type, p.reason_code, p.properties);
}

}  // namespace

// flags<1> code<1> properties<varint+n>
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader& in, connack& out) noexcept {
  const octet* const field = in.at();
  const bool in_v3_shape = !in.is_v5() || (in.left() == 2 && has(in.options().allow, leniency::connack_3_1_1_shape));
  const unsigned flags = in.is_lax_v3_1() ? (in.byte(), 0u) : in.byte();
  const bool has_flag = !is_v3_1(in.version());
  if (flags & (has_flag ? 0xFEu : 0xFFu)) in.fail(rule::connack_flag_reserved, field);  // [MQTT-3.2.2-1] [U311-3.2.2-a]
  out.session_present = flags != 0;
  if (in_v3_shape) {
    const auto code = from_return_code(in.byte());
    if (!code) in.fail(rule::reason_code_not_of_packet, field + 1);  // [U311-3.2.2-b] [U31-3.2-b]
    out.reason_code = code.value_or(reason_code::success);
  } else {
    out.reason_code = read_reason_code(in, packet_type::connack);
  }
  if (is_session_present_wrong(out.session_present, static_cast<std::uint8_t>(out.reason_code))) in.fail(rule::session_present_with_error, field);
  if (!in_v3_shape) out.properties = read_properties(in, property_place::connack);
}

template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const connack& p) noexcept {
  const bool has_flag = !is_v3_1(out.context().version);
  out.require_in_version(!p.session_present || has_flag);
  out.require(!is_session_present_wrong(p.session_present, static_cast<std::uint8_t>(p.reason_code)), rule::session_present_with_error);
  out.byte(p.session_present && has_flag);
  if (out.is_v5()) {
    emit_reason_code(out, p.reason_code, packet_type::connack);
  } else {
    const auto code = return_code(p.reason_code);
    out.require(code.has_value(), rule::reason_code_not_of_packet);  // [U311-3.2.2-b] [U31-3.2-b]
    out.byte(code.value_or(0));
  }
  out.properties(p.properties, property_place::connack);
}

template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader& in, puback& out) noexcept { decode_acknowledgement(in, out); }
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader& in, pubrec& out) noexcept { decode_acknowledgement(in, out); }
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader& in, pubrel& out) noexcept {
  out.dup = is_dup_of_v3_1(in);
  decode_acknowledgement(in, out);
}
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader& in, pubcomp& out) noexcept { decode_acknowledgement(in, out); }

template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const puback& p) noexcept {
  emit_acknowledgement(out, p);
}
template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const pubrec& p) noexcept {
  emit_acknowledgement(out, p);
}
template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const pubrel& p) noexcept {
  emit_acknowledgement(out, p);
}
template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const pubcomp& p) noexcept {
  emit_acknowledgement(out, p);
}

// Nothing: Remaining Length is 0. [U5-3.12.1-a] [U311-3.12-a]
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader&, pingreq&) noexcept {}
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader&, pingresp&) noexcept {}
template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink&, const pingreq&) noexcept {}
template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink&, const pingresp&) noexcept {}

// reason
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader& in, disconnect& out) noexcept { read_reason(in, disconnect::type, out.reason_code, out.properties); }
template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const disconnect& p) noexcept {
  emit_reason(out, disconnect::type, p.reason_code, p.properties);
}

// [reason_code<1> properties<varint+n>]: all or nothing [U5-3.15.2.1-a] [U5-3.15.2.1-c]
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader& in, auth& out) noexcept {
  if (in.left() == 0) {
    const rule r = check_reason_code(0, packet_type::auth, in.options().sender, in.options().allow);
    if (r != rule::none) in.fail(r, in.at());  // [U5-3.15.2.1-b]
    return;
  }
  out.reason_code = read_reason_code(in, packet_type::auth);
  if (!in.failed()) out.properties = read_properties(in, property_place::auth);
}
template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const auth& p) noexcept {
  const bool nothing = p.reason_code == reason_code::success && p.properties.empty();
  const encode_context& c = out.context();
  if (nothing) return out.check(check_reason_code(0, packet_type::auth, c.options.sender, c.options.allow));
  emit_reason_code(out, p.reason_code, packet_type::auth);
  out.properties(p.properties, property_place::auth);
}

}  // namespace mqttspan::detail

MQTTSPAN_ENTRY_POINTS(connack)
MQTTSPAN_ENTRY_POINTS(puback)
MQTTSPAN_ENTRY_POINTS(pubrec)
MQTTSPAN_ENTRY_POINTS(pubrel)
MQTTSPAN_ENTRY_POINTS(pubcomp)
MQTTSPAN_ENTRY_POINTS(pingreq)
MQTTSPAN_ENTRY_POINTS(pingresp)
MQTTSPAN_ENTRY_POINTS(disconnect)
MQTTSPAN_ENTRY_POINTS(auth)
