// What a tls_transport does; stays where it is while the transport moves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <mqttspan/stream/transport.hpp>

#include "handles.hpp"
#include "lower_bio.hpp"
#include "shared.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

class tls_engine {
 public:
  tls_engine(any_transport lower, std::shared_ptr<tls_shared> shared, std::string_view host, std::uint16_t port) noexcept;

  transfer read_some(std::span<std::byte> into) noexcept;
  transfer write_some(bytes_view from) noexcept;
  transfer shut_down() noexcept;
  bool has_pending() const noexcept;
  std::string_view failure() const noexcept;

  /// Null until the handshake is done.
  const SSL* established() const noexcept { return is_established_ ? ssl_.get() : nullptr; }
  void keep(SSL_SESSION* session) noexcept {
    if (!session_key_.empty()) shared_->sessions.keep(session_key_, session);
  }

 private:
  bool make_ssl(std::string_view host) noexcept;
  bool name_peer(std::string_view host) noexcept;
  bool refuse(std::string text) noexcept;
  void name_session(std::uint16_t port) noexcept;
  // `moved` once it is done.
  progress shake_hands() noexcept;
  bool accept_protocol() noexcept;
  // What to wait for after a call of OpenSSL that did not succeed; `moved`: nothing, call it again.
  progress judge(int returned) noexcept;
  progress wait_to_read() noexcept;
  progress fail(std::string text) noexcept;
  progress fail_lower() noexcept;
  progress say_last_words() noexcept;

  std::shared_ptr<tls_shared> shared_;
  lower_link link_;
  ssl_handle ssl_;            // before the link
  std::string host_;          // of a client's peer, without brackets and the last dot
  std::string session_key_;   // empty: none is kept
  std::string failure_;
  std::size_t owed_ = 0;      // bytes of the caller that are in a record which is not wholly out yet
  bool is_established_ = false;
  bool has_failed_ = false;
  bool has_last_words_ = false;  // an alert of ours waits
  bool has_ended_ = false;    // close_notify has come
  bool has_said_end_ = false; // and ours is on its way
  bool is_late_ = false;      // something was to be written behind it
};

}  // namespace mqttspan::detail
