// An adapter that runs as a program of its own: a line in, a line out.
#pragma once

#include <chrono>
#include <string>

#include "adapter_process.hpp"

namespace mqttspan::conformance {

/// Runs a command line of the shell. It ends with the object. The program ignores SIGPIPE.
class adapter_program {
 public:
  /// Throws adapter_gone where it cannot be started. An answer may take `patience`.
  explicit adapter_program(std::string command, std::chrono::milliseconds patience = std::chrono::seconds(10));

  /// Sends a request and waits for its answer. Throws adapter_gone where none comes.
  std::string operator()(const std::string& request);

 private:
  adapter_process process_;
  std::chrono::milliseconds patience_;
};

}  // namespace mqttspan::conformance
