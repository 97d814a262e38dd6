#include <mqttspan/tls/tls.hpp>

#include <utility>

#include <openssl/x509.h>

#include "engine.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {
namespace {

std::string subject_of(const SSL* ssl) {
  const X509* const certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return {};
  const std::unique_ptr<BIO, detail::freed_by<BIO_free_all>> out(BIO_new(BIO_s_mem()));
  if (!out) return {};
  X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

std::string_view or_empty(const char* text) { return text != nullptr ? std::string_view(text) : std::string_view(); }

}  // namespace

tls_transport::tls_transport(any_transport lower, const tls_context& context, std::string_view host_name, std::uint16_t port) noexcept
    : engine_(std::make_unique<detail::tls_engine>(std::move(lower), context.shared_, host_name, port)) {}
tls_transport::tls_transport(tls_transport&&) noexcept = default;
tls_transport& tls_transport::operator=(tls_transport&&) noexcept = default;
tls_transport::~tls_transport() = default;

transfer tls_transport::read_some(std::span<std::byte> into) noexcept { return engine_->read_some(into); }
transfer tls_transport::write_some(bytes_view from) noexcept { return engine_->write_some(from); }
transfer tls_transport::shut_down() noexcept { return engine_->shut_down(); }
bool tls_transport::has_pending() const noexcept { return engine_->has_pending(); }
std::string_view tls_transport::failure() const noexcept { return engine_->failure(); }

bool tls_transport::is_established() const noexcept { return engine_->established() != nullptr; }

std::string_view tls_transport::version() const noexcept {
  const SSL* const ssl = engine_->established();
  return ssl != nullptr ? or_empty(SSL_get_version(ssl)) : std::string_view();
}

std::string_view tls_transport::cipher() const noexcept {
  const SSL* const ssl = engine_->established();
  return ssl != nullptr ? or_empty(SSL_get_cipher_name(ssl)) : std::string_view();
}

std::string_view tls_transport::alpn() const noexcept {
  const SSL* const ssl = engine_->established();
  if (ssl == nullptr) return {};
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

bool tls_transport::was_resumed() const noexcept {
  const SSL* const ssl = engine_->established();
  return ssl != nullptr && SSL_session_reused(ssl) == 1;
}

std::string_view tls_transport::server_name() const noexcept {
  const SSL* const ssl = engine_->established();
  return ssl != nullptr ? or_empty(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) : std::string_view();
}

std::string tls_transport::peer_subject() const noexcept {
  const SSL* const ssl = engine_->established();
  return ssl != nullptr ? subject_of(ssl) : std::string();
}

std::string_view tls_transport::verification() const noexcept {
  const SSL* const ssl = engine_->established();
  if (ssl == nullptr || SSL_get0_peer_certificate(ssl) == nullptr) return {};
  return or_empty(X509_verify_cert_error_string(SSL_get_verify_result(ssl)));
}

}  // namespace mqttspan
