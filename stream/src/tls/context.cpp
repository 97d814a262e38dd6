#include <algorithm>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/err.h>

#include <mqttspan/tls/tls.hpp>

#include "failure_text.hpp"
#include "lower_bio.hpp"
#include "shared.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {
namespace detail {
namespace {

constexpr int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
constexpr int verify_modes[] = {SSL_VERIFY_NONE, SSL_VERIFY_PEER, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT};
constexpr long remembered_sessions = 1024;  // of a server, with clients that take no tickets

bool fail(tls_shared& s, std::string text) {
  s.failure = std::move(text);
  ERR_clear_error();
  return false;
}

bool fail_at(tls_shared& s, std::string_view option, std::string_view value) {
  return fail(s, std::string(option) + " \"" + std::string(value) + "\": " + take_reason());
}

// Without one OpenSSL would ask for it at the terminal.
int give_password(char* into, int size, int, void* password) noexcept {
  if (password == nullptr) return -1;
  const std::string& text = *static_cast<const std::string*>(password);
  if (text.empty() || text.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(into, text.data(), text.size());
  return static_cast<int>(text.size());
}

template <class Options>
bool load_certificate(tls_shared& s, const Options& o) {
  SSL_CTX* const ctx = s.ctx.get();
  if (o.certificate_file.empty()) return o.key_file.empty() || fail(s, "key_file without certificate_file");
  const std::string& key_file = o.key_file.empty() ? o.certificate_file : o.key_file;
  SSL_CTX_set_default_passwd_cb(ctx, give_password);
  SSL_CTX_set_default_passwd_cb_userdata(ctx, const_cast<std::string*>(&o.key_password));
  if (SSL_CTX_use_certificate_chain_file(ctx, o.certificate_file.c_str()) != 1) return fail_at(s, "certificate_file", o.certificate_file);
  if (SSL_CTX_use_PrivateKey_file(ctx, key_file.c_str(), SSL_FILETYPE_PEM) != 1) return fail_at(s, o.key_file.empty() ? "certificate_file" : "key_file", key_file);
  SSL_CTX_set_default_passwd_cb_userdata(ctx, nullptr);
  return true;
}

template <class Options>
bool load_trusted(tls_shared& s, const Options& o) {
  std::error_code ignored;
  if (!o.ca_path.empty() && !std::filesystem::is_directory(o.ca_path, ignored)) return fail(s, "ca_path \"" + o.ca_path + "\": no such folder");
  if (!o.ca_file.empty() && SSL_CTX_load_verify_file(s.ctx.get(), o.ca_file.c_str()) != 1) return fail_at(s, "ca_file", o.ca_file);
  if (!o.ca_path.empty() && SSL_CTX_load_verify_dir(s.ctx.get(), o.ca_path.c_str()) != 1) return fail_at(s, "ca_path", o.ca_path);
  return true;
}

template <class Options>
bool set_versions(tls_shared& s, const Options& o) {
  if (o.minimum > o.maximum) return fail(s, "the minimum TLS version is above the maximum");
  SSL_CTX_set_min_proto_version(s.ctx.get(), versions[static_cast<int>(o.minimum)]);
  SSL_CTX_set_max_proto_version(s.ctx.get(), versions[static_cast<int>(o.maximum)]);
  return true;
}

// OpenSSL has two lists, we have one: names of TLS 1.3 begin with "TLS_".
template <class Options>
bool set_ciphers(tls_shared& s, const Options& o) {
  std::string lists[2];
  for (std::size_t at = 0; at < o.ciphers.size();) {
    const std::size_t end = std::min(o.ciphers.find(':', at), o.ciphers.size());
    const std::string name = o.ciphers.substr(at, end - at);
    std::string& list = lists[name.starts_with("TLS_") ? 1 : 0];
    list += (list.empty() ? "" : ":") + name;
    at = end + 1;
  }
  if (!lists[0].empty() && SSL_CTX_set_cipher_list(s.ctx.get(), lists[0].c_str()) != 1) return fail_at(s, "ciphers", lists[0]);
  if (!lists[1].empty() && SSL_CTX_set_ciphersuites(s.ctx.get(), lists[1].c_str()) != 1) return fail_at(s, "ciphers", lists[1]);
  return true;
}

bool set_alpn(tls_shared& s, const std::vector<std::string>& protocols) {
  for (const std::string& p : protocols) {
    if (p.empty() || p.size() > 255) return fail(s, "alpn: a protocol has 1 to 255 bytes");
    s.alpn.append(1, static_cast<char>(p.size())).append(p);
  }
  return true;
}

template <class Options>
bool set_up(tls_shared& s, const Options& o) {
  s.lower_bio = make_lower_bio_method();
  s.ctx.reset(SSL_CTX_new(s.is_server ? TLS_server_method() : TLS_client_method()));
  if (!s.lower_bio || !s.ctx) return fail(s, "no memory for a TLS context");
  SSL_CTX_set_options(s.ctx.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Each record would cost two reads otherwise; the buffer is gone while a connection is idle.
  SSL_CTX_set_read_ahead(s.ctx.get(), 1);
  SSL_CTX_set_mode(s.ctx.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE);
  return set_versions(s, o) && set_ciphers(s, o) && set_alpn(s, o.alpn) && load_certificate(s, o) && load_trusted(s, o);
}

bool set_up_client(tls_shared& s, const tls_client_options& o) {
  if (!set_up(s, o)) return false;
  SSL_CTX* const ctx = s.ctx.get();
  if (o.ca_file.empty() && o.ca_path.empty() && SSL_CTX_set_default_verify_paths(ctx) != 1) return fail_at(s, "the system's trusted certificates", "");
  SSL_CTX_set_verify(ctx, o.verify_peer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  s.verifies_host = o.verify_peer && o.verify_host;
  if (!s.alpn.empty() && SSL_CTX_set_alpn_protos(ctx, reinterpret_cast<const unsigned char*>(s.alpn.data()), static_cast<unsigned>(s.alpn.size())) != 0)
    return fail(s, "alpn: OpenSSL does not take it");
  SSL_CTX_set_session_cache_mode(ctx, o.resume_sessions ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF);
  if (o.resume_sessions) SSL_CTX_sess_set_new_cb(ctx, keep_session);
  return true;
}

// Ours in the order that we like best. RFC 7301: none in common ends the handshake.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered, unsigned int offered_size, void* ours) noexcept {
  const std::string& alpn = *static_cast<const std::string*>(ours);
  unsigned char* found = nullptr;
  const int answer = SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(alpn.data()), static_cast<unsigned>(alpn.size()), offered, offered_size);
  *chosen = found;
  return answer == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool set_client_certificates(tls_shared& s, const tls_server_options& o) {
  SSL_CTX_set_verify(s.ctx.get(), verify_modes[static_cast<int>(o.client)], nullptr);
  if (o.client == client_certificate::none) return true;
  if (o.ca_file.empty() && o.ca_path.empty()) return fail(s, "clients are asked for certificates, but neither ca_file nor ca_path says who may sign them");
  if (o.ca_file.empty()) return true;
  // The list that tells clients which of their certificates will do.
  STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(o.ca_file.c_str());
  if (names == nullptr) return fail_at(s, "ca_file", o.ca_file);
  SSL_CTX_set_client_CA_list(s.ctx.get(), names);
  return true;
}

bool set_up_server(tls_shared& s, const tls_server_options& o) {
  s.is_server = true;
  if (!set_up(s, o)) return false;
  SSL_CTX* const ctx = s.ctx.get();
  if (o.certificate_file.empty()) return fail(s, "a server needs certificate_file");
  if (!set_client_certificates(s, o)) return false;
  if (!s.alpn.empty()) SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, &s.alpn);
  SSL_CTX_set_session_cache_mode(ctx, o.resume_sessions ? SSL_SESS_CACHE_SERVER : SSL_SESS_CACHE_OFF);
  SSL_CTX_sess_set_cache_size(ctx, remembered_sessions);
  if (!o.resume_sessions) SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(ctx, o.resume_sessions ? 1 : 0);
  // Sessions of clients with certificates are resumed only where they were made.
  constexpr unsigned char here[] = "mqttspan";
  SSL_CTX_set_session_id_context(ctx, here, sizeof here - 1);
  return true;
}

}  // namespace
}  // namespace detail

tls_context::tls_context() noexcept = default;
tls_context::tls_context(const tls_client_options& options) noexcept : shared_(std::make_shared<detail::tls_shared>()) {
  ERR_clear_error();
  if (!detail::set_up_client(*shared_, options)) shared_->ctx.reset();
}
tls_context::tls_context(const tls_server_options& options) noexcept : shared_(std::make_shared<detail::tls_shared>()) {
  ERR_clear_error();
  if (!detail::set_up_server(*shared_, options)) shared_->ctx.reset();
}

tls_context::operator bool() const noexcept { return shared_ != nullptr && shared_->ctx != nullptr; }
std::string_view tls_context::failure() const noexcept { return shared_ ? std::string_view(shared_->failure) : "there is no TLS context"; }

}  // namespace mqttspan
