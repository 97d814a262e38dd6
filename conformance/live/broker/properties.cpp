// B-CPROP, B-PPROP, B-ACKFORM: properties that stand where they must not, twice, or with a value they must not have. 5.0.
#include <mqttspan/codec/property.hpp>

#include "bad_packets.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

// The property as it stands on the wire, with some value that is good where it may stand.
bytes sample(unsigned id) {
  switch (type_of(static_cast<property_id>(id))) {
    case property_type::byte: return u8(id) + u8(1);
    case property_type::two_byte: return u8(id) + u16(1);
    case property_type::four_byte: return u8(id) + u32(1);
    case property_type::variable_byte: return u8(id) + varint(1);
    case property_type::string_pair: return user_property("a", "b");
    default: return u8(id) + text("a");  // string, binary
  }
}

std::string name_of(unsigned id) {
  std::string name(to_string(static_cast<property_id>(id)));
  for (char& c : name)
    if (c == '_') c = '-';
  return name;
}

// Where a block of properties can be put in a packet of ours.
struct place {
  std::string_view check;
  std::string_view name;  // of the packet
  property_place where;
  bytes (*packet)(const session& s, const bytes& inside);
  bool in_connect;
};

bytes with_will(const session& s, const bytes& inside) { return connect_of(s, 0x04, properties(s.version(), inside) + text(s.topic("will")) + text("bye")); }
bytes with_connect(const session& s, const bytes& inside) { return connect_of(s, 0, {}, inside); }
bytes with_publish(const session& s, const bytes& inside) { return framed(0x30, text(s.topic("t")) + properties(s.version(), inside) + "x"); }

const place places[] = {
    {"B-CPROP", "connect", property_place::connect, with_connect, true},
    {"B-CPROP", "will", property_place::will, with_will, true},
    {"B-PPROP", "publish", property_place::publish, with_publish, false},
};

task<> bad_properties(session& s, const place& where, bytes inside, codes suitable) {
  if (where.in_connect) co_await refuses(s, where.packet(s, inside), suitable);
  else co_await closes_behind(s, where.packet(s, inside), suitable);
}

// The sentence that a second one of it breaks; '~': there is no such sentence.
struct once {
  property_place where;
  unsigned id;
  std::string_view statement;
};
constexpr once once_rules[] = {
    {property_place::connect, 0x11, "U5-3.1.2.11.2-a"}, {property_place::connect, 0x21, "U5-3.1.2.11.3-a"},  {property_place::connect, 0x27, "U5-3.1.2.11.4-a"},
    {property_place::connect, 0x22, "U5-3.1.2.11.5-a"}, {property_place::connect, 0x19, "U5-3.1.2.11.6-a"},  {property_place::connect, 0x17, "U5-3.1.2.11.7-a"},
    {property_place::connect, 0x15, "U5-3.1.2.11.9-a"}, {property_place::connect, 0x16, "U5-3.1.2.11.10-b"}, {property_place::will, 0x18, "U5-3.1.3.2.2-a"},
    {property_place::will, 0x01, "U5-3.1.3.2.3-a"},     {property_place::will, 0x02, "U5-3.1.3.2.4-a"},      {property_place::will, 0x03, "U5-3.1.3.2.5-a"},
    {property_place::will, 0x08, "U5-3.1.3.2.6-a"},     {property_place::will, 0x09, "U5-3.1.3.2.7-a"},      {property_place::publish, 0x01, "~U5-3.3.2.3.2-b"},
    {property_place::publish, 0x02, "~U5-3.3.2.3.3-a"}, {property_place::publish, 0x23, "U5-3.3.2.3.4-a"},   {property_place::publish, 0x08, "U5-3.3.2.3.5-a"},
    {property_place::publish, 0x09, "U5-3.3.2.3.6-a"},  {property_place::publish, 0x03, "U5-3.3.2.3.9-a"},
};

void add_twice(catalogue& all) {
  for (const once& rule : once_rules)
    for (const place& p : places) {
      if (p.where != rule.where) continue;
      const bytes method = rule.id == 0x16 ? sample(0x15) : bytes();  // data goes with a method only
      all.push_back({std::string(p.check), std::string(p.name) + "-twice-" + name_of(rule.id), std::string(p.name) + " properties: " + name_of(rule.id) + " twice",
                     {"", "", rule.statement},
                     [&p, inside = method + sample(rule.id) + sample(rule.id)](session& s) { return bad_properties(s, p, inside, protocol_error); }});
    }
}

void add_forbidden(catalogue& all) {
  constexpr cited forbidden{"", "", "U5-2.2.2.2-a"}, identifier{"", "", "MQTT-3.3.4-6"};
  for (const place& p : places)
    for (unsigned id = 1; id <= 0x2A; ++id) {
      if (to_string(static_cast<property_id>(id)).empty()) continue;
      const bool from_client = p.where == property_place::publish && id == 0x0B;  // may stand in PUBLISH, but servers alone put it there
      if (is_allowed(static_cast<property_id>(id), p.where) && !from_client) continue;
      all.push_back({std::string(p.check), std::string(p.name) + "-forbidden-" + name_of(id), std::string(p.name) + " properties: " + name_of(id) + ", which has no place there",
                     from_client ? identifier : forbidden, [&p, id](session& s) { return bad_properties(s, p, sample(id), malformed_or_protocol); }});
    }
  for (const place& p : places)
    for (const std::string_view id : {"00", "04", "2b", "7f", "8001"})
      all.push_back({std::string(p.check), std::string(p.name) + "-unknown-" + std::string(id), std::string(p.name) + " properties: identifier " + std::string(id) + ", which does not exist",
                     forbidden, [&p, id](session& s) { return bad_properties(s, p, hex(id) + u8(1), malformed); }});
}

struct bad_value {
  property_place where;
  std::string_view name, title, digits;
  std::string_view statement;
  codes suitable = protocol_error;
};
constexpr bad_value bad_values[] = {
    {property_place::connect, "receive-maximum-0", "Receive Maximum 0", "21 0000", "U5-3.1.2.11.3-b"},
    {property_place::connect, "maximum-packet-size-0", "Maximum Packet Size 0", "27 00000000", "U5-3.1.2.11.4-b"},
    {property_place::connect, "request-response-information-2", "Request Response Information 2", "19 02", "U5-3.1.2.11.6-b"},
    {property_place::connect, "request-problem-information-2", "Request Problem Information 2", "17 02", "U5-3.1.2.11.7-b"},
    {property_place::connect, "data-without-method", "Authentication Data without Authentication Method", "16 0001 61", "U5-3.1.2.11.10-a"},
    {property_place::connect, "string-too-long", "a user property whose value runs past the Property Length", "26 0001 61 0010 62", "U5-2.2.2.2-b", malformed},
    {property_place::connect, "two-byte-cut", "Receive Maximum of one byte", "21 01", "U5-2.2.2.2-b", malformed},
    {property_place::connect, "pair-cut", "a user property without its value", "26 0001 61", "U5-2.2.2.2-b", malformed},
    {property_place::will, "payload-format-2", "Payload Format Indicator 2 in a will", "01 02", "~U5-3.1.3.2.3-c"},
    {property_place::will, "response-topic-wildcard", "a will's Response Topic with a wildcard", "08 0003 612f23", "~U5-3.1.3.2.6-b"},
    {property_place::will, "four-byte-cut", "Will Delay Interval of three bytes", "18 000000", "U5-2.2.2.2-b", malformed},
    {property_place::publish, "payload-format-2", "Payload Format Indicator 2", "01 02", "~U5-3.3.2.3.2-b"},
    {property_place::publish, "response-topic-hash", "Response Topic with '#'", "08 0003 612f23", "MQTT-3.3.2-14"},
    {property_place::publish, "response-topic-plus", "Response Topic with '+'", "08 0003 612f2b", "MQTT-3.3.2-14"},
};

void add_values(catalogue& all) {
  for (const bad_value& row : bad_values)
    for (const place& p : places)
      if (p.where == row.where)
        all.push_back({std::string(p.check), std::string(p.name) + "-" + std::string(row.name), std::string(row.title), {"", "", row.statement},
                       [&p, &row](session& s) { return bad_properties(s, p, hex(row.digits), row.suitable); }});
}

// The same CONNECT with its properties in two orders, and with user properties that repeat.
task<> is_accepted(session& s, bytes inside) {
  link& l = co_await reach(s, "client");
  l.send(with_connect(s, inside));
  const received r = co_await hear(s, l, "CONNACK");
  const auto* c = r.as<connack>();
  s.require(c != nullptr, "expected CONNACK, got " + in_words(*r, s.version()));
  const bool is_fault = c->reason_code == reason_code::malformed_packet || c->reason_code == reason_code::protocol_error;
  s.require(!is_fault, "the CONNECT is well-formed, but was refused as if it were not: " + in_words(*r, s.version()));
}

void add_accepted(catalogue& all) {
  const bytes some[] = {sample(0x11), sample(0x21), user_property("k", "v"), sample(0x22), sample(0x17)};
  bytes forwards, backwards;
  for (const bytes& each : some) forwards += each, backwards.insert(0, each);
  const cited order{"", "", "U5-2.2.2.2-c"};
  all.push_back({"B-CPROP", "order", "CONNECT properties in one order", order, [forwards](session& s) { return is_accepted(s, forwards); }});
  all.push_back({"B-CPROP", "order-reversed", "the same CONNECT properties the other way round", order, [backwards](session& s) { return is_accepted(s, backwards); }});
  all.push_back({"B-CPROP", "user-property-repeated", "a user property three times, twice alike", {"", "", "U5-3.1.2.11.8-a"}, [](session& s) {
                   return is_accepted(s, user_property("a", "1") + user_property("a", "1") + user_property("a", "2"));
                 }});
  all.push_back({"B-CPROP", "none", "CONNECT with Property Length 0", {"", "", "MQTT-2.2.2-1"}, [](session& s) { return is_accepted(s, {}); }});
}

// --- B-ACKFORM -------------------------------------------------------------------------------------------------------------------------------

// The same answer, written shorter and longer. `tail` follows the packet id.
struct ack_form {
  std::string_view name, title, tail;
};
constexpr ack_form forms[] = {
    {"length-2", "with Remaining Length 2", ""},
    {"length-3", "with Remaining Length 3", "00"},
    {"length-4", "with Remaining Length 4", "00 00"},
    {"reason-string", "with a Reason String", "00 05 1f 0002 6f6b"},
    {"user-properties", "with user properties", "00 0e 26 0001 61 0001 62 26 0001 61 0001 62"},
};
constexpr std::string_view twice_reason = "00 0a 1f 0002 6f6b 1f 0002 6f6b";

struct acknowledgement {
  std::string_view name;
  unsigned first;
  std::string_view form_statement, once_statement;
  task<> (*up_to)(session& s, link& l, std::uint16_t& id);  // plays the exchange up to where this one is due
  task<> (*behind)(session& s, link& l, std::uint16_t id);  // what must come now
};

task<> up_to_puback(session& s, link& l, std::uint16_t& id) { id = co_await receive_one(s, l, qos::at_least_once); }
task<> up_to_pubrec(session& s, link& l, std::uint16_t& id) { id = co_await receive_one(s, l, qos::exactly_once); }
task<> up_to_pubcomp(session& s, link& l, std::uint16_t& id) {
  id = co_await receive_one(s, l, qos::exactly_once);
  l.send(framed(0x50, u16(id)));
  co_await expect<pubrel>(s, l);
}
task<> up_to_pubrel(session& s, link& l, std::uint16_t& id) {
  id = 1;
  l.send(framed(0x34, text(s.topic("t")) + u16(id) + properties(s.version()) + "x"));
  co_await expect<pubrec>(s, l);
}
task<> still_alive(session& s, link& l, std::uint16_t) { co_await ping(s, l); }
task<> released(session& s, link& l, std::uint16_t id) {
  const received r = co_await expect<pubrel>(s, l);
  s.require(r.as<pubrel>()->packet_id == id, "PUBREL has another packet id than its PUBREC");
}
task<> completed(session& s, link& l, std::uint16_t id) {
  const received r = co_await expect<pubcomp>(s, l);
  s.require(r.as<pubcomp>()->packet_id == id, "PUBCOMP has another packet id than its PUBREL");
}

const acknowledgement acknowledgements[] = {
    {"puback", 0x40, "U5-3.4.2.1-a", "U5-3.4.2.2.2-a", up_to_puback, still_alive},
    {"pubrec", 0x50, "U5-3.5.2.1-a", "U5-3.5.2.2.2-a", up_to_pubrec, released},
    {"pubrel", 0x62, "U5-3.6.2.1-a", "U5-3.6.2.2.2-a", up_to_pubrel, completed},
    {"pubcomp", 0x70, "U5-3.7.2.1-a", "U5-3.7.2.2.2-a", up_to_pubcomp, still_alive},
};

task<> takes_form(session& s, const acknowledgement& ack, std::string_view tail) {
  link& l = co_await join(s, "client");
  std::uint16_t id = 0;
  co_await ack.up_to(s, l, id);
  l.send(framed(ack.first, u16(id) + hex(tail)));
  co_await ack.behind(s, l, id);
}
task<> refuses_form(session& s, const acknowledgement& ack, std::string_view tail, codes suitable) {
  link& l = co_await join(s, "client");
  std::uint16_t id = 0;
  co_await ack.up_to(s, l, id);
  l.send(framed(ack.first, u16(id) + hex(tail)));
  co_await expect_close(s, l, suitable);
}

void add_ack_forms(catalogue& all) {
  for (const acknowledgement& ack : acknowledgements) {
    std::string type(ack.name);
    for (char& c : type) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    for (const ack_form& form : forms)
      all.push_back({"B-ACKFORM", std::string(ack.name) + "-" + std::string(form.name), type + " " + std::string(form.title), {"", "", ack.form_statement},
                     [&ack, &form](session& s) { return takes_form(s, ack, form.tail); }});
    all.push_back({"B-ACKFORM", std::string(ack.name) + "-reason-string-twice", type + " with two Reason Strings", {"", "", ack.once_statement},
                   [&ack](session& s) { return refuses_form(s, ack, twice_reason, protocol_error); }});
  }
  const cited server_only[] = {{"", "", "~U5-3.4.2.1-b"}, {"", "", "~U5-3.5.2.1-b"}};
  for (std::size_t i = 0; i < 2; ++i)
    all.push_back({"B-ACKFORM", std::string(acknowledgements[i].name) + "-no-matching-subscribers", "code 0x10, which only servers send", server_only[i],
                   [i](session& s) { return refuses_form(s, acknowledgements[i], "10", malformed_or_protocol); }});
}

}  // namespace

void add_properties(catalogue& all) {
  add_twice(all);
  add_forbidden(all);
  add_values(all);
  add_accepted(all);
  add_ack_forms(all);
}

}  // namespace mqttspan::conformance::broker
