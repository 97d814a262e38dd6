// OpenSSL's error queue in words.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <openssl/ssl.h>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

/// What the queue says first; empties it.
std::string take_reason() noexcept;

/// What is known of a connection at the moment when OpenSSL gives it up.
struct failed_connection {
  SSL* ssl;
  std::span<const std::byte> first_bytes;  // of what the peer has sent, a few
  const std::string& host;                 // of the peer, for a client; else empty
  bool is_established;                     // the handshake was done
};
/// Why; empties the queue.
std::string take_failure(const failed_connection& c) noexcept;

}  // namespace mqttspan::detail
