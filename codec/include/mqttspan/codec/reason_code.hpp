// Reason codes of MQTT 5.0, and the return codes of 3.1 and 3.1.1 that map to them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <mqttspan/codec/version.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// Every reason code of MQTT 5.0 (table 2-6). 0x80 and above mean failure.
/// 3.x packets use the same type: a SUBACK's 0x80 is `unspecified_error`, CONNACK's return codes 1 to 5 have the
/// names they carry in 5.0 (`return_code`, `from_return_code`).
enum class reason_code : std::uint8_t {
#define MQTTSPAN_REASON(name, value, text, by_client, by_server) name = value,
#include <mqttspan/codec/reason_codes.inc>
#undef MQTTSPAN_REASON
  granted_qos_0 = success,        ///< 0x00 in a SUBACK
  normal_disconnection = success  ///< 0x00 in a DISCONNECT
};

/// True for 0x80 and above.
constexpr bool is_error(reason_code code) noexcept { return static_cast<std::uint8_t>(code) >= 0x80; }

/// Whether a 5.0 packet of this type may carry the code when `from` sends it. False for packets without a reason code.
/// @spec [MQTT-3.2.2-8] [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1] [MQTT-3.9.3-2] [MQTT-3.11.3-2] [MQTT-3.14.2-1] [MQTT-3.15.2-1]
MQTTSPAN_API bool is_legal(reason_code, packet_type, sender from = sender::any) noexcept;

/// CONNACK's return code in 3.1 and 3.1.1, 0 to 5; nothing for a code that 3.x cannot say.
/// 0x84, 0x85, 0x88, 0x86 and 0x87 are return codes 1, 2, 3, 4 and 5. @spec 3.1.1 table 3.1
constexpr std::optional<std::uint8_t> return_code(reason_code code) noexcept {
  switch (code) {
    case reason_code::success: return 0;
    case reason_code::unsupported_protocol_version: return 1;
    case reason_code::client_identifier_not_valid: return 2;
    case reason_code::server_unavailable: return 3;
    case reason_code::bad_user_name_or_password: return 4;
    case reason_code::not_authorized: return 5;
    default: return std::nullopt;
  }
}

/// The reverse of `return_code`; nothing for the reserved return codes 6 to 255. @spec [U311-3.2.2-b]
constexpr std::optional<reason_code> from_return_code(std::uint8_t code) noexcept {
  constexpr reason_code meaning[] = {reason_code::success,
                                     reason_code::unsupported_protocol_version,
                                     reason_code::client_identifier_not_valid,
                                     reason_code::server_unavailable,
                                     reason_code::bad_user_name_or_password,
                                     reason_code::not_authorized};
  if (code > 5) return std::nullopt;
  return meaning[code];
}

/// The code's name as an identifier: "not_authorized"; empty where there is no such code.
MQTTSPAN_API std::string_view to_string(reason_code) noexcept;

/// The code in words, as that packet means it: 0 is "success", in SUBACK "granted QoS 0", in DISCONNECT "normal disconnection".
MQTTSPAN_API std::string_view text_of(reason_code, packet_type = packet_type{}) noexcept;

}  // namespace mqttspan
