// Runs the built program as a user would, and keeps what it says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mqttspan::test {

struct finished {
  std::string out;
  std::string err;
  int exit_code = -1;  ///< 128 + signal where one ended it
};

/// mqttspan with these arguments and standard input. Colours are not forbidden: a pipe alone must do that.
finished run(const std::vector<std::string>& arguments, std::string_view input = {});

/// Any program, found by its path.
finished run_program(const std::vector<std::string>& command, std::string_view input = {});

/// A line of shell, in which `mqttspan` is the built program, in this folder.
finished shell(const std::string& line, const std::string& folder);

/// Like run, but standard output is a terminal, and `environment` ("NAME=value") is added.
finished run_on_terminal(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);

/// A running mqttspan to talk to line by line.
class dialogue {
 public:
  explicit dialogue(const std::vector<std::string>& arguments);
  ~dialogue();
  dialogue(const dialogue&) = delete;
  dialogue& operator=(const dialogue&) = delete;

  /// Sends a line and waits for the line that answers it.
  std::string ask(std::string_view line);
  /// Ends the input and gives the exit code.
  int end();

 private:
  int process_ = -1;
  int to_ = -1;
  int from_ = -1;
};

/// A folder of its own that goes away with the object.
class scratch_folder {
 public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  const std::string& path() const { return path_; }
  /// Writes a file and gives its path.
  std::string file(const std::string& name, std::string_view content) const;

 private:
  std::string path_;
};

}  // namespace mqttspan::test
