// What the proxy does with bytes: it passes them on as they are, both ways, and lets a packet_visitor see the packets in them.
#pragma once

#include <list>
#include <utility>
#include <vector>

#include <mqttspan/posix/loop.hpp>
#include <mqttspan/posix/socket.hpp>

#include "packet_stream.hpp"

namespace example {

using namespace mqttspan;

/// Between one client and the broker. Erases itself from `all` when both have ended.
struct session {
  // One of the two sockets; what has come in on it waits in `said` until the other one takes it, and only then more is read.
  struct side final : posix::watcher {
    side(session& s, posix::unique_fd fd, sender who) : owner(s), socket(std::move(fd)), stream(s.shared, s.visitor, who, s.number) {}
    ~side() { owner.loop.forget(*this); }
    void on_ready(posix::readiness) override { owner.turn(); }

    session& owner;
    posix::socket_transport socket;
    packet_stream stream;
    std::vector<std::byte> said;
    bool has_ended = false, is_passed_on = false;
  };

  session(posix::loop& l, std::list<session>& a, packet_visitor& v, posix::unique_fd c, posix::unique_fd b)
      : loop(l), all(a), visitor(v), number(++count), client(*this, std::move(c), sender::client), broker(*this, std::move(b), sender::server) { turn(); }

  void turn() {
    move(client, broker);
    move(broker, client);
    loop.watch(client, client.socket.fd(), {.read = client.said.empty() && !client.has_ended, .write = !broker.said.empty()});
    loop.watch(broker, broker.socket.fd(), {.read = broker.said.empty() && !broker.has_ended, .write = !client.said.empty()});
    if (!client.is_passed_on || !broker.is_passed_on || std::exchange(is_over, true)) return;
    loop.post([this] { all.remove_if([this](const session& s) { return &s == this; }); });
  }

  void move(side& from, side& to) {
    std::byte some[16384];
    while (!from.is_passed_on) {
      if (from.said.empty() && !from.has_ended) {
        const transfer t = from.socket.read_some(some);
        if (t.outcome == progress::wants_read) return;
        from.has_ended = t.outcome != progress::moved;
        from.stream.push(std::span(some).first(t.size), static_cast<double>(posix::steady_now() - began) / 1000);
        from.said.assign(some, some + t.size);
        if (from.has_ended) from.stream.finish();
      }
      const transfer t = from.said.empty() ? to.socket.shut_down() : to.socket.write_some(from.said);
      if (t.outcome == progress::wants_write) return;
      from.is_passed_on = from.said.empty() || t.outcome == progress::failed;
      from.said.erase(from.said.begin(), from.said.begin() + static_cast<std::ptrdiff_t>(t.size));
    }
  }

  posix::loop& loop;
  std::list<session>& all;
  packet_visitor& visitor;
  static inline std::size_t count = 0;
  std::size_t number;
  instant began = posix::steady_now();
  conversation shared{reading{}, true};
  bool is_over = false;
  side client, broker;
};

}  // namespace example
