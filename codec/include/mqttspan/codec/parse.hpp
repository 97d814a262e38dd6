// From bytes to packets. Everything is validated at once; the views handed out cannot fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/strictness.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// How strictly to read, and up to which sizes. The default is every rule of the packet's own version and no limits of our own.
struct parse_options {
  mqttspan::sender sender = sender::any;                 ///< whose bytes these are; `any` leaves the rules of direction out
  setting<leniency, leniency::none> allow{};              ///< rules to switch off
  setting<strictness, strictness::none> reject{};         ///< further rules to switch on
  std::uint32_t max_packet_size = max_packet_length;     ///< bytes of the whole packet; above it `errc::packet_too_large` [U5-2.1.4-b]
  setting<std::uint32_t, unlimited> max_topic_filters = unlimited;    ///< in one SUBSCRIBE or UNSUBSCRIBE; above a limit of this kind `errc::quota_exceeded`
  setting<std::uint32_t, unlimited> max_user_properties = unlimited;  ///< in one property block
  setting<std::uint32_t, unlimited> max_topic_levels = unlimited;     ///< in one topic name or filter
};

/// The default: every rule but those of direction, without limits.
inline constexpr parse_options strict{};

/// All rules, those of direction included, for the bytes that a client sends.
inline constexpr parse_options from_client{.sender = sender::client};
/// The same for the bytes that a server sends.
inline constexpr parse_options from_server{.sender = sender::server};

/// The first two to five bytes of a packet.
struct fixed_header {
  packet_type type;                ///< the upper four bits of the first byte, 1 to 15
  std::uint8_t flags;              ///< the lower four bits of the first byte, unchecked
  std::uint8_t header_size;        ///< bytes of the fixed header itself, 2 to 5
  std::uint32_t remaining_length;  ///< bytes behind it

  /// Bytes of the whole packet.
  constexpr std::size_t packet_size() const noexcept { return std::size_t{header_size} + remaining_length; }
};

/// Reads the fixed header at the front of `input`; the body need not be there. Errors: incomplete; malformed for type 0 and for a fifth length byte.
/// Flags, version and minimal length are left to parse, which knows the version.
MQTTSPAN_API result<fixed_header> peek(bytes_view input) noexcept;

/// A packet, and how many bytes it took from the front of the input.
struct parsed {
  mqttspan::packet packet;  ///< its views point into the input
  std::size_t size;         ///< bytes of the whole packet
};

/// A packet of a known type, and how many bytes it took from the front of the input.
template <control_packet P>
struct parsed_as {
  P packet;          ///< its views point into the input
  std::size_t size;  ///< bytes of the whole packet
};

/// Reads the packet at the front of `input`; what stands behind it is not looked at. Views in the result point into `input`.
/// CONNECT is read by the version that it names itself, whatever `version` says.
/// Errors: `incomplete` (`error::offset` says how many bytes it takes at least), else what is wrong with the packet: the first violation in wire order.
/// Linear in the packet's size, the payload apart; no allocation.
MQTTSPAN_API result<parsed> parse(bytes_view input, protocol_version version, const parse_options& options = strict) noexcept;

namespace detail {
// A violated rule and its offset in the packet; `rule::none` where all is well. Eight bytes: travels in a register.
struct fault {
  rule violated = rule::none;
  std::uint32_t offset = 0;
};

// What the library holds of each packet. Not constrained here: g++ 12 leaves constraints out of the symbol, clang 19 and g++ 14 do not.
template <class P>
MQTTSPAN_API result<mqttspan::parsed_as<P>> parse_as(bytes_view input, protocol_version version, const parse_options& options) noexcept;
// For the stream parser, which has read the fixed header: the fields of [body, end), which belong to the packet that begins at `packet`. `out` is new.
template <class P>
MQTTSPAN_API fault parse_body(const std::byte* packet, const std::byte* body, const std::byte* end, protocol_version version, const parse_options& options,
                              P& out) noexcept;
#define MQTTSPAN_PACKET(P)                                                                                              \
  template <>                                                                                                          \
  MQTTSPAN_API result<mqttspan::parsed_as<P>> parse_as<P>(bytes_view, protocol_version, const parse_options&) noexcept; \
  template <>                                                                                                          \
  MQTTSPAN_API fault parse_body<P>(const std::byte*, const std::byte*, const std::byte*, protocol_version, const parse_options&, P&) noexcept;
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
}  // namespace detail

/// Like `parse`, for callers who know which type comes next, or have seen it in the first byte: cheaper, and brings in one decoder only.
/// `errc::wrong_state` where the packet is of another type, which `error::in` names.
template <control_packet P>
result<parsed_as<P>> parse_as(bytes_view input, protocol_version version, const parse_options& options = strict) noexcept {
  return detail::parse_as<P>(input, version, options);
}

/// All of a PUBLISH but its payload.
struct parsed_head {
  publish packet;              ///< its payload is empty
  std::size_t head_size;       ///< bytes in front of the payload, fixed header included
  std::uint32_t payload_size;  ///< bytes of the payload, be they in the input or not
};

/// Reads the PUBLISH at the front of `input` as far as its payload, which need not be there: for payloads that are too large to wait for.
/// Errors as `parse_as<publish>`, by the same rules and at the same offsets, for everything in front of the payload; `incomplete` says how many bytes
/// it takes to go on. What the payload must be (`payload_not_utf8`) is left to the caller.
MQTTSPAN_API result<parsed_head> parse_head(bytes_view input, protocol_version version, const parse_options& options = strict) noexcept;

/// What can be read of a CONNECT that parse has refused, so that a server can log and answer it. Stops at the first field it cannot read.
/// Views point into the input.
struct connect_inspection {
  std::string_view protocol_name;              ///< as on the wire: "MQTT", "MQIsdp"
  std::optional<std::uint8_t> protocol_level;  ///< as on the wire, a bridge's 0x80 included
  std::optional<bool> clean_start;             ///< bit 1 of the connect flags
  std::optional<std::uint16_t> keep_alive;     ///< seconds
  std::optional<std::string_view> client_id;   ///< not validated

  /// The version to answer in, and to describe the error with: the one that was named, without a bridge's mark; 5.0 where a newer one was named. The
  /// name MQIsdp is 3.1's alone, MQTT is not. 3.1.1 where we do not know it.
  constexpr protocol_version version() const noexcept {
    const unsigned level = protocol_level.value_or(4) & 0x7Fu;
    if (protocol_name == "MQIsdp" || (level == 3 && protocol_name != "MQTT")) return protocol_version::v3_1;
    return level >= 5 ? protocol_version::v5 : protocol_version::v3_1_1;
  }
};

/// Reads what it can of a CONNECT, without judging it. Empty where the input is no CONNECT.
MQTTSPAN_API connect_inspection inspect_connect(bytes_view input) noexcept;

namespace detail {
// The shortest form, which has one meaning in all versions: no bytes, or a packet identifier alone, which is not 0. False where decode has to judge.
template <class P>
inline constexpr bool has_shortest = is_ack<P> || std::is_empty_v<P>;
template <class P>
inline bool read_shortest(const std::byte* packet, const std::byte* body, const std::byte* end, P& out) noexcept {
  if constexpr (is_ack<P>) {
    constexpr unsigned usual = static_cast<unsigned>(P::type) << 4 | (P::type == packet_type::pubrel ? 2u : 0u);
    if (end - body != 2 || std::to_integer<unsigned>(*packet) != usual) return false;
    out.packet_id = static_cast<std::uint16_t>(load_be16(body));
    return out.packet_id != 0;  // [MQTT-2.3.1-1] [U5-2.2.1-a]
  } else {
    static_cast<void>(packet), static_cast<void>(out);
    return std::is_empty_v<P> && body == end;
  }
}
}  // namespace detail

}  // namespace mqttspan
