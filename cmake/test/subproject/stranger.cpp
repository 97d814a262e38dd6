#include <cstdio>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>

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
  std::puts("mqttspan " MQTTSPAN_VERSION);
}
