// MQTT over WebSocket (RFC 6455): a transport on top of any other, TCP or TLS. stream/WEBSOCKET.md has the whole picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/config.hpp>
#include <mqttspan/stream/transport.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// The largest frame that is taken by default: the largest MQTT packet.
inline constexpr std::uint64_t default_max_frame_size = 268'435'460;

/// What a client asks for, and what it takes. Values that could not stand in a request (spaces, CR, LF, a name that the handshake sets itself) make the
/// first attempt to move bytes fail; nothing has been sent then.
struct websocket_client_options {
  std::string host;           ///< of the Host field: `example.org:8083`
  std::string path = "/mqtt"; ///< with the query, if any
  /// More request fields: `{"Authorization", "Basic …"}`, `{"Origin", "https://example.org"}`.
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// In order of preference; MQTT 3.1 says `mqttv3.1`. Empty: none is offered, and none is taken. @spec [3.1.1/MQTT-6.0.0-3] [5.0/MQTT-6.0.0-3]
  std::vector<std::string> subprotocols = {"mqtt"};
  std::size_t max_response_size = 8'192;                   ///< bytes of the response's head
  std::uint64_t max_frame_size = default_max_frame_size;   ///< payload bytes
  std::uint64_t max_message_size = 0;                      ///< payload bytes of all frames of a message; 0: any, as messages take no memory
};

/// What a server takes. Each refusal is an HTTP response to the client, and a failure with the same words here.
struct websocket_server_options {
  std::string path = {};  ///< the path without its query; empty: any. Others get 404
  /// Those the server speaks; the client's order decides. @spec [3.1.1/MQTT-6.0.0-4] [5.0/MQTT-6.0.0-4]
  std::vector<std::string> subprotocols = {"mqtt", "mqttv3.1"};
  /// Of browsers' pages, without regard to case; empty: any. Others get 403; a request without Origin is not a browser's and passes.
  std::vector<std::string> origins = {};
  bool require_subprotocol = true;                         ///< a client that offers none of ours gets 400; else it is served without one. @spec [3.1.1/MQTT-6.0.0-3] [5.0/MQTT-6.0.0-3]
  std::size_t max_request_size = 8'192;                    ///< bytes of the request's head; longer ones get 431
  std::uint64_t max_frame_size = default_max_frame_size;   ///< payload bytes
  std::uint64_t max_message_size = 0;                      ///< payload bytes of all frames of a message; 0: any, as messages take no memory
};

/// What was asked for in the handshake. Empty where the client did not say it.
struct websocket_request {
  std::string path;         ///< with the query
  std::string host;         ///< as the Host field has it
  std::string origin;       ///< of a browser's page
  std::string user_agent;   ///< what the client calls itself
  std::string subprotocol;  ///< what the two agreed on
};

/// The WebSocket over another transport, client or server; models `transport`. The handshake happens inside `read_some` and `write_some`; then the bytes travel in
/// binary frames, however they are cut. @spec [3.1.1/MQTT-6.0.0-1] [5.0/MQTT-6.0.0-1] [3.1.1/MQTT-6.0.0-2] [5.0/MQTT-6.0.0-2]
///
/// `write_some` makes one frame of at most `max_written_payload` bytes, and is `moved` when all of it is written. `read_some` streams: frames of any size pass
/// without being gathered. It also answers pings and the peer's close. `end` is the peer's close with status 1000, 1001 or none; other statuses, faults
/// of the peer and an end of the lower transport without close are `failed`. `shut_down` sends close 1000; read on until `end` to hear the peer's.
/// Needs about half a KiB while nothing moves; four KiB more while the handshake or a frame is in flight.
class websocket_transport {
 public:
  /// Payload bytes of a frame that is written.
  static constexpr std::size_t max_written_payload = 16'384;

  /// A client, or a server's end; `lower` is connected, but nothing has been said on it. Allocates, and throws where memory is out.
  MQTTSPAN_API websocket_transport(any_transport lower, websocket_client_options options);
  /// The same for a server's end.
  MQTTSPAN_API websocket_transport(any_transport lower, websocket_server_options options);
  /// Moves the connection; the other is not to be used any more.
  /// @{
  MQTTSPAN_API websocket_transport(websocket_transport&&) noexcept;
  MQTTSPAN_API websocket_transport& operator=(websocket_transport&&) noexcept;
  /// @}
  MQTTSPAN_API ~websocket_transport();

  /// As `transport` says.
  /// @{
  MQTTSPAN_API transfer read_some(std::span<std::byte> into) noexcept;
  MQTTSPAN_API transfer write_some(bytes_view from) noexcept;
  MQTTSPAN_API transfer shut_down() noexcept;
  MQTTSPAN_API bool has_pending() const noexcept;
  MQTTSPAN_API std::string_view failure() const noexcept;
  /// @}

  /// Whether the handshake is done.
  MQTTSPAN_API bool is_open() const noexcept;
  /// What was asked for; empty before the handshake is done. Good as long as the transport.
  MQTTSPAN_API const websocket_request& request() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};
static_assert(transport<websocket_transport>);

}  // namespace mqttspan
