// Sends messages and waits until the server has them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "peer_session.hpp"
#include "progress_line.hpp"
#include "stdin_lines.hpp"

namespace mqttspan {

/// What mqtt_pub is to send, and how.
struct publish_options {
  std::string topic{};
  std::optional<std::string> text{};  ///< -m
  std::string file{};                 ///< -f
  bool lines = false;                 ///< -l
  bool whole_input = false;           ///< -s
  bool null = false;                  ///< -n
  unsigned qos = 0;
  bool retain = false;
  std::uint16_t in_flight = 256;      ///< messages with QoS 1 and 2 that wait for the server
  bool progress = false;
};

/// The bytes of a message that is not read line by line. Throws usage_error where a file cannot be read, or is more than MQTT can carry.
std::vector<std::byte> payload_of(const publish_options& options);

/// Publishes one payload, or the lines of standard input, through a session; then leaves.
class publisher {
 public:
  /// Borrows everything. Throws usage_error where no such message can be sent.
  publisher(peer_session& session, const publish_options& options, const std::vector<std::byte>& payload);

 private:
  publish message_of(bytes_view payload) const;
  void pump();
  bool has_next();
  bool send();
  void acknowledged(std::uint16_t packet_id, reason_code code, packet_type in, const property_list& properties);
  void finish();
  void interrupted();
  amount so_far() const;

  peer_session& session_;
  const publish_options& options_;
  bytes_view payload_;
  std::optional<stdin_lines> lines_;
  std::optional<progress_line> progress_;
  std::optional<bytes_view> next_;                         // to be sent
  std::unordered_map<std::uint16_t, std::uint64_t> open_;  // packet identifiers, and which messages they are
  std::uint64_t sent_ = 0;
  std::uint64_t sent_bytes_ = 0;
  std::uint64_t refused_ = 0;
  bool is_over_high_water_ = false;
  bool is_accepted_ = false;
};

}  // namespace mqttspan
