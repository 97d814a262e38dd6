#include "dialogue.hpp"

#include <algorithm>

#include "wire.hpp"

namespace mqttspan::conformance {
namespace {

// How long a broker that has been told of an error may take before it is asked whether it is still there, and then before that counts.
constexpr milliseconds before_asking{300};
constexpr milliseconds after_answer{1'000};
constexpr milliseconds without_answer{4'000};

std::string code_text(unsigned code) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {'0', 'x', digits[code >> 4 & 15], digits[code & 15]};
}

std::string words(const session& s, const received& r) { return in_words(*r, s.version()); }

// What came between an error and the end of the connection.
struct ending {
  bool closed = false;
  bool answers_ping = false;
  int code = -1;      // of DISCONNECT, or of a CONNACK
  bool connack = false;
  bool accepts = false;  // the CONNECT
  std::string others;  // further packets, in words
};

void take_into(ending& e, const session& s, const received& r) {
  if (const auto* d = r.as<disconnect>()) {
    e.code = static_cast<int>(d->reason_code);
  } else if (const auto* c = r.as<connack>()) {
    e.connack = true;
    e.accepts = c->reason_code == reason_code::success;
    e.code = s.v5() ? static_cast<int>(c->reason_code) : static_cast<int>(return_code(c->reason_code).value_or(255));
  } else if (r.as<pingresp>()) {
    e.answers_ping = true;
  } else {
    e.others += (e.others.empty() ? "" : ", ") + words(s, r);
  }
}

// Reads on until the connection ends, or for so long; at most until what is awaited, PINGRESP or a CONNACK that accepts.
task<> read_on(session& s, link& l, ending& e, milliseconds at_most, bool ending::*awaited = &ending::answers_ping) {
  for (;;) {
    const news n = co_await l.wait(at_most);
    if (n == news::packet) {
      take_into(e, s, l.take());
      if (e.*awaited) co_return;
    } else {
      e.closed = n == news::closed;
      co_return;
    }
  }
}

}  // namespace

bool codes::has(std::uint8_t code) const noexcept { return std::find(codes_.begin(), codes_.begin() + size_, code) != codes_.begin() + size_; }

std::string codes::text() const {
  std::string all;
  for (std::size_t i = 0; i < size_; ++i) all += (i == 0 ? "" : " or ") + code_text(codes_[i]);
  return all;
}

greeting::greeting(const session& s, std::string_view role) : client_id_(s.client_id(role)) {
  packet.version = s.version();
  packet.keep_alive = 0;
  packet.client_id = client_id_;
  if (s.peer().user_name) packet.user_name = *s.peer().user_name;
  if (s.peer().password) packet.password = as_bytes(*s.peer().password);
}

task<link&> reach(session& s, std::string_view role) {
  link& l = s.new_link(role, sender::server);
  const bool open = co_await l.open(s.peer().at);
  if (!open) s.inconclusive("the broker does not accept a connection");
  co_return l;
}

task<link&> join(session& s, std::string_view role) {
  greeting hello(s, role);
  link& l = co_await join(s, role, hello);
  co_return l;
}

task<link&> join(session& s, std::string_view role, greeting& hello) {
  link& l = co_await reach(s, role);
  const received answer = co_await greet(s, l, hello);
  const connack& c = *answer.as<connack>();
  if (c.reason_code != reason_code::success) s.inconclusive("a good CONNECT was refused: " + words(s, answer));
  co_return l;
}

task<received> greet(session& s, link& l, greeting& hello) {
  if (!hello.properties.empty()) hello.packet.properties = hello.properties;
  l.send(hello.packet);
  const news n = co_await l.wait(patience);
  if (n != news::packet) s.inconclusive(n == news::closed ? "a good CONNECT was answered by closing" : "a good CONNECT was not answered");
  received answer = l.take();
  if (!answer.as<connack>()) s.inconclusive("a good CONNECT was answered by " + words(s, answer));
  co_return answer;
}

task<received> hear(session& s, link& l, std::string_view what) {
  const news n = co_await l.wait(patience);
  if (n == news::closed) s.fail("expected " + std::string(what) + ", but the connection was closed");
  if (n == news::nothing) s.fail("expected " + std::string(what) + ", but nothing came within " + std::to_string(patience.count() / 1000) + " s");
  co_return l.take();
}

template <control_packet P>
task<received> expect(session& s, link& l) {
  received r = co_await hear(s, l, to_string(P::type));
  if (!r.as<P>()) s.fail("expected " + std::string(to_string(P::type)) + ", got " + words(s, r));
  co_return r;
}
#define MQTTSPAN_PACKET(P) template task<received> expect<P>(session&, link&);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET

task<> expect_close(session& s, link& l, codes suitable, bool probing) {
  ending e;
  co_await read_on(s, l, e, before_asking);
  if (!e.closed) {
    if (probing) l.send(pingreq{});
    co_await read_on(s, l, e, without_answer);
    if (!e.closed && e.answers_ping) {
      e.answers_ping = false;
      co_await read_on(s, l, e, after_answer);
      e.answers_ping = true;
    }
  }
  s.error_was_sent(e.closed, e.code >= 0);
  const std::string others = e.others.empty() ? "" : " (it also sent " + e.others + ")";
  if (!e.closed) s.fail("expected the connection to be closed; " + std::string(e.answers_ping ? "it stays open, and PINGREQ is answered" : "it stays open") + others);
  s.saw((e.code >= 0 ? "closed behind code " + code_text(static_cast<unsigned>(e.code)) : "closed") + others);
  if (e.code >= 0) s.recommended(suitable.has(static_cast<std::uint8_t>(e.code)),
                                 "closed as it must be, but with reason code " + code_text(static_cast<unsigned>(e.code)) + " where " + suitable.text() + " suits");
}

task<> expect_refusal(session& s, link& l, codes suitable, std::uint8_t return_code) {
  ending e;
  co_await read_on(s, l, e, without_answer, &ending::accepts);
  if (e.accepts) co_await read_on(s, l, e, before_asking);  // it may close all the same
  s.error_was_sent(e.closed, e.code >= 0);
  const auto code = static_cast<std::uint8_t>(e.code);
  if (e.accepts) {
    l.send(disconnect{});  // a will that should not be there must not reach other plays
    s.fail("expected a refusal and a close; the CONNECT was accepted");
  }
  if (!e.closed) s.fail(e.connack ? "refused with CONNACK " + code_text(code) + ", but the connection stays open" : "neither refused nor closed");
  s.saw(e.connack ? "CONNACK " + code_text(code) + " and closed" : "closed without CONNACK");
  if (!e.connack) {
    if (e.code >= 0) s.info("DISCONNECT " + code_text(code) + " came before any CONNACK");  // the monitor's to judge
    co_return;
  }
  if (s.v5()) s.recommended(suitable.has(code), "refused as it must be, but with reason code " + code_text(code) + " where " + suitable.text() + " suits");
  else if (return_code == 0) s.info("refused with CONNACK " + std::to_string(code) + " and closed; the text wants a malformed CONNECT to be answered by closing alone");
  else s.recommended(code == return_code, "refused with return code " + std::to_string(code) + " where " + std::to_string(return_code) + " suits");
}

task<std::vector<received>> until_closed(session& s, link& l, milliseconds at_most) {
  std::vector<received> all;
  for (;;) {
    const news n = co_await l.wait(at_most);
    if (n == news::closed) co_return all;
    if (n == news::nothing) s.fail("expected the connection to be closed; it stays open");
    all.push_back(l.take());
  }
}

task<> until_gone(session& s, link& l) {
  (void)s;
  constexpr milliseconds moment{1'000};
  while (!l.is_closed()) {
    const news n = co_await l.wait(moment);
    if (n == news::nothing) l.close();
    if (n == news::packet) (void)l.take();
  }
}

task<> leave(session& s, link& l) {
  l.send(disconnect{});
  co_await until_gone(s, l);
}

task<std::string> raw_until_closed(session& s, link& l, milliseconds at_most) {
  (void)s;
  co_await l.wait(at_most);
  co_return l.raw();
}

task<std::vector<received>> ping(session& s, link& l) {
  l.send(pingreq{});
  std::vector<received> before;
  for (;;) {
    received r = co_await hear(s, l, "PINGRESP");
    if (r.as<pingresp>()) co_return before;
    before.push_back(std::move(r));
  }
}

task<std::uint8_t> subscribe_to(session& s, link& l, std::string topic_filter, qos at_most) {
  subscription one[1];
  one[0].topic_filter = topic_filter;
  one[0].qos = at_most;
  subscribe p;
  p.packet_id = 1;
  p.subscriptions = one;
  l.send(p);
  const received answer = co_await expect<suback>(s, l);
  const reason_code code = answer.as<suback>()->reason_codes.front();
  if (is_error(code)) s.inconclusive("the subscription was refused: " + words(s, answer));
  co_return static_cast<std::uint8_t>(code);
}

message message_of(const received& r) {
  const publish& p = *r.as<publish>();
  message m;
  m.topic = p.topic;
  m.payload = as_text(p.payload);
  m.qos = p.qos;
  m.retain = p.retain;
  m.dup = p.dup;
  m.packet_id = p.packet_id;
  for (const property& each : p.properties)
    if (each.id() == property_id::user_property) m.user_properties.push_back(std::string(each.name()) + "=" + std::string(each.text()));
  m.bytes = r.bytes();
  return m;
}

task<> publish_message(session& s, link& l, const message& m) {
  publish p;
  p.topic = m.topic;
  p.payload = as_bytes(m.payload);
  p.qos = m.qos;
  p.retain = m.retain;
  p.dup = m.dup;
  p.packet_id = m.qos == qos::at_most_once ? std::uint16_t{0} : std::max(m.packet_id, std::uint16_t{1});
  l.send(p);
  if (m.qos == qos::at_least_once) co_await expect<puback>(s, l);
  if (m.qos != qos::exactly_once) co_return;
  const received answer = co_await expect<pubrec>(s, l);
  if (is_error(answer.as<pubrec>()->reason_code)) co_return;
  pubrel release;
  release.packet_id = p.packet_id;
  l.send(release);
  co_await expect<pubcomp>(s, l);
}

task<> publish_message(session& s, link& l, std::string topic, std::string payload, qos q, bool retain) {
  message m;
  m.topic = std::move(topic);
  m.payload = std::move(payload);
  m.qos = q;
  m.retain = retain;
  co_await publish_message(s, l, m);
}

task<std::vector<message>> messages_until(session& s, link& l, std::string topic, std::string payload) {
  std::vector<message> all;
  std::uint16_t last = 0;  // the id of the message that ends it, while its exchange is under way
  for (;;) {
    const received r = co_await hear(s, l, "the message \"" + payload + "\"");
    if (const auto* p = r.as<publish>()) {
      puback ack;
      pubrec rec;
      ack.packet_id = rec.packet_id = p->packet_id;
      if (p->qos == qos::at_least_once) l.send(ack);
      if (p->qos == qos::exactly_once) l.send(rec);
      all.push_back(message_of(r));
      const bool is_last = all.back().topic == topic && all.back().payload == payload;
      if (is_last && p->qos != qos::exactly_once) co_return all;
      if (is_last) last = p->packet_id;
    } else if (const auto* release = r.as<pubrel>()) {
      pubcomp done;
      done.packet_id = release->packet_id;
      l.send(done);
      if (last != 0 && release->packet_id == last) co_return all;
    }
  }
}

}  // namespace mqttspan::conformance
