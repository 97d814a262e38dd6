// A consumer's program: a packet by the codec, in pieces by the stream parser, and over sockets.
#include <cstdio>

#include "all_headers.hpp"

#ifdef MQTTSPAN_BUILDING
#error a macro that is for building the library has come through
#endif

int main() {
  using namespace mqttspan;
  std::byte buffer[64];
  const publish greeting{.topic = "a/b", .payload = as_bytes("hi")};
  const auto bytes = generate(greeting, protocol_version::v5, buffer);
  if (!bytes) return 1;
  const auto message = parse_as<publish>(*bytes, protocol_version::v5);
  if (!message || message->packet.topic != "a/b" || message->size != 10) return 2;

  std::byte carry[16];
  stream_parser parser(carry, {.version = protocol_version::v5});
  int messages = 0;
  for (const std::byte& byte : *bytes)
    if (!parser.push({&byte, 1}) || !parser.for_each([&](const publish&) { ++messages; })) return 3;
  if (messages != 1) return 4;

  posix::loop loop;
  posix::server server(loop);
  server.on.publish = [&](posix::endpoint&, const publish& p) {
    if (p.topic == "a/b") std::puts("mqttspan " MQTTSPAN_VERSION);
    server.close();
  };
  if (!server.listen({.host = "localhost", .port = 0})) return 5;
  posix::client client(loop);
  client.on.connack = [&](posix::endpoint& e, const connack&) { (void)e.send(greeting); };
  client.open(server.addresses().front());
  (void)client->send(connect{.client_id = "consumer"});
  loop.run();
}
