// The broker, where the user says how to start it: so that a run goes on behind a crash.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <sys/types.h>

#include <mqttspan/posix/socket.hpp>

namespace mqttspan::conformance {

/// Runs `/bin/sh -c COMMAND` in a process group of its own, and ends that group with itself. What it says goes to /dev/null, or to the file `log`, which is begun anew at each start.
class broker_process {
 public:
  broker_process(std::string command, posix::socket_address at, std::string log = {});
  ~broker_process();
  broker_process(const broker_process&) = delete;
  broker_process& operator=(const broker_process&) = delete;

  /// Ends what is left of the last one, starts the command, and waits until the address is answered; false where the command fails, or where that takes more than a minute.
  bool start();
  /// How it ended, as waitpid says; nothing while it runs.
  std::optional<int> status();
  /// At once, and without a word: for one that hangs.
  void kill();
  /// The process that was started, and the group of all that it starts; -1 before.
  pid_t group() const noexcept { return group_; }

 private:
  void end();
  bool has_ended();
  void wait_for_end(std::chrono::milliseconds at_most);

  std::string command_;
  posix::socket_address at_;
  std::string log_;
  pid_t group_ = -1;
  std::optional<int> status_;
};

/// Whether somebody listens there.
bool is_reachable(const posix::socket_address& at);

/// "was ended by signal 11", "ended with status 1"; a shell that reports a signal of its child counts as that.
std::string how_it_ended(int wait_status);

}  // namespace mqttspan::conformance
