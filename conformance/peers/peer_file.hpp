// What a peer file says of a codec, broker or client.
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <mqttspan/codec/version.hpp>

namespace mqttspan::conformance {

struct result;

/// A fail that is known, and why it is there. It stays a fail; only the exit code does not count it.
struct known_deviation {
  std::string id;      ///< of results; a '*' stands for anything
  std::string seen{};  ///< what the result says of itself, likewise; empty: anything
  std::string reason;

  bool is(const result& of) const;
};

/// Probes that are not played, and why.
struct untried {
  std::string id;  ///< of results; a '*' stands for anything
  std::string reason;
};

struct peer_file {
  std::string name = "unnamed";
  std::string version{};
  std::string target{};  ///< of a broker: host:port, where the command line names none
  std::vector<protocol_version> versions{protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5};
  std::map<std::string, std::string> lacks{};  ///< capability to reason: probes that need it are skipped
  nlohmann::json offers{};                     ///< what conditional recipes need: {"acl": {…}, "credentials": {…}, "websocket": {…}}
  std::optional<std::string> user_name{};
  std::optional<std::string> password{};
  std::vector<known_deviation> deviations{};
  std::vector<untried> not_tried{};

  /// The deviation that this result is; null where there is none.
  const known_deviation* deviation(const result& of) const;
  /// Why the probe with this result is not to be played; empty where nothing says so.
  std::string_view reason_not_to_try(std::string_view id) const;
};

/// A peer file that cannot be used; the text says why.
struct peer_file_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads a peer file's text, format `mqttspan-peer/1` (README.md). Throws peer_file_error.
peer_file parse_peer_file(std::string_view json);
/// Reads it from disk; an unnamed peer for an empty path. Throws peer_file_error.
peer_file read_peer_file(const std::string& path);
/// Whether the text fits the pattern, in which '*' stands for anything.
bool fits(std::string_view pattern, std::string_view text);

}  // namespace mqttspan::conformance
