// What to put on the wire when the peer's bytes were wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/reason_code.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// How far the connection is: the server's CONNACK decides which answers are left. @spec 5.0 [MQTT-3.14.0-1]
enum class phase : std::uint8_t { before_connack, connected };

/// The answer that an error calls for. Whatever is sent, the connection is closed after it.
struct answer {
  /// What to do about an error.
  enum class kind : std::uint8_t {
    nothing,     ///< no fault of the peer's: read on, or mend the call
    close,       ///< close without a word: all that 3.x offers once connected
    connack,     ///< send CONNACK with `reason`, then close
    disconnect,  ///< send DISCONNECT with `reason`, then close
  };
  kind action = kind::nothing;  ///< what to do
  reason_code reason{};         ///< what the packet says, where one is sent
  protocol_version version{};   ///< the version to write the answer in

  /// The same answer.
  friend bool operator==(const answer&, const answer&) = default;
};

/// What the side `self` (client or server) owes for `e` in that version and phase. An error in 3.1.1's CONNECT gets no CONNACK, but for
/// an unsupported level (return code 1) and a refused client identifier (2); 5.0 answers a bad CONNECT with CONNACK and anything later with DISCONNECT;
/// before the CONNACK a server that finds anything else, also a good packet that is no CONNECT (`wrong_state`), just closes.
/// For a CONNECT pass `inspect_connect(bytes).version()`.
/// @spec [3.1.1/MQTT-3.1.4-1] [3.1.1/MQTT-3.1.2-2] [3.1.1/MQTT-3.1.3-8] [5.0/MQTT-3.14.0-1] [5.0/MQTT-4.13.1-1] [U5-4.13.1-c]
MQTTSPAN_API answer answer_to(const error& e, protocol_version version, sender self, phase now) noexcept;

/// The longest answer: a CONNACK of 5.0.
inline constexpr std::size_t max_answer_size = 5;

/// Writes the answer's packet and returns it; nothing for `nothing` and `close`. Errors: no_space.
MQTTSPAN_API result<std::span<std::byte>> generate(const answer&, std::span<std::byte> out) noexcept;

}  // namespace mqttspan
