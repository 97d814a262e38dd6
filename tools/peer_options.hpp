// What mqtt_pub and mqtt_sub have in common on their command lines: where the server is, how to reach it, who we are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/strictness.hpp>
#include <mqttspan/posix/socket.hpp>

#include "property_arguments.hpp"
#include "usage_error.hpp"

namespace CLI {
class App;
}

namespace mqttspan {

/// TLS, as far as it was asked for. Files are PEM.
struct tls_arguments {
  std::string ca_file{};
  std::string ca_path{};
  std::string certificate{};
  std::string key{};
  std::string ciphers{};
  std::vector<std::string> alpn{};
  bool insecure = false;
  bool use_system_store = false;
};

/// The last will.
struct will_arguments {
  std::optional<std::string> topic{};
  std::optional<std::string> payload{};
  unsigned qos = 0;
  bool retain = false;
};

/// The options of both programs. Filled and completed by `parse_arguments`; then only read, and not moved: packets point into it.
struct peer_options {
  std::string program;

  std::string host = "localhost";
  std::optional<std::string> port{};
  std::string unix_path{};
  std::string url{};
  std::vector<std::string> positional{};

  std::string version_name = "mqttv311";
  std::optional<std::string> client_id{};
  std::string id_prefix{};
  std::optional<std::string> user_name{};
  std::optional<std::string> password{};
  std::uint16_t keep_alive = 60;
  bool keep_session = false;
  std::string session_expiry{};
  will_arguments will{};
  tls_arguments tls_files{};
  property_arguments properties{};
  bool debug = false;
  bool quiet = false;

  // What `parse_arguments` makes of them.
  posix::address to{};
  bool uses_tls = false;
  bool uses_websocket = false;
  std::string websocket_path = "/mqtt";
  std::string url_topic{};              ///< of mqtt:// and mqtts://
  bool is_positional = false;           ///< PORT HOST TOPIC …
  protocol_version version = protocol_version::v3_1_1;
};

/// Adds the options that both programs have.
void add_peer_options(CLI::App& app, peer_options& options);

/// Parses the command line of a program with `words` words in its positional form (PORT HOST TOPIC, or PORT HOST TOPIC PAYLOAD), which are taken as they are whatever they look
/// like. Throws CLI::ParseError and usage_error.
void parse_arguments(CLI::App& app, peer_options& options, int argc, char** argv, std::size_t words);

/// The CONNECT that the options ask for; points into them.
connect connect_of(const peer_options& options);

/// Throws usage_error, with the rule, where the packet cannot be written: before anybody is bothered with a connection.
void check(const packet& p, protocol_version version);

/// The leniency that the options ask for: client ids of 3.1 may be long.
inline constexpr leniency lenient_sending = leniency::client_id_length;

}  // namespace mqttspan
