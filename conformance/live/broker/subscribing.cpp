#include "subscribing.hpp"

#include "../wire.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

// Takes a packet in: keeps a message, and answers what asks for an answer. `done` tells when no exchange of QoS 2 is under way.
class inbox {
 public:
  void take(link& l, const received& r) {
    if (const auto* p = r.as<publish>()) {
      all.push_back(message_of(r));
      if (p->qos == qos::at_least_once) l.send(framed(0x40, u16(p->packet_id)));
      if (p->qos == qos::exactly_once) l.send(framed(0x50, u16(p->packet_id))), ++open_;
    } else if (const auto* release = r.as<pubrel>()) {
      l.send(framed(0x70, u16(release->packet_id)));
      if (open_ > 0) --open_;
    }
  }
  bool is_done(std::size_t expected) const { return all.size() >= expected && open_ == 0; }

  std::vector<message> all;

 private:
  int open_ = 0;
};

}  // namespace

std::string subscribe_packet(const session& s, unsigned packet_id, const std::vector<asked>& filters) {
  const std::uint32_t identifier = filters.front().identifier;
  bytes body = u16(packet_id) + properties(s.version(), identifier == 0 ? bytes() : u8(0x0B) + varint(identifier));
  for (const asked& f : filters) {
    const unsigned more = s.v5() ? (f.no_local ? 4u : 0u) | (f.as_published ? 8u : 0u) | static_cast<unsigned>(f.handling) << 4 : 0u;
    body += text(f.topic_filter) + u8(static_cast<unsigned>(f.at_most) | more);
  }
  return framed(0x82, body);
}

task<std::vector<message>> subscribe_and_gather(session& s, link& l, const asked& one, std::size_t expected) {
  constexpr unsigned own_id = 9;
  l.send(subscribe_packet(s, own_id, std::vector<asked>(1, one)));
  inbox in;
  bool is_subscribed = false;
  while (!is_subscribed || !in.is_done(expected)) {
    const news n = co_await l.wait(is_subscribed ? milliseconds(3'000) : patience);
    if (n == news::closed) s.fail("the connection was closed behind a SUBSCRIBE that is good");
    if (n == news::nothing && !is_subscribed) s.fail("expected SUBACK, but nothing came");
    if (n == news::nothing) break;
    const received r = l.take();
    in.take(l, r);
    const auto* ack = r.as<suback>();
    if (!ack) continue;
    if (is_error(ack->reason_codes.front())) s.inconclusive("the subscription was refused: " + in_words(*r, s.version()));
    is_subscribed = true;
  }
  const std::vector<received> more = co_await ping(s, l);
  for (const received& r : more) in.take(l, r);
  co_return std::move(in.all);
}

task<std::vector<message>> gather(session& s, link& l, std::size_t expected, milliseconds silence) {
  inbox in;
  while (!in.is_done(expected)) {
    const news n = co_await l.wait(silence);
    if (n == news::closed) s.fail("the connection was closed while messages were awaited");
    if (n == news::nothing) break;
    in.take(l, l.take());
  }
  co_return std::move(in.all);
}

}  // namespace mqttspan::conformance::broker
