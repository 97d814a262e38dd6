// mqttspan's loop in a program whose loop is libuv's: one descriptor to watch, one time to wake up at.
#pragma once

#include <algorithm>
#include <cstdint>

#include <mqttspan/posix/loop.hpp>
#include <uv.h>

namespace example {

using namespace mqttspan;

/// Runs a loop as a guest of a uv_loop_t; both must outlive it, and it the host's run.
class libuv_guest {
 public:
  libuv_guest(uv_loop_t* host, posix::loop& loop) : loop_(loop) {
    uv_poll_init(host, &events_, loop.fd());
    uv_timer_init(host, &timer_);
    events_.data = timer_.data = this;
  }

  /// To be called at first, and by whoever has sent something from outside of the handlers.
  void turn() {
    uv_timer_stop(&timer_);
    if (!loop_.run_once(false)) return void(uv_poll_stop(&events_));  // nothing is left to wait for
    uv_poll_start(&events_, UV_READABLE, [](uv_poll_t* handle, int, int) { static_cast<libuv_guest*>(handle->data)->turn(); });
    const auto wait = [](std::int64_t ms) { return static_cast<std::uint64_t>(std::max<std::int64_t>(ms, 0)); };
    const auto next = loop_.next_time();
    if (next) uv_timer_start(&timer_, [](uv_timer_t* handle) { static_cast<libuv_guest*>(handle->data)->turn(); }, wait(*next - posix::steady_now()), 0);
  }

 private:
  posix::loop& loop_;
  uv_poll_t events_{};
  uv_timer_t timer_{};
};

}  // namespace example
