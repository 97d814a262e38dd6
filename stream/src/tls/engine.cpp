#include "engine.hpp"

#include <algorithm>
#include <utility>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "failure_text.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

// "[::1]" and "host." are how some write them; names in certificates are without. A zone ("%eth0") is known on this machine alone.
std::string plain_name(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host.find(':') != std::string_view::npos) host = host.substr(0, host.find('%'));
  if (host.size() > 1 && host.back() == '.') host.remove_suffix(1);
  return std::string(host);
}

// Else it was the peer that gave up, or went: nobody is there to be told.
bool is_fault_of_peer(unsigned long code) {
  if (ERR_GET_LIB(code) != ERR_LIB_SSL) return true;
  return ERR_GET_REASON(code) < SSL_AD_REASON_OFFSET && ERR_GET_REASON(code) != SSL_R_UNEXPECTED_EOF_WHILE_READING;
}

}  // namespace

int keep_session(SSL* ssl, SSL_SESSION* session) noexcept {
  static_cast<tls_engine*>(SSL_get_app_data(ssl))->keep(session);
  return 0;  // the store has a copy
}

tls_engine::tls_engine(any_transport lower, std::shared_ptr<tls_shared> shared, std::string_view host, std::uint16_t port) noexcept
    : shared_(std::move(shared)), link_(std::move(lower)) {
  ERR_clear_error();
  if (!make_ssl(host)) {
    refuse("no memory for a TLS connection");
  } else if (!shared_->is_server) {
    name_session(port);
  }
  ERR_clear_error();
}

bool tls_engine::make_ssl(std::string_view host) noexcept {
  if (!shared_ || !shared_->ctx) return refuse(shared_ ? shared_->failure : "there is no TLS context");
  ssl_.reset(SSL_new(shared_->ctx.get()));
  BIO* const bio = ssl_ ? make_lower_bio(shared_->lower_bio.get(), link_) : nullptr;
  if (bio == nullptr) return false;
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
  if (shared_->is_server) {
    SSL_set_accept_state(ssl_.get());
    return true;
  }
  SSL_set_connect_state(ssl_.get());
  return name_peer(host);
}

bool tls_engine::name_peer(std::string_view host) noexcept {
  if (host.find('\0') != std::string_view::npos) return refuse("the host name has a zero byte");
  host_ = plain_name(host);
  if (host_.empty()) return !shared_->verifies_host || refuse("no host name is given that the server's certificate could be verified for");
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(ssl_.get());
  X509_VERIFY_PARAM* const scratch = X509_VERIFY_PARAM_new();
  const bool is_address = scratch != nullptr && X509_VERIFY_PARAM_set1_ip_asc(scratch, host_.c_str()) == 1;
  X509_VERIFY_PARAM_free(scratch);
  ERR_clear_error();
  if (!is_address && SSL_set_tlsext_host_name(ssl_.get(), host_.c_str()) != 1) return refuse("the host name is too long for TLS");
  if (!shared_->verifies_host) return true;
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return (is_address ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host_.c_str()) : X509_VERIFY_PARAM_set1_host(wanted, host_.data(), host_.size())) == 1;
}

bool tls_engine::refuse(std::string text) noexcept {
  has_failed_ = true;
  if (failure_.empty()) failure_ = std::move(text);
  return false;
}

void tls_engine::name_session(std::uint16_t port) noexcept {
  if (host_.empty()) return;  // it could be any server
  session_key_ = host_ + " " + std::to_string(port);
  if (const session_handle session = shared_->sessions.take(session_key_)) SSL_set_session(ssl_.get(), session.get());
}

transfer tls_engine::read_some(std::span<std::byte> into) noexcept {
  if (has_failed_) return {say_last_words()};
  if (has_ended_) return {progress::end};
  link_.flush();
  if (const progress p = shake_hands(); p != progress::moved) return {p};
  for (;;) {
    std::size_t size = 0;
    ERR_clear_error();
    const int returned = SSL_read_ex(ssl_.get(), into.data(), into.size(), &size);
    if (returned == 1) return {progress::moved, size};
    if (const progress p = judge(returned); p != progress::moved) return {p};
  }
}

transfer tls_engine::write_some(bytes_view from) noexcept {
  if (has_failed_) return {say_last_words()};
  if (has_said_end_) {
    is_late_ = true;
    return {progress::failed};
  }
  const progress flushed = link_.flush();
  if (flushed == progress::failed && is_established_) return {progress::failed};
  if (flushed == progress::wants_read || flushed == progress::wants_write) return {flushed};
  if (const std::size_t out = std::min(std::exchange(owed_, 0), from.size())) return {progress::moved, out};
  if (const progress p = shake_hands(); p != progress::moved) return {p};
  std::size_t size = 0;
  int returned = 0;
  do {
    ERR_clear_error();
    returned = SSL_write_ex(ssl_.get(), from.data(), from.size(), &size);
    if (returned == 1) break;
    if (const progress p = judge(returned); p != progress::moved) return {p};
  } while (true);
  const progress p = link_.flush();
  if (p == progress::moved) return {p, size};
  owed_ = size;
  return {p};
}

transfer tls_engine::shut_down() noexcept {
  if (has_failed_) return {progress::failed};
  if (!is_established_) {
    const transfer t = link_.shut_down();
    if (t.outcome == progress::moved) fail("shut down before the TLS handshake was done");
    if (t.outcome == progress::failed) fail_lower();
    return t;
  }
  if (const progress p = link_.flush(); p != progress::moved) return {p};
  if (!std::exchange(has_said_end_, true)) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  if (const progress p = link_.flush(); p != progress::moved) return {p};
  return link_.shut_down();
}

bool tls_engine::has_pending() const noexcept {
  if (has_failed_ || has_ended_) return false;
  // What is left of a record is not to be read: only what has come since OpenSSL said that it needs more.
  return (link_.is_fresh() && SSL_has_pending(ssl_.get()) != 0) || link_.lower().has_pending();
}

std::string_view tls_engine::failure() const noexcept {
  if (!failure_.empty()) return failure_;
  if (link_.has_write_failed()) return link_.lower().failure();
  return is_late_ ? std::string_view("written to after shut_down") : std::string_view();
}

progress tls_engine::shake_hands() noexcept {
  while (!is_established_) {
    ERR_clear_error();
    const int returned = SSL_do_handshake(ssl_.get());
    if (returned == 1) {
      if (!accept_protocol()) return progress::failed;
      is_established_ = true;
    } else if (const progress p = judge(returned); p != progress::moved) {
      return p;
    }
  }
  return progress::moved;
}

// OpenSSL looks at this itself, but not from 3.0.0 on.
bool tls_engine::accept_protocol() noexcept {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  if (shared_->is_server || size == 0) return true;
  const std::string chosen(reinterpret_cast<const char*>(name), size);
  const std::string& offered = shared_->alpn;
  for (std::size_t at = 0; at < offered.size(); at += 1u + static_cast<unsigned char>(offered[at])) {
    if (offered.compare(at + 1, static_cast<unsigned char>(offered[at]), chosen) == 0) return true;
  }
  fail("the server has chosen an ALPN protocol that was not offered: " + chosen);
  return false;
}

progress tls_engine::judge(int returned) noexcept {
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ: return wait_to_read();
    case SSL_ERROR_WANT_WRITE: return link_.flush();
    case SSL_ERROR_ZERO_RETURN:
      if (!is_established_) return fail("the peer closed the connection in the TLS handshake");
      has_ended_ = true;
      return progress::end;
    default: break;
  }
  if (ERR_peek_error() == 0) return fail_lower();
  has_last_words_ = !is_established_ && is_fault_of_peer(ERR_peek_error());
  return fail(take_failure({ssl_.get(), link_.first_bytes(), host_, is_established_}));
}

progress tls_engine::wait_to_read() noexcept {
  link_.set_stale();
  const progress flushed = link_.flush();
  // The peer may wait for what waits here. The caller's own bytes make it come back to write anyway.
  if (owed_ == 0 && (flushed == progress::wants_read || flushed == progress::wants_write)) return flushed;
  if (flushed == progress::failed && !is_established_) return fail_lower();
  return link_.read_wants();
}

progress tls_engine::fail(std::string text) noexcept {
  ERR_clear_error();
  has_failed_ = true;
  failure_ = std::move(text);
  if (!session_key_.empty() && !is_established_) shared_->sessions.forget(session_key_);
  return say_last_words();
}

progress tls_engine::fail_lower() noexcept {
  const std::string_view text = link_.lower().failure();
  return fail(text.empty() ? "the lower transport has failed" : std::string(text));
}

// A handshake that fails on our side ends with an alert: the peer shall read it before the transport goes. The peer is still read meanwhile, as it may not read before it has written.
progress tls_engine::say_last_words() noexcept {
  if (!has_last_words_) return progress::failed;
  const progress p = link_.flush();
  has_last_words_ = (p == progress::wants_read || p == progress::wants_write) && link_.drop_input();
  return has_last_words_ ? p : progress::failed;
}

}  // namespace mqttspan::detail
