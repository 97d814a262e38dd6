// A server: listens, accepts, and keeps the endpoints of its clients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <mqttspan/codec/config.hpp>
#include <mqttspan/posix/client.hpp>
#include <mqttspan/posix/endpoint.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::posix {

/// How a server behaves. The time and the bytes that a client has for its CONNECT are `connect_timeout` and `max_connect_size` of `endpoint.mqtt`.
struct server_options {
  endpoint_options endpoint{};              ///< of each client's endpoint
  std::size_t max_connections = 1'000'000;  ///< further clients are accepted and closed at once
  int backlog = 1024;                       ///< clients that wait to be accepted
};

/// A server in a loop. Its handlers serve all clients; who it is says the endpoint.
/// Where it is destroyed its connections are cut off, and no handler is called any more.
class server {
 public:
  /// The loop must outlive it.
  MQTTSPAN_API explicit server(loop& where, const server_options& options = {});
  MQTTSPAN_API ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  handlers& on;  ///< what to call, for all clients
  /// The system refuses to accept, mostly for want of descriptors: why. It is tried again by itself, when a client has gone or a little later.
  std::function<void(const std::string& why)> accept_failed;

  /// Listens, also at several addresses. False: `failure()` says why. May block while a name is looked up.
  MQTTSPAN_API bool listen(const address& at, wrapping wrap = {});
  /// Why the last `listen` said false.
  MQTTSPAN_API const std::string& failure() const noexcept;
  /// Where it listens, with the ports that the system gave.
  MQTTSPAN_API std::vector<address> addresses() const;
  /// Takes a transport that is connected already; `fd` is what to watch for it.
  MQTTSPAN_API endpoint& adopt(any_transport transport, int fd);

  /// Accepts nobody any more.
  MQTTSPAN_API void stop_listening();
  /// The same, and says goodbye to all; the loop goes on until they have closed.
  MQTTSPAN_API void close(reason_code reason = reason_code::server_shutting_down);

  /// How many clients are connected.
  MQTTSPAN_API std::size_t size() const noexcept;
  /// Calls it for each client; endpoints may be closed meanwhile.
  MQTTSPAN_API void for_each(const std::function<void(endpoint&)>& f) const;

 private:
  struct state;
  explicit server(std::shared_ptr<state> s);
  std::shared_ptr<state> state_;
};

}  // namespace mqttspan::posix
