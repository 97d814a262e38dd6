// The broker, where the user says how to start it: so that a run goes on behind a crash.
#pragma once

#include <string>

#include <sys/types.h>

#include <mqttspan/posix/socket.hpp>

namespace mqttspan::conformance {

/// Runs `/bin/sh -c COMMAND` in a process group of its own, and ends that group with itself. What it says goes to /dev/null, or to `log`.
class broker_process {
 public:
  broker_process(std::string command, posix::socket_address at);
  ~broker_process();
  broker_process(const broker_process&) = delete;
  broker_process& operator=(const broker_process&) = delete;

  /// Ends what is left of the last one, starts the command, and waits until the address is answered; false where that takes more than 20 s.
  bool start();

 private:
  void end();

  std::string command_;
  posix::socket_address at_;
  pid_t group_ = -1;
};

}  // namespace mqttspan::conformance
