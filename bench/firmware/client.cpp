// The smallest client that is of use, for the linker to show what one takes: it connects, subscribes, publishes with QoS 0 and 1, acknowledges, keeps alive, says goodbye, and reads all
// that a server may send it for that. Nobody runs it. CLIENT is 3 or 5, for 3.1.1 and 5.0; with STREAM it reads by a stream_parser, which takes any chunks.
#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>
#ifdef STREAM
#include <mqttspan/stream/stream_parser.hpp>
#endif

using namespace mqttspan;

namespace {

constexpr protocol_version version = CLIENT == 3 ? protocol_version::v3_1_1 : protocol_version::v5;

// The wire and the application: memory that the compiler knows nothing of.
std::byte buffer[512];
volatile std::size_t received;
const void* volatile delivered;

template <class P>
bool send(const P& packet) {
  const auto bytes = generate(packet, version, buffer);
  delivered = bytes ? bytes->data() : nullptr;
  return bytes.has_value();
}

bool take(const connack& p) { return p.reason_code == reason_code::success; }
bool take(const publish& p) {
  delivered = p.payload.data();
  return p.qos == qos::at_most_once || send(puback{.packet_id = p.packet_id});
}
bool take(const puback&) { return true; }
bool take(const suback&) { return true; }
bool take(const pingresp&) { return true; }
bool take(const disconnect&) { return false; }

#ifdef STREAM

std::byte carry[512];

bool receive() {
  static stream_parser parser(carry, {.parse = from_server, .version = version});
  return parser.push({buffer, received}) && parser.for_each([](const auto& p) { if constexpr (requires { take(p); }) take(p); });
}

#else

template <class P>
bool read(bytes_view input) {
  const auto p = parse_as<P>(input, version, from_server);
  return p && take(p->packet);
}

bool receive() {
  const bytes_view input(buffer, received);
  const auto header = peek(input);
  if (!header) return false;
  switch (header->type) {
    case packet_type::connack: return read<connack>(input);
    case packet_type::publish: return read<publish>(input);
    case packet_type::puback: return read<puback>(input);
    case packet_type::suback: return read<suback>(input);
    case packet_type::pingresp: return read<pingresp>(input);
    case packet_type::disconnect: return CLIENT == 5 && read<disconnect>(input);
    default: return false;
  }
}

#endif

}  // namespace

int main() {
  const subscription wanted[] = {{.topic_filter = "door/+", .qos = qos::at_least_once}};
  const auto step = [](const auto& packet) { return send(packet) && receive(); };
  return step(connect{.version = version, .client_id = "door-7"}) && step(subscribe{.packet_id = 1, .subscriptions = wanted}) &&
         step(publish{.topic = "door/7", .payload = as_bytes("open"), .qos = qos::at_least_once, .packet_id = 2}) && step(pingreq{}) && step(disconnect{});
}
