// Other programs: started on free ports of loopback, and ended.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace mqttspan::test {

/// What MQTT travels in. The numbers are places in `ports`.
enum class carrier : std::uint8_t { tcp, tls, ws, wss };

/// One port for each carrier.
using ports = std::array<std::uint16_t, 4>;

/// Ports that nobody listened at a moment ago.
ports free_ports();

/// Whether somebody accepts at 127.0.0.1.
bool is_answered(std::uint16_t port);

/// A program that runs until its owner goes: then it is asked to end, and after five seconds made to. It ends with this process in any case.
class process {
 public:
  /// What it says goes to `log`; "": nowhere. With `is_asked` it is spoken to with `ask`.
  explicit process(const std::vector<std::string>& command, const std::string& log = {}, bool is_asked = false);
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// True while it runs.
  bool is_running();
  /// Its status once it has ended by itself; -1: it has not, within so many milliseconds.
  int wait(int milliseconds);
  /// Writes a line to it, "": none, and reads one; "" where it has ended.
  std::string ask(const std::string& line);

 private:
  pid_t pid_ = -1;
  int status_ = -1;
  int to_ = -1, from_ = -1;
};

}  // namespace mqttspan::test
