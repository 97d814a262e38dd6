// B-UTF8: every string that a client sends, ill-formed in every way. B-BOM: what looks like a byte order mark is a character like any other.
#include "bad_packets.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

struct bad_text {
  std::string_view name;
  std::string_view title;
  std::string_view digits;
  bool is_nul = false;
};
constexpr bad_text bad_texts[] = {
    {"nul", "with U+0000", "61 00 62", true},
    {"nul-alone", "that is U+0000", "00", true},
    {"continuation-alone", "with a continuation byte that continues nothing", "61 80 62"},
    {"two-bytes-cut", "that ends within a sequence of two bytes", "61 c3"},
    {"three-bytes-cut", "that ends within a sequence of three bytes", "61 e2 82"},
    {"four-bytes-cut", "that ends within a sequence of four bytes", "61 f0 9f 98"},
    {"sequence-broken", "with a sequence that an ASCII letter breaks off", "e2 82 61"},
    {"overlong-two", "with '/' in an overlong form of two bytes", "61 c0 af"},
    {"overlong-three", "with '/' in an overlong form of three bytes", "61 e0 80 af"},
    {"overlong-four", "with '/' in an overlong form of four bytes", "61 f0 80 80 af"},
    {"overlong-nul", "with U+0000 as C0 80", "61 c0 80"},
    {"lone-high-surrogate", "with the surrogate U+D800", "61 ed a0 80"},
    {"lone-low-surrogate", "with the surrogate U+DFFF", "61 ed bf bf"},
    {"surrogate-pair", "with a pair of surrogates for U+1F600", "ed a0 bd ed b8 80"},
    {"beyond-unicode", "with the code point 0x110000", "61 f4 90 80 80"},
    {"five-byte-lead", "with a first byte F8", "61 f8 88 80 80 80"},
    {"byte-ff", "with the byte FF", "61 ff"},
};

// A place for a string: what to send so that `text` stands there, and everything else is right.
struct field {
  std::string_view name;
  std::string_view title;
  cited statements;
  bytes (*packet)(const session& s, const bytes& text);
  bool in_connect = false;
};

bytes connect_with(const session& s, unsigned flags, const bytes& payload, const bytes& connect_properties = {}) {
  connect_parts parts = parts_of(s.version());
  parts.flags |= flags;
  parts.properties = connect_properties;
  parts.payload = payload;
  return connect_packet(with_credentials(s, std::move(parts)), s.version());
}
bytes own_id(const session& s) { return text(s.client_id("bad")); }
bytes with_will(const session& s, const bytes& topic, const bytes& properties_inside = {}) {
  return connect_with(s, 0x04, own_id(s) + properties(s.version(), properties_inside) + text(topic) + text("bye"));
}
bytes publish_with(const session& s, const bytes& properties_inside) { return framed(0x30, text(s.topic("t")) + properties(s.version(), properties_inside) + "x"); }

#define U8_311 "MQTT-1.5.3-1 MQTT-1.5.3-2 "
#define U8_5 "MQTT-1.5.4-1 MQTT-1.5.4-2 U5-1.5.4-a U5-1.5.4-b "
#define PAIR_5 U8_5 "MQTT-1.5.7-1 U5-1.5.7-a"
const field fields[] = {
    {"client-id", "CONNECT: client id", {"~U31-2.5-a", U8_311 "MQTT-3.1.3-4", U8_5 "MQTT-3.1.3-4"},
     [](const session& s, const bytes& t) { return connect_with(s, 0, text(t)); }, true},
    {"will-topic", "CONNECT: will topic", {"~U31-2.5-a U31-A-b", U8_311 "MQTT-3.1.3-10 MQTT-4.7.3-2", U8_5 "MQTT-3.1.3-11 MQTT-4.7.3-2"},
     [](const session& s, const bytes& t) { return with_will(s, t); }, true},
    {"user-name", "CONNECT: user name", {"~U31-2.5-a", U8_311 "MQTT-3.1.3-11", U8_5 "MQTT-3.1.3-12"},
     [](const session& s, const bytes& t) { return connect_with(s, 0x80, own_id(s) + text(t)); }, true},
    {"topic", "PUBLISH: topic name", {"~U31-2.5-a U31-A-b", U8_311 "MQTT-3.3.2-1 MQTT-4.7.3-2", U8_5 "MQTT-3.3.2-1 MQTT-4.7.3-2"},
     [](const session& s, const bytes& t) { return framed(0x30, text(t) + properties(s.version()) + "x"); }},
    {"subscribe-filter", "SUBSCRIBE: topic filter", {"~U31-2.5-a U31-A-b", U8_311 "MQTT-3.8.3-1 MQTT-4.7.3-2", U8_5 "MQTT-3.8.3-1 MQTT-4.7.3-2"},
     [](const session& s, const bytes& t) { return framed(0x82, u16(1) + properties(s.version()) + text(t) + u8(0)); }},
    {"subscribe-second-filter", "SUBSCRIBE: second topic filter", {"~U31-2.5-a U31-A-b", U8_311 "MQTT-3.8.3-1 MQTT-4.7.3-2", U8_5 "MQTT-3.8.3-1 MQTT-4.7.3-2"},
     [](const session& s, const bytes& t) { return framed(0x82, u16(1) + properties(s.version()) + text(s.topic("t")) + u8(0) + text(t) + u8(0)); }},
    {"unsubscribe-filter", "UNSUBSCRIBE: topic filter", {"~U31-2.5-a U31-A-b", U8_311 "MQTT-3.10.3-1 MQTT-4.7.3-2", U8_5 "MQTT-3.10.3-1 MQTT-4.7.3-2"},
     [](const session& s, const bytes& t) { return framed(0xA2, u16(1) + properties(s.version()) + text(t)); }},
    {"connect-user-property-name", "CONNECT: name of a user property", {"", "", PAIR_5},
     [](const session& s, const bytes& t) { return connect_with(s, 0, own_id(s), user_property(t, "v")); }, true},
    {"connect-user-property-value", "CONNECT: value of a user property", {"", "", PAIR_5},
     [](const session& s, const bytes& t) { return connect_with(s, 0, own_id(s), user_property("n", t)); }, true},
    {"authentication-method", "CONNECT: authentication method", {"", "", U8_5},
     [](const session& s, const bytes& t) { return connect_with(s, 0, own_id(s), u8(0x15) + text(t)); }, true},
    {"will-content-type", "CONNECT: content type of the will", {"", "", U8_5},
     [](const session& s, const bytes& t) { return with_will(s, s.topic("w"), u8(0x03) + text(t)); }, true},
    {"will-response-topic", "CONNECT: response topic of the will", {"", "", U8_5},
     [](const session& s, const bytes& t) { return with_will(s, s.topic("w"), u8(0x08) + text(t)); }, true},
    {"will-user-property-name", "CONNECT: name of a user property of the will", {"", "", PAIR_5},
     [](const session& s, const bytes& t) { return with_will(s, s.topic("w"), user_property(t, "v")); }, true},
    {"will-user-property-value", "CONNECT: value of a user property of the will", {"", "", PAIR_5},
     [](const session& s, const bytes& t) { return with_will(s, s.topic("w"), user_property("n", t)); }, true},
    {"response-topic", "PUBLISH: response topic", {"", "", U8_5 "MQTT-3.3.2-13"},
     [](const session& s, const bytes& t) { return publish_with(s, u8(0x08) + text(t)); }},
    {"content-type", "PUBLISH: content type", {"", "", U8_5 "MQTT-3.3.2-19"},
     [](const session& s, const bytes& t) { return publish_with(s, u8(0x03) + text(t)); }},
    {"publish-user-property-name", "PUBLISH: name of a user property", {"", "", PAIR_5},
     [](const session& s, const bytes& t) { return publish_with(s, user_property(t, "v")); }},
    {"publish-user-property-value", "PUBLISH: value of a user property", {"", "", PAIR_5},
     [](const session& s, const bytes& t) { return publish_with(s, user_property("n", t)); }},
    {"subscribe-user-property-name", "SUBSCRIBE: name of a user property", {"", "", PAIR_5},
     [](const session& s, const bytes& t) { return framed(0x82, u16(1) + properties(s.version(), user_property(t, "v")) + text(s.topic("t")) + u8(0)); }},
    {"subscribe-user-property-value", "SUBSCRIBE: value of a user property", {"", "", PAIR_5},
     [](const session& s, const bytes& t) { return framed(0x82, u16(1) + properties(s.version(), user_property("n", t)) + text(s.topic("t")) + u8(0)); }},
    {"unsubscribe-user-property-value", "UNSUBSCRIBE: value of a user property", {"", "", PAIR_5},
     [](const session& s, const bytes& t) { return framed(0xA2, u16(1) + properties(s.version(), user_property("n", t)) + text(s.topic("t"))); }},
};

task<> bad_string(session& s, const field& where, const bad_text& what) {
  const bytes packet = where.packet(s, hex(what.digits));
  if (where.in_connect) {
    link& l = co_await reach(s, "client");
    l.send(packet);
    co_await expect_refusal(s, l, malformed);
  } else {
    link& l = co_await join(s, "client");
    l.send(packet);
    co_await expect_close(s, l, malformed);
  }
}

// What comes to a subscriber of `filter` when a message for each topic is published, the last one to a topic that matches for certain.
task<> passes_bom_on(session& s) {
  const bytes begins = s.topic("a") + "/", inner = hex("ef bb bf") + "x", middle = hex("78 ef bb bf 79");
  link& subscriber = co_await join(s, "subscriber");
  co_await subscribe_to(s, subscriber, begins + "#", qos::at_most_once);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, begins + inner, inner);
  co_await publish_message(s, publisher, begins + middle, middle);
  co_await publish_message(s, publisher, begins + "end", "end");
  const std::vector<message> came = co_await messages_until(s, subscriber, begins + "end", "end");
  s.require(came.size() == 3, "expected 3 messages, got " + std::to_string(came.size()));
  s.require(came[0].topic == begins + inner && came[0].payload == inner, "the topic that has EF BB BF at the begin of a level came changed");
  s.require(came[1].topic == begins + middle && came[1].payload == middle, "the topic that has EF BB BF in the middle of a level came changed");
}

// At the very beginning of the topic, where a careless reader would strip it.
task<> keeps_leading_bom(session& s) {
  const bytes with = hex("ef bb bf") + s.topic("b"), without = s.topic("b");
  link& strict = co_await join(s, "without");
  co_await subscribe_to(s, strict, without, qos::at_most_once);
  link& marked = co_await join(s, "with");
  co_await subscribe_to(s, marked, with, qos::at_most_once);
  link& publisher = co_await join(s, "publisher");
  co_await publish_message(s, publisher, with, "marked");
  co_await publish_message(s, publisher, without, "plain");
  const std::vector<message> at_strict = co_await messages_until(s, strict, without, "plain");
  s.require(at_strict.size() == 1, "a filter without EF BB BF matched a topic name that begins with it");
  const std::vector<message> at_marked = co_await messages_until(s, marked, with, "marked");
  s.require(at_marked.size() == 1, "a filter with EF BB BF in front matched a topic name without");
}

}  // namespace

void add_utf8(catalogue& all) {
  for (const field& where : fields)
    for (const bad_text& what : bad_texts)
      all.push_back({"B-UTF8", std::string(where.name) + "-" + std::string(what.name), std::string(where.title) + " " + std::string(what.title), where.statements,
                     [&where, &what](session& s) { return bad_string(s, where, what); }});
  const cited bom{"~U31-2.5-a", "MQTT-1.5.3-3", "MQTT-1.5.4-3"};
  all.push_back({"B-BOM", "within-topic", "EF BB BF in a topic name is passed on untouched", bom, passes_bom_on});
  all.push_back({"B-BOM", "leading", "EF BB BF in front of a topic name or filter counts", bom, keeps_leading_bom});
}

}  // namespace mqttspan::conformance::broker
