// B-RET, B-SUBOPT, B-EXPIRY: retained messages, the subscription options about them, and messages that grow old.
#include "bad_packets.hpp"
#include "subscribing.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

// Retained messages are the broker's for all time: every play takes its own away.
task<> clear(session& s, link& publisher, std::string topic) { co_await publish_message(s, publisher, topic, "", qos::at_most_once, true); }

// What a new subscriber finds.
task<std::vector<message>> found_by_new(session& s, std::string_view role, std::string topic_filter, std::size_t expected, qos at_most = qos::at_most_once) {
  link& l = co_await join(s, role);
  asked one;
  one.topic_filter = std::move(topic_filter);
  one.at_most = at_most;
  std::vector<message> came = co_await subscribe_and_gather(s, l, one, expected);
  co_return came;
}

task<> is_kept(session& s, qos level) {
  const std::string topic = s.topic("t");
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, topic, "kept", level, true);
  co_await ping(s, publisher);
  const std::vector<message> came = co_await found_by_new(s, "subscriber", topic, 1, level);
  if (level == qos::at_most_once && came.empty() && !s.v5()) s.info("a retained message of QoS 0 was dropped, as a server of 3.1.1 may");
  else s.require(came.size() == 1 && came[0].payload == "kept", "expected the retained message, got " + std::to_string(came.size()));
  if (!came.empty()) {
    s.require(came[0].retain, "a retained message came to a new subscription with RETAIN 0");
    s.require(came[0].qos == level, "it was published with QoS " + std::to_string(static_cast<int>(level)) + ", and came with another");
  }
  co_await clear(s, publisher, topic);
}

task<> is_replaced(session& s, qos level) {
  const std::string topic = s.topic("t");
  link& watcher = co_await join(s, "watcher");
  co_await subscribe_to(s, watcher, topic, qos::at_most_once);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, topic, "first", qos::at_least_once, true);
  co_await publish_message(s, publisher, topic, "second", level, true);
  co_await messages_until(s, watcher, topic, "second");  // a PINGRESP may overtake a QoS 0 message that is still worked at
  const std::vector<message> came = co_await found_by_new(s, "subscriber", topic, 1);
  for (const message& m : came) s.require(m.payload != "first", "the retained message that was replaced is still there");
  if (came.empty() && level == qos::at_most_once) s.info("a retained message of QoS 0 was dropped, as a server of 3.1.1 may");
  else s.require(came.size() == 1, "expected one retained message, got " + std::to_string(came.size()));
  co_await clear(s, publisher, topic);
}

// The empty one is delivered to who listens, and leaves nothing.
task<> is_cleared(session& s, bool was_there) {
  const std::string topic = s.topic("t");
  link& publisher = co_await join(s, "publisher");
  if (was_there) co_await publish_message(s, publisher, topic, "kept", qos::at_least_once, true);
  link& listener = co_await join(s, "listener");
  asked one;
  one.topic_filter = topic;
  co_await subscribe_and_gather(s, listener, one, was_there ? 1 : 0);
  co_await publish_message(s, publisher, topic, "", qos::at_least_once, true);
  const std::vector<message> came = co_await messages_until(s, listener, topic, "");
  s.require(came.size() == 1 && !came[0].retain, "the empty message came to an established subscription with RETAIN 1");
  const std::vector<message> left = co_await found_by_new(s, "late", topic, 0);
  s.require(left.empty(), "expected no retained message behind an empty one, got " + std::to_string(left.size()));
}

task<> is_left_alone(session& s, bool was_there) {
  const std::string topic = s.topic("t");
  link& publisher = co_await join(s, "publisher");
  if (was_there) co_await publish_message(s, publisher, topic, "kept", qos::at_least_once, true);
  co_await publish_message(s, publisher, topic, "passing", qos::at_least_once, false);
  co_await publish_message(s, publisher, topic, "", qos::at_least_once, false);
  const std::vector<message> came = co_await found_by_new(s, "subscriber", topic, was_there ? 1 : 0);
  s.require(came.size() == (was_there ? 1u : 0u), "a message with RETAIN 0 changed what was retained");
  if (was_there) s.require(came[0].payload == "kept", "a message with RETAIN 0 replaced the retained one");
  co_await clear(s, publisher, topic);
}

task<> flag_on_established(session& s) {
  const std::string topic = s.topic("t");
  link& subscriber = co_await join(s, "subscriber");
  co_await subscribe_to(s, subscriber, topic, qos::at_least_once);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, topic, "now", qos::at_least_once, true);
  const std::vector<message> came = co_await messages_until(s, subscriber, topic, "now");
  s.require(!came.back().retain, "an established subscription got the message with RETAIN 1");
  co_await clear(s, publisher, topic);
}

task<> wildcard_finds_all(session& s) {
  link& publisher = co_await join(s, "publisher");
  for (const char* each : {"a", "b", "c/d"}) co_await publish_message(s, publisher, s.topic(each), each, qos::at_least_once, true);
  const std::vector<message> came = co_await found_by_new(s, "subscriber", s.topic("#"), 3);
  s.require(came.size() == 3, "expected the last retained message of each of 3 topics, got " + std::to_string(came.size()));
  for (const message& m : came) s.require(m.retain, "a retained message came to a new subscription with RETAIN 0");
  for (const char* each : {"a", "b", "c/d"}) co_await clear(s, publisher, s.topic(each));
}

// --- B-SUBOPT --------------------------------------------------------------------------------------------------------------------------------

task<> retain_handling_is(session& s, retain_handling how, bool is_new, bool expected) {
  const std::string topic = s.topic("t");
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, topic, "kept", qos::at_least_once, true);
  link& l = co_await join(s, "subscriber");
  asked one;
  one.topic_filter = topic;
  if (!is_new) co_await subscribe_and_gather(s, l, one, 1);
  one.handling = how;
  const std::vector<message> came = co_await subscribe_and_gather(s, l, one, expected ? 1 : 0);
  s.require(came.size() == (expected ? 1u : 0u), std::string("expected ") + (expected ? "the retained message" : "no retained message") + ", got " + std::to_string(came.size()));
  if (expected) s.require(came[0].retain, "a retained message came to a subscription with RETAIN 0");
  co_await clear(s, publisher, topic);
}

task<> retain_as_published(session& s, bool as_published, bool retain) {
  const std::string topic = s.topic("t");
  link& l = co_await join(s, "subscriber");
  asked one;
  one.topic_filter = topic;
  one.as_published = as_published;
  co_await subscribe_and_gather(s, l, one, 0);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, topic, "now", qos::at_least_once, retain);
  const std::vector<message> came = co_await messages_until(s, l, topic, "now");
  s.require(came.back().retain == (as_published && retain), "expected RETAIN " + std::to_string(as_published && retain) + ", got " + std::to_string(came.back().retain));
  co_await clear(s, publisher, topic);
}

task<> no_local(session& s, bool set) {
  const std::string topic = s.topic("t");
  link& l = co_await join(s, "client");
  asked one;
  one.topic_filter = topic;
  one.no_local = set;
  co_await subscribe_and_gather(s, l, one, 0);
  l.send(framed(0x30, text(topic) + u8(0) + "own"));
  std::vector<received> own;
  if (set) own = co_await ping(s, l);  // dealt with before the other's
  for (const received& r : own) s.require(!r.as<publish>(), "No Local was set, but the client's own message came back to it");
  link& other = co_await join(s, "other");
  if (!set) co_await expect<publish>(s, l);
  co_await publish_message(s, other, topic, "end");
  const std::vector<message> came = co_await messages_until(s, l, topic, "end");
  s.require(came.size() == 1, set ? "No Local was set, but the client's own message came back to it" : "expected the message once");
}

// --- B-EXPIRY --------------------------------------------------------------------------------------------------------------------------------

task<> publish_expiring(session& s, link& l, std::string topic, std::string payload, std::uint32_t seconds) {
  const property own[] = {prop::message_expiry_interval(seconds)};
  publish p;
  p.topic = topic;
  p.payload = as_bytes(payload);
  p.qos = qos::at_least_once;
  p.packet_id = 1;
  p.properties = own;
  l.send(p);
  co_await expect<puback>(s, l);
}

// A client that is away while its messages wait, and comes back.
task<> waits_for(session& s, std::uint32_t seconds, milliseconds away, bool is_there) {
  const std::string topic = s.topic("t");
  greeting hello(s, "subscriber");
  hello.properties = {prop::session_expiry_interval(30)};
  link& before = co_await join(s, "before", hello);
  co_await subscribe_to(s, before, topic, qos::at_least_once);
  co_await leave(s, before);
  link& publisher = co_await join(s, "publisher");
  co_await publish_expiring(s, publisher, topic, "ages", seconds);
  co_await s.pause(away);
  hello.packet.clean_start = false;
  link& after = co_await join(s, "after", hello);
  co_await publish_message(s, publisher, topic, "end", qos::at_least_once);
  const std::vector<message> came = co_await messages_until(s, after, topic, "end");
  co_await leave(s, after);
  if (!is_there) {
    s.require(came.size() == 1, "a message was delivered after its Message Expiry Interval");
    co_return;
  }
  s.require(came.size() == 2, "a message was not delivered although its Message Expiry Interval had not passed");
  const auto again = parse_as<publish>(as_bytes(came[0].bytes), s.version());
  const auto left = again ? again->packet.properties.get(prop::message_expiry_interval) : std::nullopt;
  s.require(left.has_value(), "the forwarded message has no Message Expiry Interval");
  const auto least = static_cast<std::int64_t>(seconds) - away.count() / 1'000 - 2, most = static_cast<std::int64_t>(seconds) - away.count() / 1'000 + 1;
  s.require(*left >= least && *left <= most, "expected a Message Expiry Interval of about " + std::to_string(most - 1) + " s, got " + std::to_string(*left));
}

// Retained messages wait as well: for who subscribes.
task<> retained_ages(session& s, milliseconds later, bool is_there) {
  const std::string topic = s.topic("t");
  link& publisher = co_await join(s, "publisher");
  publisher.send(framed(0x33, text(topic) + u16(1) + properties(s.version(), hex("02 00000002")) + "ages"));
  co_await expect<puback>(s, publisher);
  co_await s.pause(later);
  const std::vector<message> came = co_await found_by_new(s, "subscriber", topic, is_there ? 1 : 0);
  s.require(came.size() == (is_there ? 1u : 0u), is_there ? "a retained message was gone before its time" : "a retained message was delivered after its Message Expiry Interval");
  co_await clear(s, publisher, topic);
}

void add_options(catalogue& all) {
  struct handling {
    std::string_view name, title, statement;
    retain_handling how;
    bool is_new, expected;
  };
  static constexpr handling handlings[] = {
      {"handling-0-new", "Retain Handling 0, new subscription", "MQTT-3.3.1-9", retain_handling::send, true, true},
      {"handling-0-again", "Retain Handling 0, subscription that is there", "MQTT-3.3.1-9", retain_handling::send, false, true},
      {"handling-1-new", "Retain Handling 1, new subscription", "MQTT-3.3.1-10", retain_handling::send_if_new, true, true},
      {"handling-1-again", "Retain Handling 1, subscription that is there", "MQTT-3.3.1-10", retain_handling::send_if_new, false, false},
      {"handling-2-new", "Retain Handling 2, new subscription", "MQTT-3.3.1-11", retain_handling::do_not_send, true, false},
      {"handling-2-again", "Retain Handling 2, subscription that is there", "MQTT-3.3.1-11", retain_handling::do_not_send, false, false},
  };
  for (const handling& h : handlings)
    all.push_back({"B-SUBOPT", std::string(h.name), std::string(h.title), {"", "", h.statement}, [&h](session& s) { return retain_handling_is(s, h.how, h.is_new, h.expected); }, 0, "retain"});
  for (const bool as_published : {false, true})
    for (const bool retain : {false, true})
      all.push_back({"B-SUBOPT", "as-published-" + std::to_string(as_published) + "-retain-" + std::to_string(retain),
                     "Retain As Published " + std::to_string(as_published) + ", message with RETAIN " + std::to_string(retain), {"", "", as_published ? "MQTT-3.3.1-13" : "MQTT-3.3.1-12"},
                     [as_published, retain](session& s) { return retain_as_published(s, as_published, retain); }, 0, "retain"});
  all.push_back({"B-SUBOPT", "no-local-1", "No Local 1", {"", "", "MQTT-3.8.3-3"}, [](session& s) { return no_local(s, true); }});
  all.push_back({"B-SUBOPT", "no-local-0", "No Local 0", {"", "", "MQTT-3.8.3-3"}, [](session& s) { return no_local(s, false); }});
}

void add_expiry(catalogue& all) {
  all.push_back({"B-EXPIRY", "counts-down", "a message waits for part of its Message Expiry Interval", {"", "", "MQTT-3.3.2-6"}, [](session& s) { return waits_for(s, 100, milliseconds(3'000), true); }, 4});
  all.push_back({"B-EXPIRY", "passes", "a message waits for longer than its Message Expiry Interval", {"", "", "MQTT-3.3.2-5"}, [](session& s) { return waits_for(s, 1, milliseconds(4'000), false); }, 5});
  all.push_back({"B-EXPIRY", "retained", "a retained message within its Message Expiry Interval", {"", "", "MQTT-3.3.2-5"}, [](session& s) { return retained_ages(s, milliseconds(0), true); }, 0, "retain"});
  all.push_back({"B-EXPIRY", "retained-passes", "a retained message behind its Message Expiry Interval", {"", "", "MQTT-3.3.2-5"},
                 [](session& s) { return retained_ages(s, milliseconds(5'000), false); }, 6, "retain"});
}

}  // namespace

void add_retain(catalogue& all) {
  const cited kept{"~U31-2.1-a", "MQTT-3.3.1-5 MQTT-3.3.1-6 MQTT-3.3.1-8", "MQTT-3.3.1-5 U5-3.3.1.3-a"};
  for (const qos level : {qos::at_most_once, qos::at_least_once, qos::exactly_once})
    all.push_back({"B-RET", "kept-qos-" + std::to_string(static_cast<int>(level)), "a retained message of QoS " + std::to_string(static_cast<int>(level)), kept,
                   [level](session& s) { return is_kept(s, level); }, 0, "retain"});
  all.push_back({"B-RET", "replaced", "a retained message is replaced", kept, [](session& s) { return is_replaced(s, qos::at_least_once); }, 0, "retain"});
  all.push_back({"B-RET", "replaced-qos-0", "a retained message is replaced by one of QoS 0", {"~U31-2.1-a", "MQTT-3.3.1-7", "MQTT-3.3.1-5"},
                 [](session& s) { return is_replaced(s, qos::at_most_once); }, 0, "retain"});
  const cited cleared{"~U31-3.3-d", "MQTT-3.3.1-10 MQTT-3.3.1-11 U311-3.3.3-a", "MQTT-3.3.1-6 MQTT-3.3.1-7 U5-3.3.3-a"};
  all.push_back({"B-RET", "cleared", "an empty retained message removes the one before", cleared, [](session& s) { return is_cleared(s, true); }, 0, "retain"});
  all.push_back({"B-RET", "nothing-cleared", "an empty retained message is not kept itself", cleared, [](session& s) { return is_cleared(s, false); }, 0, "retain"});
  const cited left{"~U31-3.3-d", "MQTT-3.3.1-12 U311-3.3.3-a", "MQTT-3.3.1-8 U5-3.3.3-a"};
  all.push_back({"B-RET", "left-alone", "messages with RETAIN 0 leave the retained one alone", left, [](session& s) { return is_left_alone(s, true); }, 0, "retain"});
  all.push_back({"B-RET", "not-kept", "messages with RETAIN 0 are not kept", left, [](session& s) { return is_left_alone(s, false); }, 0, "retain"});
  all.push_back({"B-RET", "established", "RETAIN 1 to an established subscription", {"~U31-3.3-d", "MQTT-3.3.1-9", "MQTT-3.3.1-5"}, flag_on_established, 0, "retain"});
  all.push_back({"B-RET", "wildcard", "a filter with '#' finds what is retained for each topic", {"~U31-2.1-a", "MQTT-3.3.1-6 MQTT-3.3.1-8", "U5-3.3.1.3-a"}, wildcard_finds_all, 0, "retain"});
  add_options(all);
  add_expiry(all);
}

}  // namespace mqttspan::conformance::broker
