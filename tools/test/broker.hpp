// mosquitto, for tests that want a real server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "background_program.hpp"
#include "subprocess.hpp"

namespace mqttspan::test {

/// A port on 127.0.0.1 that nobody uses now.
std::uint16_t free_port();

/// A certificate for the name localhost, and for no address, signed by itself, so that it is its own authority, and its key. Needs the openssl command.
struct certificate {
  explicit certificate(const scratch_folder& folder);
  std::string file;
  std::string key;
};

/// How the broker is to be.
struct broker_options {
  bool tls = false;            ///< also listens with TLS
  bool websocket = false;      ///< also listens for WebSocket, with `tls` also with TLS
  bool anonymous = true;       ///< whoever comes is let in
  std::string users{};         ///< lines NAME:PASSWORD, where not
  std::string rules{};         ///< an ACL file
  std::string more{};          ///< further lines of mosquitto.conf
};

/// A mosquitto on 127.0.0.1, there when the constructor returns, gone with the object. Its queues hold a million messages (without a limit 2.0.11 drops clients whose messages it denies). Throws std::runtime_error where it does not start.
class broker {
 public:
  explicit broker(const broker_options& options = {});

  std::string port() const { return std::to_string(port_); }
  std::string tls_port() const { return std::to_string(tls_port_); }
  std::string websocket_port() const { return std::to_string(websocket_port_); }
  std::string secure_websocket_port() const { return std::to_string(secure_websocket_port_); }
  /// The certificate to trust, with `tls`.
  const std::string& certificate_file() const { return certificate_; }
  /// mosquitto's log so far.
  std::string log() const { return process_->err(); }

 private:
  std::string configuration(const broker_options& options);
  bool start(const broker_options& options);

  scratch_folder folder_;
  std::string certificate_, key_;
  std::uint16_t port_ = 0, tls_port_ = 0, websocket_port_ = 0, secure_websocket_port_ = 0;
  std::unique_ptr<background_program> process_;
};

}  // namespace mqttspan::test
