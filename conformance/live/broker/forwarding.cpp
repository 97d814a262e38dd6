// B-FWD, B-ALIAS: what a PUBLISH carries through the broker, and names that stand for topics. 5.0.
#include <algorithm>

#include <mqttspan/codec/property.hpp>

#include "exchanges.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

std::string number(std::size_t n) { return std::to_string(n); }

// --- B-FWD ----------------------------------------------------------------------------------------------------------------------------------

struct carried {
  std::string_view name, title;
  cited statements;
  bytes (*inside)();
};
constexpr cited user_properties{"", "", "MQTT-3.3.2-17 MQTT-3.3.2-18"};
const carried carried_rows[] = {
    {"payload-format-1", "Payload Format Indicator 1", {"", "", "MQTT-3.3.2-4"}, [] { return hex("01 01"); }},
    {"response-topic", "Response Topic", {"", "", "MQTT-3.3.2-15"}, [] { return u8(8) + text("answers/to/\xC3\xA4"); }},
    {"correlation-data", "Correlation Data of arbitrary bytes", {"", "", "MQTT-3.3.2-16"}, [] { return u8(9) + text(hex("00 ff 80 0a 00")); }},
    {"correlation-data-empty", "empty Correlation Data", {"", "", "MQTT-3.3.2-16"}, [] { return u8(9) + text(""); }},
    {"content-type", "Content Type", {"", "", "MQTT-3.3.2-20"}, [] { return u8(3) + text("text/plain; charset=\"x\""); }},
    {"content-type-empty", "empty Content Type", {"", "", "MQTT-3.3.2-20"}, [] { return u8(3) + text(""); }},
    {"user-property", "a user property", user_properties, [] { return user_property("name", "value"); }},
    {"user-properties", "user properties out of alphabetical order, with repeats", user_properties,
     [] { return user_property("z", "1") + user_property("a", "2") + user_property("z", "1") + user_property("z", "0") + user_property("A", ""); }},
    {"user-property-empty", "a user property of an empty name and an empty value", user_properties, [] { return user_property("", "") + user_property("", "x") + user_property("x", ""); }},
    {"user-properties-50", "fifty user properties", user_properties, [] {
       bytes all;
       for (std::size_t i = 0; i < 50; ++i) all += user_property(number(i * 37 % 50), std::string(i, 'v'));
       return all;
     }},
    {"all", "all of them", {"", "", "MQTT-3.3.2-4 MQTT-3.3.2-15 MQTT-3.3.2-16 MQTT-3.3.2-17 MQTT-3.3.2-18 MQTT-3.3.2-20"},
     [] { return user_property("b", "1") + hex("01 01 03 0001 63") + user_property("a", "2") + hex("08 0001 72 09 0001 64") + user_property("b", "3"); }},
};

// What a broker must not touch, property by property. User properties in their order; it may put others between.
std::vector<std::string> untouchables(const publish& p) {
  constexpr property_id kept[] = {property_id::payload_format_indicator, property_id::response_topic, property_id::correlation_data, property_id::content_type, property_id::user_property};
  std::vector<std::string> all;
  for (const property_id id : kept)
    for (const property& each : p.properties)
      if (each.id() == id)
        all.push_back(std::string(to_string(id)) + " \"" + std::string(each.name()) + "\" \"" + std::string(each.text()) + std::string(as_text(each.binary())) + "\" " + number(each.integer()));
  return all;
}

enum class by { connection, retained, queue };

task<> carries(session& s, const carried& row, qos level, by how) {
  const std::string topic = s.topic("t");
  const unsigned retain = how == by::retained ? 1 : 0;
  bytes ours = publish_of(s, topic, "x", level, 3, false, row.inside());
  ours[0] = static_cast<char>(static_cast<unsigned char>(ours[0]) | retain);
  link* subscriber = &co_await first_visit(s);
  if (how != by::retained) co_await subscribe_at(s, *subscriber, topic, level);
  if (how == by::queue) subscriber->close(true);
  link& publisher = co_await join(s, "publisher");
  publisher.send(ours);
  co_await complete(s, publisher, 3, level);
  co_await ping(s, publisher);
  if (how == by::queue) subscriber = &co_await next_visit(s);
  if (how == by::retained) subscriber->send(framed(0x82, u16(1) + properties(s.version()) + text(topic) + u8(static_cast<unsigned>(level))));
  received r = co_await hear(s, *subscriber, "the message");
  if (how == by::retained && r.as<suback>()) r = co_await hear(s, *subscriber, "the retained message");
  s.require(r.as<publish>() != nullptr, "expected PUBLISH, got " + in_words(*r, s.version()));
  const received sent(ours, s.version(), {.sender = sender::client});
  const std::vector<std::string> before = untouchables(*sent.as<publish>()), behind = untouchables(*r.as<publish>());
  for (const std::string& each : before)
    s.require(std::find(behind.begin(), behind.end(), each) != behind.end(), "published with " + each + ", which did not come so: " + in_words(*r, s.version()));
  s.require(before == behind, "the properties came in another order or number: " + in_words(*r, s.version()));
  if (how == by::retained) co_await publish_message(s, publisher, topic, "", qos::at_most_once, true);
  co_await forget_session(s);
}

// Payload Format Indicator 0 says the same as none.
task<> carries_format_0(session& s) {
  const std::string topic = s.topic("t");
  link& subscriber = co_await subscribed(s, "subscriber", topic, qos::at_most_once);
  link& publisher = co_await join(s, "publisher");
  publisher.send(publish_of(s, topic, "x", qos::at_most_once, 0, false, hex("01 00")));
  const received r = co_await expect<publish>(s, subscriber);
  const auto format = r.as<publish>()->properties.get(prop::payload_format_indicator);
  s.require(format.value_or(0) == 0, "Payload Format Indicator 0 became 1");
  if (!format) s.info("Payload Format Indicator 0 is left out, which means the same");
}

// --- B-ALIAS --------------------------------------------------------------------------------------------------------------------------------

bytes alias(std::size_t value) { return u8(0x23) + u16(static_cast<unsigned>(value)); }
bytes with_alias(const session& s, std::string_view topic, std::string_view payload, std::size_t value, qos level = qos::at_most_once, std::uint16_t id = 0) {
  return publish_of(s, topic, payload, level, id, false, alias(value));
}

task<welcome> with_aliases(session& s, std::string_view role) {
  welcome w = co_await join_and_read(s, role);
  if (w.topic_alias_maximum == 0) s.skip("the broker takes no topic aliases");
  co_return w;
}

// Set, used, set anew, used; each at this QoS.
task<> set_and_used(session& s, qos level) {
  const std::string a = s.topic("a"), b = s.topic("b");
  link& subscriber = co_await subscribed(s, "subscriber", s.topic("+"), level);
  const welcome w = co_await with_aliases(s, "publisher");
  struct step {
    std::string topic, payload, arrives_at;
  };
  const step steps[] = {{a, "1", a}, {"", "2", a}, {"", "3", a}, {b, "4", b}, {"", "5", b}, {a, "6", a}, {"", "7", a}};
  for (const step& each : steps) {
    w.connection->send(with_alias(s, each.topic, each.payload, 1, level, 1));
    co_await complete(s, *w.connection, 1, level);
  }
  const std::vector<message> came = co_await messages_until(s, subscriber, a, "7");
  s.require(came.size() == 7, "expected 7 messages, got " + number(came.size()));
  for (std::size_t i = 0; i < 7; ++i)
    s.require(came[i].payload == steps[i].payload && came[i].topic == steps[i].arrives_at, "message " + steps[i].payload + " was for " + steps[i].arrives_at + "; there came " + came[i].payload + " for " + came[i].topic);
}

// Several next to each other.
task<> kept_apart(session& s) {
  link& subscriber = co_await subscribed(s, "subscriber", s.topic("+"), qos::at_least_once);
  const welcome w = co_await with_aliases(s, "publisher");
  const std::size_t count = std::min<std::size_t>(w.topic_alias_maximum, 100);
  for (std::size_t i = 1; i <= count; ++i) w.connection->send(with_alias(s, s.topic(number(i)), "set", i));
  w.connection->send(with_alias(s, s.topic("last"), "set", w.topic_alias_maximum));
  if (count == w.topic_alias_maximum) w.connection->send(with_alias(s, s.topic(number(count)), "set", count));
  for (std::size_t i = count; i >= 1; --i) w.connection->send(with_alias(s, "", "used " + number(i), i));
  w.connection->send(publish_of(s, s.topic("end"), "end", qos::at_most_once, 0));
  std::size_t used = 0;
  for (const message& m : co_await messages_until(s, subscriber, s.topic("end"), "end")) {
    if (m.payload.rfind("used ", 0) != 0) continue;
    s.require(m.topic == s.topic(m.payload.substr(5)), "alias " + m.payload.substr(5) + " stands for " + m.topic);
    ++used;
  }
  s.require(used == count, "of " + number(count) + " messages by alias came " + number(used));
}

task<> alias_0(session& s, bool with_topic) {
  link& l = co_await join(s, "client");
  l.send(with_alias(s, with_topic ? s.topic("t") : "", "x", 0));
  co_await expect_close(s, l, codes(0x94, 0x82));
}
task<> above_maximum(session& s, bool far) {
  const welcome w = co_await join_and_read(s, "client");
  if (w.topic_alias_maximum == 65'535) s.skip("the broker takes all topic aliases");
  w.connection->send(with_alias(s, s.topic("t"), "x", far ? 65'535 : w.topic_alias_maximum + 1));
  co_await expect_close(s, *w.connection, codes(0x94));
}
task<> unknown(session& s, qos level) {
  const welcome w = co_await with_aliases(s, "client");
  w.connection->send(with_alias(s, "", "x", 1, level, 1));
  co_await expect_close(s, *w.connection, codes(0x82));
}
// Set by another client, which is still there.
task<> of_another_client(session& s) {
  const welcome other = co_await with_aliases(s, "other");
  other.connection->send(with_alias(s, s.topic("t"), "x", 1));
  co_await ping(s, *other.connection);
  const welcome w = co_await with_aliases(s, "client");
  w.connection->send(with_alias(s, "", "x", 1));
  co_await expect_close(s, *w.connection, codes(0x82));
}
// Set on the connection before, whose session goes on.
task<> of_an_earlier_connection(session& s) {
  link& before = co_await first_visit(s);
  const welcome w = co_await with_aliases(s, "reader");
  before.send(with_alias(s, s.topic("t"), "x", 1));
  co_await ping(s, before);
  before.close(true);
  link& l = co_await next_visit(s);
  l.send(with_alias(s, "", "x", 1));
  co_await expect_close(s, l, codes(0x82));
  co_await forget_session(s);
}

// A maximum of the client's own lets the broker use aliases; each that comes must be known by then.
task<> broker_uses(session& s) {
  greeting hello(s, "subscriber");
  hello.properties = {prop::topic_alias_maximum(3)};
  link& l = co_await join(s, "subscriber", hello);
  co_await subscribe_at(s, l, s.topic("#"), qos::at_most_once);
  link& publisher = co_await join(s, "publisher");
  for (std::size_t i = 0; i < 20; ++i) co_await publish_message(s, publisher, s.topic(number(i % 5)), number(i));
  co_await ping(s, publisher);
  std::string names[4];
  bool any = false;
  for (std::size_t i = 0; i < 20; ++i) {
    const received r = co_await expect<publish>(s, l);
    const publish& p = *r.as<publish>();
    const auto value = p.properties.get(prop::topic_alias);
    any = any || value;
    if (value) s.require(*value >= 1 && *value <= 3, "alias " + number(*value) + " is above the client's maximum of 3");
    if (value && !p.topic.empty()) names[*value] = p.topic;
    const std::string name = p.topic.empty() && value ? names[*value] : std::string(p.topic);
    s.require(name == s.topic(number(std::stoul(std::string(as_text(p.payload))) % 5)), "message " + std::string(as_text(p.payload)) + " came with the topic \"" + name + "\"");
  }
  s.saw(any ? "the broker uses aliases" : "the broker uses no aliases");
}

}  // namespace

void add_forwarding(catalogue& all) {
  for (const carried& row : carried_rows)
    for (const qos level : {qos::at_most_once, qos::at_least_once, qos::exactly_once})
      all.push_back({"B-FWD", std::string(row.name) + "-qos-" + number(static_cast<std::size_t>(level)), std::string(row.title), row.statements,
                     [&row, level](session& s) { return carries(s, row, level, by::connection); }});
  for (const carried& row : carried_rows) {
    all.push_back({"B-FWD", std::string(row.name) + "-retained", std::string(row.title) + " of a retained message", row.statements, [&row](session& s) { return carries(s, row, qos::at_least_once, by::retained); }, 0, "retain"});
    all.push_back({"B-FWD", std::string(row.name) + "-queued", std::string(row.title) + " of a message that waited", row.statements, [&row](session& s) { return carries(s, row, qos::at_least_once, by::queue); }});
  }
  all.push_back({"B-FWD", "payload-format-0", "Payload Format Indicator 0", {"", "", "MQTT-3.3.2-4"}, carries_format_0});
  constexpr cited used{"", "", "U5-3.3.4-g"}, zero{"", "", "MQTT-3.3.2-8 U5-3.3.4-e"}, above{"", "", "MQTT-3.3.2-9 U5-3.3.4-b"}, none{"", "", "U5-3.3.4-c"};
  for (const qos level : {qos::at_most_once, qos::at_least_once, qos::exactly_once})
    all.push_back({"B-ALIAS", "used-qos-" + number(static_cast<std::size_t>(level)), "an alias set, used, set anew", used, [level](session& s) { return set_and_used(s, level); }});
  all.push_back({"B-ALIAS", "all", "every alias up to the broker's maximum", {"", "", "MQTT-3.3.2-12 U5-3.3.4-g"}, kept_apart});
  all.push_back({"B-ALIAS", "0", "alias 0", zero, [](session& s) { return alias_0(s, true); }});
  all.push_back({"B-ALIAS", "0-alone", "alias 0 and an empty topic", zero, [](session& s) { return alias_0(s, false); }});
  all.push_back({"B-ALIAS", "above", "an alias one above the broker's maximum", above, [](session& s) { return above_maximum(s, false); }});
  all.push_back({"B-ALIAS", "far-above", "alias 65,535", above, [](session& s) { return above_maximum(s, true); }});
  all.push_back({"B-ALIAS", "unknown", "an alias that was not set, and an empty topic", none, [](session& s) { return unknown(s, qos::at_most_once); }});
  all.push_back({"B-ALIAS", "unknown-qos-1", "an alias that was not set, and an empty topic, with QoS 1", none, [](session& s) { return unknown(s, qos::at_least_once); }});
  all.push_back({"B-ALIAS", "unknown-qos-2", "an alias that was not set, and an empty topic, with QoS 2", none, [](session& s) { return unknown(s, qos::exactly_once); }});
  all.push_back({"B-ALIAS", "other-client", "an alias that another client has set", none, of_another_client});
  all.push_back({"B-ALIAS", "earlier-connection", "an alias of the session's last connection", {"", "", "MQTT-3.3.2-7 U5-3.3.4-c"}, of_an_earlier_connection});
  all.push_back({"B-ALIAS", "by-broker", "a client that takes aliases", used, broker_uses});
}

}  // namespace mqttspan::conformance::broker
