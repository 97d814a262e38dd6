#include "dialer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <thread>
#include <utility>

namespace mqttspan::posix {

// What the thread and the loop share; either may be gone first. The thread closes its end of the pipe when it is done.
struct dialer::lookup {
  unique_fd done_here, done_there;
  std::vector<socket_address> found;
  std::string why;
};

struct dialer::attempt final : watcher {
  attempt(dialer& d, unique_fd s) : owner(d), fd(std::move(s)) {}
  ~attempt() { owner.loop_.forget(*this); }
  void on_ready(readiness) override { owner.answered(*this); }

  dialer& owner;
  unique_fd fd;
};

dialer::dialer(loop& where, address to, std::uint32_t timeout, done then)
    : loop_(where), to_(std::move(to)), then_(std::move(then)), next_try_(steady_now()), give_up_(next_try_ + timeout), has_limit_(timeout != 0) {
  loop_.soon(*this);
}

dialer::~dialer() { loop_.forget(*this); }

void dialer::on_soon() {
  set_time();
  auto known = resolve_at_once(to_);
  if (known.empty() && to_.path.empty()) look_up();
  else found(std::move(known), "the path is too long for a socket");
}

void dialer::look_up() {
  int ends[2];
  if (::pipe(ends) != 0) return finish({}, error_text(errno));
  lookup_ = std::make_shared<lookup>();
  lookup_->done_here = unique_fd(ends[0]);
  lookup_->done_there = unique_fd(ends[1]);
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  loop_.watch(*this, ends[0], {.read = true});
  std::thread([shared = lookup_, to = to_] {
    shared->found = resolve(to, shared->why);
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(shared->done_there.get(), &byte, 1);
  }).detach();
}

// The lookup is done.
void dialer::on_ready(readiness) {
  char byte = 0;
  if (::read(lookup_->done_here.get(), &byte, 1) != 1) return;  // the byte is also what makes the thread's writing visible here
  loop_.watch(*this, lookup_->done_here.get(), {});
  found(std::move(lookup_->found), lookup_->why);
}

void dialer::found(std::vector<socket_address> addresses, const std::string& why) {
  addresses_ = std::move(addresses);
  if (addresses_.empty()) return finish({}, "cannot find " + to_.host + ": " + why);
  try_next();
}

void dialer::try_next() {
  constexpr std::int64_t head_start = 250;
  while (tried_ < addresses_.size()) {
    unique_fd fd = start_connecting(addresses_[tried_++]);
    if (!fd) {
      last_error_ = error_text(errno);
      continue;
    }
    const int number = fd.get();
    attempts_.emplace_back(*this, std::move(fd));
    loop_.watch(attempts_.back(), number, {.write = true});
    next_try_ = loop_.now() + head_start;
    return set_time();
  }
  if (attempts_.empty()) finish({}, "cannot connect to " + to_.text() + ": " + last_error_);
  else set_time();
}

void dialer::answered(attempt& a) {
  const int error = connect_error(a.fd.get());
  unique_fd fd = std::move(a.fd);
  loop_.forget(a);
  attempts_.remove_if([&a](const attempt& other) { return &other == &a; });
  if (error == 0) return finish(std::move(fd), {});
  last_error_ = error_text(error);
  try_next();
}

void dialer::on_time() {
  if (has_limit_ && give_up_ <= loop_.now()) {
    const std::string last = last_error_.empty() ? "no answer" : "no answer; another of its addresses: " + last_error_;
    return finish({}, "cannot connect to " + to_.text() + ": " + last);
  }
  try_next();
}

void dialer::set_time() {
  const bool has_more = !attempts_.empty() && tried_ < addresses_.size();
  if (has_more && (!has_limit_ || next_try_ < give_up_)) loop_.wake_at(*this, next_try_);
  else loop_.wake_at(*this, has_limit_ ? std::optional(give_up_) : std::nullopt);
}

void dialer::finish(unique_fd fd, std::string why) {
  attempts_.clear();
  loop_.forget(*this);
  const done then = std::move(then_);
  then(std::move(fd), std::move(why));
}

}  // namespace mqttspan::posix
