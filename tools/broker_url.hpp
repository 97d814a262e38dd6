// Where a broker is, as one line says it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mqttspan {

/// The parts of `mqtt://user:password@host:port/topic`.
struct broker_url {
  bool tls = false;        ///< mqtts, wss
  bool websocket = false;  ///< ws, wss
  std::string host{};      ///< without brackets
  std::uint16_t port = 0;  ///< that of the scheme where none is named: 1883, 8883, 80, 443
  std::optional<std::string> user_name{};
  std::optional<std::string> password{};
  std::string path{};      ///< behind the first slash. mqtt and mqtts: the topic; ws and wss: the WebSocket's path, with its query
};

/// Whether the text has the form of a URL, be it a good one or not.
bool looks_like_url(std::string_view text);

/// Takes a URL of the scheme mqtt, mqtts, ws or wss apart. User name, password and topic may have %XX in them. Throws usage_error.
broker_url parse_broker_url(std::string_view text);

/// A port from 1 to 65535. Throws usage_error.
std::uint16_t parse_port(std::string_view text);

}  // namespace mqttspan
