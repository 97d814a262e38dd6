#include "bad_packets.hpp"

namespace mqttspan::conformance::client {
namespace {

json intention(const subject& t, request what) {
  if (what == request::publish_1 || what == request::publish_2) return publishing(t.s.topic("q"), "asked", what == request::publish_1 ? 1 : 2);
  if (what == request::subscribe) return subscribing(t.s.topic("q"), 1);
  return json();
}

}  // namespace

json foreseen_request(const subject& t, request what) {
  json then = intention(t, what);
  return then.is_null() ? json::object() : foreseen(std::move(then));
}

task<> closes_behind(subject& t, wire::bytes packet, codes suitable, duty in_5) {
  link& l = co_await join(t);
  l.send(packet);
  co_await expect_close(t, l, suitable, in_5);
}

task<std::uint16_t> has_asked(subject& t, link& l, request what, bool behind_pubrec) {
  if (what == request::publish_1 || what == request::publish_2) {
    const received m = co_await published(t, l, t.s.topic("q"), "asked", what == request::publish_1 ? 1 : 2);
    const std::uint16_t id = m.as<publish>()->packet_id;
    if (!behind_pubrec) co_return id;
    l.send(wire::framed(0x50, wire::u16(id)));
    co_await expect<pubrel>(t, l);
    co_return id;
  }
  if (what == request::subscribe) {
    co_await tell(t, subscribing(t.s.topic("q"), 1));
    const received r = co_await expect<subscribe>(t, l);
    co_return r.as<subscribe>()->packet_id;
  }
  if (what == request::nothing) co_return std::uint16_t{0};
  co_await subscribed(t, l, t.s.topic("q"), 1);
  co_await tell(t, unsubscribing(t.s.topic("q")));
  const received r = co_await expect<unsubscribe>(t, l);
  co_return r.as<unsubscribe>()->packet_id;
}

task<> closes_behind_answer(subject& t, bad_answer row) {
  arrival how(foreseen_request(t, row.behind));
  link& l = co_await join(t, std::move(how), "client");
  const std::uint16_t id = co_await has_asked(t, l, row.behind, row.behind_pubrec);
  l.send(row.packet(t, id));
  co_await expect_close(t, l, row.suitable, row.in_5);
}

void add_bad_packets(catalogue& all, std::string_view check, std::span<const bad_packet> table) {
  for (const bad_packet& row : table)
    all.push_back({std::string(check), std::string(row.name), std::string(row.title), row.statements,
                   [&row](subject& t) { return closes_behind(t, row.packet(t), row.suitable, row.in_5); }});
}

void add_bad_answers(catalogue& all, std::string_view check, std::span<const bad_answer> table) {
  for (const bad_answer& row : table)
    all.push_back({std::string(check), std::string(row.name), std::string(row.title), row.statements, [&row](subject& t) { return closes_behind_answer(t, row); },
                   row.behind == request::nothing ? needs_driver::no : needs_driver::yes});
}

}  // namespace mqttspan::conformance::client
