#include <cstdio>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/stream/connection.hpp>
#include <mqttspan/stream/stream_parser.hpp>
#include <mqttspan/stream/writer.hpp>

#if !defined(STRANGERS_FLAG)
#error the flags of the project around mqttspan are gone
#endif

int main() {
  using namespace mqttspan;
  std::byte buffer[64];
  const auto bytes = generate(publish{.topic = "a/b", .payload = as_bytes("hi")}, protocol_version::v5, buffer);
  if (!bytes) return 1;
  const auto message = parse_as<publish>(*bytes, protocol_version::v5);
  if (!message || message->packet.topic != "a/b" || message->size != 10) return 1;

  std::byte carry[16];
  stream_parser parser(carry, {.version = protocol_version::v5});
  int messages = 0;
  if (!parser.push(*bytes) || !parser.for_each([&](const publish&) { ++messages; }) || messages != 1) return 1;
  std::byte packed[16];
  packet_writer writer(packed, protocol_version::v5);
  if (!writer.add(pingreq{})) return 1;

  connection client(sender::client, instant{0});
  if (!client.send(connect{.client_id = "stranger"}, instant{0}) || client.output().empty()) return 1;
  std::puts("mqttspan " MQTTSPAN_VERSION);
}
