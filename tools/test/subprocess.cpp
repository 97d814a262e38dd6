#include "subprocess.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace mqttspan::test {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

int exit_code_of(int process) {
  int status = 0;
  if (waitpid(process, &status, 0) != process) throw std::runtime_error("waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// In the child: never returns.
[[noreturn]] void become(std::vector<std::string> arguments) {
  std::vector<char*> pointers;
  for (std::string& a : arguments) pointers.push_back(a.data());
  pointers.push_back(nullptr);
  execv(pointers[0], pointers.data());
  _exit(127);
}

void redirect(const std::string& path, int flags, int to) {
  const int fd = open(path.c_str(), flags, 0600);
  if (fd < 0 || dup2(fd, to) < 0) _exit(126);
}

std::vector<std::string> tool(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {MQTTSPAN_TOOL};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

// Through files, so that no pipe can fill up.
finished run_redirected(const std::vector<std::string>& command, std::string_view input, const std::string& folder) {
  const scratch_folder scratch;
  const std::string in = scratch.file("in", input), out = scratch.path() + "/out", err = scratch.path() + "/err";
  const int process = fork();
  if (process < 0) throw std::runtime_error("fork");
  if (process == 0) {
    if (!folder.empty() && chdir(folder.c_str()) != 0) _exit(126);
    redirect(in, O_RDONLY, 0);
    redirect(out, O_WRONLY | O_CREAT, 1);
    redirect(err, O_WRONLY | O_CREAT, 2);
    become(command);
  }
  const int code = exit_code_of(process);
  return {content_of(out), content_of(err), code};
}

}  // namespace

finished run(const std::vector<std::string>& arguments, std::string_view input) { return run_redirected(tool(arguments), input, ""); }

finished run_program(const std::vector<std::string>& command, std::string_view input) { return run_redirected(command, input, ""); }

finished shell(const std::string& line, const std::string& folder) {
  const std::string place = std::filesystem::path(MQTTSPAN_TOOL).parent_path().string();
  return run_redirected({"/bin/sh", "-c", "PATH='" + place + "':$PATH; " + line}, "", folder);
}

finished run_on_terminal(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
  int terminal = -1;
  const int process = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (process < 0) throw std::runtime_error("forkpty");
  if (process == 0) {
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    for (const std::string& one : environment) setenv(one.substr(0, one.find('=')).c_str(), one.substr(one.find('=') + 1).c_str(), 1);
    become(tool(arguments));
  }
  finished done;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(terminal, buffer, sizeof buffer)) > 0;) done.out.append(buffer, static_cast<std::size_t>(got));
  done.exit_code = exit_code_of(process);
  close(terminal);
  return done;
}

dialogue::dialogue(const std::vector<std::string>& arguments) {
  int to[2], from[2];
  if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  process_ = fork();
  if (process_ < 0) throw std::runtime_error("fork");
  if (process_ == 0) {
    dup2(to[0], 0);
    dup2(from[1], 1);
    become(tool(arguments));
  }
  close(to[0]);
  close(from[1]);
  to_ = to[1];
  from_ = from[0];
}

dialogue::~dialogue() { end(); }

std::string dialogue::ask(std::string_view line) {
  const std::string text = std::string(line) + "\n";
  if (write(to_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) throw std::runtime_error("write");
  std::string answer;
  for (char c = 0; read(from_, &c, 1) == 1 && c != '\n';) answer += c;
  return answer;
}

int dialogue::end() {
  if (process_ < 0) return 0;
  close(to_);
  const int code = exit_code_of(process_);
  close(from_);
  process_ = -1;
  return code;
}

scratch_folder::scratch_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "mqttspan-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
  path_ = pattern;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string scratch_folder::file(const std::string& name, std::string_view content) const {
  const std::string path = path_ + "/" + name;
  std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
  return path;
}

}  // namespace mqttspan::test
