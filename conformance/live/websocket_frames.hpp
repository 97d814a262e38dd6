// WebSocket (RFC 6455), as far as probes of either side write and read it themselves: frames, and the head of the handshake.
#pragma once

#include <string>
#include <string_view>

#include "wire.hpp"

namespace mqttspan::conformance::websocket {

enum class opcode : unsigned { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Whose frames: a client's are masked, here with zeros.
enum class side { client, server };

wire::bytes frame(side from, opcode op, const wire::bytes& payload, bool is_last = true);

/// What frames had.
struct heard {
  wire::bytes mqtt;       ///< in data frames
  bool has_text = false;  ///< a data frame that is not binary
  bool has_close = false;
};
heard unwrap(std::string_view in);

/// The value of a field of the handshake; empty where it is not there.
std::string field(std::string_view head, std::string_view name);
/// Whether it stands in a list of names with commas between them.
bool has_name(std::string_view list, std::string_view name);
/// The Sec-WebSocket-Accept that belongs to a Sec-WebSocket-Key.
std::string accept_for(std::string_view key);

}  // namespace mqttspan::conformance::websocket
