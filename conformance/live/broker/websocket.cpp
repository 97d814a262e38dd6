// B-WS: MQTT over WebSocket. The peer file says where: "offers": {"websocket": {"port": 8083, "path": "/mqtt"}}; a port "+1" is one above the target's.
#include <mqttspan/codec/parse.hpp>

#include "../web_socket.hpp"
#include "bad_packets.hpp"
#include "exchanges.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;
using websocket::heard;
using websocket::opcode;

posix::socket_address websocket_of(const session& s) {
  const auto& offer = s.peer().offers.at("websocket");
  posix::address where = s.peer().at.name();
  if (offer.at("port").is_string()) where.port = static_cast<std::uint16_t>(where.port + std::stoi(offer.at("port").get<std::string>()));
  else where.port = offer.at("port").get<std::uint16_t>();
  return posix::resolve_at_once(where).front();
}

bytes frame(opcode op, const bytes& payload, bool is_last = true) { return websocket::frame(websocket::side::client, op, payload, is_last); }

class socket : public web_socket {
 public:
  explicit socket(session& s) : web_socket(s.new_link("websocket", sender::server)), s_(s) {}

  task<> open(std::string subprotocol) {
    const auto at = websocket_of(s_);
    const bool there = co_await link_.open(at);
    if (!there) s_.inconclusive("nobody answers at the WebSocket's port");
    link_.keep_raw();
    const std::string path = s_.peer().offers.at("websocket").value("path", "/mqtt");
    link_.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: bXF0dHNwYW4gcHJvYmUhIQ==\r\nSec-WebSocket-Version: 13\r\n" +
               (subprotocol.empty() ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n") + "\r\n");
    co_await hears_head("HTTP/");
  }
  bool is_upgraded() const { return head().rfind("HTTP/1.1 101", 0) == 0; }

  // Until so many bytes of MQTT have come, or the end.
  task<> hear(std::size_t size) {
    for (milliseconds waited{0}; waited < patience && !is_closed() && now().mqtt.size() < size; waited += tick) co_await link_.wait(tick);
  }

 private:
  session& s_;
};

bytes hello(const session& s) {
  connect_parts parts = parts_of(s.version());
  parts.payload = text(s.client_id("client"));
  return connect_packet(with_credentials(s, std::move(parts)), s.version());
}

task<> upgraded(session& s, socket& w) {
  co_await w.open("mqtt");
  if (!w.is_upgraded()) s.inconclusive("no WebSocket: " + w.head().substr(0, w.head().find('\r')));
}

void is_welcomed(session& s, const heard& all) {
  s.require(!all.has_text, "the broker sends MQTT in text frames");
  s.require(all.mqtt.size() >= 4 && all.mqtt[0] == 0x20, "expected CONNACK in binary frames, got " + (all.mqtt.empty() ? "nothing" : in_words(all.mqtt, s.version(), sender::server)));
}
// CONNACK has come, and then so many PINGRESP.
void is_answered(session& s, const heard& all, std::size_t pings) {
  is_welcomed(s, all);
  bytes expected;
  for (std::size_t i = 0; i < pings; ++i) expected += hex("d0 00");
  s.require(all.mqtt.size() > 2 * pings && all.mqtt.substr(all.mqtt.size() - 2 * pings) == expected, "expected CONNACK and " + std::to_string(pings) + " PINGRESP, got " + in_words(all.mqtt, s.version(), sender::server));
}
// The size of CONNACK, when its beginning has come.
task<std::size_t> welcome_size(session& s, socket& w) {
  co_await w.hear(4);
  is_welcomed(s, w.now());
  co_return 2u + static_cast<unsigned char>(w.now().mqtt[1]);  // a CONNACK is never so long that its length takes two bytes
}

task<> selects_mqtt(session& s, std::string offered) {
  socket w(s);
  co_await w.open(offered);
  if (!w.is_upgraded()) s.inconclusive("no WebSocket: " + w.head().substr(0, w.head().find('\r')));
  const std::string chosen = websocket::field(w.head(), "Sec-WebSocket-Protocol");
  s.require(chosen == "mqtt", "expected the subprotocol \"mqtt\", got \"" + chosen + "\"");
}
task<> binary_frames(session& s) {
  socket w(s);
  co_await upgraded(s, w);
  w.send(frame(opcode::binary, hello(s)));
  const std::size_t size = co_await welcome_size(s, w);
  w.send(frame(opcode::binary, hex("c0 00")));
  co_await w.hear(size + 2);
  is_answered(s, w.now(), 1);
}
// CONNECT in text, or what follows it.
task<> text_frame(session& s, bool is_first) {
  socket w(s);
  co_await upgraded(s, w);
  if (!is_first) {
    w.send(frame(opcode::binary, hello(s)));
    co_await welcome_size(s, w);
  }
  w.send(frame(opcode::text, is_first ? hello(s) : hex("c0 00")));
  co_await w.until_closed();
  s.error_was_sent(w.is_closed());
  s.require(w.is_closed(), "expected the connection to be closed behind MQTT in a text frame; it stays open");
}
// Each byte a message of its own; each byte a fragment of one message; two packets in one; one packet in two.
enum class cut { messages, fragments, merged, across };
task<> any_frames(session& s, cut how) {
  socket w(s);
  co_await upgraded(s, w);
  const bytes all = hello(s) + hex("c0 00 c0 00");
  bytes out;
  if (how == cut::merged) out = frame(opcode::binary, all);
  for (std::size_t i = 0; i < all.size() && how == cut::messages; ++i) out += frame(opcode::binary, all.substr(i, 1));
  for (std::size_t i = 0; i < all.size() && how == cut::fragments; ++i) out += frame(i == 0 ? opcode::binary : opcode::continuation, all.substr(i, 1), i + 1 == all.size());
  if (how == cut::across) out = frame(opcode::binary, all.substr(0, all.size() - 3)) + frame(opcode::ping, "between") + frame(opcode::binary, all.substr(all.size() - 3));
  w.send(out);
  const std::size_t size = co_await welcome_size(s, w);
  co_await w.hear(size + 4);
  is_answered(s, w.now(), 2);
}

}  // namespace

void add_websocket(catalogue& all) {
  constexpr cited binary{"", "MQTT-6.0.0-1", "MQTT-6.0.0-1"}, boundaries{"", "MQTT-6.0.0-2", "MQTT-6.0.0-2"}, protocol{"", "MQTT-6.0.0-4", "MQTT-6.0.0-4"};
  const std::string needs = "+websocket";
  all.push_back({"B-WS", "subprotocol", "the subprotocol \"mqtt\"", protocol, [](session& s) { return selects_mqtt(s, "mqtt"); }, 0, needs});
  all.push_back({"B-WS", "subprotocol-of-two", "the subprotocol \"mqtt\" among others", protocol, [](session& s) { return selects_mqtt(s, "mqttspan-other, mqtt"); }, 0, needs});
  all.push_back({"B-WS", "binary", "CONNECT and PINGREQ in binary frames", binary, binary_frames, 0, needs});
  all.push_back({"B-WS", "text-connect", "CONNECT in a text frame", binary, [](session& s) { return text_frame(s, true); }, 0, needs});
  all.push_back({"B-WS", "text-pingreq", "PINGREQ in a text frame", binary, [](session& s) { return text_frame(s, false); }, 0, needs});
  all.push_back({"B-WS", "byte-messages", "every byte in a message of its own", boundaries, [](session& s) { return any_frames(s, cut::messages); }, 0, needs});
  all.push_back({"B-WS", "byte-fragments", "every byte in a fragment of its own", boundaries, [](session& s) { return any_frames(s, cut::fragments); }, 0, needs});
  all.push_back({"B-WS", "merged", "three packets in one frame", boundaries, [](session& s) { return any_frames(s, cut::merged); }, 0, needs});
  all.push_back({"B-WS", "across", "a packet in two messages, and a ping frame in between", boundaries, [](session& s) { return any_frames(s, cut::across); }, 0, needs});
}

}  // namespace mqttspan::conformance::broker
