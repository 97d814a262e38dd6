// Standard input, a line at a time, as fast as they are asked for and no faster.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <mqttspan/posix/loop.hpp>

namespace mqttspan {

/// Cuts a descriptor's bytes at line feeds. Reads only when `next` has run dry; a line may be `limit` bytes long. Works for pipes, terminals and files.
class stdin_lines final : private posix::watcher {
 public:
  /// `more` is called when `next` may have something, or the end is there. The loop must outlive it.
  stdin_lines(posix::loop& loop, int fd, std::size_t limit, std::function<void()> more);
  ~stdin_lines();

  /// The next line that is not empty, without its line feed; good until the next call. Nothing: `more` will tell, unless `is_over`.
  std::optional<std::string_view> next();
  /// Nothing will come any more.
  bool is_over() const { return has_ended_ && taken_ == buffer_.size(); }
  /// Why it has ended, if not because all was read.
  const std::string& failure() const { return failure_; }
  /// Of the line that `next` gave last, from 1.
  std::uint64_t line() const { return line_; }
  /// Reads no more.
  void stop();

 private:
  void on_ready(posix::readiness) override { read(); }
  void on_soon() override { read(); }
  std::optional<std::string_view> take_line();
  void want();
  void read();
  void end(std::string why);

  posix::loop& loop_;
  int fd_;
  std::size_t limit_;
  std::function<void()> more_;
  std::string buffer_;       // from taken_ on: what was read and not given
  std::size_t taken_ = 0;
  std::size_t searched_ = 0; // no line feed between taken_ and here
  std::uint64_t line_ = 0;
  std::string failure_;
  bool has_ended_ = false;
};

}  // namespace mqttspan
