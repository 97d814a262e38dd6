// C-UTF8: every string that a server sends, ill-formed. C-BOM: what looks like a byte order mark is a character like any other.
#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

using namespace wire;

struct bad_text {
  std::string_view name;
  std::string_view title;
  std::string_view digits;
  bool everywhere = false;  ///< else in topic names only
  bool is_nul = false;      ///< well-formed, but forbidden
};
constexpr bad_text bad_texts[] = {
    {"nul", "with U+0000", "61 00 62", true, true},
    {"nul-alone", "that is U+0000", "00", false, true},
    {"continuation-alone", "with a continuation byte that continues nothing", "61 80 62"},
    {"two-bytes-cut", "that ends within a sequence of two bytes", "61 c3"},
    {"three-bytes-cut", "that ends within a sequence of three bytes", "61 e2 82"},
    {"four-bytes-cut", "that ends within a sequence of four bytes", "61 f0 9f 98"},
    {"sequence-broken", "with a sequence that an ASCII letter breaks off", "e2 82 61", true},
    {"overlong-two", "with '/' in an overlong form of two bytes", "61 c0 af"},
    {"overlong-three", "with '/' in an overlong form of three bytes", "61 e0 80 af"},
    {"overlong-four", "with '/' in an overlong form of four bytes", "61 f0 80 80 af"},
    {"overlong-nul", "with U+0000 as C0 80", "61 c0 80", true},
    {"lone-high-surrogate", "with the surrogate U+D800", "61 ed a0 80", true},
    {"lone-low-surrogate", "with the surrogate U+DFFF", "61 ed bf bf"},
    {"surrogate-pair", "with a pair of surrogates for U+1F600", "ed a0 bd ed b8 80"},
    {"beyond-unicode", "with the code point 0x110000", "61 f4 90 80 80"},
    {"five-byte-lead", "with a first byte F8", "61 f8 88 80 80 80"},
    {"byte-ff", "with the byte FF", "61 ff", true},
};

// A place for a string: what to send so that `text` stands there, and everything else is right.
struct field {
  std::string_view name;
  std::string_view title;
  cited ill_formed, with_nul;  // what text of either kind breaks there
  bytes (*packet)(const subject& t, const bytes& text);
  bool is_connack = false;
};

bytes publish_with(const subject& t, const bytes& inside) { return message_bytes(t, t.s.topic("t"), "x", 0, 0, false, inside); }
bytes connack_with(const bytes& inside) { return framed(0x20, hex("00 00") + properties(protocol_version::v5, inside)); }
bytes disconnect_with(const bytes& inside) { return framed(0xE0, hex("8b") + properties(protocol_version::v5, inside)); }

#define U8_5 "MQTT-1.5.4-1 U5-1.5.4-a"
#define NUL_5 "MQTT-1.5.4-2 U5-1.5.4-b"
#define PAIR_5 " MQTT-1.5.7-1 U5-1.5.7-a"
constexpr cited text_ill_formed{"", "", U8_5}, text_with_nul{"", "", NUL_5}, pair_ill_formed{"", "", U8_5 PAIR_5}, pair_with_nul{"", "", NUL_5 PAIR_5};
const field fields[] = {
    {"topic", "PUBLISH: topic name", {"~U31-2.5-a", "MQTT-1.5.3-1 MQTT-3.3.2-1", U8_5 " MQTT-3.3.2-1"}, {"~U31-A-b", "MQTT-1.5.3-2 MQTT-4.7.3-2", NUL_5 " MQTT-4.7.3-2"},
     [](const subject& t, const bytes& text_) { return message_bytes(t, text_, "x", 0, 0); }},
    {"response-topic", "PUBLISH: response topic", {"", "", U8_5 " MQTT-3.3.2-13"}, text_with_nul, [](const subject& t, const bytes& b) { return publish_with(t, u8(0x08) + text(b)); }},
    {"content-type", "PUBLISH: content type", {"", "", U8_5 " MQTT-3.3.2-19"}, text_with_nul, [](const subject& t, const bytes& b) { return publish_with(t, u8(0x03) + text(b)); }},
    {"publish-user-property-name", "PUBLISH: name of a user property", pair_ill_formed, pair_with_nul, [](const subject& t, const bytes& b) { return publish_with(t, user_property(b, "v")); }},
    {"publish-user-property-value", "PUBLISH: value of a user property", pair_ill_formed, pair_with_nul, [](const subject& t, const bytes& b) { return publish_with(t, user_property("n", b)); }},
    {"connack-reason-string", "CONNACK: reason string", text_ill_formed, text_with_nul, [](const subject&, const bytes& b) { return connack_with(u8(0x1F) + text(b)); }, true},
    {"connack-assigned-client-id", "CONNACK: assigned client identifier", text_ill_formed, text_with_nul, [](const subject&, const bytes& b) { return connack_with(u8(0x12) + text(b)); }, true},
    {"connack-response-information", "CONNACK: response information", text_ill_formed, text_with_nul, [](const subject&, const bytes& b) { return connack_with(u8(0x1A) + text(b)); }, true},
    {"connack-server-reference", "CONNACK: server reference", text_ill_formed, text_with_nul, [](const subject&, const bytes& b) { return connack_with(u8(0x1C) + text(b)); }, true},
    {"connack-user-property-name", "CONNACK: name of a user property", pair_ill_formed, pair_with_nul, [](const subject&, const bytes& b) { return connack_with(user_property(b, "v")); }, true},
    {"connack-user-property-value", "CONNACK: value of a user property", pair_ill_formed, pair_with_nul, [](const subject&, const bytes& b) { return connack_with(user_property("n", b)); }, true},
    {"disconnect-reason-string", "DISCONNECT: reason string", text_ill_formed, text_with_nul, [](const subject&, const bytes& b) { return disconnect_with(u8(0x1F) + text(b)); }},
    {"disconnect-server-reference", "DISCONNECT: server reference", text_ill_formed, text_with_nul, [](const subject&, const bytes& b) { return disconnect_with(u8(0x1C) + text(b)); }},
    {"disconnect-user-property-value", "DISCONNECT: value of a user property", pair_ill_formed, pair_with_nul, [](const subject&, const bytes& b) { return disconnect_with(user_property("n", b)); }},
};

task<> bad_string(subject& t, const field& where, const bad_text& what) {
  const bytes packet = where.packet(t, hex(what.digits));
  link& l = co_await arrive(t, json::object(), "client");
  if (!where.is_connack) {
    arrival how;
    co_await accept(t, l, how);
  }
  l.send(packet);
  co_await expect_close(t, l, malformed);
}

// In answers to something that the client asked.
bytes answer_with(unsigned first, unsigned id, const bytes& inside, const bytes& behind = {}) {
  return framed(first, u16(id) + (behind.empty() ? u8(0) : bytes()) + properties(protocol_version::v5, inside) + behind);
}
bytes reason_string() { return u8(0x1F) + text(hex("61 ed a0 80")); }
bytes bad_pair() { return user_property("n", hex("61 00")); }

const bad_answer bad_answers[] = {
    {"puback-reason-string", "PUBACK: reason string with the surrogate U+D800", text_ill_formed, request::publish_1, [](const subject&, unsigned id) { return answer_with(0x40, id, reason_string()); }, malformed},
    {"puback-user-property", "PUBACK: user property with U+0000", pair_with_nul, request::publish_1, [](const subject&, unsigned id) { return answer_with(0x40, id, bad_pair()); }, malformed},
    {"pubrec-reason-string", "PUBREC: reason string with the surrogate U+D800", text_ill_formed, request::publish_2, [](const subject&, unsigned id) { return answer_with(0x50, id, reason_string()); }, malformed},
    {"pubcomp-reason-string", "PUBCOMP: reason string with the surrogate U+D800", text_ill_formed, request::publish_2,
     [](const subject&, unsigned id) { return answer_with(0x70, id, reason_string()); }, malformed, duty::should, true},
    {"suback-reason-string", "SUBACK: reason string with the surrogate U+D800", text_ill_formed, request::subscribe, [](const subject&, unsigned id) { return answer_with(0x90, id, reason_string(), u8(1)); }, malformed},
    {"suback-user-property", "SUBACK: user property with U+0000", pair_with_nul, request::subscribe, [](const subject&, unsigned id) { return answer_with(0x90, id, bad_pair(), u8(1)); }, malformed},
    {"unsuback-reason-string", "UNSUBACK: reason string with the surrogate U+D800", text_ill_formed, request::unsubscribe,
     [](const subject&, unsigned id) { return answer_with(0xB0, id, reason_string(), u8(0)); }, malformed},
};

// C-BOM: topic names that careless readers change.
struct odd_topic {
  std::string_view name;
  std::string_view title;
  std::string_view topic;
  cited statements;
};
constexpr cited bom{"~U31-2.5-a", "MQTT-1.5.3-3", "MQTT-1.5.4-3"};
constexpr cited legal{"", "U311-4.7-a", "U5-4.7.3-a"};
constexpr odd_topic odd_topics[] = {
    {"leading", "EF BB BF in front of a topic name", "\xEF\xBB\xBFtopic", bom},
    {"middle", "EF BB BF within a topic name", "to\xEF\xBB\xBFpic", bom},
    {"alone", "EF BB BF as a topic name", "\xEF\xBB\xBF", bom},
    {"empty-levels", "a topic name with empty levels", "/a//b/", legal},
    {"slash", "a topic name that is '/'", "/", legal},
    {"spaces", "a topic name with spaces around", " a / b ", legal},
    {"dollar", "a topic name with a leading '$'", "$odd/topic", legal},
};

task<> reports_unchanged(subject& t, const odd_topic& row) {
  arrival how(foreseen(subscribing("#", 0)));
  link& l = co_await join(t, std::move(how), "client");
  co_await subscribed(t, l, "#", 0);
  l.send(message_bytes(t, row.topic, "odd", 0, 0));
  const std::vector<json> all = co_await messages_until(t, "odd");
  const std::string topic = text_in(all.back().value("topic", json("")));
  t.s.require(topic == row.topic, "expected the topic name unchanged, the application was given \"" + topic + "\"");
}

}  // namespace

void add_utf8(catalogue& all) {
  for (const field& where : fields)
    for (const bad_text& what : bad_texts)
      if (what.everywhere || where.name == "topic")
        all.push_back({"C-UTF8", std::string(where.name) + "-" + std::string(what.name), std::string(where.title) + " " + std::string(what.title), what.is_nul ? where.with_nul : where.ill_formed,
                       [&where, &what](subject& t) { return bad_string(t, where, what); }});
  add_bad_answers(all, "C-UTF8", bad_answers);
  for (const odd_topic& row : odd_topics)
    all.push_back({"C-BOM", std::string(row.name), std::string(row.title), row.statements, [&row](subject& t) { return reports_unchanged(t, row); }, needs_driver::yes});
}

}  // namespace mqttspan::conformance::client
