// Who is examined: what a peer file says of a broker or client, and what the command line adds.
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <mqttspan/codec/version.hpp>
#include <mqttspan/posix/socket.hpp>

namespace mqttspan::conformance {

/// A fail that is known, and why it is there. It stays a fail; only the exit code does not count it.
struct known_deviation {
  std::string id;  ///< of results; a '*' stands for anything
  std::string reason;
};

/// One broker or client.
struct peer {
  std::string name = "unnamed";
  std::string version{};
  posix::address address{};
  posix::socket_address at{};  ///< where that is
  std::vector<protocol_version> versions{protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5};
  std::map<std::string, std::string> lacks{};  ///< capability to reason: probes that need it are skipped
  nlohmann::json offers{};                     ///< what conditional recipes need: {"acl": {…}, "credentials": {…}, "websocket": {…}}
  std::optional<std::string> user_name{};
  std::optional<std::string> password{};
  std::vector<known_deviation> deviations{};

  /// The deviation that names this result; null where there is none.
  const known_deviation* deviation(std::string_view id) const;
};

/// A peer file that cannot be used; the text says why.
struct peer_file_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads a peer file's text, format `mqttspan-peer/1` (README.md). Throws peer_file_error.
peer read_peer(std::string_view json);
/// Whether the text fits the pattern, in which '*' stands for anything.
bool fits(std::string_view pattern, std::string_view text);

}  // namespace mqttspan::conformance
