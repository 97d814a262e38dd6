// The program that holds the client under test: told what to do in lines of JSON, and heard (README.md, "Drivers").
#pragma once

#include <coroutine>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include <mqttspan/posix/loop.hpp>
#include <mqttspan/posix/socket.hpp>

#include "../journal.hpp"
#include "../link.hpp"

namespace mqttspan::conformance::client {

using nlohmann::json;

/// One process, in a process group of its own, which ends with this object, or with the harness.
class driver final : private posix::watcher {
 public:
  /// Runs `/bin/sh -c COMMAND`.
  driver(posix::loop& loop, journal& log, const std::string& command);
  ~driver();

  /// Writes a line.
  void tell(const json& what);
  /// Its next line, waited for at most so long; nothing where it is silent, or has ended.
  auto next(milliseconds at_most) noexcept { return waiting{*this, at_most}; }
  /// Nothing more will be said.
  bool has_ended() const noexcept { return !from_ && lines_.empty(); }
  /// How it ended: "was ended by signal 11"; empty where it runs, or has ended with status 0.
  std::string failure();

 private:
  struct waiting {
    driver& of;
    milliseconds at_most;
    bool await_ready() const noexcept { return !of.lines_.empty() || !of.from_; }
    void await_suspend(std::coroutine_handle<> h);
    std::optional<json> await_resume();
  };
  void on_ready(posix::readiness ready) override;
  void on_time() override { resume(); }
  void resume();
  void read_all();
  void take_line(std::string_view line);
  void flush();
  void want();

  posix::loop& loop_;
  journal& log_;
  pid_t group_ = -1;
  int status_ = -1;         // as waitpid has it, once it has ended
  posix::unique_fd channel_;  // both ways
  bool from_ = true;
  std::string in_, out_;
  std::deque<json> lines_;
  std::coroutine_handle<> waiter_;
};

}  // namespace mqttspan::conformance::client
