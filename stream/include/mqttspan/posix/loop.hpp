// A loop of events for programs that bring none: sockets that are ready, times that have come, work from other threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/config.hpp>
#include <mqttspan/stream/instant.hpp>

/// Clients and servers over sockets, where a system has them: a loop, endpoints in it, and what they call.
namespace mqttspan::inline MQTTSPAN_ABI::posix {

/// Milliseconds of the system's monotonic clock.
MQTTSPAN_API instant steady_now() noexcept;

/// What is to be watched, or has become ready.
struct readiness {
  bool read = false;   ///< there is something to read, or the peer has ended
  bool write = false;  ///< there is room to write

  /// Equal in both.
  friend bool operator==(const readiness&, const readiness&) = default;
};

class loop;
namespace detail {
class poller;
}

/// Somebody whom a loop calls. Has at most one file descriptor and one time in the loop, and is forgotten before it is destroyed.
class watcher {
 public:
  watcher() noexcept = default;
  watcher(const watcher&) = delete;
  watcher& operator=(const watcher&) = delete;

 protected:
  ~watcher() = default;

 private:
  friend class loop;
  /// The descriptor is ready. Both are set where it has failed.
  virtual void on_ready(readiness ready) = 0;
  /// The time has come; it is not set any more.
  virtual void on_time() {}
  /// The end of the turn, after `soon`.
  virtual void on_soon() {}

  int watched_ = -1;
  readiness wanted_;
  bool is_soon_ = false;
  bool has_time_ = false;
  std::multimap<instant, watcher*>::iterator time_;
};

/// The system call that waits.
enum class loop_backend : std::uint8_t {
  best,  ///< epoll on Linux, else poll
  poll   ///< everywhere
};

/// One thread's loop. Everything but `post` and `stop` is for that thread alone; all that runs in it may call any of its functions.
///
/// In a foreign loop: watch `fd()` for reading, wake up at `next_time()`, and call `run_once(false)` then.
class loop {
 public:
  /// With the system call to wait in.
  MQTTSPAN_API explicit loop(loop_backend backend = loop_backend::best);
  MQTTSPAN_API ~loop();
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  /// Runs until `stop`, or until nobody is watched, no time is set and nothing was posted.
  MQTTSPAN_API void run();
  /// One turn; with `may_wait` it waits until there is something to do. False where `run` would end.
  MQTTSPAN_API bool run_once(bool may_wait = true);
  /// Ends `run` at the end of its turn. From any thread, and from signal handlers.
  MQTTSPAN_API void stop() noexcept;
  /// Runs `work` in the loop, in its next turn. From any thread; whoever posts keeps the loop alive meanwhile. Work that is left when the loop is destroyed is dropped.
  MQTTSPAN_API void post(std::function<void()> work);

  /// Within a turn, when the loop woke up; else the time.
  instant now() const noexcept { return is_awake_ ? now_ : steady_now(); }
  /// How often it has woken up: what is idle does not count on.
  std::size_t turns() const noexcept { return turns_; }
  /// Epoll only, else -1: readable when there is something to do.
  MQTTSPAN_API int fd() const noexcept;
  /// The next time that is set.
  MQTTSPAN_API std::optional<instant> next_time() const noexcept;

  /// Watches a descriptor for `w`, or changes what is wanted of it; nothing wanted: not watched, also not for its failure. False where the system refuses, or
  /// another watcher has that descriptor.
  MQTTSPAN_API bool watch(watcher& w, int fd, readiness wanted);
  /// Calls `on_time` at that time, once; replaces the time that was set. Nothing: not at all.
  MQTTSPAN_API void wake_at(watcher& w, std::optional<instant> at);
  /// Calls `on_soon` before the loop waits again, once however often it is asked for.
  MQTTSPAN_API void soon(watcher& w);
  /// Never calls it again.
  MQTTSPAN_API void forget(watcher& w) noexcept;

  /// Bytes of a buffer for reading. It is lent until it is given back; the same few are used again and again.
  static constexpr std::size_t buffer_size = 65'536;
  /// Lends a buffer.
  MQTTSPAN_API std::unique_ptr<std::byte[]> take_buffer();
  /// Takes it back.
  MQTTSPAN_API void give_back(std::unique_ptr<std::byte[]> buffer);

 private:
  void unwatch(watcher& w) noexcept;
  void call_ready();
  void call_times();
  void call_soon();
  void call_posted();
  int wait_time(bool may_wait) const;
  bool has_work() const;

  std::unique_ptr<detail::poller> poller_;
  std::multimap<instant, watcher*> times_;
  std::vector<watcher*> soon_;
  std::vector<watcher*> being_called_;  // of `soon_`, in this turn
  std::vector<std::unique_ptr<std::byte[]>> buffers_;
  std::size_t watched_ = 0;
  instant now_;
  bool is_awake_ = false;
  std::size_t turns_ = 0;

  struct shared;  // with other threads
  std::unique_ptr<shared> shared_;
};

}  // namespace mqttspan::posix
