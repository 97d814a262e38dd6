// mqttspan's loop in a program whose loop is Asio's: one descriptor to watch, one time to wake up at.
#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <mqttspan/posix/loop.hpp>

namespace example {

using namespace mqttspan;

/// Runs a loop as a guest of an io_context, which must outlive it.
class asio_guest {
 public:
  asio_guest(asio::io_context& host, posix::loop& loop) : loop_(loop), events_(host, loop.fd()), timer_(host) {}
  ~asio_guest() { events_.release(); }  // the loop closes its descriptor itself

  /// To be called at first, and by whoever has sent something from outside of the handlers.
  void turn() {
    if (!loop_.run_once(false)) return events_.cancel(), void(timer_.cancel());  // nothing is left to wait for
    if (!std::exchange(is_watching_, true)) {
      events_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const asio::error_code& error) {
        is_watching_ = false;
        if (!error) turn();
      });
    }
    const auto next = loop_.next_time();
    if (!next) return void(timer_.cancel());
    timer_.expires_after(std::chrono::milliseconds(std::max<std::int64_t>(*next - posix::steady_now(), 0)));
    timer_.async_wait([this](const asio::error_code& error) { if (!error) turn(); });
  }

 private:
  posix::loop& loop_;
  asio::posix::stream_descriptor events_;
  asio::steady_timer timer_;
  bool is_watching_ = false;
};

}  // namespace example
