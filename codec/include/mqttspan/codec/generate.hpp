// From packets to bytes: the shortest legal form, checked by the same rules as parse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/strictness.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// How strictly to check what is written. Leniencies and strictnesses mean what they mean to parse.
struct generate_options {
  mqttspan::sender sender = sender::any;              ///< who is going to send the packet
  setting<leniency, leniency::none> allow{};           ///< rules to switch off
  setting<strictness, strictness::none> reject{};      ///< further rules to switch on
  std::uint32_t max_packet_size = max_packet_length;  ///< the peer's Maximum Packet Size; above it `errc::packet_too_large`
  bool spell_out = false;                             ///< 5.0: write reason code and property length also where the short form may leave them out, for peers that need them
};

/// The default: strict, for either side, no limit but MQTT's, the shortest form.
inline constexpr generate_options canonical{};

/// What `generate_within` wrote, and what it had to leave out.
struct fitted {
  std::span<std::byte> bytes;    ///< what was written, at the front of `out`
  bool without_reason_string;    ///< the Reason String had to go
  bool without_user_properties;  ///< the User Properties had to go as well
};

namespace detail {
// What the library holds of each packet, as plain functions: of a constrained template g++ 12 leaves the constraint out of the symbol, clang 19 and g++ 14 do not.
#define MQTTSPAN_PACKET(P)                                                                                                                \
  MQTTSPAN_API result<std::size_t> encoded_size(const P&, protocol_version, const generate_options&) noexcept;                            \
  MQTTSPAN_API result<std::span<std::byte>> generate(const P&, protocol_version, std::span<std::byte>, const generate_options&) noexcept; \
  MQTTSPAN_API result<fitted> generate_within(const P&, protocol_version, std::span<std::byte>, const generate_options&) noexcept;
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
}  // namespace detail

/// How many bytes `generate` will write. Fails on sizes only: a string or binary above 65,535 bytes, a packet above the limit
/// or above 268,435,455 bytes of Remaining Length. For CONNECT the version is the packet's own.
template <control_packet P>
result<std::size_t> encoded_size(const P& p, protocol_version version, const generate_options& options = canonical) noexcept {
  return detail::encoded_size(p, version, options);
}
/// The same for a packet whose type is known at run time only.
MQTTSPAN_API result<std::size_t> encoded_size(const packet& p, protocol_version version, const generate_options& options = canonical) noexcept;

/// Writes the packet to the front of `out` and returns the bytes written. For CONNECT the version is the packet's own.
/// Errors: `no_space` where `out` is shorter than the packet, `packet_too_large`, and `invalid_argument` with the violated rule.
/// After an error `out` holds nothing useful; nothing is ever written behind its end or behind the packet's size.
template <control_packet P>
result<std::span<std::byte>> generate(const P& p, protocol_version version, std::span<std::byte> out, const generate_options& options = canonical) noexcept {
  return detail::generate(p, version, out, options);
}
/// The same for a packet whose type is known at run time only.
MQTTSPAN_API result<std::span<std::byte>> generate(const packet& p, protocol_version version, std::span<std::byte> out,
                                                   const generate_options& options = canonical) noexcept;

/// For CONNECT, which names its version itself.
MQTTSPAN_API result<std::span<std::byte>> generate(const connect& p, std::span<std::byte> out, const generate_options& options = canonical) noexcept;

/// Writes all of a PUBLISH but its payload, whose size it counts: send what it returns, then `p.payload`, without a copy.
/// Errors as `generate`.
MQTTSPAN_API result<std::span<std::byte>> generate_head(const publish& p, protocol_version version, std::span<std::byte> out,
                                                        const generate_options& options = canonical) noexcept;

/// Like `generate`, but a CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, DISCONNECT or AUTH above `options.max_packet_size` is tried again
/// without its Reason String, and then without its User Properties as well; what was left out is in the answer.
/// `packet_too_large` where that is not enough, and for the other packets. An `out` of `max_packet_size` bytes is always enough.
/// @spec [MQTT-3.2.2-19] [MQTT-3.2.2-20] [MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.5.2-2] [MQTT-3.5.2-3] [MQTT-3.6.2-2] [MQTT-3.6.2-3] [MQTT-3.7.2-2]
/// [MQTT-3.7.2-3] [MQTT-3.9.2-1] [MQTT-3.9.2-2] [MQTT-3.11.2-1] [MQTT-3.11.2-2] [MQTT-3.14.2-3] [MQTT-3.14.2-4] [MQTT-3.15.2-2] [MQTT-3.15.2-3]
template <control_packet P>
result<fitted> generate_within(const P& p, protocol_version version, std::span<std::byte> out, const generate_options& options) noexcept {
  return detail::generate_within(p, version, out, options);
}
/// The same for a packet whose type is known at run time only.
MQTTSPAN_API result<fitted> generate_within(const packet& p, protocol_version version, std::span<std::byte> out,
                                            const generate_options& options) noexcept;

}  // namespace mqttspan
