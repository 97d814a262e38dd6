// Standard output as a stream of bytes: gathered, and written when the loop has nothing else to do.
#pragma once

#include <functional>
#include <string>

#include <mqttspan/posix/loop.hpp>

namespace mqttspan {

/// Gathers what is written to a descriptor. The descriptor may block: then so does the program, and its peer has to wait.
class text_output final : private posix::watcher {
 public:
  /// `failed` is called once, with the `errno`, where nothing can be written any more. The loop must outlive it.
  text_output(posix::loop& loop, int fd, std::function<void(int error)> failed);
  ~text_output();

  /// Where to add bytes; then call `wrote`.
  std::string& buffer() { return buffer_; }
  /// Writes soon, or at once where much waits.
  void wrote();
  /// Writes at once.
  void flush();

 private:
  void on_ready(posix::readiness) override {}
  void on_soon() override { flush(); }

  posix::loop& loop_;
  int fd_;
  std::function<void(int)> failed_;
  std::string buffer_;
  bool is_broken_ = false;
};

}  // namespace mqttspan
