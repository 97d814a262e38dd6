// What `connection::send` answers where it refuses.
#pragma once

#include <mqttspan/codec/error.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// The caller's fault, by its class: too much just now, not now, or never.
inline error refusal(rule why, packet_type in, errc code = errc::wrong_state) noexcept {
  const error e = make_error(why, 0, in);
  const bool is_quota = e.code == errc::quota_exceeded;
  return {is_quota ? errc::quota_exceeded : code, why, in, reason_code::success, 0};
}

}  // namespace mqttspan::detail
