// C-MAXPKTPROP, C-CAPS, C-KA: what a server cannot do or take, and how a client shows that it is alive.
#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

using namespace wire;

json with(std::string key, json value) { return {{std::move(key), std::move(value)}}; }

arrival announcing(const property& p) {
  arrival how;
  how.properties = {p};
  return how;
}

// C-MAXPKTPROP

struct explained {
  std::string_view packet;
  cited statements;
};
constexpr explained explained_packets[] = {
    {"puback", {"", "", "MQTT-3.4.2-2 MQTT-3.4.2-3"}}, {"pubrec", {"", "", "MQTT-3.5.2-2 MQTT-3.5.2-3"}},         {"pubrel", {"", "", "MQTT-3.6.2-2 MQTT-3.6.2-3"}},
    {"pubcomp", {"", "", "MQTT-3.7.2-2 MQTT-3.7.2-3"}}, {"disconnect", {"", "", "MQTT-3.14.2-3 MQTT-3.14.2-4"}}, {"auth", {"", "", "MQTT-3.15.2-2 MQTT-3.15.2-3"}},
};
json explaining(std::string_view packet, unsigned id) {
  json what{{"do", "acknowledge"}, {"packet", packet}, {"packet_id", id}};
  if (packet == "disconnect") what = json{{"do", "disconnect"}, {"reason_code", 4}};
  if (packet == "auth") what = json{{"do", "authenticate"}, {"reason_code", 0x19}, {"authentication_method", "m"}};
  what["reason_string"] = std::string(100, 'r');
  what["user_properties"] = json::array({json::array({"name", std::string(100, 'v')})});
  return what;
}
// Brings the client to where it owes that packet.
task<std::uint16_t> owing(subject& t, link& l, std::string_view packet) {
  const bool is_ours = packet == "puback" || packet == "pubrec" || packet == "pubcomp";
  if (is_ours) l.send(message_bytes(t, t.s.topic("q"), "x", packet == "puback" ? 1 : 2, 7));
  if (is_ours) co_await event(t, "message");
  if (packet == "pubrel") {
    const received m = co_await published(t, l, t.s.topic("q"), "asked", 2);
    l.send(framed(0x50, u16(m.as<publish>()->packet_id)));
    co_return m.as<publish>()->packet_id;
  }
  if (packet == "pubcomp") {
    json rec{{"do", "acknowledge"}, {"packet", "pubrec"}, {"packet_id", 7}};
    co_await tell(t, rec);
    co_await expect<pubrec>(t, l);
    l.send(framed(0x62, u16(7)));
  }
  co_return std::uint16_t{7};
}
task<> leaves_out(subject& t, const explained& row) {
  arrival how = announcing(prop::maximum_packet_size(80));
  how.connect["manual"] = true;
  if (row.packet == "auth") how.connect["authentication_method"] = "m", how.properties.push_back(prop::authentication_method("m"));
  link& l = co_await join(t, std::move(how), "client");
  const std::uint16_t id = co_await owing(t, l, row.packet);
  const std::string objection = co_await ask(t, explaining(row.packet, id));
  if (!objection.empty()) t.s.skip("the client does not send it: " + objection);
  const received r = co_await hear(t, l, std::string(row.packet));
  t.s.require(r.bytes().size() <= 80, "the server takes packets of 80 bytes, got " + std::to_string(r.bytes().size()) + ": " + in_words(*r, t.s.version()));
}

// C-CAPS

struct capability {
  std::string_view name;
  std::string_view title;
  cited statements;
  property announced;
  json (*wanted)(const subject& t);
  bool (*breaks)(const received& r);
};
bool is_qos_2(const received& r) { return r.as<publish>() && r.as<publish>()->qos == qos::exactly_once; }
bool is_above_0(const received& r) { return r.as<publish>() && r.as<publish>()->qos != qos::at_most_once; }
bool is_retained(const received& r) { return r.as<publish>() && r.as<publish>()->retain; }
bool is_subscribe(const received& r) { return r.as<subscribe>() != nullptr; }
bool has_identifier(const received& r) { return r.as<subscribe>() && r.as<subscribe>()->properties.contains(prop::subscription_identifier); }
const capability capabilities[] = {
    {"maximum-qos-1", "Maximum QoS 1: no message of QoS 2", {"", "", "MQTT-3.2.2-11"}, prop::maximum_qos(1), [](const subject& t) { return publishing(t.s.topic("q"), "x", 2); }, is_qos_2},
    {"maximum-qos-0", "Maximum QoS 0: no message of QoS 1", {"", "", "MQTT-3.2.2-11"}, prop::maximum_qos(0), [](const subject& t) { return publishing(t.s.topic("q"), "x", 1); }, is_above_0},
    {"maximum-qos-0-2", "Maximum QoS 0: no message of QoS 2", {"", "", "MQTT-3.2.2-11"}, prop::maximum_qos(0), [](const subject& t) { return publishing(t.s.topic("q"), "x", 2); }, is_above_0},
    {"retain", "Retain Available 0: no retained message", {"", "", "MQTT-3.2.2-14"}, prop::retain_available(0), [](const subject& t) { return publishing(t.s.topic("q"), "x", 0, true); }, is_retained},
    {"wildcard", "Wildcard Subscription Available 0: no wildcard", {"", "", "U5-3.2.2.3.11-c"}, prop::wildcard_subscription_available(0), [](const subject& t) { return subscribing(t.s.topic("#"), 0); }, is_subscribe},
    {"subscription-identifier", "Subscription Identifier Available 0: none in SUBSCRIBE", {"", "", "U5-3.2.2.3.12-c"}, prop::subscription_identifier_available(0),
     [](const subject& t) {
       json what = subscribing(t.s.topic("q"), 0);
       what["subscription_identifier"] = 5;
       return what;
     }, has_identifier},
    {"shared", "Shared Subscription Available 0: no shared filter", {"", "", "U5-3.2.2.3.13-c"}, prop::shared_subscription_available(0), [](const subject& t) { return subscribing("$share/g/" + t.s.topic("q"), 0); }, is_subscribe},
};
task<> keeps_to(subject& t, const capability& row) {
  link& l = co_await join(t, announcing(row.announced), "client");
  const std::string objection = co_await ask(t, row.wanted(t));
  for (const received& r : co_await up_to_a_message(t, l))
    if (row.breaks(r)) t.s.fail("the server cannot do that, yet there came " + in_words(*r, t.s.version()));
  t.s.saw(objection.empty() ? "it sent something else, or nothing" : "refused: " + objection);
}

// C-KA

task<> pings(subject& t, unsigned own, int server) {
  arrival how(with("keep_alive", own));
  if (server >= 0) how.properties = {prop::server_keep_alive(static_cast<std::uint16_t>(server))};
  link& l = co_await join(t, std::move(how), "client");
  const unsigned seconds = server >= 0 ? static_cast<unsigned>(server) : t.greeting().keep_alive;
  if (seconds == 0 || seconds > 10) t.s.skip("the client's keep alive is " + std::to_string(seconds) + " s");
  for (int i = 0; i < 2; ++i) {
    const auto since = std::chrono::steady_clock::now();
    const news n = co_await l.wait(milliseconds(seconds * 1'500));
    if (n == news::closed) t.s.fail("expected PINGREQ, but the connection was closed");
    if (n == news::nothing) t.s.fail("expected a packet within " + std::to_string(seconds) + " s, there was none within one and a half times that");
    const auto after = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - since).count();
    if (after > seconds * 1'000 + 250) t.s.info("a packet came after " + std::to_string(after) + " ms, the keep alive is " + std::to_string(seconds) + " s");
    const received r = l.take();
    if (!answer_by_the_way(t, l, r)) t.s.info("expected PINGREQ, got " + in_words(*r, t.s.version()));
  }
}
task<> misses_pingresp(subject& t) {
  t.answers_pings = false;
  link& l = co_await join(t, arrival(with("keep_alive", 1)), "client");
  if (t.greeting().keep_alive != 1) t.s.skip("the client's keep alive is " + std::to_string(t.greeting().keep_alive) + " s");
  const bool over = co_await ends(t, l, milliseconds(10'000));
  t.s.recommended(over, "10 s without PINGRESP at a keep alive of 1 s, and the client keeps the connection; it should close it after a reasonable time");
}

}  // namespace

void add_capabilities(catalogue& all) {
  for (const explained& row : explained_packets)
    all.push_back({"C-MAXPKTPROP", std::string(row.packet), "Reason String and User Properties are left out where they are too large", row.statements, [&row](subject& t) { return leaves_out(t, row); }, needs_driver::yes});
  for (const capability& row : capabilities)
    all.push_back({"C-CAPS", std::string(row.name), std::string(row.title), row.statements, [&row](subject& t) { return keeps_to(t, row); }, needs_driver::yes});
  const auto add = [&all](std::string check, std::string name, std::string title, const cited& statements, std::function<task<>(subject&)> play, unsigned seconds = 0) {
    all.push_back({std::move(check), std::move(name), std::move(title), statements, std::move(play), needs_driver::yes, seconds});
  };
  add("C-KA", "pings", "an idle client with a keep alive of 2 s pings in time", {"U31-2.2-b", "MQTT-3.1.2-23", "MQTT-3.1.2-20"}, [](subject& t) { return pings(t, 2, -1); }, 4);
  add("C-KA", "server-keep-alive", "the server's keep alive of 2 s instead of 60 s", {"", "", "MQTT-3.1.2-21 MQTT-3.2.2-21"}, [](subject& t) { return pings(t, 60, 2); }, 4);
  add("C-KA", "no-pingresp", "PINGREQ is not answered", {"~U31-2.2-b", "U311-3.1.2.10-b", "U5-3.1.2.10-a"}, misses_pingresp, 10);
}

}  // namespace mqttspan::conformance::client
