// One server for two kinds of clients: devices over TCP, and pages in browsers over WebSocket. Either hears what the other publishes.
//
//     websocket_server [WEBSOCKET_PORT [TCP_PORT]]     8080 and 1883, on this machine; port 0: a free one, which is printed
#include <cstdlib>

#include <mqttspan/websocket/websocket.hpp>

#include "relay.hpp"

using namespace mqttspan;

int main(int argc, char** argv) {
  posix::loop loop;
  posix::server server(loop);
  const example::relay relay(server);

  // What lies between MQTT and the socket is said with each address. A page of any origin may connect; `origins` would choose.
  const websocket_server_options options{.path = "/mqtt"};
  const auto in_websocket = [options](any_transport socket, const posix::address&) { return any_transport(websocket_transport(std::move(socket), options)); };
  const auto port = [&](int which, int otherwise) { return static_cast<std::uint16_t>(argc > which ? std::atoi(argv[which]) : otherwise); };
  if (!server.listen({.host = "127.0.0.1", .port = port(1, 8080)}, in_websocket) || !server.listen({.host = "127.0.0.1", .port = port(2, 1883)}))
    return std::fprintf(stderr, "%s\n", server.failure().c_str()), 1;

  std::printf("websocket at ws://%s/mqtt\n", server.addresses()[0].text().c_str());
  std::printf("listening at %s\n", server.addresses()[1].text().c_str());
  std::fflush(stdout);
  loop.run();
}
