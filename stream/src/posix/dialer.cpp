#include "dialer.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace mqttspan::inline MQTTSPAN_ABI::posix {

namespace {

// No two addresses of a family one behind the other, as long as there are others: where a family leads nowhere, that costs one head start. RFC 8305, 4.
std::vector<socket_address> mixed(const std::vector<socket_address>& all) {
  std::vector<socket_address> first, other, in_order;
  for (const socket_address& a : all) (a.family() == all.front().family() ? first : other).push_back(a);
  for (std::size_t i = 0; i < first.size() || i < other.size(); ++i) {
    if (i < first.size()) in_order.push_back(first[i]);
    if (i < other.size()) in_order.push_back(other[i]);
  }
  return in_order;
}

// TCP lets a socket connect to itself, when the port that it was given is the one that it asks for.
bool is_own_echo(int fd) noexcept {
  const socket_address here = socket_address::of_socket(fd), there = socket_address::of_peer(fd);
  return here == there && here.name().path.empty();
}

}  // namespace

// What the thread and the loop share; either may be gone first. The last one closes the pipe, so nobody writes to one that nobody reads.
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

dialer::dialer(loop& where, std::vector<socket_address> addresses, std::uint32_t timeout, done then)
    : dialer(where, addresses.empty() ? address{} : addresses.front().name(), timeout, std::move(then)) {
  addresses_ = std::move(addresses);
}

dialer::~dialer() { loop_.forget(*this); }

void dialer::on_soon() {
  set_time();
  if (!addresses_.empty()) return try_next();
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
  if (!loop_.watch(*this, ends[0], {.read = true}) || !start_thread()) finish({}, "cannot look up " + to_.host + ": the system has no thread for it");
}

// Signals are for the program's threads.
bool dialer::start_thread() {
  struct task {
    std::shared_ptr<lookup> shared;
    address to;
  };
  const auto work = [](void* given) -> void* {
    const std::unique_ptr<task> t(static_cast<task*>(given));
    t->shared->found = resolve(t->to, t->shared->why);
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(t->shared->done_there.get(), &byte, 1);
    return nullptr;
  };
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  auto t = std::make_unique<task>(task{lookup_, to_});
  pthread_t thread{};
  const bool is_started = ::pthread_create(&thread, nullptr, work, t.get()) == 0;
  if (is_started) (void)t.release(), ::pthread_detach(thread);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return is_started;
}

// The lookup is done.
void dialer::on_ready(readiness) {
  char byte = 0;
  if (::read(lookup_->done_here.get(), &byte, 1) != 1) return;  // the byte is also what makes the thread's writing visible here
  loop_.watch(*this, lookup_->done_here.get(), {});
  found(std::move(lookup_->found), lookup_->why);
}

void dialer::found(std::vector<socket_address> addresses, const std::string& why) {
  if (addresses.empty()) return finish({}, "cannot find " + (to_.path.empty() ? to_.host : to_.path) + ": " + why);
  addresses_ = mixed(addresses);
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
  int error = connect_error(a.fd.get());
  if (error == 0 && is_own_echo(a.fd.get())) error = ECONNREFUSED;
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
