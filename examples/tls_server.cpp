// A server over TLS. With a file of authorities it asks for the clients' certificates, too.
//
//     tls_server CERTIFICATE KEY [PORT [CLIENT_CA]]     PEM files; 8883 on this machine; port 0: a free one, which is printed
#include <cstdlib>

#include <mqttspan/tls/tls.hpp>

#include "relay.hpp"

using namespace mqttspan;

int main(int argc, char** argv) {
  if (argc < 3) return std::fputs("usage: tls_server CERTIFICATE KEY [PORT [CLIENT_CA]]\n", stderr), 255;
  tls_server_options options;
  options.certificate_file = argv[1];
  options.key_file = argv[2];
  if (argc > 4) options.client = client_certificate::required, options.ca_file = argv[4];
  const tls_context tls(options);  // reads the files, once for all connections
  if (!tls) return std::fprintf(stderr, "%.*s\n", static_cast<int>(tls.failure().size()), tls.failure().data()), 1;

  posix::loop loop;
  posix::server server(loop);
  const example::relay relay(server);
  const auto in_tls = [&tls](any_transport socket, const posix::address&) { return any_transport(tls_transport(std::move(socket), tls)); };
  if (!server.listen({.host = "127.0.0.1", .port = static_cast<std::uint16_t>(argc > 3 ? std::atoi(argv[3]) : 8883)}, in_tls))
    return std::fprintf(stderr, "%s\n", server.failure().c_str()), 1;

  std::printf("listening at %s\n", server.addresses().front().text().c_str());
  std::fflush(stdout);
  loop.run();
}
