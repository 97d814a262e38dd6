#include "pair.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "resting.hpp"

namespace mqttspan::test {
namespace {

std::string_view text_of(bytes_view bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

// ---- One end

void endpoint::open(instant now) {
  line_.reset(connections_rest() ? new connection(self_, now, *memory_) : new connection(self_, now, options_.line));
  monitor_.reconnect();
  pending_.clear();
  wire.clear();
  input_.clear();
  input_told_ = 0;
  has_ended_ = may_send_ = false;
  ends_told_ = 0;
  if (self_ == sender::server) return;
  if (has_session_ && !line_->import_session(session)) std::abort();
  const property lasting[] = {prop::session_expiry_interval(0xFFFFFFFF)};
  mqttspan::connect c{.version = options_.version, .clean_start = false, .keep_alive = options_.keep_alive, .client_id = "c"};
  if (options_.version == protocol_version::v5) c.properties = lasting;
  if (!line_->send(c, now)) std::abort();
  if (options_.is_hasty) {  // what a client says behind its CONNECT is new: it cannot know yet whether there is a session
    may_send_ = !has_session_;
    send_messages(now);
  }
  has_session_ = is_open_ = true;
}

void endpoint::lose(instant now) {
  if (!line_) return;
  line_->end_of_input();
  run(now);
  may_send_ = false;
  if (!std::exchange(is_open_, false)) return;
  session.resize(line_->export_session({}));
  if (line_->export_session(session) != session.size()) std::abort();
  // What was sent and is still in flight has to be sent again; what is not known any more is done.
  for (message& m : outbox) {
    if (m.is_done || !m.is_sent || m.qos == qos::at_most_once) continue;
    const auto kept = std::find_if(session.begin(), session.end(), [&](const session_entry& e) { return e.is_ours && e.packet_id == m.packet_id; });
    m.is_done = kept == session.end() || kept->state == exchange::received || kept->state == exchange::released;
    m.is_due_again = !m.is_done;
  }
}

std::size_t endpoint::take(bytes_view bytes, instant now) {
  if (line_->input_left() != 0 || has_ended_) return 0;
  tell_monitor();
  input_.assign(text_of(bytes));
  input_told_ = 0;
  if (!line_->receive(bytes_view(reinterpret_cast<const std::byte*>(input_.data()), input_.size()), now)) return 0;
  return bytes.size();
}

void endpoint::tell_monitor() {
  if (has_ended_) return;
  const std::size_t used = input_.size() - line_->input_left();
  monitor_.read(bytes_view(reinterpret_cast<const std::byte*>(input_.data()) + input_told_, used - input_told_));
  input_told_ = used;
}

void endpoint::flush(instant now) {
  tell_monitor();
  while (!line_->output().empty()) {
    const bytes_view out = line_->output();
    monitor_.wrote(out);
    wire += text_of(out);
    line_->consume_output(out.size(), now);
  }
}

void endpoint::run(instant now) {
  for (bool more = true; more;) {
    const connection_event e = line_->next_event();
    more = e.kind() != connection_event_kind::nothing;
    if (more) handle(e, now);
    flush(now);
    if (more) continue;
    const std::size_t before = wire.size();
    act(now);
    flush(now);
    more = wire.size() != before && !has_ended_;
  }
  rest_if_asked(*line_);
}

void endpoint::handle(const connection_event& e, instant now) {
  using enum connection_event_kind;
  if (e.kind() == publish_begin) {
    begun_ = e.publish_begin().publish;
    piece_.clear();
  } else if (e.kind() == payload_chunk) {
    piece_ += text_of(e.chunk().bytes);
  } else if (e.kind() == publish_end) {
    deliver(begun_, piece_);
  } else if (e.kind() == ended) {
    ++ends_told_;
    ending_ = e.ending();
    has_ended_ = true;
  } else if (e.get_if<mqttspan::connect>()) {
    const bool present = has_session_;
    if (present && !line_->import_session(session)) std::abort();
    if (!line_->send(connack{.session_present = present && options_.version != protocol_version::v3_1}, now)) std::abort();
    has_session_ = is_open_ = true;
    handle_connack(present);
  } else if (const auto* k = e.get_if<connack>()) {
    handle_connack(k->session_present || options_.version == protocol_version::v3_1);
  } else if (const auto* p = e.get_if<mqttspan::publish>()) {
    deliver(*p, std::string(text_of(p->payload)));
  } else if (const auto* a = e.get_if<puback>()) {
    finish(a->packet_id, true);
  } else if (const auto* r = e.get_if<pubrec>()) {
    pending_.push_back({packet_type::pubrel, r->packet_id, {}});
  } else if (const auto* l = e.get_if<pubrel>()) {
    pending_.push_back({packet_type::pubcomp, l->packet_id, {}});
  } else if (const auto* d = e.get_if<pubcomp>()) {
    finish(d->packet_id, false);
  }
}

void endpoint::handle_connack(bool session_present) {
  may_send_ = true;
  if (!session_present) {
    for (message& m : outbox)
      if (m.is_due_again) m.is_due_again = m.is_sent = false, m.packet_id = 0;
    return;
  }
  if (!options_.acknowledges_itself) return;
  for (const session_entry& e : session)
    if (e.is_ours && (e.state == exchange::received || e.state == exchange::released)) pending_.push_back({packet_type::pubrel, e.packet_id, {}});
}

// With acknowledgements of its own the application takes a message over when it acknowledges it.
void endpoint::deliver(const mqttspan::publish& p, std::string text) {
  if (p.qos == qos::at_most_once || !options_.acknowledges_itself) inbox.push_back(std::move(text));
  else pending_.push_back({p.qos == qos::at_least_once ? packet_type::puback : packet_type::pubrec, p.packet_id, std::move(text)});
}

void endpoint::finish(std::uint16_t id, bool by_puback) {
  for (message& m : outbox)
    if (m.packet_id == id && m.is_sent && !m.is_done && (m.qos == qos::at_least_once) == by_puback && m.qos != qos::at_most_once) m.is_done = true;
}

bool endpoint::answer(const pending& p, instant now) {
  switch (p.answer) {
    case packet_type::puback: return line_->send(puback{.packet_id = p.packet_id}, now).has_value();
    case packet_type::pubrec: return line_->send(pubrec{.packet_id = p.packet_id}, now).has_value();
    case packet_type::pubrel: return line_->send(pubrel{.packet_id = p.packet_id}, now).has_value();
    default: return line_->send(pubcomp{.packet_id = p.packet_id}, now).has_value();
  }
}

void endpoint::act(instant now) {
  if (has_ended_) return;
  for (; options_.acknowledges_itself && !pending_.empty() && answer(pending_.front(), now); pending_.pop_front())
    if (pending_.front().answer == packet_type::puback || pending_.front().answer == packet_type::pubrec) inbox.push_back(pending_.front().text);
  if (!options_.acknowledges_itself) pending_.clear();
  send_messages(now);
}

void endpoint::send_messages(instant now) {
  if (!may_send_) return;
  for (message& m : outbox) {
    if (m.is_done || (m.is_sent && !m.is_due_again)) continue;
    const mqttspan::publish p{.topic = "t", .payload = as_bytes(m.text), .qos = m.qos, .dup = m.is_due_again, .packet_id = m.packet_id};
    const auto done = line_->send(p, now);
    if (!done) return;
    m.packet_id = done->packet_id;
    m.is_done = m.qos == qos::at_most_once;
    m.is_due_again = !m.is_sent && options_.says_again && options_.version != protocol_version::v5 && !m.is_done;
    m.is_sent = true;
  }
}

bool endpoint::is_idle() const {
  return pending_.empty() && std::all_of(outbox.begin(), outbox.end(), [](const message& m) { return m.is_done; });
}

// ---- Both

void pair::connect(const cut& next) {
  lose();
  cut_ = next;
  for (const bool to_server : {false, true}) {
    carried_[to_server] = 0;
    packet_ends_[to_server].clear();
  }
  client.open(now);
  server.open(now);
  is_up_ = true;
}

void pair::lose() {
  if (!is_up_) return;
  is_up_ = false;
  client.lose(now);
  server.lose(now);
}

// False where the link is cut.
bool pair::carry(endpoint& from, endpoint& to, bool to_server, bool& moved) {
  while (!from.wire.empty()) {
    std::size_t n = how_ == chunks::whole ? from.wire.size() : how_ == chunks::bytes ? 1 : 1 + random_.below(static_cast<std::uint32_t>(from.wire.size()));
    if (cut_.is_to_server == to_server) n = std::min(n, cut_.after - carried_[to_server]);
    const std::size_t taken = to.take(bytes_view(reinterpret_cast<const std::byte*>(from.wire.data()), n), now);
    if (taken != 0) {
      carried_[to_server] += taken;
      packet_ends_[to_server].push_back(carried_[to_server]);
      from.wire.erase(0, taken);
      to.run(now);
      moved = true;
    }
    if (cut_.is_to_server == to_server && carried_[to_server] == cut_.after) return false;
    if (taken == 0 || how_ == chunks::random) break;
  }
  return true;
}

bool pair::run() {
  for (bool moved = true; moved;) {
    moved = false;
    now = now + 1;
    client.run(now);
    server.run(now);
    if (carry(client, server, true, moved) && carry(server, client, false, moved)) continue;
    if (!cut_.loses_other_way) {  // what the other end has on its way still comes
      endpoint& to = cut_.is_to_server ? client : server;
      endpoint& from = cut_.is_to_server ? server : client;
      cut_.after = SIZE_MAX;
      while (!from.wire.empty() && to.take(bytes_view(reinterpret_cast<const std::byte*>(from.wire.data()), from.wire.size()), now) != 0) from.wire.clear(), to.run(now);
    }
    lose();
    return false;
  }
  return true;
}

void pair::wait(std::int64_t milliseconds) {
  for (const instant until = now + milliseconds; now < until;) {
    instant next = until;
    for (endpoint* e : {&client, &server})
      if (const auto due = e->line().next_timeout(); due && *due < next) next = *due > now ? *due : now;
    now = next;
    client.line().handle_timeout(now);
    server.line().handle_timeout(now);
    if (!run()) return;
  }
}

}  // namespace mqttspan::test
