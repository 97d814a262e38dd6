// TLS over any transport, on OpenSSL 3.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/config.hpp>
#include <mqttspan/stream/transport.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

namespace detail {
struct tls_shared;
class tls_engine;
}  // namespace detail

/// The versions of TLS that are still in use.
enum class tls_version : std::uint8_t { v1_2, v1_3 };

/// How a client makes sure of the server, and the server of the client. Files are PEM.
struct tls_client_options {
  std::string ca_file{};                    ///< certificates that are trusted. This and `ca_path` empty: those of the system
  std::string ca_path{};                    ///< a folder of them, under the names that `openssl rehash` gives
  std::string certificate_file{};           ///< ours, with its chain behind it; empty: none
  std::string key_file{};                   ///< the key of ours; empty: it is in `certificate_file`
  std::string key_password{};               ///< of an encrypted key. Nobody is ever asked for it
  std::vector<std::string> alpn{"mqtt"};    ///< protocols to offer, best first; empty: none. A server that knows nothing of ALPN is accepted, one that picks another protocol is not
  bool verify_peer = true;                  ///< the server's certificate has to lead to one that is trusted. Without it nothing is verified, neither the host
  bool verify_host = true;                  ///< and it has to be for the host of the transport
  tls_version minimum = tls_version::v1_2;  ///< the oldest to speak
  tls_version maximum = tls_version::v1_3;  ///< the newest to speak
  std::string ciphers{};                    ///< names as OpenSSL has them, with ":" between; those that begin with "TLS_" are for TLS 1.3, which keeps its default if there is none of them
  bool resume_sessions = true;              ///< keep the last session of each host and port (64 at most), and try to go on with it
};

/// What a server wants to see of its clients.
enum class client_certificate : std::uint8_t {
  none,     ///< nothing
  asked,    ///< a certificate or none; one that is not trusted ends the connection
  required  ///< a certificate that is trusted
};

/// How a server shows itself. Files are PEM.
struct tls_server_options {
  std::string certificate_file{};                        ///< ours, with its chain behind it
  std::string key_file{};                                ///< the key of ours; empty: it is in `certificate_file`
  std::string key_password{};                            ///< of an encrypted key. Nobody is ever asked for it
  client_certificate client = client_certificate::none;  ///< what is wanted of clients
  std::string ca_file{};                                 ///< who may sign the certificates of clients: this or `ca_path` is needed where they are asked for; the system's store does not count
  std::string ca_path{};                                 ///< a folder of them, under the names that `openssl rehash` gives
  std::vector<std::string> alpn{"mqtt"};                 ///< protocols to agree on, best first; empty: ALPN is ignored. A client that offers none is served; one that offers only others is refused
  tls_version minimum = tls_version::v1_2;               ///< the oldest to speak
  tls_version maximum = tls_version::v1_3;               ///< the newest to speak
  std::string ciphers{};                                 ///< as in `tls_client_options`
  bool resume_sessions = true;                           ///< give out tickets; clients that take none are remembered by their session id (1024 at most)
};

/// Certificates, keys and settings, read once and shared by many transports, which keep it alive. A copy is the same context. Transports in different threads may share one.
class tls_context {
 public:
  /// None: a transport with it fails.
  MQTTSPAN_API tls_context() noexcept;
  /// Reads the files. Where something is wrong the context is false, and `failure()` says what.
  MQTTSPAN_API explicit tls_context(const tls_client_options& options) noexcept;
  /// The same for a server.
  MQTTSPAN_API explicit tls_context(const tls_server_options& options) noexcept;

  /// Whether it can be used.
  MQTTSPAN_API explicit operator bool() const noexcept;
  /// What was wrong: the option, the file, the reason. Empty if nothing was. Good as long as the context or a copy of it.
  MQTTSPAN_API std::string_view failure() const noexcept;

 private:
  friend class tls_transport;
  std::shared_ptr<detail::tls_shared> shared_;
};

/// One end of a TLS connection over another transport, client or server as its context is. The handshake happens inside `read_some` and `write_some`.
///
/// `read_some` says `end` only behind the peer's close_notify; a stream that ends without it is `failed`, as it may have been cut. `shut_down` sends close_notify and shuts the lower transport down; reading goes on.
/// `wants_…` is what the lower transport said last. What the accessors show is empty, or false, until the handshake is done; their views are good as long as the transport.
class tls_transport {
 public:
  /// Takes the lower transport. `host_name`, for a client: the name or the address that the certificate has to be for; a name is also told to the server (SNI). `port` only tells sessions of
  /// one host apart. A server takes neither. Never fails here: what is wrong with the context or the name is said by the first call.
  MQTTSPAN_API tls_transport(any_transport lower, const tls_context& context, std::string_view host_name = {}, std::uint16_t port = 0) noexcept;
  /// Moves the connection; the other is not to be used any more.
  /// @{
  MQTTSPAN_API tls_transport(tls_transport&&) noexcept;
  MQTTSPAN_API tls_transport& operator=(tls_transport&&) noexcept;
  /// @}
  /// Closes without close_notify.
  MQTTSPAN_API ~tls_transport();

  /// As `transport` says.
  /// @{
  MQTTSPAN_API transfer read_some(std::span<std::byte> into) noexcept;
  MQTTSPAN_API transfer write_some(bytes_view from) noexcept;
  /// @}
  /// Before the handshake is done there is nobody to say close_notify to: it shuts the lower transport down.
  MQTTSPAN_API transfer shut_down() noexcept;
  /// True where decrypted or read bytes wait here, or where the lower transport has some.
  MQTTSPAN_API bool has_pending() const noexcept;
  /// In words: what the verification found, what the peer's alert says, what the lower transport says, that this is not TLS at all.
  MQTTSPAN_API std::string_view failure() const noexcept;

  MQTTSPAN_API bool is_established() const noexcept;  ///< the handshake is done
  MQTTSPAN_API std::string_view version() const noexcept;  ///< "TLSv1.2", "TLSv1.3"
  MQTTSPAN_API std::string_view cipher() const noexcept;   ///< as OpenSSL names it
  MQTTSPAN_API std::string_view alpn() const noexcept;     ///< the protocol that was agreed on; empty: none
  MQTTSPAN_API bool was_resumed() const noexcept;          ///< an earlier session went on, without certificates
  MQTTSPAN_API std::string_view server_name() const noexcept;  ///< the name that the client told the server (SNI); empty: none
  MQTTSPAN_API std::string peer_subject() const noexcept;      ///< of the peer's certificate, as RFC 2253 writes it; empty: it showed none
  /// What verification said about the peer's certificate: "ok", or why not, also where `verify_peer` is off and nobody minds. Empty: the peer showed none.
  MQTTSPAN_API std::string_view verification() const noexcept;

 private:
  std::unique_ptr<detail::tls_engine> engine_;
};

}  // namespace mqttspan
