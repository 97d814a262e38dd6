#include "dialogue.hpp"

#include "../wire.hpp"
#include "hex.hpp"

namespace mqttspan::conformance::client {
namespace {

// How long a client that has been sent an error may take before it is asked whether it is still there, and then before that counts.
constexpr milliseconds before_asking{250};
constexpr milliseconds after_answer{800};
constexpr milliseconds without_answer{3'500};
// For a process to start, many at a time.
constexpr milliseconds to_answer{20'000};
constexpr milliseconds to_be_told{1'500};
constexpr unsigned question_id = 65'000;

std::string code_text(unsigned code) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {'0', 'x', digits[code >> 4 & 15], digits[code & 15]};
}

std::string words(const subject& t, const received& r) { return in_words(*r, t.s.version()); }

json merged(json into, const json& further) {
  into.update(further);
  return into;
}

// What came between an error and the end of the connection.
struct ending {
  bool closed = false;
  bool answers = false;
  int code = -1;       // of DISCONNECT
  std::string others;  // further packets, in words
};

void take_into(ending& e, subject& t, link& l, const received& r) {
  const auto* ack = r.as<puback>();
  if (const auto* d = r.as<disconnect>()) e.code = static_cast<int>(d->reason_code);
  else if (ack && ack->packet_id == question_id) e.answers = true;
  else if (!answer_by_the_way(t, l, r)) e.others += (e.others.empty() ? "" : ", ") + words(t, r);
}

task<> read_on(subject& t, link& l, ending& e, milliseconds at_most) {
  const auto until = std::chrono::steady_clock::now() + at_most;
  while (!e.answers) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now());
    const news n = co_await l.wait(std::max(left, milliseconds(1)));
    if (n != news::packet) {
      e.closed = n == news::closed;
      co_return;
    }
    take_into(e, t, l, l.take());
  }
}

// Behind the end of a connection: the program must have lived through it.
task<> lived_on(subject& t) {
  if (!t.program) co_return;
  const json told = co_await event(t, "closed", to_be_told);
  const std::string failure = t.program->failure();
  if (told.contains("signal")) t.s.fail("the client's program " + text_in(told["closed"]));
  if (told.is_null() && !failure.empty()) t.s.fail("the client's program " + failure);
  if (told.is_null()) t.s.saw("the application was not told within " + std::to_string(to_be_told.count()) + " ms");
}

void ask_whether_there(subject& t, link& l, question how) {
  if (how == question::connack) l.send(connack{});
  if (how != question::none) l.send(message_bytes(t, t.s.topic("question"), "?", 1, question_id));
}

}  // namespace

task<link&> arrive(subject& t, json options, std::string role) {
  if (t.program) co_await tell(t, connecting(t, options));
  posix::unique_fd fd = co_await t.at.accept(patience);
  if (!fd && t.program) {
    const std::string failure = t.program->failure();
    t.s.inconclusive("the client did not connect" + (failure.empty() ? "" : "; its program " + failure));
  }
  if (!fd) t.s.inconclusive("the client did not connect again");
  link& l = t.s.new_link(role, sender::client);
  l.adopt(std::move(fd));
  t.hello = co_await hear(t, l, "CONNECT");
  if (!t.hello.as<mqttspan::connect>()) t.s.fail("expected CONNECT first, got " + words(t, t.hello));
  if (t.greeting().version != t.s.version()) t.s.inconclusive("the client came with version " + std::string(to_string(t.greeting().version)));
  co_return l;
}

task<link&> join(subject& t) {
  arrival how;
  link& l = co_await join(t, std::move(how), "client");
  co_return l;
}

task<link&> join(subject& t, arrival how, std::string role) {
  link& l = co_await arrive(t, how.connect, std::move(role));
  co_await accept(t, l, std::move(how));
  co_return l;
}

task<> accept(subject& t, link& l, arrival how) {
  connack yes;
  yes.session_present = how.session_present && !t.s.v3_1();  // 3.1 has no such flag
  if (!how.properties.empty()) yes.properties = how.properties;
  l.send(yes);
  if (!t.program) co_return;
  const bool goes_on = !how.connect.value("clean", true);  // some tell their application when all of the session is done
  const milliseconds at_most = goes_on ? to_be_told : patience;
  const json told = co_await event(t, "connected", at_most);
  if (told.is_null() && !goes_on) t.s.inconclusive("CONNACK was sent, but the driver does not say that it is connected");
}

bool answer_by_the_way(subject& t, link& l, const received& r) {
  if (r.as<pingreq>()) {
    if (t.answers_pings) l.send(pingresp{});
    return true;
  }
  if (const auto* asked = r.as<subscribe>()) {
    std::vector<reason_code> granted;
    for (const subscription& each : asked->subscriptions) granted.push_back(static_cast<reason_code>(each.qos));
    suback answer;
    answer.packet_id = asked->packet_id;
    answer.reason_codes = granted;
    l.send(answer);
    return true;
  }
  if (const auto* asked = r.as<unsubscribe>()) {
    std::vector<reason_code> done;
    for (const std::string_view each : asked->topic_filters) static_cast<void>(each), done.push_back(reason_code::success);
    unsuback answer;
    answer.packet_id = asked->packet_id;
    if (t.v5()) answer.reason_codes = done;
    l.send(answer);
    return true;
  }
  if (t.program) return false;
  if (const auto* m = r.as<publish>(); m && m->qos != qos::at_most_once) l.send(wire::framed(m->qos == qos::at_least_once ? 0x40 : 0x50, wire::u16(m->packet_id)));
  if (const auto* m = r.as<pubrel>()) l.send(wire::framed(0x70, wire::u16(m->packet_id)));
  return r.as<publish>() || r.as<pubrel>();
}

task<received> hear(subject& t, link& l, std::string what) {
  for (;;) {
    const news n = co_await l.wait(patience);
    if (n == news::closed) {
      const std::string failure = t.program ? t.program->failure() : "";
      t.s.fail("expected " + what + ", but the connection was closed" + (failure.empty() ? "" : "; the client's program " + failure));
    }
    if (n == news::nothing) t.s.fail("expected " + what + ", but nothing came within " + std::to_string(patience.count() / 1000) + " s");
    received r = l.take();
    if (r.as<pingreq>() && what != "PINGREQ" && what != "CONNECT" && answer_by_the_way(t, l, r)) continue;
    co_return r;
  }
}

template <control_packet P>
task<received> expect(subject& t, link& l) {
  for (;;) {
    received r = co_await hear(t, l, std::string(to_string(P::type)));
    if (r.as<P>()) co_return r;
    if (!answer_by_the_way(t, l, r)) t.s.fail("expected " + std::string(to_string(P::type)) + ", got " + words(t, r));
  }
}
#define MQTTSPAN_PACKET(P) template task<received> expect<P>(subject&, link&);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET

task<> expect_close(subject& t, link& l, codes suitable, duty in_5, question how) {
  session& s = t.s;
  ending e;
  co_await read_on(t, l, e, before_asking);
  if (!e.closed) {
    ask_whether_there(t, l, how);
    co_await read_on(t, l, e, without_answer);
    const bool answers = std::exchange(e.answers, false);
    if (answers) co_await read_on(t, l, e, after_answer);
    e.answers = answers;
  }
  if (l.is_garbled()) e.closed = false, e.others += std::string(e.others.empty() ? "" : ", ") + "bytes that are no MQTT, see C-MON";
  s.error_was_sent(e.closed);
  const std::string others = e.others.empty() ? "" : " (it also sent " + e.others + ")";
  const std::string open = std::string(e.answers ? "it stays open, and a message is acknowledged" : "it stays open") + others;
  if (!e.closed && (s.v5() ? in_5 == duty::must : !s.v3_1())) s.fail("expected the connection to be closed; " + open);
  if (!e.closed) s.info((s.v3_1() ? "3.1 does not say what a client does then; " : "a client should close the connection; ") + open);
  else s.saw((e.code >= 0 ? "closed behind code " + code_text(static_cast<unsigned>(e.code)) : "closed") + others);
  if (e.closed && e.code >= 0)
    s.recommended(suitable.has(static_cast<std::uint8_t>(e.code)),
                  "closed as it should be, but with reason code " + code_text(static_cast<unsigned>(e.code)) + " where " + suitable.text() + " suits");
  if (e.closed) co_await lived_on(t);
}

task<bool> ends(subject& t, link& l, milliseconds at_most) {
  for (;;) {
    const news n = co_await l.wait(at_most);
    if (n == news::packet) {
      const received r = l.take();
      answer_by_the_way(t, l, r);
      continue;
    }
    if (n == news::closed) co_await lived_on(t);
    co_return n == news::closed;
  }
}

task<std::vector<received>> until_closed(subject& t, link& l) {
  std::vector<received> all;
  for (;;) {
    const news n = co_await l.wait(patience);
    if (n == news::nothing) t.s.fail("expected the connection to be closed; it stays open");
    if (n == news::closed) break;
    all.push_back(l.take());
  }
  co_await lived_on(t);
  co_return all;
}

task<> expect_refused(subject& t, link& l) {
  ending e;
  co_await read_on(t, l, e, 4 * before_asking);
  if (!e.closed) ask_whether_there(t, l, question::publish);
  if (!e.closed) co_await read_on(t, l, e, 4 * before_asking);
  if (e.answers) t.s.fail("the client takes it for acceptance: a message behind it is acknowledged");
  t.s.error_was_sent(e.closed);
  if (!e.closed) t.s.info("it is not taken for acceptance, but the connection stays open");
  else co_await lived_on(t);
}

task<std::vector<received>> still_there(subject& t, link& l) {
  ask_whether_there(t, l, question::publish);
  std::vector<received> before;
  for (;;) {
    received r = co_await hear(t, l, "PUBACK of a message that asks whether the client is still there");
    if (const auto* ack = r.as<puback>(); ack && ack->packet_id == question_id) co_return before;
    if (!answer_by_the_way(t, l, r)) before.push_back(std::move(r));
  }
}

task<std::string> ask(subject& t, json what) {
  if (!t.program) t.s.skip("nobody drives the client");
  t.program->tell(what);
  for (;;) {
    const std::optional<json> line = co_await t.program->next(to_answer);
    if (!line) {
      const std::string failure = t.program->failure();
      t.s.inconclusive("the driver does not answer \"" + what["do"].get<std::string>() + "\"" + (failure.empty() ? "" : "; it " + failure));
    }
    if (line->contains("done")) co_return std::string();
    if (line->contains("error")) co_return text_in((*line)["error"]);
    if (line->contains("unsupported")) t.s.skip("the driver cannot do that: " + text_in((*line)["unsupported"]));
    t.events.push_back(*line);
  }
}

task<> tell(subject& t, json what) {
  const std::string command = what["do"].get<std::string>();
  const std::string objection = co_await ask(t, std::move(what));
  if (!objection.empty()) t.s.inconclusive("the client refused to " + command + ": " + objection);
}

task<json> event(subject& t, std::string key, milliseconds at_most) {
  for (auto it = t.events.begin(); it != t.events.end(); ++it)
    if (it->contains(key)) {
      json found = std::move(*it);
      t.events.erase(it);
      co_return found;
    }
  while (t.program) {
    std::optional<json> line = co_await t.program->next(at_most);
    if (!line) break;
    if (line->contains(key)) co_return std::move(*line);
    if (line->contains("unsupported")) t.s.skip("the driver cannot do that: " + text_in((*line)["unsupported"]));
    t.events.push_back(std::move(*line));
  }
  co_return json();
}

task<std::vector<json>> messages_until(subject& t, std::string payload) {
  if (!t.program) t.s.skip("nobody drives the client");
  std::vector<json> all;
  for (;;) {
    json next = co_await event(t, "message");
    if (next.is_null()) t.s.fail("expected the application to be given the message \"" + payload + "\"");
    all.push_back(next["message"]);
    if (text_in(all.back().value("payload", json(""))) == payload) co_return all;
  }
}

task<received> subscribed(subject& t, link& l, std::string filter, int qos) {
  co_await tell(t, subscribing(std::move(filter), qos));
  for (;;) {
    received r = co_await hear(t, l, "SUBSCRIBE");
    const bool answered = answer_by_the_way(t, l, r);
    if (r.as<subscribe>()) co_return r;
    if (!answered) t.s.fail("expected SUBSCRIBE, got " + words(t, r));
  }
}

task<received> published_again(subject& t, link& l) {
  for (;;) {
    const news n = co_await l.wait(patience);
    if (n != news::packet) t.s.inconclusive("no message of the session comes again");
    received r = l.take();
    if (r.as<publish>()) co_return r;
    answer_by_the_way(t, l, r);
  }
}

task<std::vector<received>> up_to_a_message(subject& t, link& l) {
  co_await tell(t, publishing(t.s.topic("q"), "afterwards", 0));
  std::vector<received> before;
  for (;;) {
    const news n = co_await l.wait(patience);
    if (n == news::closed) co_return before;
    if (n == news::nothing) t.s.inconclusive("a message of QoS 0 that was published behind it does not come");
    received r = l.take();
    const auto* m = r.as<publish>();
    if (m && as_text(m->payload) == "afterwards") co_return before;
    answer_by_the_way(t, l, r);
    before.push_back(std::move(r));
  }
}

json connecting(const subject& t, const json& options) {
  const posix::address at = t.at.where();
  json command{{"do", "connect"}, {"host", at.host}, {"port", at.port}, {"version", to_string(t.s.version())}, {"client_id", t.s.client_id("c")}};
  command["clean"] = true;
  command["keep_alive"] = 0;
  return merged(std::move(command), options);
}

json plain(std::string what) { return {{"do", std::move(what)}}; }

json subscribing(std::string filter, int qos) { return {{"do", "subscribe"}, {"topic", std::move(filter)}, {"qos", qos}}; }

json unsubscribing(std::string filter) { return {{"do", "unsubscribe"}, {"topic", std::move(filter)}}; }

json publishing(std::string topic, std::string payload, int qos, bool retain) {
  return {{"do", "publish"}, {"topic", std::move(topic)}, {"payload", std::move(payload)}, {"qos", qos}, {"retain", retain}};
}

json foreseen(json then) { return {{"then", std::move(then)}}; }

task<received> published(subject& t, link& l, std::string topic, std::string payload, int qos) {
  co_await tell(t, publishing(std::move(topic), std::move(payload), qos));
  received r = co_await expect<publish>(t, l);
  co_return r;
}

std::string message_bytes(const subject& t, std::string_view topic, std::string_view payload, int qos, unsigned id, bool dup, std::string_view properties) {
  return wire::framed(0x30u | static_cast<unsigned>(qos) << 1 | (dup ? 8u : 0u),
                      wire::text(topic) + (qos != 0 ? wire::u16(id) : "") + wire::properties(t.s.version(), properties) + std::string(payload));
}

std::string text_in(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object() && value.contains("hex")) {
    const std::vector<std::byte> read = from_hex(value["hex"].get<std::string>());
    return std::string(as_text(read));
  }
  return value.dump();
}

}  // namespace mqttspan::conformance::client
