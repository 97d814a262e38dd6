// A program that reads lines and answers lines, started by us: bounded waiting, nothing left running.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

namespace mqttspan::conformance {

/// A child process, started by `sh -c` in a process group of its own, with pipes to its standard input and output. The program ignores SIGPIPE: a child that is gone is a finding.
class adapter_process {
 public:
  explicit adapter_process(std::string command) : command_(std::move(command)) {}
  adapter_process(const adapter_process&) = delete;
  adapter_process& operator=(const adapter_process&) = delete;
  /// Ends it.
  ~adapter_process() { stop(); }

  /// Throws std::system_error where no process can be had.
  void start();
  /// Closes its input, gives it a moment, then kills it. Nothing where it does not run.
  void stop();

  /// Queues a line; written when there is room, by `wait`.
  void send(const std::string& line);
  /// Bytes that are queued and not written.
  std::size_t unsent() const { return out_.size() - sent_; }

  /// A line that it said, without the line feed; nothing if there is none yet.
  std::optional<std::string> line();
  /// Bytes that it said and that `line` has not given.
  std::size_t unread() const { return in_.size() - taken_; }
  /// Writes and reads what can be, and waits for that at most this long. False if nothing moved in that time, or if it is gone.
  bool wait(std::chrono::milliseconds most);
  /// Its output has ended, and no line is left.
  bool gone() const { return closed_; }
  /// How it ended, in words; good after `gone` and `stop`.
  const std::string& ending() const { return ending_; }

 private:
  bool write_some();
  bool read_some();
  void reap(bool may_wait);

  std::string command_;
  pid_t process_ = -1;
  int to_ = -1;
  int from_ = -1;
  std::string out_;
  std::size_t sent_ = 0;
  std::string in_;
  std::size_t taken_ = 0;
  std::size_t searched_ = 0;
  bool closed_ = false;
  std::string ending_;
};

}  // namespace mqttspan::conformance
