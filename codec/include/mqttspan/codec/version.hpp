// The words that every other header uses: protocol version, packet type, QoS, and who sent a packet.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// The three published versions. The values are the protocol levels that CONNECT carries.
/// @spec 3.1 §3.1, 3.1.1 §3.1.2.2, 5.0 §3.1.2.2
enum class protocol_version : std::uint8_t { v3_1 = 3, v3_1_1 = 4, v5 = 5 };

namespace detail {
inline constexpr unsigned supported_versions = MQTTSPAN_HAS_3_1 << 3 | MQTTSPAN_HAS_3_1_1 << 4 | MQTTSPAN_HAS_5_0 << 5;
}
/// Whether this build of the library speaks that version: MQTTSPAN_VERSIONS may leave versions out. What is asked of one that is left out fails with
/// `rule::protocol_level_unsupported`: of parse with `errc::unsupported_version`, of generate with `errc::invalid_argument`.
constexpr bool supports(protocol_version version) noexcept {
  return detail::supported_versions == (1u << 3 | 1u << 4 | 1u << 5) || (detail::supported_versions >> static_cast<unsigned>(version) & 1) != 0;
}

namespace detail {
// Whether `version`, which is supported, is `asked`. The one place where versions are told apart: a constant where the build leaves no choice, and then
// the compiler drops what is for others.
constexpr bool is(protocol_version version, protocol_version asked) noexcept {
  if (!supports(asked)) return false;
  return supported_versions == 1u << static_cast<unsigned>(asked) || version == asked;
}
constexpr bool is_v3_1(protocol_version version) noexcept { return is(version, protocol_version::v3_1); }
constexpr bool is_v3_1_1(protocol_version version) noexcept { return is(version, protocol_version::v3_1_1); }
constexpr bool is_v5(protocol_version version) noexcept { return is(version, protocol_version::v5); }
}  // namespace detail

/// The fifteen control packet types. The values are the upper four bits of a packet's first byte.
/// AUTH exists in 5.0 only. Zero is not a type; it stands in an `error` whose packet has none.
/// @spec 5.0 §2.1.2
enum class packet_type : std::uint8_t {
  connect = 1,
  connack,
  publish,
  puback,
  pubrec,
  pubrel,
  pubcomp,
  subscribe,
  suback,
  unsubscribe,
  unsuback,
  pingreq,
  pingresp,
  disconnect,
  auth
};

/// Quality of service, 0 to 2. The value 3 is forbidden on the wire. @spec [MQTT-3.3.1-4]
enum class qos : std::uint8_t { at_most_once = 0, at_least_once = 1, exactly_once = 2 };

/// Who sent (parse) or is going to send (generate) the bytes. With `any`, a packet that either side may send is good.
/// @spec [U5-2.1.2-b] and the direction rules of reason codes and properties
enum class sender : std::uint8_t { any = 0, client = 1, server = 2 };

/// "3.1", "3.1.1" or "5.0".
MQTTSPAN_API std::string_view to_string(protocol_version) noexcept;
/// The version of that name.
MQTTSPAN_API std::optional<protocol_version> version_named(std::string_view name) noexcept;
/// "CONNECT" … "AUTH"; "reserved" for 0.
MQTTSPAN_API std::string_view to_string(packet_type) noexcept;
/// "any", "client" or "server".
MQTTSPAN_API std::string_view to_string(sender) noexcept;

}  // namespace mqttspan
