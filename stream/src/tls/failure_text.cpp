#include "failure_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include <openssl/err.h>
#include <openssl/evperr.h>
#include <openssl/pemerr.h>
#include <openssl/proverr.h>
#include <openssl/x509.h>

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

// Reasons that OpenSSL says in words for those who wrote it.
struct known_reason {
  int library;
  int reason;
  std::string_view text;
};
constexpr known_reason known_reasons[] = {
    {ERR_LIB_SSL, SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "the client showed no certificate"},
    {ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER, "no cipher in common"},
    {ERR_LIB_SSL, SSL_R_UNSUPPORTED_PROTOCOL, "no TLS version in common"},
    {ERR_LIB_SSL, SSL_R_NO_APPLICATION_PROTOCOL, "no ALPN protocol in common"},
    {ERR_LIB_PEM, PEM_R_NO_START_LINE, "nothing of that kind in it, or not in PEM"},
    {ERR_LIB_OSSL_DECODER, ERR_R_UNSUPPORTED, "nothing of that kind in it, or not in PEM"},
    {ERR_LIB_CRYPTO, ERR_R_INTERRUPTED_OR_CANCELLED, "it needs a password"},
    {ERR_LIB_PEM, PEM_R_BAD_DECRYPT, "wrong password"},
    {ERR_LIB_PEM, PEM_R_BAD_PASSWORD_READ, "it needs a password"},
    {ERR_LIB_PEM, PEM_R_PROBLEMS_GETTING_PASSWORD, "it needs a password"},
    {ERR_LIB_PROV, PROV_R_BAD_DECRYPT, "wrong password"},
    {ERR_LIB_EVP, EVP_R_BAD_DECRYPT, "wrong password"},
    {ERR_LIB_X509, X509_R_KEY_VALUES_MISMATCH, "the key does not belong to the certificate"},
    {ERR_LIB_X509, X509_R_KEY_TYPE_MISMATCH, "the key does not belong to the certificate"},
    {ERR_LIB_X509, X509_R_NO_CERTIFICATE_OR_CRL_FOUND, "no certificate in it, or not in PEM"},
};

std::string reason_of(unsigned long code) {
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  const auto* const known = std::find_if(std::begin(known_reasons), std::end(known_reasons),
                                         [&](const known_reason& k) { return k.library == ERR_GET_LIB(code) && k.reason == ERR_GET_REASON(code); });
  if (known != std::end(known_reasons)) return std::string(known->text);
  const char* const text = ERR_reason_error_string(code);
  return text != nullptr ? text : "an error of OpenSSL without a text";
}

// "tlsv1 alert unknown ca", and the number where OpenSSL has no text.
std::string alert_of(unsigned long code) {
  const std::string text = reason_of(code);
  constexpr std::string_view mark = " alert ";
  const std::size_t at = text.find(mark);
  if (at != std::string::npos) return "the peer says: " + text.substr(at + mark.size());
  return "the peer says: alert " + std::to_string(ERR_GET_REASON(code) - SSL_AD_REASON_OFFSET);
}

std::string verification_of(const failed_connection& c) {
  const std::string whose = !c.host.empty() ? "the certificate of " + c.host : SSL_is_server(c.ssl) ? "the client's certificate" : "the server's certificate";
  return whose + " is not accepted: " + X509_verify_cert_error_string(SSL_get_verify_result(c.ssl));
}

// A record of a handshake or an alert, of any version so far.
bool looks_like_tls(std::span<const std::byte> first) {
  return first.empty() || ((first[0] == std::byte{0x15} || first[0] == std::byte{0x16}) && (first.size() < 2 || first[1] == std::byte{3}));
}

std::string not_tls(std::span<const std::byte> first) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "this is not TLS: it begins with";
  for (const std::byte b : first) text.append(" ").append(1, digits[std::to_integer<unsigned>(b) >> 4]).append(1, digits[std::to_integer<unsigned>(b) & 15]);
  if (first[0] == std::byte{0x10}) text += ", as MQTT does without TLS";
  if (first[0] >= std::byte{'A'} && first[0] <= std::byte{'Z'}) text += ", as HTTP does without TLS";
  return text;
}

}  // namespace

std::string take_reason() noexcept {
  const unsigned long code = ERR_peek_error();
  ERR_clear_error();
  return reason_of(code);
}

std::string take_failure(const failed_connection& c) noexcept {
  const unsigned long code = ERR_peek_error();
  ERR_clear_error();
  if (!c.is_established && !looks_like_tls(c.first_bytes)) return not_tls(c.first_bytes);
  if (ERR_GET_LIB(code) != ERR_LIB_SSL) return reason_of(code);
  const int reason = ERR_GET_REASON(code);
  if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return c.is_established ? "the stream was cut off without close_notify: it may be truncated" : "the peer closed the connection in the TLS handshake";
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) return verification_of(c);
  return reason > SSL_AD_REASON_OFFSET ? alert_of(code) : reason_of(code);
}

}  // namespace mqttspan::detail
