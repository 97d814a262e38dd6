// B-CAPS, B-ACL, B-PUBREJ, B-EXPQ2, B-PFI: what shows only with brokers that cannot, or may not, do everything; and what a broker may do but need not.
#include <mqttspan/codec/property.hpp>

#include "bad_packets.hpp"
#include "exchanges.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

// --- B-CAPS ---------------------------------------------------------------------------------------------------------------------------------

// Skips where CONNACK says that the broker can do it all.
void only_where(session& s, bool restricted, const std::string& ability, const welcome& w) {
  if (!restricted) s.skip("the broker " + ability + " (" + w.text + ")");
}

// What CONNACK does not restrict must be possible.
task<> maximum_qos_is_announced(session& s, qos level) {
  const welcome w = co_await join_and_read(s, "client");
  w.connection->send(publish_of(s, s.topic("t"), "x", level, 1));
  const bool is_allowed = static_cast<std::uint32_t>(level) <= w.maximum_qos;
  if (!is_allowed) {
    co_await expect_close(s, *w.connection, codes(0x9B));
    co_return;
  }
  const news n = co_await w.connection->wait(patience);
  if (n != news::packet) s.fail("CONNACK announces no Maximum QoS below this, but PUBLISH is not answered");
  const received r = w.connection->take();
  const auto* d = r.as<disconnect>();
  s.require(!d || d->reason_code != reason_code::qos_not_supported, "CONNACK announces no Maximum QoS below this, but PUBLISH is refused for its QoS");
  if (d) s.inconclusive("the broker disconnects: " + in_words(*r, s.version()));
}

task<> subscribes_above_maximum(session& s) {
  const welcome w = co_await join_and_read(s, "client");
  only_where(s, w.maximum_qos < 2, "supports every QoS", w);
  for (unsigned level = 0; level <= 2; ++level) {
    w.connection->send(framed(0x82, u16(level + 1) + properties(s.version()) + text(s.topic("t")) + u8(level)));
    const received r = co_await expect<suback>(s, *w.connection);
    const reason_code code = r.as<suback>()->reason_codes.front();
    s.require(!is_error(code), "SUBSCRIBE with QoS " + std::to_string(level) + " is refused: " + in_words(*r, s.version()));
  }
}

task<> will_qos_above(session& s) {
  const welcome w = co_await join_and_read(s, "looker");
  only_where(s, w.maximum_qos < 2, "supports every QoS", w);
  const bytes behind = properties(s.version()) + text(s.topic("will")) + text("bye");
  co_await refuses(s, connect_of(s, 0x04 | (w.maximum_qos + 1) << 3, behind), codes(0x9B));
}
task<> will_retain(session& s) {
  const welcome w = co_await join_and_read(s, "looker");
  only_where(s, !w.retain, "retains messages", w);
  const bytes behind = properties(s.version()) + text(s.topic("will")) + text("bye");
  co_await refuses(s, connect_of(s, 0x24, behind), codes(0x9A));
}
task<> publish_qos_above(session& s) {
  const welcome w = co_await join_and_read(s, "client");
  only_where(s, w.maximum_qos < 2, "supports every QoS", w);
  w.connection->send(publish_of(s, s.topic("t"), "x", static_cast<qos>(w.maximum_qos + 1), 1));
  co_await expect_close(s, *w.connection, codes(0x9B));
}
task<> publish_retain(session& s) {
  const welcome w = co_await join_and_read(s, "client");
  only_where(s, !w.retain, "retains messages", w);
  w.connection->send(framed(0x31, text(s.topic("t")) + properties(s.version()) + "x"));
  co_await expect_close(s, *w.connection, codes(0x9A));
}
task<> publish_too_large(session& s, std::size_t surplus) {
  constexpr std::uint32_t bearable = 4'000'000;
  const welcome w = co_await join_and_read(s, "client");
  only_where(s, w.maximum_packet_size != 0, "announces no Maximum Packet Size", w);
  if (w.maximum_packet_size > bearable || w.maximum_packet_size < 200) s.skip("its Maximum Packet Size is " + std::to_string(w.maximum_packet_size) + ", too much or too little to be tried");
  const std::size_t around = publish_of(s, s.topic("t"), std::string(w.maximum_packet_size / 2, 'x'), qos::at_least_once, 1).size() - w.maximum_packet_size / 2;
  std::string payload(w.maximum_packet_size - around, 'x');
  while (publish_of(s, s.topic("t"), payload, qos::at_least_once, 1).size() > w.maximum_packet_size) payload.pop_back();
  while (publish_of(s, s.topic("t"), payload + "x", qos::at_least_once, 1).size() <= w.maximum_packet_size) payload += 'x';
  w.connection->send(publish_of(s, s.topic("t"), payload + std::string(surplus, 'x'), qos::at_least_once, 1));
  if (surplus == 0) co_await answered<puback>(s, *w.connection, 1);
  else co_await expect_close(s, *w.connection, codes(0x95));
}

// SUBSCRIBE for something that the broker says it does not have.
struct missing {
  std::string_view name, title;
  std::string_view statement;
  bool welcome::*has;
  std::string_view ability;
  bytes (*packet)(const session& s);
  codes suitable;
};
const missing missing_rows[] = {
    {"wildcard", "SUBSCRIBE with a wildcard", "U5-3.2.2.3.11-c", &welcome::wildcards, "takes wildcards", [](const session& s) { return framed(0x82, u16(1) + u8(0) + text(s.topic("#")) + u8(0)); }, codes(0xA2)},
    {"identifier", "SUBSCRIBE with a Subscription Identifier", "U5-3.2.2.3.12-c", &welcome::identifiers, "takes Subscription Identifiers",
     [](const session& s) { return framed(0x82, u16(1) + u8(2) + hex("0b 01") + text(s.topic("t")) + u8(0)); }, codes(0xA1)},
    {"shared", "SUBSCRIBE with a shared filter", "U5-3.2.2.3.13-c", &welcome::shared, "takes shared subscriptions", [](const session& s) { return framed(0x82, u16(1) + u8(0) + text("$share/g/" + s.topic("t")) + u8(0)); }, codes(0x9E)},
};
task<> subscribes_to_missing(session& s, const missing& row) {
  const welcome w = co_await join_and_read(s, "client");
  only_where(s, !(w.*row.has), std::string(row.ability), w);
  w.connection->send(row.packet(s));
  co_await expect_close(s, *w.connection, row.suitable);
}

// 3.x cannot announce it: the peer file does.
task<> refuses_wildcards(session& s, std::string wildcard) {
  link& l = co_await join(s, "client");
  l.send(framed(0x82, u16(1) + properties(s.version()) + text(s.topic(wildcard)) + u8(0)));
  const news n = co_await l.wait(patience);
  if (n == news::closed) {
    s.saw("closed");
    co_return;
  }
  const received r = co_await expect<suback>(s, l);
  s.require(is_error(r.as<suback>()->reason_codes.front()), "a broker without wildcards grants a filter that has one");
}

void add_caps(catalogue& all) {
  constexpr cited announced{"", "", "MQTT-3.2.2-9"};
  all.push_back({"B-CAPS", "qos-1", "PUBLISH of QoS 1, as CONNACK allows or not", announced, [](session& s) { return maximum_qos_is_announced(s, qos::at_least_once); }});
  all.push_back({"B-CAPS", "qos-2", "PUBLISH of QoS 2, as CONNACK allows or not", announced, [](session& s) { return maximum_qos_is_announced(s, qos::exactly_once); }});
  all.push_back({"B-CAPS", "subscribe-above", "SUBSCRIBE with every QoS", {"", "", "MQTT-3.2.2-10"}, subscribes_above_maximum});
  all.push_back({"B-CAPS", "will-qos-above", "a will above Maximum QoS", {"", "", "MQTT-3.2.2-12"}, will_qos_above});
  all.push_back({"B-CAPS", "will-retain", "a will with RETAIN, which is not available", {"", "", "MQTT-3.2.2-13"}, will_retain});
  all.push_back({"B-CAPS", "publish-above", "PUBLISH above Maximum QoS", {"", "", "U5-3.2.2.3.4-c"}, publish_qos_above});
  all.push_back({"B-CAPS", "publish-retain", "PUBLISH with RETAIN, which is not available", {"", "", "U5-3.2.2.3.5-c"}, publish_retain});
  all.push_back({"B-CAPS", "too-large", "PUBLISH one byte above the broker's Maximum Packet Size", {"", "", "U5-3.2.2.3.6-c"}, [](session& s) { return publish_too_large(s, 1); }});
  all.push_back({"B-CAPS", "far-too-large", "PUBLISH 100 bytes above the broker's Maximum Packet Size", {"", "", "U5-3.2.2.3.6-c"}, [](session& s) { return publish_too_large(s, 100); }});
  all.push_back({"B-CAPS", "just-fits", "PUBLISH of exactly the broker's Maximum Packet Size", {"", "", "U5-3.2.2.3.6-c"}, [](session& s) { return publish_too_large(s, 0); }});
  for (const missing& row : missing_rows)
    all.push_back({"B-CAPS", std::string(row.name), std::string(row.title) + ", which is not available", {"", "", row.statement}, [&row](session& s) { return subscribes_to_missing(s, row); }});
  for (const char* wildcard : {"#", "+"})
    all.push_back({"B-CAPS", std::string("wildcard-") + (*wildcard == '#' ? "hash" : "plus"), "SUBSCRIBE with a wildcard to a broker without", {"", "MQTT-3.8.3-2", ""},
                   [wildcard](session& s) { return refuses_wildcards(s, wildcard); }, 0, "+no_wildcards"});
}

// --- B-ACL, B-PUBREJ ------------------------------------------------------------------------------------------------------------------------

std::string denied(session& s, const char* what) {
  const auto& acl = s.peer().offers.at("acl");
  if (!acl.contains(what)) s.skip(std::string("the peer file's \"acl\" has no \"") + what + "\"");
  return acl.at(what).get<std::string>();
}

task<> publishes_in_vain(session& s, qos level) {
  const std::string topic = denied(s, "denied_publish");
  link& l = co_await join(s, "client");
  l.send(publish_of(s, topic, "x", level, 1) + (level == qos::at_most_once ? hex("c0 00") : bytes()));
  const packet_type last = level == qos::at_most_once ? packet_type::pingresp : level == qos::at_least_once ? packet_type::puback : packet_type::pubcomp;
  for (;;) {
    const news n = co_await l.wait(patience);
    if (n == news::nothing) s.fail("neither acknowledged nor closed");
    if (n == news::closed && s.v3_1() && level == qos::at_most_once) s.info("closed; 3.1 does not mention that");
    if (n == news::closed) s.require(!s.v3_1() || level == qos::at_most_once, "expected that it is acknowledged as usual, for 3.1 knows nothing else; the connection was closed");
    if (n == news::closed) co_return;
    const received r = l.take();
    const bool is_due = r.type() == last || (last == packet_type::pubcomp && r.as<pubrec>());
    s.require(is_due, "expected the acknowledgement or a close, got " + in_words(*r, s.version()));
    if (r.type() == last) co_return;
    l.send(pubrel_of(1));
  }
}

task<> subscribes_in_vain(session& s) {
  const std::string filter = denied(s, "denied_subscribe");
  link& l = co_await join(s, "client");
  l.send(framed(0x82, u16(1) + properties(s.version()) + text(s.topic("t")) + u8(0) + text(filter) + u8(0)));
  const received r = co_await expect<suback>(s, l);
  const auto& granted = r.as<suback>()->reason_codes;
  s.require(granted.size() == 2, "expected two codes for two filters");
  std::size_t refused = 0;
  for (const reason_code code : granted) refused += is_error(code);
  s.require(refused == 1, "expected that one filter is granted, and the other, for which there is no permission, refused: " + in_words(*r, s.version()));
}

// Refused by PUBREC; what follows under that identifier is another message.
task<> id_is_new_behind_refusal(session& s) {
  const std::string forbidden = denied(s, "denied_publish"), topic = s.topic("t");
  link& subscriber = co_await subscribed(s, "subscriber", topic, qos::exactly_once);
  link* l = &co_await first_visit(s);
  l->send(publish_of(s, forbidden, "x", qos::exactly_once, 7));
  const received r = co_await expect<pubrec>(s, *l);
  if (!is_error(r.as<pubrec>()->reason_code)) s.skip("the broker does not refuse by PUBREC: " + in_words(*r, s.version()));
  l->send(pingreq{});
  const news n = co_await l->wait(patience);
  if (n == news::closed) {  // the identifier is the session's
    s.saw("closed behind the refusal");
    l = &co_await next_visit(s);
  } else {
    co_await expect<pingresp>(s, *l);
  }
  for (const char* payload : {"new", "end"}) {
    l->send(publish_of(s, topic, payload, qos::exactly_once, 7));
    co_await complete(s, *l, 7, qos::exactly_once);
  }
  const std::vector<message> came = co_await messages_until(s, subscriber, topic, "end");
  s.require(count_of(came, "new") == 1, "expected the message behind the refused one once, got it " + std::to_string(count_of(came, "new")) + " times");
}

void add_refusals(catalogue& all) {
  for (const qos level : {qos::at_most_once, qos::at_least_once, qos::exactly_once})
    all.push_back({"B-ACL", "publish-qos-" + std::to_string(static_cast<int>(level)), "PUBLISH without permission", {"U31-3.3-b", "MQTT-3.3.5-2", ""}, [level](session& s) { return publishes_in_vain(s, level); }, 0, "+acl"});
  all.push_back({"B-ACL", "subscribe", "SUBSCRIBE without permission", {"", "MQTT-3.8.4-5", "MQTT-3.8.4-7"}, subscribes_in_vain, 0, "+acl"});
  all.push_back({"B-PUBREJ", "acl", "the same identifier behind a PUBREC that refuses", {"", "", "MQTT-4.3.3-9"}, id_is_new_behind_refusal, 0, "+acl"});
}

// --- B-EXPQ2 --------------------------------------------------------------------------------------------------------------------------------

constexpr milliseconds behind_expiry{2'500};
bytes one_second() { return hex("02 00000001"); }

// Ours: PUBREL comes when the message has expired.
task<> expires_at_the_broker(session& s) {
  link& l = co_await join(s, "client");
  l.send(publish_of(s, s.topic("t"), "x", qos::exactly_once, 1, false, one_second()));
  co_await answered<pubrec>(s, l, 1);
  co_await s.pause(behind_expiry);
  l.send(pubrel_of(1));
  co_await answered<pubcomp>(s, l, 1);
}
// The broker's: it expires before our PUBREC, or before our PUBCOMP.
task<> expires_under_way(session& s, bool before_pubrec) {
  const std::string topic = s.topic("t");
  link& l = co_await subscribed(s, "client", topic, qos::exactly_once);
  link& publisher = co_await join(s, "publisher");
  publisher.send(publish_of(s, topic, "x", qos::exactly_once, 1, false, one_second()));
  co_await complete(s, publisher, 1, qos::exactly_once);
  const message m = co_await next_message(s, l);
  if (before_pubrec) co_await s.pause(behind_expiry);
  l.send(pubrec_of(m.packet_id));
  co_await answered<pubrel>(s, l, m.packet_id);
  if (!before_pubrec) co_await s.pause(behind_expiry);
  l.send(pubcomp_of(m.packet_id));
  co_await ping(s, l);
}
// Sent, but not acknowledged; the connection breaks, and it expires meanwhile.
task<> expires_while_away(session& s, qos level) {
  const std::string topic = s.topic("t");
  link& l = co_await first_visit(s);
  co_await subscribe_at(s, l, topic, level);
  link& publisher = co_await join(s, "publisher");
  publisher.send(publish_of(s, topic, "x", level, 1, false, one_second()));
  co_await complete(s, publisher, 1, level);
  const message m = co_await next_message(s, l);
  l.close(true);
  co_await s.pause(behind_expiry);
  link& later = co_await next_visit(s);
  const message again = co_await next_message(s, later);
  s.require(again.packet_id == m.packet_id && again.dup, "expected the message again, with its identifier and DUP");
  co_await forget_session(s);
}

void add_expiry_in_flight(catalogue& all) {
  constexpr cited goes_on{"", "", "MQTT-4.3.3-13"}, not_applied{"", "", "MQTT-4.3.3-7"};
  all.push_back({"B-EXPQ2", "inbound", "our message expires before our PUBREL", goes_on, expires_at_the_broker, 3});
  all.push_back({"B-EXPQ2", "before-pubrec", "the broker's message expires before our PUBREC", not_applied, [](session& s) { return expires_under_way(s, true); }, 3});
  all.push_back({"B-EXPQ2", "before-pubcomp", "the broker's message expires before our PUBCOMP", not_applied, [](session& s) { return expires_under_way(s, false); }, 3});
  all.push_back({"B-EXPQ2", "away-qos-2", "a QoS 2 message that was sent expires while the client is away", not_applied, [](session& s) { return expires_while_away(s, qos::exactly_once); }, 3});
}

// --- B-PFI ----------------------------------------------------------------------------------------------------------------------------------

// Checking is the broker's choice. If it finds fault, that has a code of its own.
void judge_format(session& s, bool is_text, reason_code code, const std::string& words) {
  if (!is_error(code)) return s.saw("accepted");
  s.require(!is_text, "a payload of good UTF-8 is refused: " + words);
  s.saw("refused");
  s.require(code == reason_code::payload_format_invalid, "refused, but not with code 0x99: " + words);
}

task<> payload_with_format(session& s, bytes payload, bool is_text, qos level) {
  link& l = co_await join(s, "client");
  l.send(publish_of(s, s.topic("t"), payload, level, 1, false, hex("01 01")));
  if (level == qos::at_most_once) l.send(pingreq{});
  const received r = co_await hear(s, l, "an answer");
  const std::string words = in_words(*r, s.version());
  if (const auto* a = r.as<puback>()) judge_format(s, is_text, a->reason_code, words);
  else if (const auto* c = r.as<pubrec>()) judge_format(s, is_text, c->reason_code, words);
  else if (const auto* d = r.as<disconnect>()) judge_format(s, is_text, d->reason_code, words);
  else s.require(r.as<pingresp>() != nullptr, "expected an answer to PUBLISH, got " + words);
}

task<> will_with_format(session& s, bytes payload, bool is_text) {
  link& l = co_await reach(s, "client");
  l.send(connect_of(s, 0x04, properties(s.version(), hex("01 01")) + text(s.topic("will")) + text(payload)));
  const news n = co_await l.wait(patience);
  if (n == news::nothing) s.fail("the CONNECT is not answered");
  if (n == news::closed) {
    s.require(!is_text, "a will payload of good UTF-8 closes the connection");
    s.saw("closed");
    co_return;
  }
  const received r = l.take();
  const auto* c = r.as<connack>();
  s.require(c != nullptr, "expected CONNACK, got " + in_words(*r, s.version()));
  judge_format(s, is_text, c->reason_code, in_words(*r, s.version()));
  if (!is_error(c->reason_code)) l.send(disconnect{});
}

struct formatted {
  std::string_view name, title, digits;
  bool is_text;
};
constexpr formatted formatted_rows[] = {
    {"text", "a payload of UTF-8", "c3 a4 e2 82 ac f0 9f 98 80", true},
    {"text-nul", "a payload with U+0000, which is no error there", "61 00 62", true},
    {"text-empty", "an empty payload", "", true},
    {"surrogate", "a payload with a surrogate", "61 ed a0 80", false},
    {"byte-ff", "a payload with the byte FF", "ff fe 00", false},
    {"cut", "a payload that ends within a sequence", "61 e2 82", false},
};

void add_payload_format(catalogue& all) {
  for (const formatted& row : formatted_rows) {
    for (const qos level : {qos::at_most_once, qos::at_least_once, qos::exactly_once})
      all.push_back({"B-PFI", "publish-" + std::string(row.name) + "-qos-" + std::to_string(static_cast<int>(level)), "Payload Format Indicator 1 and " + std::string(row.title), {"", "", "U5-3.3.2.3.2-a"},
                     [&row, level](session& s) { return payload_with_format(s, hex(row.digits), row.is_text, level); }});
    all.push_back({"B-PFI", "will-" + std::string(row.name), "a will with Payload Format Indicator 1 and " + std::string(row.title), {"", "", "U5-3.1.3.2.3-b"}, [&row](session& s) { return will_with_format(s, hex(row.digits), row.is_text); }});
  }
}

}  // namespace

void add_conditional(catalogue& all) {
  add_caps(all);
  add_refusals(all);
  add_expiry_in_flight(all);
  add_payload_format(all);
}

}  // namespace mqttspan::conformance::broker
