// C-ALIAS, C-ALIASOUT, C-RMAX, C-MAXPKT: what one side announced, and the other keeps to.
#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

using namespace wire;

json with(std::string key, json value) { return {{std::move(key), std::move(value)}}; }

// C-ALIAS

bytes aliased(const subject& t, std::string_view topic, std::string_view payload, unsigned alias) { return message_bytes(t, topic, payload, 0, 0, false, u8(0x23) + u16(alias)); }

// A client that takes `alias_maximum` aliases, or as many as it likes where nobody drives it.
task<link&> taking_aliases(subject& t, unsigned maximum) {
  link& l = co_await join(t, arrival(with("topic_alias_maximum", maximum)), "client");
  const unsigned announced = t.greeting().properties.get(prop::topic_alias_maximum).value_or(0);
  if (announced != maximum) t.s.inconclusive("the driver was asked for Topic Alias Maximum " + std::to_string(maximum) + ", CONNECT has " + std::to_string(announced));
  co_return l;
}
task<> takes_aliases(subject& t) {
  link& l = co_await taking_aliases(t, 3);
  const std::string a = t.s.topic("a"), b = t.s.topic("b");
  l.send(aliased(t, a, "1", 1) + aliased(t, "", "2", 1) + aliased(t, b, "3", 3) + aliased(t, "", "4", 3) + aliased(t, b, "5", 1) + aliased(t, "", "6", 1));
  const std::vector<json> all = co_await messages_until(t, "6");
  if (text_in(all.back().value("topic", json(""))).empty() && all.back().contains("topic_alias")) {
    t.s.info("the application is given aliases and empty topic names: what they stand for is left to it");
    co_return;
  }
  const std::vector<std::string> expected{a, a, b, b, b, b};
  t.s.require(all.size() == expected.size(), "expected 6 messages, the application was given " + std::to_string(all.size()));
  for (std::size_t i = 0; i < all.size(); ++i)
    t.s.require(text_in(all[i].value("topic", json(""))) == expected[i], "expected the topic name \"" + expected[i] + "\" for message " + std::to_string(i + 1) + ", the application was given \"" + text_in(all[i].value("topic", json(""))) + "\"");
}
task<> minds_alias(subject& t, unsigned maximum, unsigned alias, bool with_topic, codes suitable) {
  link& l = co_await taking_aliases(t, maximum);
  const std::string topic = with_topic ? t.s.topic("a") : "";
  l.send(aliased(t, topic, "bad", alias));
  co_await expect_close(t, l, suitable);
}
task<> forgets_aliases(subject& t) {
  link& l = co_await taking_aliases(t, 3);
  l.send(aliased(t, t.s.topic("a"), "1", 1));
  co_await still_there(t, l);
  l.close(true);
  co_await event(t, "closed");
  link& again = co_await taking_aliases(t, 3);
  again.send(aliased(t, "", "bad", 1));
  co_await expect_close(t, again, codes(0x82, 0x94));
}

// C-ALIASOUT

json with_alias(const subject& t, unsigned alias) {
  json what = publishing(t.s.topic("a"), "aliased", 0);
  if (alias != 0) what["topic_alias"] = alias;
  return what;
}
task<> stays_within_aliases(subject& t, int maximum, unsigned asked_for) {
  arrival how(with("automatic_aliases", true));
  if (maximum >= 0) how.properties = {prop::topic_alias_maximum(static_cast<std::uint16_t>(maximum))};
  link& l = co_await join(t, std::move(how), "client");
  for (int i = 0; i < 3; ++i) {
    const std::string objection = co_await ask(t, with_alias(t, asked_for));
    if (!objection.empty()) continue;  // the best it can do
    const received m = co_await expect<publish>(t, l);
    const auto alias = m.as<publish>()->properties.get(prop::topic_alias);
    t.s.require(!alias || *alias <= static_cast<unsigned>(std::max(maximum, 0)), "the server takes " + std::to_string(std::max(maximum, 0)) + " aliases, got " + in_words(*m, t.s.version()));
  }
}

// C-RMAX

arrival announcing(const property& p) {
  arrival how;
  how.properties = {p};
  return how;
}
json queued(const subject& t, int i, int level) {
  json what = publishing(t.s.topic("q"), "m" + std::to_string(i), level);
  what["queued"] = true;
  return what;
}

// Messages that the application published at once, more than may be in flight.
struct window {
  int accepted = 0;                        // by the library, which may send them later
  std::vector<std::uint16_t> in_flight{};  // came, and is not answered
};
task<window> fills_window(subject& t, link& l, int level) {
  window w;
  for (int i = 0; i < 4; ++i) {
    const std::string objection = co_await ask(t, queued(t, i, level));
    w.accepted += objection.empty() ? 1 : 0;
  }
  const received first = co_await expect<publish>(t, l);
  w.in_flight.push_back(first.as<publish>()->packet_id);
  for (bool is_silent = false; !is_silent;) {
    is_silent = true;
    for (const received& r : co_await still_there(t, l))
      if (r.as<publish>()) w.in_flight.push_back(r.as<publish>()->packet_id), is_silent = false;
  }
  co_return w;
}
std::string too_many(unsigned maximum, std::size_t came) { return "the server takes " + std::to_string(maximum) + " messages at a time, " + std::to_string(came) + " came"; }

arrival taking(unsigned maximum) { return announcing(prop::receive_maximum(static_cast<std::uint16_t>(maximum))); }

task<> stays_within_window(subject& t, unsigned maximum, int level) {
  link& l = co_await join(t, taking(maximum), "client");
  const window w = co_await fills_window(t, l, level);
  t.s.require(w.in_flight.size() <= maximum, too_many(maximum, w.in_flight.size()));
}
// PINGREQ cannot be asked for, SUBSCRIBE can.
task<> subscribes_meanwhile(subject& t, int level) {
  link& l = co_await join(t, taking(1), "client");
  co_await fills_window(t, l, level);
  co_await tell(t, subscribing(t.s.topic("other"), 0));
  co_await expect<subscribe>(t, l);
}
// One exchange ends, by a refusal or as it should.
task<> ends_exchange(subject& t, link& l, int level, std::uint16_t id, bool refused) {
  l.send(framed(level == 1 ? 0x40u : 0x50u, refused ? u16(id) + u8(0x97) : u16(id)));
  if (level == 1 || refused) co_return;
  co_await expect<pubrel>(t, l);
  l.send(framed(0x70, u16(id)));
}
task<> goes_on_when_freed(subject& t, int level, bool refused) {
  link& l = co_await join(t, taking(1), "client");
  window w = co_await fills_window(t, l, level);
  if (w.in_flight.size() > 1) t.s.inconclusive(too_many(1, w.in_flight.size()));
  if (w.accepted < 2) t.s.skip("the client takes no message that would have to wait");
  for (int sent = 1; sent < w.accepted; ++sent) {
    co_await ends_exchange(t, l, level, w.in_flight.back(), refused);
    const received next = co_await hear(t, l, "the next PUBLISH");
    if (refused && next.as<pubrel>()) t.s.inconclusive("PUBREL came behind a refusal, which C-ACKERR judges");
    t.s.require(next.as<publish>(), "expected the next PUBLISH, got " + in_words(*next, t.s.version()));
    w.in_flight.push_back(next.as<publish>()->packet_id);
  }
}
// The next connection has a maximum of its own, for the messages of the session as well.
task<> counts_anew(subject& t, unsigned first, unsigned second) {
  arrival how = taking(first), again = taking(second);
  for (arrival* each : {&how, &again}) each->connect = {{"clean", false}, {"session_expiry", 3600}};
  again.session_present = true;
  link& l = co_await join(t, std::move(how), "first");
  const window before = co_await fills_window(t, l, 1);
  if (before.in_flight.size() > first) t.s.inconclusive(too_many(first, before.in_flight.size()));
  l.close(true);
  co_await event(t, "closed");
  link& next = co_await join(t, std::move(again), "second");
  co_await published_again(t, next);
  std::size_t came = 1;
  for (int i = 0; i < 2; ++i)
    for (const received& r : co_await still_there(t, next)) came += r.as<publish>() ? 1u : 0u;
  t.s.require(came <= second, too_many(second, came), "MQTT-3.3.4-7");
  if (came < second) t.s.info("the server takes " + std::to_string(second) + " messages at a time, the client sends " + std::to_string(came));
}
task<> minds_overflow(subject& t, int level) {
  json options = with("receive_maximum", 2);
  options["manual"] = true;
  link& l = co_await join(t, arrival(options), "client");
  const auto announced = t.greeting().properties.get(prop::receive_maximum);
  if (announced != 2) t.s.inconclusive("the driver was asked for Receive Maximum 2, but CONNECT has another");
  bytes all;
  for (unsigned id = 1; id <= 3; ++id) all += message_bytes(t, t.s.topic("q"), "m", level, id);
  l.send(all);
  co_await expect_close(t, l, codes(0x93));
}

// C-MAXPKT

task<> stays_within_size(subject& t, std::string payload, bool with_user_property) {
  link& l = co_await join(t, announcing(prop::maximum_packet_size(100)), "client");
  json what = publishing(t.s.topic("q"), payload, 1);
  if (with_user_property) what["user_properties"] = json::array({json::array({"name", std::string(100, 'v')})});
  const std::string objection = co_await ask(t, what);
  for (const received& r : co_await up_to_a_message(t, l))
    t.s.require(r.bytes().size() <= 100, "the server takes packets of 100 bytes, got " + std::to_string(r.bytes().size()) + ": " + in_words(*r, t.s.version()));
  if (objection.empty()) t.s.saw("nothing was said to the application");
}
task<> minds_size(subject& t, std::size_t payload) {
  link& l = co_await join(t, arrival(with("maximum_packet_size", 200)), "client");
  const auto announced = t.greeting().properties.get(prop::maximum_packet_size);
  if (announced != 200u) t.s.inconclusive("the driver was asked for Maximum Packet Size 200, but CONNECT has another");
  const std::size_t head = message_bytes(t, t.s.topic("q"), "", 0, 0).size() + 1;  // Remaining Length takes two bytes then
  l.send(message_bytes(t, t.s.topic("q"), std::string(payload - head, 'x'), 0, 0));
  if (payload > 200) co_await expect_close(t, l, codes(0x95));
  else co_await still_there(t, l);
}

void add_window_and_size(catalogue& all) {
  const auto add = [&all](std::string check, std::string name, std::string title, std::string_view statements, std::function<task<>(subject&)> play) {
    all.push_back({std::move(check), std::move(name), std::move(title), {"", "", statements}, std::move(play), needs_driver::yes});
  };
  for (const int level : {1, 2}) {
    const std::string qos = "qos-" + std::to_string(level), words = "four messages of QoS " + std::to_string(level);
    for (const unsigned maximum : {1u, 2u})
      add("C-RMAX", "out-" + std::to_string(maximum) + "-" + qos, "Receive Maximum " + std::to_string(maximum) + ": " + words + ", no more than that in flight", "MQTT-3.3.4-7 MQTT-4.9.0-1 MQTT-4.9.0-2",
          [maximum, level](subject& t) { return stays_within_window(t, maximum, level); });
    add("C-RMAX", "others-" + qos, "Receive Maximum 1: " + words + ", SUBSCRIBE goes out at once", "MQTT-3.3.4-8 MQTT-4.9.0-3", [level](subject& t) { return subscribes_meanwhile(t, level); });
    add("C-RMAX", "freed-" + qos, "Receive Maximum 1: " + words + ", each exchange that ends lets the next one through", "U5-4.9-a", [level](subject& t) { return goes_on_when_freed(t, level, false); });
  }
  add("C-RMAX", "freed-refused", "Receive Maximum 1: four messages of QoS 2, PUBREC 0x97 lets the next one through", "U5-4.9-a", [](subject& t) { return goes_on_when_freed(t, 2, true); });
  add("C-RMAX", "anew-more", "Receive Maximum 1, then 2 on the next connection of the session", "MQTT-3.3.4-7 U5-4.9-b", [](subject& t) { return counts_anew(t, 1, 2); });
  add("C-RMAX", "anew-fewer", "Receive Maximum 2, then 1 on the next connection of the session", "MQTT-3.3.4-7 U5-4.9-b", [](subject& t) { return counts_anew(t, 2, 1); });
  for (const int level : {1, 2})
    add("C-RMAX", "in-qos-" + std::to_string(level), "three messages of QoS " + std::to_string(level) + " where the client takes two", "MQTT-3.3.4-9 U5-3.3.4-d", [level](subject& t) { return minds_overflow(t, level); });
  add("C-MAXPKT", "out-payload", "a payload that is larger than the server's Maximum Packet Size", "MQTT-3.2.2-15", [](subject& t) { return stays_within_size(t, std::string(120, 'x'), false); });
  add("C-MAXPKT", "out-properties", "User Properties that are larger than the server's Maximum Packet Size", "MQTT-3.2.2-15", [](subject& t) { return stays_within_size(t, "x", true); });
  add("C-MAXPKT", "in-at-limit", "a packet as large as the client takes", "U5-2.1.4-b", [](subject& t) { return minds_size(t, 200); });
  add("C-MAXPKT", "in-above", "a packet one byte larger than the client takes", "U5-3.1.2.11.4-c U5-2.1.4-b", [](subject& t) { return minds_size(t, 201); });
  add("C-MAXPKT", "in-far-above", "a packet much larger than the client takes", "U5-3.1.2.11.4-c", [](subject& t) { return minds_size(t, 5'000); });
}

}  // namespace

void add_limits(catalogue& all) {
  const auto add = [&all](std::string check, std::string name, std::string title, const cited& statements, std::function<task<>(subject&)> play, unsigned seconds = 0) {
    all.push_back({std::move(check), std::move(name), std::move(title), statements, std::move(play), needs_driver::yes, seconds});
  };
  add("C-ALIAS", "legal", "aliases are set, used and set anew", {"", "", "MQTT-3.3.2-10 U5-3.3.4-g"}, takes_aliases);
  add("C-ALIAS", "zero", "Topic Alias 0", {"", "", "MQTT-3.3.2-8 U5-3.3.4-e"}, [](subject& t) { return minds_alias(t, 3, 0, true, codes(0x94, 0x82)); });
  add("C-ALIAS", "above", "a Topic Alias above the client's maximum", {"", "", "MQTT-3.3.2-11 U5-3.3.4-b"}, [](subject& t) { return minds_alias(t, 3, 4, true, codes(0x94, 0x82)); });
  all.push_back({"C-ALIAS", "unwanted", "a Topic Alias to a client that takes none", {"", "", "MQTT-3.3.2-11 U5-3.3.4-b"}, [](subject& t) { return minds_alias(t, 0, 1, true, codes(0x94, 0x82)); }});
  add("C-ALIAS", "unknown", "a Topic Alias that was not set, without a topic name", {"", "", "U5-3.3.4-c"}, [](subject& t) { return minds_alias(t, 3, 2, false, codes(0x82, 0x94)); });
  add("C-ALIAS", "reconnect", "a Topic Alias of the connection before", {"", "", "MQTT-3.3.2-7 U5-3.3.4-c"}, forgets_aliases);
  add("C-ALIASOUT", "absent", "no alias where CONNACK allows none", {"", "", "MQTT-3.2.2-18"}, [](subject& t) { return stays_within_aliases(t, -1, 0); });
  add("C-ALIASOUT", "absent-asked", "no alias where CONNACK allows none, though the application wants one", {"", "", "MQTT-3.2.2-18"}, [](subject& t) { return stays_within_aliases(t, -1, 1); });
  add("C-ALIASOUT", "zero", "no alias where CONNACK allows 0", {"", "", "MQTT-3.2.2-18"}, [](subject& t) { return stays_within_aliases(t, 0, 0); });
  add("C-ALIASOUT", "zero-asked", "no alias where CONNACK allows 0, though the application wants one", {"", "", "MQTT-3.2.2-18"}, [](subject& t) { return stays_within_aliases(t, 0, 1); });
  add("C-ALIASOUT", "within", "aliases within the server's maximum", {"", "", "MQTT-3.2.2-17"}, [](subject& t) { return stays_within_aliases(t, 2, 0); });
  add("C-ALIASOUT", "above-asked", "no alias above the server's maximum, though the application wants one", {"", "", "MQTT-3.2.2-17"}, [](subject& t) { return stays_within_aliases(t, 2, 3); });
  add_window_and_size(all);
}

}  // namespace mqttspan::conformance::client
