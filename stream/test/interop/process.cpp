#include "process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <mqttspan/posix/socket.hpp>

namespace mqttspan::test {
namespace {

posix::socket_address loopback(std::uint16_t port) { return posix::resolve_at_once({.host = "127.0.0.1", .port = port}).front(); }

[[noreturn]] void become(const std::vector<std::string>& command, const std::string& log, int input, int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int into = ::open(log.empty() ? "/dev/null" : log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output >= 0 ? output : into, STDOUT_FILENO);
  ::dup2(into, STDERR_FILENO);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  std::perror(words[0]);
  std::_Exit(127);
}

}  // namespace

// All at once, so that they differ.
ports free_ports() {
  std::array<posix::unique_fd, 4> held;
  ports found{};
  for (std::size_t i = 0; i < held.size(); ++i) {
    held[i] = posix::listen_at(loopback(0));
    if (!held[i]) std::abort();
    found[i] = posix::socket_address::of_socket(held[i].get()).name().port;
  }
  return found;
}

bool is_answered(std::uint16_t port) {
  const posix::unique_fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const posix::socket_address a = loopback(port);
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(a.bytes), a.size) == 0;
}

process::process(const std::vector<std::string>& command, const std::string& log, bool is_asked) {
  int in[2], out[2] = {-1, -1};
  if (::pipe2(in, O_CLOEXEC) != 0 || (is_asked && ::pipe2(out, O_CLOEXEC) != 0)) std::abort();
  pid_ = ::fork();
  if (pid_ == 0) become(command, log, in[0], out[1]);
  ::close(in[0]);
  if (out[1] >= 0) ::close(out[1]);
  to_ = in[1];
  from_ = out[0];
}

process::~process() {
  if (is_running()) {
    ::kill(pid_, SIGTERM);
    if (wait(5000) < 0) ::kill(pid_, SIGKILL), wait(5000);
  }
  for (const int fd : {to_, from_})
    if (fd >= 0) ::close(fd);
}

bool process::is_running() { return wait(0) < 0; }

int process::wait(int milliseconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (status_ < 0) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    else if (std::chrono::steady_clock::now() >= until) return -1;
    else std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return status_;
}

std::string process::ask(const std::string& line) {
  if (!line.empty() && ::write(to_, (line + "\n").c_str(), line.size() + 1) < 0) return {};
  std::string answer;
  for (char c = 0; ::read(from_, &c, 1) == 1 && c != '\n';) answer += c;
  return answer;
}

}  // namespace mqttspan::test
