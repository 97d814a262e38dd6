// The life of a connection: the loop, time, and the end. Its memory is in connection_memory.cpp; what is read is in connection_take.cpp, what is sent in connection_send.cpp.
#include <mqttspan/stream/connection.hpp>

#include <algorithm>
#include <cstring>

#include <mqttspan/codec/answer.hpp>

#include "flow.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {

using detail::authentication;

namespace {

stream_options reading(sender self, const connection_options& o) noexcept {
  stream_options s{.parse = o.parse};
  s.parse.sender = self == sender::client ? sender::server : sender::client;
  s.connect_first = self == sender::server;
  s.max_connect_size = o.max_connect_size;
  return s;
}

}  // namespace

// Without memory yet.
connection::connection(sender self, instant now, const connection_options& options, connection_memory* shared) noexcept
    : self_(self),
      options_(options),
      shared_(shared),
      parser_(nullptr, detail::memory_layout(options).carry, reading(self, options)),
      now_(now),
      started_(now),
      last_sent_(now),
      last_received_(now) {}

bool connection::receive(bytes_view input, instant now) noexcept {
  now_ = now;
  if (phase_ == connection_phase::ended) return false;
  if (!has_memory()) return end(ending::cause::no_memory, reason_code::unspecified_error, {.code = errc::no_space}), false;
  return parser_.push(input);
}

// Not while answers would not fit; a full window of messages is no reason [MQTT-4.9.0-3]. And what a client sends behind its CONNECT waits for the verdict,
// but for its turns in authentication.
// [3.1.1/MQTT-3.1.4-5] [5.0/MQTT-3.1.4-6] [MQTT-3.12.4-1] [MQTT-3.3.4-8] [MQTT-3.3.4-10]
inline bool connection::may_read() const noexcept {
  if (phase_ == connection_phase::connected) [[likely]] return output_.space() >= 2 * reserve;
  const bool connack_is_due = self_ == sender::server && phase_ == connection_phase::connecting && authentication_ != authentication::client_turn;
  return output_.space() >= 2 * reserve && !connack_is_due;
}

connection_event connection::next_event() noexcept {
  using enum connection_event_kind;
  const auto found = [this](connection_event_kind kind) { return connection_event(kind, &current_); };
  if (debt_.answer != packet_type{} || is_resuming_) settle();
  while (phase_ != connection_phase::ended && may_read()) {
    parser_.next(current_);
    if (current_.kind() == event::kind::packet) [[likely]] {
      if (take_packet()) return found(packet);
      continue;
    }
    switch (current_.kind()) {
      case event::kind::need_more: return found(nothing);
      case event::kind::error: fail(current_.error()); break;
      case event::kind::packet: break;
      case event::kind::publish_begin:
        if (take_event()) return found(publish_begin);
        break;
      case event::kind::payload_chunk:
        if (take_event()) return found(payload_chunk);
        break;
      case event::kind::publish_end:
        if (take_event()) return found(publish_end);
        break;
    }
  }
  if (phase_ != connection_phase::ended || is_ending_told_) return found(nothing);
  is_ending_told_ = true;
  return connection_event(&ending_);
}

void connection::end_of_input() noexcept {
  if (phase_ == connection_phase::ended) return;
  end(ending::cause::transport, reason_code::success, parser_.may_end() ? error{} : error{.code = errc::incomplete});
}

void connection::close(reason_code reason) noexcept {
  if (phase_ == connection_phase::ended) return;
  const bool as_client = self_ == sender::client;
  if (as_client && phase_ != connection_phase::fresh) {
    disconnect last{.reason_code = is_v5() ? reason : reason_code::normal_disconnection};
    if (!say_last(last)) (void)say_last(disconnect{});
  } else if (!as_client && phase_ == connection_phase::connected && is_v5()) {
    (void)say_last(disconnect{.reason_code = reason});
  } else if (!as_client && phase_ == connection_phase::connecting && is_error(reason)) {
    (void)say_last(connack{.reason_code = reason});  // where 3.x has no such code: nothing [3.1.1/MQTT-3.2.2-6]
  }
  end(ending::cause::self, reason);
}

void connection::consume_output(std::size_t size, instant now) noexcept {
  now_ = now;
  const std::size_t most = output_.front().size();
  output_.consume(size < most ? size : most);
  if (size != 0) last_sent_ = now;
}

// ---- The end

// Also into what is kept free.
template <class P>
bool connection::say_last(const P& p) noexcept {
  return has_memory() && write(p, 0).has_value();
}

// What there is of the packet that was refused; nothing where its fixed header was enough for that, so that it does not matter how much more had come.
bytes_view connection::whole_rejected(std::uint32_t offset) const noexcept {
  const bytes_view bytes = parser_.rejected();
  const auto header = peek(bytes);
  return header && offset >= header->header_size ? bytes : bytes_view();
}

// The first violation ends the connection. [3.1.1/MQTT-4.8.0-1] [MQTT-4.13.1-1] [U5-4.13.1-a] [MQTT-4.13.2-1] What the version wants said is said: a CONNACK for a
// CONNECT with a level or a client identifier that cannot be, in 5.0 for any, [3.1.1/MQTT-3.1.2-2] [5.0/MQTT-3.1.2-2] [3.1.1/MQTT-3.1.3-8] [U31-3.1-b] [U31-3.1-k]
// in 5.0 a DISCONNECT behind the CONNACK; else nothing. [U5-4.13.1-c] [U5-3.1-a]
void connection::fail(const error& e) noexcept {
  const bool is_bad_connect = e.in == packet_type::connect && phase_ == connection_phase::fresh;
  error found = e;
  if (e.code == errc::wrong_state) found = make_error(rule::connect_not_first, 0, e.in);  // [MQTT-3.1.0-1]
  if (is_bad_connect) refused_ = inspect_connect(whole_rejected(e.offset));
  const protocol_version version = is_bad_connect ? refused_.version() : version_;
  const bool nobody_there = self_ == sender::client && phase_ == connection_phase::fresh;
  const mqttspan::phase how_far = phase_ == connection_phase::connected ? mqttspan::phase::connected : mqttspan::phase::before_connack;
  const answer owed = nobody_there ? answer{} : answer_to(found, version, self_, how_far);
  std::byte words[max_answer_size];
  const auto last = generate(owed, words);
  if (last && last->size() <= theirs().maximum_packet_size && last->size() <= output_.space()) {
    if (!last->empty()) std::memcpy(output_.tail().data(), last->data(), last->size());
    output_.commit(last->size());
  }
  const bool is_said = owed.action == answer::kind::connack || owed.action == answer::kind::disconnect;
  end(ending::cause::fault_of_peer, is_said ? owed.reason : found.reason, found);
}

// A server that speaks 5.0 says why, once it has said CONNACK; else the silence has shown that nobody listens. [5.0/MQTT-3.1.2-22] [MQTT-3.14.0-1]
void connection::time_out(rule which, packet_type in) noexcept {
  const error e = make_error(which, 0, in);
  const bool says_why = which == rule::keep_alive_timeout && is_v5() && phase_ == connection_phase::connected;
  if (says_why) (void)say_last(disconnect{.reason_code = e.reason});
  end(ending::cause::timeout, e.reason, e);
}

void connection::end(enum ending::cause why, reason_code reason, const error& e) noexcept {
  const bool will_is_due = self_ == sender::server && phase_ == connection_phase::connected && has_will_;
  phase_ = connection_phase::ended;
  // The caller has it, so it must not come again when the session goes on. [3.1.1/MQTT-4.3.3-2] [MQTT-4.3.3-10]
  if (options_.auto_acknowledge && !is_in_pieces_ && debt_.answer == packet_type::pubrec) theirs_.find(debt_.packet_id)->state = exchange::received;
  debt_ = {};
  is_resuming_ = false;
  ending_ = {.why = why, .error = e, .position = parser_.offset(), .reason = reason, .will_is_due = will_is_due};
}

// ---- Time

std::optional<instant> connection::due(timer which) const noexcept {
  constexpr std::int64_t second = 1000;
  const bool is_client = self_ == sender::client, is_connected = phase_ == connection_phase::connected;
  const bool is_connecting = phase_ == connection_phase::connecting;
  const bool awaits_auth = is_connecting && authentication_ == authentication::client_turn;
  const auto in = [](bool is_set, instant since, std::int64_t milliseconds) {
    return is_set && milliseconds != 0 ? std::optional(since + milliseconds) : std::nullopt;  // [U311-3.1.2.10-a] [U5-3.1.2.10-b]
  };
  switch (which) {
    // CONNECT, the client's AUTH, or CONNACK. [U311-3.1.4-a] [U5-3.1.4-a] [U311-3.2-a] [U5-3.2-a] [U31-3.1-j]
    case timer::opening:
      if (is_client) return in(is_connecting, started_, options_.connect_timeout);
      return in(phase_ == connection_phase::fresh || awaits_auth, awaits_auth ? last_received_ : started_, options_.connect_timeout);
    // The answer to the oldest PINGREQ. [U311-3.1.2.10-b] [U5-3.1.2.10-a] [U31-2.2-b]
    case timer::pingresp: return in(is_client && is_connected && is_ping_out_, ping_sent_, options_.ping_timeout != 0 ? options_.ping_timeout : keep_alive_ * second);
    // An eighth early: late timers and the way to the wire must not make it too late. [3.1.1/MQTT-3.1.2-23] [5.0/MQTT-3.1.2-20] [U31-2.2-b]
    case timer::pingreq: {
      const bool may_ping = is_connected || (is_connecting && authentication_ == authentication::absent);  // [MQTT-3.1.2-30]
      return in(is_client && options_.auto_ping && may_ping, last_sent_, keep_alive_ * second * 7 / 8);
    }
    // Any packet of the client. [3.1.1/MQTT-3.1.2-24] [5.0/MQTT-3.1.2-22] [U31-2.2-c]
    case timer::silence: return in(!is_client && (is_connected || awaits_auth), last_received_, keep_alive_ * second * 3 / 2);
  }
  return {};
}

std::optional<instant> connection::next_timeout() const noexcept {
  std::optional<instant> next;
  for (const timer t : {timer::opening, timer::pingresp, timer::pingreq, timer::silence}) {
    const auto at = due(t);
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

void connection::handle_timeout(instant now) noexcept {
  now_ = now;
  const auto is_due = [this, now](timer t) {
    const auto at = due(t);
    return at && *at <= now;
  };
  if (is_due(timer::opening)) return time_out(rule::connect_timeout, self_ == sender::client ? packet_type::connack : packet_type::connect);
  // It has spoken, and it is our caller who has not listened; but who takes nothing of what it is sent is as good as gone.
  const bool is_unheard = input_left() != 0 && may_read();
  if (is_due(timer::pingresp)) {
    if (!is_unheard) return time_out(rule::ping_timeout, packet_type::pingresp);
    ping_sent_ = now;
  }
  if (is_due(timer::pingreq)) {
    if (!has_memory()) return end(ending::cause::no_memory, reason_code::unspecified_error, {.code = errc::no_space});
    (void)put(pingreq{});
    last_sent_ = now;  // it waits in the output, at the least
  }
  if (!is_due(timer::silence)) return;
  if (!is_unheard) return time_out(rule::keep_alive_timeout);
  last_received_ = now;
}

// ---- Sessions

result<void> connection::import_session(std::span<const session_entry> list) noexcept {
  const bool in_time = self_ == sender::client ? phase_ == connection_phase::fresh : phase_ <= connection_phase::connecting;
  if (!in_time) return error{.code = errc::wrong_state};
  const std::uint16_t most_theirs = options_.receive_maximum < options_.unannounced_maximum ? options_.unannounced_maximum : options_.receive_maximum;
  std::size_t messages[2] = {};
  for (const session_entry& e : list) {
    if (!(e.is_ours ? is_message(e.state) : e.state == exchange::received) || e.packet_id == 0) return error{.code = errc::invalid_argument, .violated = rule::packet_id_unknown};
    if (++messages[e.is_ours] > (e.is_ours ? options_.send_maximum : most_theirs)) return error{.code = errc::quota_exceeded};
  }
  if (!list.empty() && !has_memory()) return error{.code = errc::no_space};
  for (const session_entry& e : list) {
    if ((e.is_ours ? ours_ : theirs_).find(e.packet_id)) continue;
    packet_ids::entry* const entry = e.is_ours ? ours_.insert(e.packet_id, e.state) : enter_theirs(e.packet_id, e.state);
    if (!entry) return error{.code = errc::no_space};
    entry->is_resumed = true;
  }
  has_session_ = true;
  return {};
}

std::size_t connection::export_session(std::span<session_entry> out) const noexcept {
  // A message of the peer's that was not acknowledged yet will come again; one that was released is done.
  const auto is_kept = [](const packet_ids::entry& e, bool ours) { return e.id != 0 && (ours ? is_message(e.state) : e.state == exchange::received); };
  std::size_t count = 0;
  for (const bool ours : {true, false}) {
    const packet_ids& ids = ours ? ours_ : theirs_;
    const std::size_t first = count;
    for (const packet_ids::entry& e : ids.places()) {
      if (!is_kept(e, ours)) continue;
      if (count < out.size()) out[count] = {e.id, e.state, ours};
      ++count;
    }
    if (count > out.size()) continue;  // only counted: half a session is none
    const auto part = out.subspan(first, count - first);
    std::sort(part.begin(), part.end(), [&ids](const session_entry& a, const session_entry& b) { return ids.find(a.packet_id)->order < ids.find(b.packet_id)->order; });
  }
  return count;
}

// Send quota, receive maximum and aliases start afresh; what the session has in flight stays, if there is a session. [U5-4.9-b] [MQTT-3.3.2-7]
// The CONNACK of 3.1 does not say whether there is one: what the owner knows has to do.
void connection::start_session(bool session_present) noexcept {
  const bool goes_on = version_ == protocol_version::v3_1 ? has_session_ && !clean_start_ : session_present;
  is_resuming_ = goes_on && options_.auto_acknowledge;
  if (goes_on) return;
  for (packet_ids* const ids : {&ours_, &theirs_}) {
    // What this connection has begun behind its CONNECT stays; erasing moves entries up, so the place is looked at again.
    for (std::size_t i = 0; i < ids->places().size();) {
      const packet_ids::entry& e = ids->places()[i];
      if (e.id != 0 && e.is_resumed) ids->erase(e.id);
      else ++i;
    }
  }
}

std::size_t connection::send_quota() const noexcept {
  const std::size_t most = theirs().receive_maximum < options_.send_maximum ? theirs().receive_maximum : options_.send_maximum;
  return messages_ours_ < most ? most - messages_ours_ : 0;
}

void connection::free_ours(packet_ids::entry& e) noexcept {
  if (!is_message(e.state)) --requests_ours_;
  else if (!e.is_resumed) --messages_ours_;  // [U5-4.9-a]
  ours_.erase(e);
}

void connection::free_theirs(packet_ids::entry& e) noexcept {
  if (!is_message(e.state)) --requests_theirs_;
  else if (!e.is_resumed) --messages_theirs_;
  theirs_.erase(e);
}

}  // namespace mqttspan
