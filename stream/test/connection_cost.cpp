// A client that receives a mix of messages, once through the parser alone and once through a connection that acknowledges them, for callgrind to count.
// usage: connection_cost <parser|connection> <3.1.1|5.0>
// Prints the number of packets. Only `count_this` is counted: it is what connection_cost.sh asks callgrind to collect.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/stream/connection.hpp>

#include "generators.hpp"

using namespace mqttspan;

namespace {

constexpr unsigned packets = 4'000;
constexpr std::size_t chunk = 4'096;

// 95 % PUBLISH, half of it QoS 1, in 5.0 every fourth with properties; 5 % PINGRESP.
std::vector<std::byte> messages(protocol_version version) {
  std::vector<std::byte> all;
  test::seeded_entropy random(1);
  const std::string payload(64, 'x');
  const property properties[] = {prop::message_expiry_interval(3600), prop::user("device", "gateway-007")};
  std::uint16_t id = 0;
  for (unsigned i = 0; i < packets; ++i) {
    std::byte room[256];
    publish p{.topic = "site/7/sensor/123456/temp", .payload = as_bytes(std::string_view(payload).substr(random.below(48)))};
    if (random.below(2) != 0) p.qos = qos::at_least_once, p.packet_id = ++id;
    if (version == protocol_version::v5 && i % 4 == 3) p.properties = properties;
    const auto bytes = random.below(20) == 0 ? generate(pingresp{}, version, room) : generate(p, version, room);
    all.insert(all.end(), bytes->begin(), bytes->end());
  }
  return all;
}

std::vector<std::byte> input;
std::size_t seen = 0;

template <class Event>
void look_at(const Event& e) {
  if (const auto* p = e.template get_if<publish>()) seen += p->topic.size() + p->payload.size();
}

std::byte carry[16'384];

}  // namespace

extern "C" [[gnu::noinline]] void count_this(stream_parser* parser, connection* line) {
  for (bytes_view left = input; !left.empty();) {
    const bytes_view next = left.first(left.size() < chunk ? left.size() : chunk);
    left = left.subspan(next.size());
    if (parser) {
      if (!parser->push(next)) return;
      for (event e = parser->next(); e.kind() == event::kind::packet; e = parser->next()) look_at(e);
    } else {
      if (!line->receive(next, {})) return;
      for (connection_event e = line->next_event(); e.kind() == connection_event_kind::packet; e = line->next_event()) look_at(e);
      line->consume_output(line->output().size(), {});
    }
  }
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const protocol_version version = std::string_view(argv[2]) == "5.0" ? protocol_version::v5 : protocol_version::v3_1_1;
  input = messages(version);
  stream_parser parser(carry, {.parse = from_server, .version = version});
  connection line(sender::client, {});
  std::byte accepted[16];
  const auto bytes = generate(connack{}, version, accepted);
  const bool is_open = line.send(connect{.version = version, .client_id = "c"}, {}) && line.receive(*bytes, {}) && line.next_event().get_if<connack>();
  line.consume_output(line.output().size(), {});
  if (!is_open) return 1;
  const bool by_parser = std::string_view(argv[1]) == "parser";
  count_this(by_parser ? &parser : nullptr, by_parser ? nullptr : &line);
  std::printf("%u\n", packets);
  return seen > packets * 40 ? 0 : 1;
}
