// What a tls_context holds.
#pragma once

#include <string>

#include <mqttspan/codec/config.hpp>

#include "handles.hpp"
#include "session_store.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

struct tls_shared {
  bio_method_handle lower_bio;  // goes last: connections refer to it
  ssl_ctx_handle ctx;
  session_store sessions;       // client
  std::string alpn;             // as on the wire: each protocol with its length before it
  std::string failure;
  bool is_server = false;
  bool verifies_host = false;
};

/// The engine's, called by OpenSSL: a client has got a session.
int keep_session(SSL* ssl, SSL_SESSION* session) noexcept;

}  // namespace mqttspan::detail
