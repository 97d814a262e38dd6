// One connection with the peer: sends what it is given, takes apart what comes, writes down both.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/posix/loop.hpp>
#include <mqttspan/posix/socket.hpp>

#include "journal.hpp"
#include "monitor.hpp"
#include "task.hpp"

namespace mqttspan::conformance {

using std::chrono::milliseconds;

/// A packet that came, and its memory.
class received {
 public:
  received() = default;
  /// Reads the bytes, which must be a packet by these options.
  received(std::string bytes, protocol_version version, const parse_options& how)
      : bytes_(std::make_unique<std::string>(std::move(bytes))), what_(parse(as_bytes(*bytes_), version, how)->packet) {}

  const packet& operator*() const noexcept { return what_; }
  packet_type type() const noexcept { return type_of(what_); }
  /// Null where it is another packet.
  template <control_packet P>
  const P* as() const noexcept {
    return std::get_if<P>(&what_);
  }
  const std::string& bytes() const noexcept { return *bytes_; }

 private:
  std::unique_ptr<std::string> bytes_;  // where `what_` points into, wherever this object moves
  packet what_;
};

/// What a wait ended with.
enum class news { packet, closed, nothing };

/// One connection. Belongs to a session, and stays where it is as long as that lives.
class link final : private posix::watcher {
 public:
  /// `peer` is the role of the other side: its packets are read by that role's rules.
  link(posix::loop& loop, journal& log, std::string name, protocol_version version, sender peer, std::unique_ptr<monitor> watch);
  ~link();

  const std::string& name() const noexcept { return name_; }
  protocol_version version() const noexcept { return version_; }
  /// For a peer that names its version itself.
  void set_version(protocol_version version) noexcept { version_ = version; }
  monitor& watch() const noexcept { return *monitor_; }

  /// Connects; false where nobody answers.
  task<bool> open(posix::socket_address to);
  /// Takes an accepted connection.
  void adopt(posix::unique_fd fd);

  /// Sends bytes, whatever they are. Further text says what is the matter with them.
  void send(std::string_view bytes);
  /// Sends a packet, encoded by our codec. Throws std::logic_error where that refuses it.
  void send(const packet& p);
  /// Closes as a program does that is done. `abort`: with a reset, as one that died.
  void close(bool abort = false);

  /// The other side has closed, or reset, the connection.
  bool is_closed() const noexcept { return closed_ && packets_.empty(); }
  /// Packets that could not be read at all; nobody was told of them but the monitor.
  int unreadable() const noexcept { return unreadable_; }
  /// Its bytes could not be read on; they are taken for the end.
  bool is_garbled() const noexcept { return garbled_; }

  /// Waits for the next packet or the end, at most so long. Used as `co_await link.wait(patience)`; one wait at a time.
  auto wait(milliseconds at_most) noexcept { return waiting{*this, at_most}; }
  /// From now on what comes is kept as bytes, and neither read as packets nor judged: where an answer may have any form.
  void keep_raw() noexcept { raw_ = true; }
  /// Those bytes.
  const std::string& raw() const noexcept { return in_; }
  /// The packet that `wait` announced.
  received take();

 private:
  struct waiting {
    link& of;
    milliseconds at_most;
    bool await_ready() const noexcept { return of.has_news(); }
    void await_suspend(std::coroutine_handle<> h);
    news await_resume();
  };
  struct connecting {
    link& of;
    bool await_ready() const noexcept { return !of.fd_; }
    void await_suspend(std::coroutine_handle<> h);
    bool await_resume();
  };

  void on_ready(posix::readiness ready) override;
  void on_time() override;
  bool has_news() const noexcept { return !packets_.empty() || closed_; }
  void read_all();
  void take_in(std::string_view bytes);
  void take_apart();
  bool take_packet();
  void hear(std::size_t size, const parse_options& how);
  void end(std::string_view why);
  void flush();
  void want();
  void resume();

  posix::loop& loop_;
  journal& log_;
  std::string name_;
  protocol_version version_;
  sender peer_;
  std::unique_ptr<monitor> monitor_;
  posix::unique_fd fd_;
  std::coroutine_handle<> waiter_;
  std::string in_, out_;
  std::deque<received> packets_;
  bool connecting_ = false;
  bool closed_ = false;
  bool garbled_ = false;
  bool raw_ = false;
  int unreadable_ = 0;
  bool timed_out_ = false;
};

}  // namespace mqttspan::conformance
