// A program that runs beside the test.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "subprocess.hpp"

namespace mqttspan::test {

/// Runs until it ends by itself, is told to, or the object goes; also where the test is killed. Its standard input is empty.
class background_program {
 public:
  explicit background_program(const std::vector<std::string>& command);
  ~background_program();
  background_program(const background_program&) = delete;
  background_program& operator=(const background_program&) = delete;

  int pid() const { return pid_; }
  /// What it has written so far.
  std::string out() const;
  std::string err() const;
  /// Waits until it has written this. False where it has ended, or some seconds have passed, without.
  /// @{
  bool says(std::string_view text) { return waits_for(text, true); }
  bool complains(std::string_view text) { return waits_for(text, false); }
  /// @}
  void send(int signal) const;
  bool is_running();
  /// Waits for its end.
  finished wait();

 private:
  bool waits_for(std::string_view text, bool in_output);

  scratch_folder folder_;
  int pid_ = -1;
  int status_ = 0;
  bool has_ended_ = false;
};

}  // namespace mqttspan::test
