#include "poller.hpp"

#include <poll.h>
#include <unistd.h>

#include <unordered_map>

#ifdef __linux__
#include <sys/epoll.h>
#endif

namespace mqttspan::inline MQTTSPAN_ABI::posix::detail {
namespace {

constexpr bool any(readiness r) noexcept { return r.read || r.write; }

#ifdef __linux__
class epoll_poller final : public poller {
 public:
  epoll_poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), events_(256) {}
  ~epoll_poller() override {
    if (epoll_ >= 0) ::close(epoll_);
  }

  bool change(int fd, watcher* who, readiness before, readiness wanted) noexcept override {
    epoll_event e{};
    e.events = (wanted.read ? EPOLLIN : 0u) | (wanted.write ? EPOLLOUT : 0u);
    e.data.ptr = who;
    const int what = !any(before) ? EPOLL_CTL_ADD : !any(wanted) ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    return ::epoll_ctl(epoll_, what, fd, &e) == 0;
  }

  void wait(int milliseconds) override {
    const int count = ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), milliseconds);
    found_.clear();
    for (int i = 0; i < count; ++i) {
      const epoll_event& e = events_[static_cast<std::size_t>(i)];
      const bool has_failed = (e.events & (EPOLLERR | EPOLLHUP)) != 0;
      found_.push_back({static_cast<watcher*>(e.data.ptr), {has_failed || (e.events & EPOLLIN) != 0, has_failed || (e.events & EPOLLOUT) != 0}});
    }
  }

  int fd() const noexcept override { return epoll_; }

 private:
  int epoll_;
  std::vector<epoll_event> events_;
};
#endif

class poll_poller final : public poller {
 public:
  bool change(int fd, watcher* who, readiness before, readiness wanted) noexcept override {
    if (!any(before)) {
      if (fd < 0 || !place_.emplace(fd, fds_.size()).second) return false;
      fds_.push_back({fd, 0, 0});
      who_.push_back(who);
    }
    const std::size_t at = place_[fd];
    fds_[at].events = static_cast<short>((wanted.read ? POLLIN : 0) | (wanted.write ? POLLOUT : 0));
    if (any(wanted)) return true;
    place_[fds_.back().fd] = at;
    fds_[at] = fds_.back();
    who_[at] = who_.back();
    fds_.pop_back();
    who_.pop_back();
    place_.erase(fd);
    return true;
  }

  void wait(int milliseconds) override {
    found_.clear();
    if (::poll(fds_.data(), static_cast<nfds_t>(fds_.size()), milliseconds) <= 0) return;
    for (std::size_t i = 0; i < fds_.size(); ++i) {
      const int events = fds_[i].revents;
      if (events == 0) continue;
      const bool has_failed = (events & (POLLERR | POLLHUP | POLLNVAL)) != 0;
      found_.push_back({who_[i], {has_failed || (events & POLLIN) != 0, has_failed || (events & POLLOUT) != 0}});
    }
  }

 private:
  std::vector<pollfd> fds_;
  std::vector<watcher*> who_;
  std::unordered_map<int, std::size_t> place_;  // of a descriptor in both lists
};

}  // namespace

std::unique_ptr<poller> make_poller([[maybe_unused]] loop_backend backend) {
#ifdef __linux__
  if (backend == loop_backend::best) return std::make_unique<epoll_poller>();
#endif
  return std::make_unique<poll_poller>();
}

}  // namespace mqttspan::posix::detail
