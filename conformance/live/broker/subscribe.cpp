// B-SUB, B-OVERLAP, B-RESUB, B-MINQOS, B-UNSUB: what subscriptions do, and what ends them.
#include <algorithm>
#include <set>

#include "bad_packets.hpp"
#include "subscribing.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

std::string digit(qos level) { return std::to_string(static_cast<int>(level)); }

asked to(std::string topic_filter, qos at_most, std::uint32_t identifier = 0) {
  asked one;
  one.topic_filter = std::move(topic_filter);
  one.at_most = at_most;
  one.identifier = identifier;
  return one;
}

// --- B-SUB -----------------------------------------------------------------------------------------------------------------------------------

// Filters whose QoS differs from one to the next, so that the order of the codes can be seen.
task<> acknowledges(session& s, std::size_t count, std::uint16_t id) {
  std::vector<asked> filters;
  for (std::size_t i = 0; i < count; ++i) filters.push_back(to(s.topic(std::to_string(i)), static_cast<qos>((i + 1) % 3)));
  link& l = co_await join(s, "client");
  l.send(subscribe_packet(s, id, filters));
  const received r = co_await expect<suback>(s, l);
  const suback& ack = *r.as<suback>();
  s.require(ack.packet_id == id, "SUBACK has packet id " + std::to_string(ack.packet_id) + ", SUBSCRIBE had " + std::to_string(id));
  s.require(ack.reason_codes.size() == count, "expected " + std::to_string(count) + " codes, got " + std::to_string(ack.reason_codes.size()));
  std::size_t i = 0;
  for (const reason_code code : ack.reason_codes) {
    const auto wanted = static_cast<unsigned>(filters[i++].at_most);
    if (is_error(code)) s.info("filter " + std::to_string(i) + " is refused");
    else s.require(static_cast<unsigned>(code) <= wanted, "filter " + std::to_string(i) + " asked for QoS " + std::to_string(wanted) + " and is granted " + std::to_string(static_cast<unsigned>(code)));
    if (!is_error(code) && static_cast<unsigned>(code) < wanted) s.info("filter " + std::to_string(i) + " is granted less than it asked for");
  }
  co_await ping(s, l);
}

// The same with the message that each of them brings: several filters in one SUBSCRIBE are as good as each alone.
task<> subscribes_all(session& s) {
  const std::vector<asked> filters{to(s.topic("a"), qos::at_most_once), to(s.topic("b"), qos::at_most_once), to(s.topic("c"), qos::at_most_once)};
  link& l = co_await join(s, "client");
  l.send(subscribe_packet(s, 1, filters));
  co_await expect<suback>(s, l);
  link& publisher = co_await join(s, "publisher");
  for (const asked& f : filters) co_await publish_message(s, publisher, f.topic_filter, "x");
  const std::vector<message> came = co_await gather(s, l, 3);
  s.require(came.size() == 3, "expected a message for each of 3 filters, got " + std::to_string(came.size()));
}

bytes with_options(const session& s, unsigned options) { return framed(0x82, u16(1) + properties(s.version()) + text(s.topic("t")) + u8(options)); }
bytes with_properties(const session& s, const bytes& inside) { return framed(0x82, u16(1) + properties(s.version(), inside) + text(s.topic("t")) + u8(0)); }

const bad_packet bad_subscribes[] = {
    {"qos-3", "SUBSCRIBE that asks for QoS 3", {"~U31-3.8-a", "MQTT-3.8.3-4", "U5-3.8.3.1-a"}, [](const session& s) { return with_options(s, 3); }, malformed_or_protocol},
    {"empty", "SUBSCRIBE without a filter", {"~U31-3.8-c", "MQTT-3.8.3-3", "MQTT-3.8.3-2 U5-3.8.3-a"}, [](const session& s) { return framed(0x82, u16(1) + properties(s.version())); }, malformed_or_protocol},
    {"bit-2", "SUBSCRIBE with bit 2 of the requested QoS", {"~U31-3.8-a", "MQTT-3.8.3-4", ""}, [](const session& s) { return with_options(s, 0x04); }},
    {"bit-3", "SUBSCRIBE with bit 3 of the requested QoS", {"~U31-3.8-a", "MQTT-3.8.3-4", ""}, [](const session& s) { return with_options(s, 0x08); }},
    {"bit-4", "SUBSCRIBE with bit 4 of the requested QoS", {"~U31-3.8-a", "MQTT-3.8.3-4", ""}, [](const session& s) { return with_options(s, 0x10); }},
    {"bit-5", "SUBSCRIBE with bit 5 of the requested QoS", {"~U31-3.8-a", "MQTT-3.8.3-4", ""}, [](const session& s) { return with_options(s, 0x20); }},
    {"bit-6", "SUBSCRIBE with bit 6 of QoS or options", {"~U31-3.8-a", "MQTT-3.8.3-4", "MQTT-3.8.3-5"}, [](const session& s) { return with_options(s, 0x40); }},
    {"bit-7", "SUBSCRIBE with bit 7 of QoS or options", {"~U31-3.8-a", "MQTT-3.8.3-4", "MQTT-3.8.3-5"}, [](const session& s) { return with_options(s, 0x80); }},
    {"retain-handling-3", "SUBSCRIBE with Retain Handling 3", {"", "", "U5-3.8.3.1-b"}, [](const session& s) { return with_options(s, 0x30); }, malformed_or_protocol},
    {"identifier-0", "SUBSCRIBE with Subscription Identifier 0", {"", "", "U5-3.8.2.1.2-a"}, [](const session& s) { return with_properties(s, hex("0b 00")); }, protocol_error},
    {"identifier-twice", "SUBSCRIBE with Subscription Identifier twice", {"", "", "U5-3.8.2.1.2-b"}, [](const session& s) { return with_properties(s, hex("0b 01 0b 02")); }, protocol_error},
    {"options-missing", "SUBSCRIBE with a filter that has no options", {"", "", "U5-3.8.3-b"}, [](const session& s) { return framed(0x82, u16(1) + u8(0) + text(s.topic("t"))); }},
};

// --- B-OVERLAP -------------------------------------------------------------------------------------------------------------------------------

std::set<std::uint32_t> identifiers_in(const session& s, const message& m) {
  std::set<std::uint32_t> ids;
  const auto p = parse_as<publish>(as_bytes(m.bytes), s.version());
  if (!p) return ids;
  for (const property& each : p->packet.properties)
    if (each.id() == property_id::subscription_identifier) ids.insert(each.integer());
  return ids;
}

task<> overlaps(session& s, bool with_identifiers) {
  const qos levels[] = {qos::at_most_once, qos::exactly_once, qos::at_least_once};
  const std::string filters[] = {s.topic("#"), s.topic("+"), s.topic("t")};
  link& l = co_await join(s, "subscriber");
  for (std::size_t i = 0; i < 3; ++i) co_await subscribe_and_gather(s, l, to(filters[i], levels[i], with_identifiers ? static_cast<std::uint32_t>(i + 1) : 0), 0);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, s.topic("t"), "overlap", qos::exactly_once);
  co_await publish_message(s, publisher, s.topic("t"), "end", qos::exactly_once);
  const std::vector<message> all = co_await messages_until(s, l, s.topic("t"), "end");
  std::vector<message> came;
  for (const message& m : all)
    if (m.payload == "overlap") came.push_back(m);
  s.require(!came.empty(), "expected the message at least once");
  const auto highest = std::max_element(came.begin(), came.end(), [](const message& a, const message& b) { return a.qos < b.qos; });
  s.require(highest->qos == qos::exactly_once, "the highest QoS of all subscriptions that match is 2, the message came with QoS " + digit(highest->qos));
  s.saw(std::to_string(came.size()) + " copies");
  if (!with_identifiers) co_return;
  std::set<std::uint32_t> united;
  for (const message& m : came) {
    const std::set<std::uint32_t> ids = identifiers_in(s, m);
    s.require(!ids.empty(), "the message came without Subscription Identifier");
    united.insert(ids.begin(), ids.end());
  }
  if (came.size() == 1) s.require(united.size() == 3, "one copy for 3 subscriptions has " + std::to_string(united.size()) + " of their identifiers");
  else if (came.size() == 3) s.require(united.size() == 3, "3 copies do not have each the identifier of their own subscription");
  else s.info(std::to_string(came.size()) + " copies for 3 subscriptions, with " + std::to_string(united.size()) + " identifiers");
}

// --- B-RESUB ---------------------------------------------------------------------------------------------------------------------------------

task<> replaces(session& s, qos before, qos after) {
  const std::string topic = s.topic("t");
  link& l = co_await join(s, "subscriber");
  co_await subscribe_and_gather(s, l, to(topic, before), 0);
  co_await subscribe_and_gather(s, l, to(topic, after), 0);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, topic, "once", qos::exactly_once);
  co_await publish_message(s, publisher, topic, "end", qos::exactly_once);
  const std::vector<message> came = co_await messages_until(s, l, topic, "end");
  s.require(came.size() == 2, "expected the message once, it came " + std::to_string(came.size() - 1) + " times");
  s.require(came[0].qos == after, "the new subscription has QoS " + digit(after) + ", the message came with QoS " + digit(came[0].qos));
}

task<> resends_retained(session& s) {
  const std::string topic = s.topic("t");
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, topic, "kept", qos::at_least_once, true);
  link& l = co_await join(s, "subscriber");
  const std::vector<message> first = co_await subscribe_and_gather(s, l, to(topic, qos::at_least_once), 1);
  const std::vector<message> again = co_await subscribe_and_gather(s, l, to(topic, qos::at_least_once), 1);
  co_await publish_message(s, publisher, topic, "", qos::at_most_once, true);
  s.require(first.size() == 1, "expected the retained message, got " + std::to_string(first.size()));
  s.require(again.size() == 1, "expected the retained message again behind the second SUBSCRIBE, got " + std::to_string(again.size()));
}

// Messages come all the time while the subscription is replaced.
task<> loses_nothing(session& s) {
  constexpr int rounds = 60;
  const std::string topic = s.topic("t");
  link& l = co_await join(s, "subscriber");
  co_await subscribe_and_gather(s, l, to(topic, qos::at_least_once), 0);
  link& publisher = co_await join(s, "publisher");
  for (int i = 0; i < rounds; ++i) {
    co_await publish_message(s, publisher, topic, std::to_string(i), qos::at_least_once);
    if (i % 6 == 3) l.send(subscribe_packet(s, static_cast<unsigned>(100 + i), std::vector<asked>(1, to(topic, qos::at_least_once))));
  }
  const std::vector<message> came = co_await messages_until(s, l, topic, std::to_string(rounds - 1));
  std::set<std::string> payloads;
  for (const message& m : came) payloads.insert(m.payload);
  s.require(payloads.size() == rounds, "expected " + std::to_string(rounds) + " messages, got " + std::to_string(payloads.size()));
}

// --- B-MINQOS --------------------------------------------------------------------------------------------------------------------------------

task<> takes_the_smaller(session& s, qos published, qos wanted) {
  const std::string topic = s.topic("t");
  link& l = co_await join(s, "subscriber");
  const std::uint8_t granted = co_await subscribe_to(s, l, topic, wanted);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, topic, "x", published);
  const std::vector<message> came = co_await messages_until(s, l, topic, "x");
  const qos expected = std::min(published, static_cast<qos>(granted));
  s.require(came.size() == 1, "expected the message once");
  s.require(came[0].qos == expected, "published with QoS " + digit(published) + ", granted QoS " + std::to_string(granted) + ": expected QoS " + digit(expected) + ", got " + digit(came[0].qos));
}

// --- B-UNSUB ---------------------------------------------------------------------------------------------------------------------------------

bytes unsubscribe_packet(const session& s, unsigned id, const std::vector<std::string>& filters) {
  bytes body = u16(id) + properties(s.version());
  for (const std::string& f : filters) body += text(f);
  return framed(0xA2, body);
}

task<> unsubscribes(session& s, std::size_t count, std::uint16_t id) {
  link& l = co_await join(s, "client");
  std::vector<asked> there;
  std::vector<std::string> leaving;
  for (std::size_t i = 0; i < count; ++i) {  // every second one is not there
    leaving.push_back(s.topic(std::to_string(i)));
    if (i % 2 == 0) there.push_back(to(leaving.back(), qos::at_most_once));
  }
  l.send(subscribe_packet(s, 1, there));
  co_await expect<suback>(s, l);
  l.send(unsubscribe_packet(s, id, leaving));
  const received r = co_await expect<unsuback>(s, l);
  const unsuback& ack = *r.as<unsuback>();
  s.require(ack.packet_id == id, "UNSUBACK has packet id " + std::to_string(ack.packet_id) + ", UNSUBSCRIBE had " + std::to_string(id));
  if (s.v5()) {
    s.require(ack.reason_codes.size() == count, "expected " + std::to_string(count) + " codes, got " + std::to_string(ack.reason_codes.size()));
    std::size_t i = 0;
    for (const reason_code code : ack.reason_codes) {
      const bool was_there = i++ % 2 == 0;
      if (was_there && code == reason_code::no_subscription_existed) s.fail("code " + std::to_string(i) + " says that there was no subscription, but there was: the codes are in another order");
      if (!was_there && code == reason_code::success) s.info("code " + std::to_string(i) + " is 0x00, where nothing was subscribed");
    }
  }
  link& publisher = co_await join(s, "publisher");
  for (const std::string& each : leaving) co_await publish_message(s, publisher, each, "late");
  co_await ping(s, publisher);
  co_await subscribe_to(s, l, s.topic("end"), qos::at_most_once);
  co_await publish_message(s, publisher, s.topic("end"), "end");
  const std::vector<message> came = co_await messages_until(s, l, s.topic("end"), "end");
  s.require(came.size() == 1, "a message came for a filter that was unsubscribed");
}

task<> nothing_to_unsubscribe(session& s) {
  link& l = co_await join(s, "client");
  l.send(unsubscribe_packet(s, 77, std::vector<std::string>(1, s.topic("never"))));
  const received r = co_await expect<unsuback>(s, l);
  s.require(r.as<unsuback>()->packet_id == 77, "UNSUBACK has another packet id");
}

task<> only_exact_matches(session& s) {
  link& l = co_await join(s, "client");
  const std::string filter = s.topic("a/+");
  co_await subscribe_to(s, l, filter, qos::at_most_once);
  l.send(unsubscribe_packet(s, 5, {s.topic("a/b"), s.topic("#"), s.topic("a/#"), s.topic("A/+"), s.topic("a/+/")}));
  co_await expect<unsuback>(s, l);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, s.topic("a/b"), "still");
  const std::vector<message> came = co_await gather(s, l, 1);
  s.require(came.size() == 1, "a filter that was not unsubscribed brings nothing any more");
}

// An exchange that has begun is finished, whatever becomes of the subscription.
task<> finishes(session& s, qos level) {
  link& l = co_await join(s, "client");
  const std::uint16_t id = co_await receive_one(s, l, level);
  l.send(unsubscribe_packet(s, 5, std::vector<std::string>(1, s.topic("one"))));
  co_await expect<unsuback>(s, l);
  if (level == qos::at_least_once) {
    l.send(framed(0x40, u16(id)));
    co_await ping(s, l);
    co_return;
  }
  l.send(framed(0x50, u16(id)));
  const received r = co_await expect<pubrel>(s, l);
  s.require(r.as<pubrel>()->packet_id == id, "PUBREL has another packet id");
  l.send(framed(0x70, u16(id)));
  co_await ping(s, l);
}

const bad_packet bad_unsubscribes[] = {
    {"empty", "UNSUBSCRIBE without a filter", {"~U31-3.8-c", "MQTT-3.10.3-2", "MQTT-3.10.3-2 U5-3.10.3-a"}, [](const session& s) { return framed(0xA2, u16(1) + properties(s.version())); },
     malformed_or_protocol},
};

void add_subacks(catalogue& all) {
  const cited answered{"U31-3.8-b U31-3.9-b", "MQTT-3.8.4-1 MQTT-3.8.4-2 MQTT-3.8.4-4 MQTT-3.8.4-5 MQTT-3.9.3-1 MQTT-2.3.1-7",
                       "MQTT-2.2.1-6 MQTT-3.8.4-1 MQTT-3.8.4-2 MQTT-3.8.4-5 MQTT-3.8.4-6 MQTT-3.8.4-7 MQTT-3.9.3-1"};
  for (const std::size_t count : {1u, 2u, 10u})
    for (const unsigned id : {1u, 256u, 65'535u})
      all.push_back({"B-SUB", std::to_string(count) + "-filters-id-" + std::to_string(id), "SUBSCRIBE with " + std::to_string(count) + " filters and packet id " + std::to_string(id), answered,
                     [count, id](session& s) { return acknowledges(s, count, static_cast<std::uint16_t>(id)); }});
  all.push_back({"B-SUB", "all-count", "each of 3 filters in one SUBSCRIBE brings its messages", answered, subscribes_all});
  add_bad_packets(all, "B-SUB", bad_subscribes);
}

void add_unsubs(catalogue& all) {
  const cited answered{"U31-3.10-a", "MQTT-3.10.4-2 MQTT-3.10.4-4 MQTT-3.10.4-6", "MQTT-3.10.4-2 MQTT-3.10.4-4 MQTT-3.10.4-5 MQTT-3.10.4-6 MQTT-3.11.3-1"};
  for (const std::size_t count : {1u, 2u, 10u})
    all.push_back({"B-UNSUB", std::to_string(count) + "-filters", "UNSUBSCRIBE with " + std::to_string(count) + " filters", answered,
                   [count](session& s) { return unsubscribes(s, count, static_cast<std::uint16_t>(1'000 + count)); }});
  all.push_back({"B-UNSUB", "nothing-there", "UNSUBSCRIBE where nothing is subscribed", {"U31-3.10-a", "MQTT-3.10.4-4 MQTT-3.10.4-5", "MQTT-3.10.4-5"}, nothing_to_unsubscribe});
  all.push_back({"B-UNSUB", "exact", "UNSUBSCRIBE of filters that only look alike", {"~U31-3.10-a", "MQTT-3.10.4-1", "MQTT-3.10.4-1"}, only_exact_matches});
  const cited finished{"~U31-3.3-c", "MQTT-3.10.4-3", "MQTT-3.10.4-3"};
  all.push_back({"B-UNSUB", "finishes-qos-1", "UNSUBSCRIBE while a PUBACK is due", finished, [](session& s) { return finishes(s, qos::at_least_once); }});
  all.push_back({"B-UNSUB", "finishes-qos-2", "UNSUBSCRIBE while a PUBREC is due", finished, [](session& s) { return finishes(s, qos::exactly_once); }});
  add_bad_packets(all, "B-UNSUB", bad_unsubscribes);
}

}  // namespace

void add_subscribe(catalogue& all) {
  add_subacks(all);
  all.push_back({"B-OVERLAP", "qos", "three subscriptions that match, of QoS 0, 2 and 1", {"~U31-3.9-b", "MQTT-3.3.5-1", "MQTT-3.3.4-2"}, [](session& s) { return overlaps(s, false); }});
  all.push_back({"B-OVERLAP", "identifiers", "three subscriptions that match, each with an identifier", {"", "", "MQTT-3.3.4-3 MQTT-3.3.4-4 MQTT-3.3.4-5"},
                 [](session& s) { return overlaps(s, true); }, 0, "subscription-identifiers"});
  const cited replaced{"~U31-3.9-b", "MQTT-3.8.4-3", "MQTT-3.8.4-3"}, flows{"~U31-3.9-b", "MQTT-3.8.4-3", "MQTT-3.8.4-4"};
  all.push_back({"B-RESUB", "higher", "the same filter again, with a higher QoS", replaced, [](session& s) { return replaces(s, qos::at_most_once, qos::exactly_once); }});
  all.push_back({"B-RESUB", "lower", "the same filter again, with a lower QoS", replaced, [](session& s) { return replaces(s, qos::exactly_once, qos::at_least_once); }});
  all.push_back({"B-RESUB", "retained", "the same filter again brings the retained message again", flows, resends_retained, 0, "retain"});
  all.push_back({"B-RESUB", "running", "the same filter again and again while messages come", flows, loses_nothing});
  for (const qos published : {qos::at_most_once, qos::at_least_once, qos::exactly_once})
    for (const qos wanted : {qos::at_most_once, qos::at_least_once, qos::exactly_once})
      all.push_back({"B-MINQOS", "published-" + digit(published) + "-asked-" + digit(wanted), "published with QoS " + digit(published) + ", subscribed with QoS " + digit(wanted),
                     {"~U31-3.9-b", "MQTT-3.8.4-6", "MQTT-3.8.4-8"}, [published, wanted](session& s) { return takes_the_smaller(s, published, wanted); }});
  add_unsubs(all);
}

}  // namespace mqttspan::conformance::broker
