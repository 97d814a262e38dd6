#include "link.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>

#include "wire.hpp"

namespace mqttspan::conformance {
namespace {

// A payload is the application's: a server may forward what does not fit its Payload Format Indicator.
constexpr leniency always_allowed = leniency::payload_not_utf8;
// To go on behind an objection, so that one fault does not hide the probe's own answer.
constexpr leniency read_anyway = always_allowed | leniency::non_minimal_lengths | leniency::ill_formed_utf8 | leniency::dup_with_qos_0 |
                                 leniency::disconnect_bad_authentication_method | leniency::will_message_not_ascii | leniency::client_id_length;

}  // namespace

link::link(posix::loop& loop, journal& log, std::string name, protocol_version version, sender peer, std::unique_ptr<monitor> watch)
    : loop_(loop), log_(log), name_(std::move(name)), version_(version), peer_(peer), monitor_(std::move(watch)) {}

link::~link() { loop_.forget(*this); }

task<bool> link::open(posix::socket_address to) {
  fd_ = posix::start_connecting(to);
  connecting_ = static_cast<bool>(fd_);
  const bool done = co_await connecting{*this};
  if (!done) end("nobody answers");
  co_return done;
}

void link::connecting::await_suspend(std::coroutine_handle<> h) {
  of.waiter_ = h;
  of.loop_.watch(of, of.fd_.get(), {.read = false, .write = true});
  of.loop_.wake_at(of, of.loop_.now() + 5'000);
}

bool link::connecting::await_resume() {
  of.connecting_ = false;
  if (!of.fd_ || of.timed_out_ || posix::connect_error(of.fd_.get()) != 0) return false;
  of.want();
  return true;
}

void link::adopt(posix::unique_fd fd) {
  fd_ = std::move(fd);
  log_.event(name_, true, "connected");
  want();
}

void link::send(std::string_view bytes) {
  if (closed_ || !fd_) return log_.event(name_, false, "could not be sent, the connection is closed: " + in_words(bytes, version_, sender::any));
  const sender own = peer_ == sender::server ? sender::client : sender::server;
  log_.bytes(name_, false, bytes, raw_ ? "" : in_words(bytes, version_, own));
  for (std::string_view rest = bytes; !rest.empty() && !raw_;) {  // for the monitor
    const auto good = parse(as_bytes(rest), version_, {.sender = own, .allow = read_anyway});
    if (!good) {
      monitor_->sent_bad();
      break;
    }
    monitor_->sent(good->packet, good->size);
    rest.remove_prefix(good->size);
  }
  out_.append(bytes);
  flush();
}

void link::send(const packet& p) { send(wire::encoded(p, version_)); }

void link::close(bool abort) {
  if (!fd_) return;
  if (abort) {
    const ::linger at_once{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  log_.event(name_, false, abort ? "aborts the connection" : "closes the connection");
  loop_.forget(*this);
  fd_ = posix::unique_fd();
  closed_ = true;
}

void link::waiting::await_suspend(std::coroutine_handle<> h) {
  of.waiter_ = h;
  of.timed_out_ = false;
  of.loop_.wake_at(of, of.loop_.now() + at_most.count());
}

news link::waiting::await_resume() {
  of.loop_.wake_at(of, std::nullopt);
  if (!of.packets_.empty()) return news::packet;
  return of.closed_ ? news::closed : news::nothing;
}

received link::take() {
  if (packets_.empty()) throw std::logic_error("no packet to take");
  received first = std::move(packets_.front());
  packets_.pop_front();
  return first;
}

void link::on_ready(posix::readiness ready) {
  if (!connecting_) {
    if (ready.write) flush();
    if (ready.read) read_all();
    want();
    if (!has_news()) return;
  }
  resume();  // the last thing: it may end the probe
}

void link::on_time() {
  timed_out_ = true;
  resume();
}

void link::resume() {
  if (const std::coroutine_handle<> h = std::exchange(waiter_, nullptr)) h.resume();
}

void link::read_all() {
  auto buffer = loop_.take_buffer();
  while (!closed_) {
    const ssize_t n = ::recv(fd_.get(), buffer.get(), posix::loop::buffer_size, 0);
    if (n > 0) take_in({reinterpret_cast<const char*>(buffer.get()), static_cast<std::size_t>(n)});
    else if (n == 0) take_apart(), end("closed");
    else if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    else if (errno != EINTR) take_apart(), end("reset");
  }
  loop_.give_back(std::move(buffer));
  if (!closed_) take_apart();
}

// Bytes that are kept as such are written down here: nobody takes them apart.
void link::take_in(std::string_view bytes) {
  if (raw_) log_.bytes(name_, true, bytes, "");
  in_.append(bytes);
}

void link::take_apart() {
  while (!raw_ && !garbled_ && take_packet()) {}
}

// Whether there was one. What cannot be read even with leniencies is the end of what can be understood.
bool link::take_packet() {
  parse_options how{.sender = peer_, .allow = always_allowed};
  auto found = parse(as_bytes(in_), version_, how);
  if (!found && found.error().code != errc::incomplete) {
    log_.event(name_, true, "objection: " + std::string(describe(found.error(), version_, as_bytes(in_)).view()));
    monitor_->unreadable(found.error(), as_bytes(in_));
    how = {.sender = sender::any, .allow = read_anyway};
    found = parse(as_bytes(in_), version_, how);
  }
  if (found) return hear(found->size, how), true;
  if (found.error().code == errc::incomplete) return false;
  const auto head = peek(as_bytes(in_));
  if (head && head->packet_size() <= in_.size()) {  // no packet of ours, but one can see where it ends
    log_.bytes(name_, true, std::string_view(in_).substr(0, head->packet_size()), std::string(to_string(head->type)) + ", which cannot be read");
    in_.erase(0, head->packet_size());
    ++unreadable_;
    return true;
  }
  log_.bytes(name_, true, in_, in_words(in_, version_, peer_));
  garbled_ = true;
  end("sent bytes behind which nothing can be read");
  return false;
}

void link::hear(std::size_t size, const parse_options& how) {
  received came(in_.substr(0, size), version_, how);
  in_.erase(0, size);
  log_.bytes(name_, true, came.bytes(), in_words(*came, version_));
  monitor_->received(*came, size);
  packets_.push_back(std::move(came));
}

void link::end(std::string_view why) {
  if (closed_) return;
  if (!in_.empty() && !garbled_ && !raw_) log_.bytes(name_, true, in_, "the beginning of a packet");
  log_.event(name_, true, std::string(why));
  closed_ = true;
  loop_.forget(*this);
  fd_ = posix::unique_fd();
}

void link::flush() {
  while (fd_ && !connecting_ && !out_.empty()) {
    const ssize_t n = ::send(fd_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
    if (n > 0) out_.erase(0, static_cast<std::size_t>(n));
    else if (n < 0 && errno == EINTR) continue;
    else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    else out_.clear();  // what the peer still had to say is read first, and then its end
  }
  want();
}

void link::want() {
  if (fd_ && !connecting_) loop_.watch(*this, fd_.get(), {.read = true, .write = !out_.empty()});
}

}  // namespace mqttspan::conformance
