// The last session of each server that a client context has talked to.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/config.hpp>

#include "handles.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

/// Sessions by host and port; the ones that came first make room. For many threads.
class session_store {
 public:
  static constexpr std::size_t capacity = 64;

  /// Keeps a copy: the session itself ends with its connection, in whatever order that ends.
  void keep(std::string_view key, SSL_SESSION* session) noexcept;
  /// One to go on with, or nothing. One of TLS 1.3 is gone then: who used it twice could be followed by it [RFC 8446, C.4].
  session_handle take(std::string_view key) noexcept;
  /// After a handshake that failed.
  void forget(std::string_view key) noexcept;

 private:
  struct entry {
    std::string key;
    session_handle session;
  };
  std::vector<entry>::iterator find(std::string_view key) noexcept;

  std::mutex mutex_;
  std::vector<entry> entries_;  // oldest first
};

}  // namespace mqttspan::detail
