// What a WebSocket frame is made of. RFC 6455, 5.2, 7.4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

namespace opcode {
inline constexpr std::uint8_t continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10;
}
constexpr bool is_control_frame(std::uint8_t op) noexcept { return (op & 8) != 0; }

/// Why a WebSocket is closed.
namespace close_status {
inline constexpr std::uint16_t normal = 1000, going_away = 1001, protocol_error = 1002, unsupported_data = 1003, none = 1005, invalid_payload = 1007, too_big = 1009,
                               internal_error = 1011;
}

inline constexpr std::size_t max_frame_head = 14;
inline constexpr std::size_t max_control_payload = 125;

/// A fault of the peer: the status to close with, and the violated fact. Status 0: none.
struct frame_fault {
  std::uint16_t status = 0;
  std::string_view text = {};
};

}  // namespace mqttspan::detail
