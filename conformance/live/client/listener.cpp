#include "listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "usage_error.hpp"

namespace mqttspan::conformance::client {

listener::listener(posix::loop& loop, const posix::socket_address& at) : loop_(loop), fd_(posix::listen_at(at, 64)) {
  if (!fd_) throw usage_error("cannot listen at " + at.name().text() + ": " + posix::error_text(errno));
  loop_.watch(*this, fd_.get(), {.read = true, .write = false});
}

listener::~listener() { loop_.forget(*this); }

void listener::waiting::await_suspend(std::coroutine_handle<> h) {
  of.waiter_ = h;
  of.loop_.wake_at(of, of.loop_.now() + at_most.count());
}

posix::unique_fd listener::waiting::await_resume() {
  of.loop_.wake_at(of, std::nullopt);
  if (of.accepted_.empty()) return {};
  posix::unique_fd first = std::move(of.accepted_.front());
  of.accepted_.pop_front();
  return first;
}

void listener::on_ready(posix::readiness) {
  for (;;) {
    posix::unique_fd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd && errno == EINTR) continue;
    if (!fd) break;
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    accepted_.push_back(std::move(fd));
  }
  if (!accepted_.empty()) resume();
}

void listener::resume() {
  if (const std::coroutine_handle<> h = std::exchange(waiter_, nullptr)) h.resume();
}

}  // namespace mqttspan::conformance::client
