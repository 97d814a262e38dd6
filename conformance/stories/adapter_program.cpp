#include "adapter_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "player.hpp"

namespace mqttspan::conformance {
namespace {

constexpr std::size_t longest_answer = 64u << 20;

// The child's side: one socket is its standard input and output.
[[noreturn]] void become(const std::string& command, int socket) {
  ::setpgid(0, 0);
  ::dup2(socket, STDIN_FILENO);
  ::dup2(socket, STDOUT_FILENO);
  ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

}  // namespace

adapter_program::adapter_program(const std::string& command, std::chrono::milliseconds patience) : patience_(patience) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw adapter_gone("no socket for the adapter");
  process_ = ::fork();
  if (process_ == 0) become(command, ends[1]);
  ::close(ends[1]);
  socket_ = ends[0];
  if (process_ > 0) return;
  ::close(socket_);
  throw adapter_gone("the adapter cannot be started");
}

adapter_program::~adapter_program() {
  ::shutdown(socket_, SHUT_WR);
  pollfd end{socket_, POLLIN, 0};
  char rest[4096];
  while (::poll(&end, 1, 1000) > 0 && ::read(socket_, rest, sizeof rest) > 0) {}
  ::close(socket_);
  ::kill(-process_, SIGKILL);  // its group: the shell may have started others
  ::kill(process_, SIGKILL);
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {}
}

std::string adapter_program::operator()(const std::string& request) {
  send(request + "\n");
  const auto until = std::chrono::steady_clock::now() + patience_;
  for (;;) {
    if (const std::size_t end = received_.find('\n'); end != std::string::npos) {
      std::string line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return line;
    }
    if (received_.size() > longest_answer) give_up("the adapter's answer does not end");
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd ready{socket_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0) give_up("the adapter does not answer");
    char buffer[65536];
    const ssize_t n = ::read(socket_, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) give_up("the adapter has ended");
    received_.append(buffer, static_cast<std::size_t>(n));
  }
}

void adapter_program::send(std::string line) const {
  while (!line.empty()) {
    const ssize_t n = ::send(socket_, line.data(), line.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) give_up("the adapter has ended");
    line.erase(0, static_cast<std::size_t>(n));
  }
}

void adapter_program::give_up(const char* why) const { throw adapter_gone(why); }

}  // namespace mqttspan::conformance
