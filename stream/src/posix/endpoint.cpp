// Reading, writing, time and the end. What is sent is in endpoint_send.cpp, what is heard in endpoint_hear.cpp.
#include <mqttspan/posix/endpoint.hpp>

#include <utility>

#include "gathering.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::posix {
namespace {
constexpr int most_reads = 8;  // in a turn; then it is somebody else's
}

endpoint_group::endpoint_group(posix::loop& where, sender role, const endpoint_options& how) : loop(where), self(role), options(how), memory(how.mqtt) {}

endpoint::endpoint(std::shared_ptr<endpoint_group> group)
    : group_(std::move(group)), connection_(group_->self, group_->loop.now(), group_->memory), born_(group_->loop.now()), last_received_(born_), last_written_(born_) {}

endpoint::~endpoint() { group_->loop.forget(*this); }

void endpoint::start(any_transport transport, int fd) {
  if (state_ != state::opening) return;  // it was closed before
  transport_ = std::move(transport);
  fd_ = fd;
  last_received_ = last_written_ = group_->loop.now();
  late_ = last_received_ - born_;
  state_ = state::open;
  can_read_ = is_new_ = true;
  group_->loop.soon(*this);
}

void endpoint::fail_to_start(std::string why) {
  lose(why);
  connection_.end_of_input();
}

void endpoint::forget() noexcept {
  state_ = state::gone;
  group_->loop.forget(*this);
  transport_ = {};
  fd_ = -1;
}

void endpoint::close(reason_code reason) {
  connection_.close(reason);
  group_->loop.soon(*this);
}

void endpoint::abort() {
  lose({});
  connection_.close();
  group_->loop.soon(*this);
}

void endpoint::pause() { is_paused_ = true; }

void endpoint::resume() {
  if (!std::exchange(is_paused_, false) && fd_ >= 0) return;
  can_read_ = true;
  group_->loop.soon(*this);
}

address endpoint::peer() const { return fd_ >= 0 ? socket_address::of_peer(fd_).name() : address{.host = {}, .port = 0}; }

std::size_t endpoint::waiting() const noexcept { return connection_.output_size() + queued_; }

// ---- A turn: everything that can be done now

void endpoint::on_ready(readiness) {
  can_read_ = true;
  turn();
}

void endpoint::turn() {
  if (is_in_turn_ || state_ > state::closed) return;
  const auto keep = shared_from_this();
  is_in_turn_ = true;
  tell_connected();
  for (int reads = 0; reads < most_reads;) {
    take();
    if (write() && connection_.input_left() != 0 && !is_held()) continue;  // what is left may have waited for that
    if (!read()) break;
    ++reads;
  }
  tell_readable();
  if (is_broken_ && is_held()) connection_.end_of_input();
  take();
  if (write() && connection_.input_left() != 0 && !is_held()) group_->loop.soon(*this);
  say_goodbye();
  is_in_turn_ = false;
  settle();
}

// True where bytes, or the end of them, have come in.
bool endpoint::read() { return can_read_ && wants_to_read() && read_now(); }

bool endpoint::read_now() {
  if (!buffer_) buffer_ = group_->loop.take_buffer();
  const transfer t = transport_.read_some({buffer_.get(), loop::buffer_size});
  can_read_ = t.outcome == progress::moved && (t.size == loop::buffer_size || transport_.has_pending() || is_broken_);
  switch (t.outcome) {
    case progress::moved:
      last_received_ = group_->loop.now();
      if (state_ == state::open) (void)connection_.receive({buffer_.get(), t.size}, time());
      is_asked_ = !group_->options.pull;
      is_news_ = true;
      return true;
    case progress::wants_read:
    case progress::wants_write:
      read_wants_ = t.outcome;
      if (is_broken_) has_peer_ended_ = true, connection_.end_of_input();
      return is_broken_;
    case progress::failed: lose(transport_.failure()); [[fallthrough]];
    case progress::end:
      has_peer_ended_ = true;
      connection_.end_of_input();
      return true;
  }
  return false;
}

// Who is made to wait is not silent: when its time is up it is read, as much as waits for us here. Only then, or it would not have to wait.
void endpoint::look_for_input() {
  const auto due = deadline();
  if (!due || group_->loop.now() < *due) return;
  if (connection_.input_left() == 0 && !wants_to_read()) read_now();
  if (connection_.input_left() != 0) last_received_ = group_->loop.now();
}

// True where bytes have gone out.
bool endpoint::write() {
  bool has_written = false;
  refill();
  while (write_output()) {
    has_written = true;
    refill();
  }
  const bool is_waiting = connection_.output_size() != 0;
  is_news_ = is_news_ || has_written;  // answers may have room now
  if (has_written || (is_waiting && !is_waiting_)) last_written_ = group_->loop.now();
  is_waiting_ = is_waiting;
  return has_written;
}

// One piece of what waits, as much of it as the transport takes.
bool endpoint::write_output() {
  const bytes_view output = connection_.output();
  if (output.empty() || state_ == state::opening || state_ >= state::closed) return false;
  const transfer t = is_broken_ || !transport_ ? transfer{progress::moved, output.size()} : transport_.write_some(output);
  switch (t.outcome) {
    case progress::moved: connection_.consume_output(t.size, time()); break;
    case progress::wants_read:
    case progress::wants_write: write_wants_ = t.outcome; return false;
    case progress::end:
    case progress::failed: lose(transport_.failure()); break;
  }
  if (!connection_.is_borrowing()) borrowed_.reset();
  return true;
}

// Nothing more can be written. What the peer has said before can still be read.
void endpoint::lose(std::string_view why) {
  if (!std::exchange(is_broken_, true) && closing_ == nullptr) closing_ = std::make_unique<closing>(closing{.transport = std::string(why)});
  can_read_ = true;
  group_->loop.soon(*this);
}

// Closes, for a reason that the protocol has no words for.
void endpoint::refuse(reason_code reason, std::string why) {
  if (!closing_) closing_ = std::make_unique<closing>(closing{.transport = std::move(why)});
  close(reason);
}

// When all is written: the transport's own goodbye, and then the peer's end. Who closes a socket while bytes are coming in takes back what he has said last.
void endpoint::say_goodbye() {
  if (state_ == state::closing && (is_broken_ || !transport_)) state_ = state::closed;
  if (state_ == state::closing && connection_.output_size() == 0) {
    const transfer t = transport_.shut_down();
    if (t.outcome == progress::moved) state_ = state::leaving;
    else if (t.outcome == progress::failed) state_ = state::closed;
    else write_wants_ = t.outcome;
    can_read_ = true;
  }
  if (state_ == state::leaving && (has_peer_ended_ || is_broken_)) state_ = state::closed;
}

// Behind every turn: notices, and what to wait for.
void endpoint::settle() {
  if (state_ == state::closed) return finish();
  if (state_ == state::gone) return;
  posix::loop& loop = group_->loop;
  if (is_over_ && waiting() <= group_->options.mqtt.high_water / 2) {
    is_over_ = false;
    if (state_ == state::open && group_->on.drained) group_->on.drained(*this);
    if (state_ == state::gone) return;
  }
  if (is_asked_ && connection_.input_left() == 0) {
    connection_.rest();
    release_buffer();
  }
  if (can_read_ && wants_to_read()) loop.soon(*this);
  if (fd_ >= 0 && !loop.watch(*this, fd_, wanted())) {
    lose("the system cannot watch the socket");
    connection_.end_of_input();
    loop.soon(*this);
  }
  // A time that comes too early does no harm, so it is not put off with every packet.
  const auto at = deadline();
  if (at && (!wakes_at_ || *at < *wakes_at_)) loop.wake_at(*this, wakes_at_ = at);
}

void endpoint::finish() {
  const auto why = std::move(closing_);
  forget();
  state_ = state::telling;
  if (!why->is_in_order() && group_->on.error) group_->on.error(*this, *why);
  if (state_ == state::gone) return;  // its owner was destroyed
  state_ = state::gone;
  if (group_->on.close) group_->on.close(*this, *why);
  if (group_->left) group_->left(*this);
}

// ---- Waiting

bool endpoint::is_held() const noexcept { return is_paused_ && (queue_.empty() || connection_.send_quota() != 0); }

bool endpoint::wants_to_read() const noexcept {
  if (state_ == state::closing || state_ == state::leaving) return transport_ && !is_broken_ && !has_peer_ended_;
  return state_ == state::open && connection_.phase() != connection_phase::ended && connection_.input_left() == 0 && !is_held() && is_asked_;
}

readiness endpoint::wanted() const noexcept {
  const bool reads = wants_to_read();
  const bool writes = state_ <= state::closing && (connection_.output_size() != 0 || state_ == state::closing);
  return {.read = (reads && read_wants_ == progress::wants_read) || (writes && write_wants_ == progress::wants_read),
          .write = (reads && read_wants_ == progress::wants_write) || (writes && write_wants_ == progress::wants_write)};
}

std::optional<instant> endpoint::deadline() const noexcept {
  if (state_ == state::opening) return {};
  if (state_ >= state::closing) return group_->options.close_timeout != 0 ? std::optional(close_by_) : std::nullopt;
  auto next = connection_.next_timeout();
  if (next) next = *next + late_;
  const auto consider = [&next](bool is_on, instant since, std::uint32_t milliseconds) {
    if (is_on && milliseconds != 0 && (!next || since + milliseconds < *next)) next = since + milliseconds;
  };
  consider(state_ == state::open, last_received_, group_->options.idle_timeout);
  consider(state_ == state::open && is_waiting_, last_written_, group_->options.write_timeout);
  return next;
}

void endpoint::on_time() {
  wakes_at_.reset();
  const instant now = group_->loop.now();
  const auto is_over = [now](instant since, std::uint32_t milliseconds) { return milliseconds != 0 && since + milliseconds <= now; };
  if (state_ >= state::closing) {
    if (group_->options.close_timeout != 0 && close_by_ <= now) state_ = state::closed;
    return turn();
  }
  look_for_input();
  if (!is_open()) return turn();
  connection_.handle_timeout(time());
  if (state_ == state::open && is_waiting_ && is_over(last_written_, group_->options.write_timeout)) {  // not a ping that was made just now
    lose("the peer takes nothing of what it is sent");
    connection_.end_of_input();
  } else if (state_ == state::open && is_over(last_received_, group_->options.idle_timeout)) {
    refuse(reason_code::keep_alive_timeout, "the peer was silent for too long");
  }
  turn();
}

void endpoint::release_buffer() {
  if (buffer_) group_->loop.give_back(std::move(buffer_));
}

}  // namespace mqttspan::posix
