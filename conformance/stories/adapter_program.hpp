// An adapter that runs as a program of its own: a line in, a line out.
#pragma once

#include <chrono>
#include <string>

namespace mqttspan::conformance {

/// Runs a command line of the shell. It ends with the object: its input is closed, and what does not go then is killed.
class adapter_program {
 public:
  /// Throws adapter_gone where it cannot be started. An answer may take `patience`.
  explicit adapter_program(const std::string& command, std::chrono::milliseconds patience = std::chrono::seconds(10));
  ~adapter_program();
  adapter_program(const adapter_program&) = delete;
  adapter_program& operator=(const adapter_program&) = delete;

  /// Sends a request and waits for its answer. Throws adapter_gone where none comes.
  std::string operator()(const std::string& request);

 private:
  void send(std::string line) const;
  [[noreturn]] void give_up(const char* why) const;

  int process_ = -1;
  int socket_ = -1;
  std::string received_;  // behind the last answer
  std::chrono::milliseconds patience_;
};

}  // namespace mqttspan::conformance
