// C-WS: MQTT over WebSocket. The driver is told so by "transport".
#include <mqttspan/codec/parse.hpp>

#include "../web_socket.hpp"
#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

using namespace wire;
using websocket::opcode;

bytes frame(opcode op, const bytes& payload, bool is_last = true) { return websocket::frame(websocket::side::server, op, payload, is_last); }

// The server's end.
class socket : public web_socket {
 public:
  explicit socket(subject& t) : web_socket(t.s.new_link("websocket", sender::client)), t_(t) { link_.keep_raw(); }

  // The client comes and asks. What it asks for is judged before its driver's answer: some wait for ours.
  task<> is_asked() {
    t_.program->tell(connecting(t_, {{"transport", "websocket"}, {"path", "/mqtt"}, {"keep_alive", 60}}));
    co_await comes();
    co_await hears_head(request);
    if (!may_be(request)) t_.s.skip("the driver does not know \"transport\": the connection begins with no request of HTTP");
    if (head().empty()) t_.s.inconclusive("no whole request came");
  }
  std::string offered() const { return websocket::field(head(), "Sec-WebSocket-Protocol"); }
  task<> agrees() {
    const std::string chosen = websocket::has_name(offered(), "mqtt") ? "Sec-WebSocket-Protocol: mqtt\r\n" : "";
    link_.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + websocket::accept_for(websocket::field(head(), "Sec-WebSocket-Key")) + "\r\n" + chosen + "\r\n");
    while (!is_done_) co_await hears_driver(patience);
  }

  // The next packet of that kind, whatever the frames are; others are passed over.
  template <control_packet P>
  task<> hears() {
    const std::string what(to_string(P::type));
    for (milliseconds waited{0}; waited < patience; waited += tick) {
      if (takes_packet<P>()) co_return;
      if (is_closed()) t_.s.fail("expected " + what + ", but the connection was closed");
      co_await link_.wait(tick);
    }
    t_.s.fail("expected " + what + ", but nothing came within " + std::to_string(patience.count() / 1'000) + " s");
  }

 private:
  static constexpr std::string_view request = "GET ";

  task<> comes() {
    posix::unique_fd fd;
    for (milliseconds waited{0}; waited < 4 * patience && !fd; waited += 5 * tick) {
      fd = co_await t_.at.accept(4 * tick);
      if (!fd && !is_done_) co_await hears_driver(tick);
    }
    if (!fd) t_.s.inconclusive("the client did not connect");
    link_.adopt(std::move(fd));
  }
  // Its answer to `connect`, and events before that.
  task<> hears_driver(milliseconds at_most) {
    const std::optional<json> line = co_await t_.program->next(at_most);
    if (!line) {
      if (at_most == patience) t_.s.inconclusive("the driver does not answer \"connect\"");
      co_return;
    }
    if (line->contains("unsupported")) t_.s.skip("the driver cannot do that: " + text_in((*line)["unsupported"]));
    if (line->contains("error")) t_.s.inconclusive("the client refused to connect: " + text_in((*line)["error"]));
    is_done_ = is_done_ || line->contains("done");
    if (!line->contains("done")) t_.events.push_back(*line);
  }
  template <control_packet P>
  bool takes_packet() {
    const bytes all = now().mqtt;
    for (;;) {
      const std::string_view rest = std::string_view(all).substr(taken_);
      const auto found = parse(as_bytes(rest), t_.s.version(), {.sender = sender::client});
      if (!found) return false;
      taken_ += found->size;
      if (std::get_if<P>(&found->packet)) return true;
    }
  }

  subject& t_;
  std::size_t taken_ = 0;  // of the MQTT that came
  bool is_done_ = false;   // the driver has answered
};

bytes welcome(const subject& t) { return framed(0x20, hex("00 00") + properties(t.s.version())); }

task<> upgraded(socket& w) {
  co_await w.is_asked();
  co_await w.agrees();
  co_await w.hears<connect>();
}

task<> welcomed(subject& t, socket& w) {
  w.send(frame(opcode::binary, welcome(t)));
  const json told = co_await event(t, "connected");
  if (told.is_null()) t.s.inconclusive("CONNACK was sent, but the driver does not say that it is connected");
}

task<> offers_mqtt(subject& t) {
  socket w(t);
  co_await w.is_asked();
  t.s.require(websocket::has_name(w.offered(), "mqtt"), "expected \"mqtt\" among the subprotocols that the client offers, got \"" + w.offered() + "\"");
}
task<> speaks_binary(subject& t) {
  socket w(t);
  co_await upgraded(w);
  co_await welcomed(t, w);
  co_await tell(t, publishing(t.s.topic("q"), "x", 1));
  co_await w.hears<publish>();
  t.s.require(!w.now().has_text, "the client sends MQTT in text frames");
}
// CONNACK in text, or what follows it. All bytes are good UTF-8: that is not what is wrong.
task<> minds_text(subject& t, bool is_first) {
  socket w(t);
  co_await upgraded(w);
  if (!is_first) co_await welcomed(t, w);
  const bytes message = message_bytes(t, t.s.topic("t"), "x", 0, 0);
  w.send(frame(opcode::text, is_first ? welcome(t) : message));
  co_await w.until_closed();
  t.s.error_was_sent(w.is_closed());
  t.s.require(w.is_closed(), "expected the connection to be closed behind MQTT in a text frame; it stays open");
}
// A PUBLISH, for which PUBACK must come: every byte a message of WebSocket's; every byte a fragment of one; behind another packet in the same frame; in two messages, with a ping frame between them or not.
enum class cut { messages, fragments, merged, with_connack, across, around_ping };
bytes in_frames(const bytes& all, cut how) {
  const std::size_t half = all.size() / 2;
  const bytes between = how == cut::around_ping ? frame(opcode::ping, "between") : bytes();
  if (how == cut::merged || how == cut::with_connack) return frame(opcode::binary, all);
  if (how == cut::across || how == cut::around_ping) return frame(opcode::binary, all.substr(0, half)) + between + frame(opcode::binary, all.substr(half));
  bytes out;
  for (std::size_t i = 0; i < all.size(); ++i)
    out += frame(how == cut::messages || i == 0 ? opcode::binary : opcode::continuation, all.substr(i, 1), how == cut::messages || i + 1 == all.size());
  return out;
}
task<> reads_any_frames(subject& t, cut how) {
  socket w(t);
  co_await upgraded(w);
  const bytes first = message_bytes(t, t.s.topic("t"), "x", 1, 7), second = message_bytes(t, t.s.topic("t"), "y", 1, 8);
  if (how == cut::with_connack) w.send(in_frames(welcome(t) + first, how));
  if (how != cut::with_connack) {
    co_await welcomed(t, w);
    w.send(in_frames(how == cut::merged ? first + second : first, how));
  }
  co_await w.hears<puback>();
  if (how == cut::merged) co_await w.hears<puback>();
}

}  // namespace

// That ping frames may stand between a packet's two messages is WebSocket's rule, not MQTT's.
void add_websocket(catalogue& all) {
  constexpr cited binary{"", "MQTT-6.0.0-1", "MQTT-6.0.0-1"}, boundaries{"", "MQTT-6.0.0-2", "MQTT-6.0.0-2"}, protocol{"", "MQTT-6.0.0-3", "MQTT-6.0.0-3"};
  const auto add = [&all](std::string name, std::string title, const cited& statements, std::function<task<>(subject&)> play) {
    all.push_back({"C-WS", std::move(name), std::move(title), statements, std::move(play), needs_driver::yes, 0, "websocket"});
  };
  add("subprotocol", "the client offers the subprotocol \"mqtt\"", protocol, offers_mqtt);
  add("binary", "CONNECT and PUBLISH come in binary frames", binary, speaks_binary);
  add("text-connack", "CONNACK in a text frame", binary, [](subject& t) { return minds_text(t, true); });
  add("text-publish", "PUBLISH in a text frame", binary, [](subject& t) { return minds_text(t, false); });
  add("byte-messages", "every byte in a message of its own", boundaries, [](subject& t) { return reads_any_frames(t, cut::messages); });
  add("byte-fragments", "every byte in a fragment of its own", boundaries, [](subject& t) { return reads_any_frames(t, cut::fragments); });
  add("merged", "two packets in one frame", boundaries, [](subject& t) { return reads_any_frames(t, cut::merged); });
  add("merged-connack", "CONNACK and another packet in one frame", boundaries, [](subject& t) { return reads_any_frames(t, cut::with_connack); });
  add("across", "a packet in two messages", boundaries, [](subject& t) { return reads_any_frames(t, cut::across); });
  add("across-ping", "a packet in two messages, and a ping frame in between", {"", "~MQTT-6.0.0-2", "~MQTT-6.0.0-2"}, [](subject& t) { return reads_any_frames(t, cut::around_ping); });
}

}  // namespace mqttspan::conformance::client
