#include "broker_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace mqttspan::conformance {
namespace {

using namespace std::chrono_literals;

[[noreturn]] void become(const std::string& command, const std::string& log) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  const int nowhere = ::open("/dev/null", O_RDWR);
  const int out = log.empty() ? nowhere : ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  ::dup2(nowhere, STDIN_FILENO);
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) ::dup2(out, fd);
  ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

}  // namespace

broker_process::broker_process(std::string command, posix::socket_address at, std::string log) : command_(std::move(command)), at_(at), log_(std::move(log)) {}

broker_process::~broker_process() { end(); }

bool broker_process::start() {
  end();
  status_.reset();
  group_ = ::fork();
  if (group_ == 0) become(command_, log_);
  ::setpgid(group_, group_);  // here too: whoever is first
  for (const auto until = std::chrono::steady_clock::now() + 60s; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(3ms)) {
    if (has_ended() && *status_ != 0) return false;  // with status 0 it may have gone to the background
    if (is_reachable(at_)) return true;
  }
  return false;
}

std::optional<int> broker_process::status() { return has_ended() ? status_ : std::nullopt; }

bool broker_process::has_ended() {
  int status = 0;
  if (!status_ && group_ > 0 && ::waitpid(group_, &status, WNOHANG) == group_) status_ = status;
  return status_.has_value();
}

void broker_process::kill() {
  if (group_ <= 0) return;
  ::kill(-group_, SIGKILL);
  wait_for_end(3s);
}

void broker_process::end() {
  if (group_ <= 0) return;
  ::kill(-group_, SIGTERM);
  wait_for_end(3s);
  kill();
  group_ = -1;
}

void broker_process::wait_for_end(std::chrono::milliseconds at_most) {
  for (const auto until = std::chrono::steady_clock::now() + at_most; !has_ended() && std::chrono::steady_clock::now() < until;) std::this_thread::sleep_for(1ms);
}

bool is_reachable(const posix::socket_address& at) {
  const posix::unique_fd fd(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(at.bytes), at.size) == 0;
}

std::string how_it_ended(int wait_status) {
  const bool by_signal = WIFSIGNALED(wait_status) || WEXITSTATUS(wait_status) >= 128;
  if (by_signal) return "was ended by signal " + std::to_string(WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : WEXITSTATUS(wait_status) - 128);
  return "ended with status " + std::to_string(WEXITSTATUS(wait_status));
}

}  // namespace mqttspan::conformance
