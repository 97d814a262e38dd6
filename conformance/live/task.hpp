// A coroutine that another one awaits: how probes are written, so that a dialogue of many steps reads from top to bottom.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace mqttspan::conformance {

namespace detail {

// What all tasks share: who waits for it, and what it threw.
struct task_promise {
  std::coroutine_handle<> waiting;
  std::function<void()>* on_end = nullptr;
  std::exception_ptr thrown;

  struct hand_back {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      const task_promise& p = ended.promise();
      if (p.on_end) (*p.on_end)();
      return p.waiting ? p.waiting : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };
  std::suspend_always initial_suspend() const noexcept { return {}; }
  hand_back final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { thrown = std::current_exception(); }
  void rethrow() const {
    if (thrown) std::rethrow_exception(thrown);
  }
};

template <class T>
struct value_promise : task_promise {
  std::optional<T> value;
  void return_value(T v) { value.emplace(std::move(v)); }
  T take() {
    rethrow();
    return std::move(*value);
  }
};
template <class T>
struct value_promise<T&> : task_promise {
  T* value = nullptr;
  void return_value(T& v) noexcept { value = &v; }
  T& take() {
    rethrow();
    return *value;
  }
};
template <>
struct value_promise<void> : task_promise {
  void return_void() const noexcept {}
  void take() const { rethrow(); }
};

}  // namespace detail

/// Begins when it is awaited, or started; ends with a value, or with what it threw. Destroyed while it waits, it is given up with all that it awaits.
/// Its parameters are copied into it where they are values: references and views must outlive it.
template <class T = void>
class [[nodiscard]] task {
 public:
  struct promise_type : detail::value_promise<T> {
    task get_return_object() { return task(std::coroutine_handle<promise_type>::from_promise(*this)); }
  };

  task() noexcept = default;
  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~task() {
    if (frame_) frame_.destroy();
  }

  /// For the outermost one: runs up to its first wait; `on_end`, which must outlive it, is called when it has ended, and must not destroy it.
  void start(std::function<void()>& on_end) {
    frame_.promise().on_end = &on_end;
    frame_.resume();
  }
  /// Once it has ended: its value, or what it threw.
  T take() { return frame_.promise().take(); }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) noexcept {
    frame_.promise().waiting = waiting;
    return frame_;
  }
  T await_resume() { return take(); }

 private:
  explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

  std::coroutine_handle<promise_type> frame_;
};

}  // namespace mqttspan::conformance
