// Where clients under test connect to.
#pragma once

#include <coroutine>
#include <cstdint>
#include <deque>

#include <mqttspan/posix/loop.hpp>
#include <mqttspan/posix/socket.hpp>

#include "../link.hpp"

namespace mqttspan::conformance::client {

/// A listening socket. Keeps what it accepted until it is asked for.
class listener final : private posix::watcher {
 public:
  /// Port 0 takes a free one. Throws usage_error where the address cannot be had.
  listener(posix::loop& loop, const posix::socket_address& at);
  ~listener();

  posix::address where() const { return posix::socket_address::of_socket(fd_.get()).name(); }
  /// The next connection, waited for at most so long; without a descriptor where none came. One wait at a time.
  auto accept(milliseconds at_most) noexcept { return waiting{*this, at_most}; }
  /// The descriptor that `accept` would give, -1 where there is none.
  int next_fd() const noexcept { return accepted_.empty() ? -1 : accepted_.front().get(); }
  void drop_next() { accepted_.pop_front(); }

 private:
  struct waiting {
    listener& of;
    milliseconds at_most;
    bool await_ready() const noexcept { return !of.accepted_.empty(); }
    void await_suspend(std::coroutine_handle<> h);
    posix::unique_fd await_resume();
  };
  void on_ready(posix::readiness ready) override;
  void on_time() override { resume(); }
  void resume();

  posix::loop& loop_;
  posix::unique_fd fd_;
  std::deque<posix::unique_fd> accepted_;
  std::coroutine_handle<> waiter_;
};

}  // namespace mqttspan::conformance::client
