// A client: one connection to a server, in a loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <mqttspan/codec/config.hpp>
#include <mqttspan/posix/endpoint.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::posix {

/// What to put between MQTT and the socket: TLS, WebSocket, both. Given the socket's transport and the address it leads to.
using wrapping = std::function<any_transport(any_transport lower, const address& to)>;

/// One connection as a client. Set the handlers, `open`, and send from `on.connected` or at once: what is sent early waits.
///
///     posix::client client(loop);
///     client.on.connack = [](posix::endpoint& server, const connack&) { server.send(publish{…}); };
///     client.open({.host = "localhost"});
///     client->send(connect{.client_id = "me"});
///     loop.run();
///
/// Where it is destroyed its connection is cut off, and no handler is called any more.
class client {
 public:
  /// The loop must outlive it.
  MQTTSPAN_API explicit client(loop& where, const endpoint_options& options = {});
  MQTTSPAN_API ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  handlers& on;                            ///< what to call; set them before `open`
  wrapping wrap;                           ///< what to put between MQTT and the socket; empty: nothing
  std::uint32_t connect_timeout = 10'000;  ///< milliseconds until the byte stream is there; 0: as the system likes

  /// Begins to connect, by all addresses that a name has. What goes wrong is said by the handlers `error` and `close`. False while it is open, or closing; from its `close` handler on it can be opened again.
  MQTTSPAN_API bool open(const address& to);
  /// Takes a transport that is connected already; `fd` is what to watch for it.
  MQTTSPAN_API bool open(any_transport transport, int fd);
  /// Whether packets may come and go.
  bool is_open() const noexcept;

  /// Its end of the connection. After `open`; null before.
  MQTTSPAN_API endpoint* operator->() const noexcept;
  /// The same.
  endpoint& operator*() const noexcept { return *operator->(); }

 private:
  struct state;
  explicit client(std::shared_ptr<state> s);
  std::shared_ptr<state> state_;
};

inline bool client::is_open() const noexcept { return operator->() && operator->()->is_open(); }

}  // namespace mqttspan::posix
