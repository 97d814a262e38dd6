#include <mqttspan/posix/loop.hpp>

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <limits>
#include <utility>

#include "poller.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::posix {

instant steady_now() noexcept {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return {static_cast<std::int64_t>(t.tv_sec) * 1000 + t.tv_nsec / 1'000'000};
}

// A byte in the pipe wakes the loop up.
struct loop::shared final : watcher {
  shared() {
    if (::pipe(pipe) != 0) return;
    for (const int end : pipe) {
      ::fcntl(end, F_SETFL, O_NONBLOCK);
      ::fcntl(end, F_SETFD, FD_CLOEXEC);
    }
  }
  ~shared() {
    for (const int end : pipe)
      if (end >= 0) ::close(end);
  }
  void on_ready(readiness) override {
    char some[64];
    while (::read(pipe[0], some, sizeof some) > 0) {
    }
  }
  void wake() noexcept {
    const char one = 0;
    [[maybe_unused]] const auto written = ::write(pipe[1], &one, 1);  // where the pipe is full the loop will wake up anyway
  }

  int pipe[2] = {-1, -1};
  std::atomic<bool> is_stopping = false;
  std::mutex mutex;
  std::vector<std::function<void()>> posted;  // under the mutex
};

loop::loop(loop_backend backend) : poller_(detail::make_poller(backend)), now_(steady_now()), shared_(std::make_unique<shared>()) {
  watch(*shared_, shared_->pipe[0], {.read = true});
}

loop::~loop() { forget(*shared_); }

void loop::run() {
  while (!shared_->is_stopping && run_once()) {
  }
  shared_->is_stopping = false;
}

bool loop::run_once(bool may_wait) {
  now_ = steady_now();
  is_awake_ = true;
  // What was asked for between two turns may be what the program waits for.
  const bool has_called = !soon_.empty();
  call_soon();
  if (has_work()) {
    poller_->wait(wait_time(may_wait && !has_called));
    ++turns_;
    now_ = steady_now();
    call_ready();
    call_times();
    call_posted();
    call_soon();
  }
  is_awake_ = false;
  return has_work();
}

void loop::stop() noexcept {
  const int number = errno;  // of whom the signal has interrupted
  shared_->is_stopping = true;
  shared_->wake();
  errno = number;
}

void loop::post(std::function<void()> work) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->posted.push_back(std::move(work));
  }
  shared_->wake();
}

int loop::fd() const noexcept { return poller_->fd(); }

std::optional<instant> loop::next_time() const noexcept {
  if (!soon_.empty()) return now();
  return times_.empty() ? std::nullopt : std::optional(times_.begin()->first);
}

bool loop::watch(watcher& w, int fd, readiness wanted) {
  if (w.wanted_ != readiness{} && w.watched_ != fd) unwatch(w);
  if (w.wanted_ == wanted) return true;
  const bool was_watched = w.wanted_ != readiness{};
  if (!poller_->change(fd, &w, w.wanted_, wanted)) return false;
  w.watched_ = fd;
  w.wanted_ = wanted;
  watched_ += (wanted != readiness{}) - static_cast<std::size_t>(was_watched);
  return true;
}

// Also a descriptor that is closed already.
void loop::unwatch(watcher& w) noexcept {
  poller_->change(w.watched_, &w, w.wanted_, {});
  w.wanted_ = {};
  --watched_;
}

void loop::wake_at(watcher& w, std::optional<instant> at) {
  if (w.has_time_ && at && w.time_->first == *at) return;
  if (w.has_time_) times_.erase(w.time_);
  w.has_time_ = at.has_value();
  if (at) w.time_ = times_.emplace(*at, &w);
}

void loop::soon(watcher& w) {
  if (std::exchange(w.is_soon_, true)) return;
  soon_.push_back(&w);
}

void loop::forget(watcher& w) noexcept {
  if (w.wanted_ != readiness{}) unwatch(w);
  wake_at(w, {});
  w.is_soon_ = false;
  for (detail::ready_watcher& found : poller_->found())
    if (found.who == &w) found.who = nullptr;
  for (std::vector<watcher*>* const list : {&soon_, &being_called_}) std::replace(list->begin(), list->end(), &w, static_cast<watcher*>(nullptr));
}

std::unique_ptr<std::byte[]> loop::take_buffer() {
  if (buffers_.empty()) return std::unique_ptr<std::byte[]>(new std::byte[buffer_size]);
  auto last = std::move(buffers_.back());
  buffers_.pop_back();
  return last;
}

void loop::give_back(std::unique_ptr<std::byte[]> buffer) {
  constexpr std::size_t most = 8;
  if (buffers_.size() < most) buffers_.push_back(std::move(buffer));
}

void loop::call_ready() {
  for (std::size_t i = 0; i < poller_->found().size(); ++i) {
    const detail::ready_watcher found = poller_->found()[i];
    if (found.who) found.who->on_ready(found.ready);
  }
}

void loop::call_times() {
  // Who sets a time that is over already is called in the next turn: sockets must have their turn.
  for (std::size_t most = times_.size(); most != 0 && !times_.empty() && times_.begin()->first <= now_; --most) {
    watcher& w = *times_.begin()->second;
    times_.erase(times_.begin());
    w.has_time_ = false;
    w.on_time();
  }
}

void loop::call_posted() {
  std::vector<std::function<void()>> work;
  {
    const std::lock_guard lock(shared_->mutex);
    work.swap(shared_->posted);
  }
  for (const auto& each : work) each();
}

// Who asks again meanwhile is called in the same turn, but a few rounds only: sockets must have their turn.
void loop::call_soon() {
  for (int round = 0; round < 4 && !soon_.empty(); ++round) {
    being_called_.swap(soon_);
    for (std::size_t i = 0; i < being_called_.size(); ++i) {
      watcher* const w = being_called_[i];
      if (!w) continue;
      w->is_soon_ = false;
      w->on_soon();
    }
    being_called_.clear();
  }
}

int loop::wait_time(bool may_wait) const {
  if (!may_wait || !soon_.empty()) return 0;
  const auto next = next_time();
  if (!next) return -1;
  const std::int64_t left = *next - steady_now();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

// The pipe alone is nobody.
bool loop::has_work() const {
  const std::size_t ours = shared_->wanted_ != readiness{} ? 1 : 0;
  if (watched_ > ours || !times_.empty() || !soon_.empty()) return true;
  const std::lock_guard lock(shared_->mutex);
  return !shared_->posted.empty();
}

}  // namespace mqttspan::posix
