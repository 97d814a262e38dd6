// B-MAXPKT, B-MAXPKTPROP, B-RESPINFO: no more than the client asked for. 5.0.
#include <optional>

#include <mqttspan/codec/property.hpp>

#include "exchanges.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

std::string number(std::size_t n) { return std::to_string(n); }

void judge_size(session& s, const received& r, std::size_t limit) {
  s.require(r.bytes().size() <= limit, in_words(*r, s.version()) + " has " + number(r.bytes().size()) + " bytes; the client's Maximum Packet Size is " + number(limit));
}

// --- B-MAXPKT -------------------------------------------------------------------------------------------------------------------------------

// CONNECT with this limit and nothing else that a broker could not do: whatever comes, up to a PINGRESP, stays within it.
task<> small_from_the_start(session& s, std::uint32_t limit) {
  greeting hello(s, "client");
  hello.properties = {prop::maximum_packet_size(limit)};
  hello.packet.properties = hello.properties;
  link& l = co_await reach(s, "client");
  l.send(hello.packet);
  for (;;) {
    const news n = co_await l.wait(patience);
    if (n == news::nothing) s.fail("neither CONNACK nor the end of the connection");
    if (n == news::closed) {
      s.saw("closed");
      co_return;
    }
    const received r = l.take();
    judge_size(s, r, limit);
    if (const auto* c = r.as<connack>(); c && !is_error(c->reason_code)) l.send(pingreq{});
    if (r.as<pingresp>()) co_return;
  }
}

// One byte less than the CONNACK would have.
task<> connack_just_too_large(session& s) {
  greeting hello(s, "client");
  link& free = co_await reach(s, "client");
  const received whole = co_await greet(s, free, hello);
  free.close();
  co_await small_from_the_start(s, static_cast<std::uint32_t>(whole.bytes().size() - 1));
}

// A subscriber with a limit and a session that lasts.
task<link&> limited(session& s, std::uint32_t limit, std::string_view as, bool is_first) {
  greeting hello(s, "limited");
  hello.packet.clean_start = is_first;
  hello.properties = {prop::session_expiry_interval(60), prop::maximum_packet_size(limit)};
  link& l = co_await join(s, as, hello);
  co_return l;
}

// The longest payload of a message that the broker can send, without properties, in so many bytes.
std::string payload_for(const session& s, std::string_view topic, qos level, std::size_t size) {
  std::string payload(size, 'x');
  while (publish_of(s, topic, payload, level, 1).size() > size) payload.pop_back();
  return payload;
}

// As large as it may be, one byte larger, and a small one: the first and the last must come.
task<> just_fits(session& s, qos level, std::uint32_t limit) {
  const std::string topic = s.topic("t");
  link& l = co_await limited(s, limit, "client", true);
  co_await subscribe_at(s, l, topic, level);
  link& publisher = co_await join(s, "publisher");
  const std::string fitting = payload_for(s, topic, level, limit), larger = fitting + "x";
  co_await publish_message(s, publisher, topic, fitting, level);
  co_await publish_message(s, publisher, topic, larger, level);
  co_await publish_message(s, publisher, topic, "end", level);
  const std::vector<message> came = co_await messages_until(s, l, topic, "end");
  for (const message& m : came)
    s.require(m.bytes.size() <= limit, "a PUBLISH of " + number(m.bytes.size()) + " bytes came; the client's Maximum Packet Size is " + number(limit));
  const bool exact = count_of(came, fitting) == 1;
  if (level == qos::at_most_once && !exact) s.info("a message of QoS 0 that just fits into the Maximum Packet Size is not delivered");
  else s.require(exact, "a message that just fits into the Maximum Packet Size is not delivered");
}

// Too large: as if it had been sent. It takes no place of Receive Maximum 1, and is not kept for a connection that could bear it.
task<> is_over_with(session& s, qos level) {
  const std::string topic = s.topic("t");
  greeting hello(s, "limited");
  hello.properties = {prop::session_expiry_interval(60), prop::maximum_packet_size(100), prop::receive_maximum(1)};
  link& l = co_await join(s, "client", hello);
  co_await subscribe_at(s, l, topic, level);
  link& publisher = co_await join(s, "publisher");
  for (const char* payload : {"", "", "small"}) {
    const std::string text = *payload ? payload : payload_for(s, topic, level, 200);
    co_await publish_message(s, publisher, topic, text, level);
  }
  const std::vector<message> came = co_await messages_until(s, l, topic, "small");
  s.require(came.size() == 1, "a message that is too large came");
  co_await ping(s, l);
  l.close(true);
  link& later = co_await limited(s, 1'000, "return", false);
  co_await publish_message(s, publisher, topic, "end", level);
  const std::vector<message> more = co_await messages_until(s, later, topic, "end");
  s.require(more.size() == 1, "a message that was too large came on the next connection");
}

// SUBACK or UNSUBACK for more filters than fit into it.
task<> answer_too_large(session& s, bool leave) {
  constexpr std::uint32_t limit = 40;
  greeting hello(s, "client");
  hello.properties = {prop::maximum_packet_size(limit)};
  link& l = co_await join(s, "client", hello);
  bytes list;
  for (std::size_t i = 0; i < 60; ++i) list += text(s.topic(number(i))) + (leave ? bytes() : u8(0));
  l.send(framed(leave ? 0xA2 : 0x82, u16(1) + properties(s.version()) + list));
  for (;;) {
    const news n = co_await l.wait(milliseconds(1'500));
    if (n != news::packet) {
      s.saw(n == news::closed ? "closed" : "no answer");
      co_return;
    }
    judge_size(s, l.take(), limit);
  }
}

// --- B-MAXPKTPROP ---------------------------------------------------------------------------------------------------------------------------

// How to bring a broker to send a packet of this type, perhaps with words about it. The packet comes last; empty where it does not come.
struct talkative {
  std::string_view name, title;
  packet_type type;
  cited statements;
  bytes (*question)(const session& s);
};
bytes bad_publish(const session& s) { return framed(0x36, text(s.topic("t")) + u16(1) + properties(s.version()) + "x"); }
const talkative talkatives[] = {
    {"puback", "PUBACK, nobody has subscribed", packet_type::puback, {"", "", "MQTT-3.4.2-2 MQTT-3.4.2-3"}, [](const session& s) { return publish_of(s, s.topic("t"), "x", qos::at_least_once, 1); }},
    {"pubrec", "PUBREC, nobody has subscribed", packet_type::pubrec, {"", "", "MQTT-3.5.2-2 MQTT-3.5.2-3"}, [](const session& s) { return publish_of(s, s.topic("t"), "x", qos::exactly_once, 1); }},
    {"pubrel", "PUBREL in answer to a PUBREC of nothing", packet_type::pubrel, {"", "", "MQTT-3.6.2-2 MQTT-3.6.2-3"}, [](const session&) { return pubrec_of(9); }},
    {"pubcomp", "PUBCOMP in answer to a PUBREL of nothing", packet_type::pubcomp, {"", "", "MQTT-3.7.2-2 MQTT-3.7.2-3"}, [](const session&) { return pubrel_of(9); }},
    {"suback", "SUBACK", packet_type::suback, {"", "", "MQTT-3.9.2-1 MQTT-3.9.2-2"}, [](const session& s) { return framed(0x82, u16(1) + properties(s.version()) + text(s.topic("t")) + u8(0)); }},
    {"unsuback", "UNSUBACK, there was no subscription", packet_type::unsuback, {"", "", "MQTT-3.11.2-1 MQTT-3.11.2-2"}, [](const session& s) { return framed(0xA2, u16(1) + properties(s.version()) + text(s.topic("t"))); }},
    {"disconnect", "DISCONNECT behind a malformed PUBLISH", packet_type::disconnect, {"", "", "MQTT-3.14.2-3 MQTT-3.14.2-4"}, bad_publish},
    {"disconnect-connect", "DISCONNECT behind a second CONNECT", packet_type::disconnect, {"", "", "MQTT-3.14.2-3 MQTT-3.14.2-4"}, [](const session& s) {
       connect_parts parts = parts_of(s.version());
       parts.payload = text(s.client_id("client"));
       return connect_packet(parts, s.version());
     }},
};

// Whether it has what may be left out.
struct has_words {
  template <class P>
  bool operator()(const P& p) const {
    if constexpr (requires { p.reason_code; p.properties; } || requires { p.reason_codes; p.properties; })
      return p.properties.contains(prop::reason_string) || p.properties.contains(prop::user_property);
    else return false;
  }
};

// The first packet of the type that answers; nothing where none comes in time. One that is too large without any words is for B-MAXPKT to judge.
task<std::optional<received>> answer_of(session& s, link& l, packet_type type, std::size_t limit) {
  for (;;) {
    const news n = co_await l.wait(milliseconds(1'500));
    if (n != news::packet) co_return std::nullopt;
    received r = l.take();
    if (std::visit(has_words(), *r)) judge_size(s, r, limit);
    if (r.type() == type) co_return std::move(r);
  }
}

constexpr std::size_t unlimited = 268'435'460;

// Without a limit the packet shows what the broker says; then one byte less is allowed.
task<> says_less(session& s, const talkative& how) {
  link& free = co_await join(s, "client");
  free.send(how.question(s));
  const std::optional<received> whole = co_await answer_of(s, free, how.type, unlimited);
  if (!whole) {
    s.info("the broker does not send it here");
    co_return;
  }
  const bool talks = std::visit(has_words(), **whole);
  free.close();
  greeting hello(s, "client");
  // Without words in the packet there is nothing to leave out: the limit is then the least that lets a CONNACK pass.
  const std::size_t limit = talks ? whole->bytes().size() - 1 : 40;
  hello.properties = {prop::maximum_packet_size(static_cast<std::uint32_t>(limit))};
  link& l = co_await join(s, "limited", hello);
  l.send(how.question(s));
  const std::optional<received> less = co_await answer_of(s, l, how.type, limit);
  if (!talks) s.info("it has neither a Reason String nor a User Property, so that nothing can be left out");
  else if (!less) s.info("within the limit it does not come at all");
}

// The CONNACK, of an accepted or refused CONNECT, under all limits up to what it has without one.
task<> connack_says_less(session& s, bool refused) {
  greeting hello(s, "client");
  const std::vector<property> more = refused ? std::vector<property>{prop::authentication_method("mqttspan-unknown")} : std::vector<property>{};
  hello.properties = more;
  link& free = co_await reach(s, "client");
  const received whole = co_await greet(s, free, hello);
  if (is_error(whole.as<connack>()->reason_code) != refused) s.inconclusive("not the answer that was expected: " + in_words(*whole, s.version()));
  free.close();
  if (!std::visit(has_words(), *whole)) s.info("it has neither a Reason String nor a User Property, so that nothing can be left out");
  for (std::size_t limit = whole.bytes().size() - 1; limit >= 5; --limit) {
    greeting again(s, "limited");
    again.properties = more;
    again.properties.push_back(prop::maximum_packet_size(static_cast<std::uint32_t>(limit)));
    again.packet.properties = again.properties;
    link& l = co_await reach(s, "limited" + number(limit));
    l.send(again.packet);
    const std::optional<received> less = co_await answer_of(s, l, packet_type::connack, limit);
    if (!less) co_return;  // it cannot be smaller
  }
}

// --- B-RESPINFO -----------------------------------------------------------------------------------------------------------------------------

task<> response_information(session& s, int request) {
  greeting hello(s, "client");
  if (request >= 0) hello.properties = {prop::request_response_information(static_cast<std::uint8_t>(request))};
  link& l = co_await reach(s, "client");
  const received r = co_await greet(s, l, hello);
  const bool is_there = r.as<connack>()->properties.contains(prop::response_information);
  if (request == 1) s.info(is_there ? "the broker gives Response Information" : "the broker gives no Response Information");
  else s.require(!is_there, "CONNACK has Response Information that was not asked for");
}

}  // namespace

void add_limits(catalogue& all) {
  constexpr cited size{"", "", "MQTT-3.1.2-24"}, skipped{"", "", "MQTT-3.1.2-24 MQTT-3.1.2-25 U5-2.1.4-b"}, over{"", "", "MQTT-3.1.2-25"};
  for (const std::uint32_t limit : {2u, 3u, 4u, 5u, 6u, 8u, 10u, 12u, 16u, 20u, 32u, 64u})
    all.push_back({"B-MAXPKT", "connect-" + number(limit), "Maximum Packet Size " + number(limit), size, [limit](session& s) { return small_from_the_start(s, limit); }});
  all.push_back({"B-MAXPKT", "connack", "Maximum Packet Size one below what CONNACK would have", size, connack_just_too_large});
  for (const std::uint32_t limit : {100u, 129u, 130u, 1'000u})
    for (const qos level : {qos::at_most_once, qos::at_least_once, qos::exactly_once})
      all.push_back({"B-MAXPKT", "fits-" + number(limit) + "-qos-" + number(static_cast<std::size_t>(level)), "Maximum Packet Size " + number(limit) + ", the largest message that fits and one of a byte more", skipped,
                     [limit, level](session& s) { return just_fits(s, level, limit); }});
  for (const qos level : {qos::at_least_once, qos::exactly_once})
    all.push_back({"B-MAXPKT", "over-qos-" + number(static_cast<std::size_t>(level)), "messages that are too large, Receive Maximum 1, and the next connection", over, [level](session& s) { return is_over_with(s, level); }});
  all.push_back({"B-MAXPKT", "suback", "SUBACK that would be too large", size, [](session& s) { return answer_too_large(s, false); }});
  all.push_back({"B-MAXPKT", "unsuback", "UNSUBACK that would be too large", size, [](session& s) { return answer_too_large(s, true); }});
  for (const talkative& how : talkatives)
    all.push_back({"B-MAXPKTPROP", std::string(how.name), std::string(how.title) + ", under a limit", how.statements, [&how](session& s) { return says_less(s, how); }});
  constexpr cited greetings{"", "", "MQTT-3.2.2-19 MQTT-3.2.2-20"};
  all.push_back({"B-MAXPKTPROP", "connack", "CONNACK under ever smaller limits", greetings, [](session& s) { return connack_says_less(s, false); }});
  all.push_back({"B-MAXPKTPROP", "connack-refused", "CONNACK that refuses, under ever smaller limits", greetings, [](session& s) { return connack_says_less(s, true); }});
  constexpr cited information{"", "", "MQTT-3.1.2-28"};
  all.push_back({"B-RESPINFO", "absent", "no Request Response Information", information, [](session& s) { return response_information(s, -1); }});
  all.push_back({"B-RESPINFO", "0", "Request Response Information 0", information, [](session& s) { return response_information(s, 0); }});
  all.push_back({"B-RESPINFO", "1", "Request Response Information 1", {"", "", "~MQTT-3.1.2-28"}, [](session& s) { return response_information(s, 1); }});
}

}  // namespace mqttspan::conformance::broker
