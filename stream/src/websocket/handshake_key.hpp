// The keys of the handshake, and randomness: all that is taken from OpenSSL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

/// False where the system has no randomness to give.
bool fill_randomly(std::span<std::uint8_t> bytes) noexcept;
/// A fresh Sec-WebSocket-Key: 16 random bytes in base64. Empty where there is no randomness.
std::string make_handshake_key();
/// Whether the text is 16 bytes in base64.
bool is_handshake_key(std::string_view key) noexcept;
/// The Sec-WebSocket-Accept that belongs to a key. Empty where OpenSSL has no SHA-1.
std::string accept_for(std::string_view key);

}  // namespace mqttspan::detail
