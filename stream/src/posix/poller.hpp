// The system call that waits for descriptors: epoll, or poll.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <mqttspan/posix/loop.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::posix::detail {

/// A descriptor that is ready, and whose it is. Null where it was forgotten since.
struct ready_watcher {
  watcher* who = nullptr;
  readiness ready;
};

class poller {
 public:
  virtual ~poller() = default;

  /// From `before` to `wanted`, not both nothing. False where the system refuses.
  virtual bool change(int fd, watcher* who, readiness before, readiness wanted) noexcept = 0;
  /// Waits so many milliseconds at most, -1: for ever.
  virtual void wait(int milliseconds) = 0;
  virtual int fd() const noexcept { return -1; }

  /// What the last `wait` found.
  std::span<ready_watcher> found() noexcept { return found_; }

 protected:
  std::vector<ready_watcher> found_;
};

std::unique_ptr<poller> make_poller(loop_backend backend);

}  // namespace mqttspan::posix::detail
