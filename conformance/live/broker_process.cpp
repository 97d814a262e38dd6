#include "broker_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace mqttspan::conformance {
namespace {

using namespace std::chrono_literals;

bool is_answered(const posix::socket_address& at) {
  const posix::unique_fd fd(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(at.bytes), at.size) == 0;
}

[[noreturn]] void become(const std::string& command) {
  ::setpgid(0, 0);
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, fd);
  ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

}  // namespace

broker_process::broker_process(std::string command, posix::socket_address at) : command_(std::move(command)), at_(at) {}

broker_process::~broker_process() { end(); }

bool broker_process::start() {
  end();
  group_ = ::fork();
  if (group_ == 0) become(command_);
  ::setpgid(group_, group_);  // here too: whoever is first
  for (const auto until = std::chrono::steady_clock::now() + 20s; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(10ms))
    if (is_answered(at_)) return true;
  return false;
}

void broker_process::end() {
  if (group_ <= 0) return;
  ::kill(-group_, SIGTERM);
  int status = 0;
  for (int i = 0; i < 300 && ::waitpid(group_, &status, WNOHANG) == 0; ++i) std::this_thread::sleep_for(10ms);
  ::kill(-group_, SIGKILL);
  ::waitpid(group_, &status, WNOHANG);
  group_ = -1;
}

}  // namespace mqttspan::conformance
