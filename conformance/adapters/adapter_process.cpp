#include "adapter_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <thread>

namespace mqttspan::conformance {
namespace {

constexpr std::size_t read_size = 1 << 18;
constexpr int pipe_size = 1 << 20;  // room for either side to work while the other does; where the system gives less, it takes longer

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void close_end(int& end) {
  if (end >= 0) ::close(end);
  end = -1;
}

// Standard error by a way of its own where it is a pipe: what is inherited is shared, flags and all, and Node.js makes its pipes non-blocking. Ours, and with one pipe for both our
// standard output too, would lose what does not fit into it at once.
void part_standard_error() {
  struct stat what {};
  if (::fstat(STDERR_FILENO, &what) != 0 || !S_ISFIFO(what.st_mode)) return;
  const int own = ::open("/dev/fd/2", O_WRONLY);
  if (own < 0) return;
  ::dup2(own, STDERR_FILENO);
  ::close(own);
}

// In the child: only what is safe between fork and exec.
[[noreturn]] void become(const char* command, int input, int output) {
  ::setpgid(0, 0);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  part_standard_error();
  std::signal(SIGPIPE, SIG_DFL);
  ::execl("/bin/sh", "sh", "-c", command, static_cast<char*>(nullptr));
  ::_exit(127);
}

std::string ending_of(int status) {
  if (WIFSIGNALED(status)) return std::string("ended by signal ") + std::to_string(WTERMSIG(status)) + " (" + strsignal(WTERMSIG(status)) + ")";
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

void adapter_process::start() {
  std::array<int, 2> input{-1, -1}, output{-1, -1};
  if (::pipe2(input.data(), O_CLOEXEC) != 0 || ::pipe2(output.data(), O_CLOEXEC) != 0) fail("pipe");
  process_ = ::fork();
  if (process_ < 0) fail("fork");
  if (process_ == 0) become(command_.c_str(), input[0], output[1]);
  ::setpgid(process_, process_);  // both sides, as either may be first
  ::close(input[0]);
  ::close(output[1]);
  to_ = input[1];
  from_ = output[0];
  ::fcntl(to_, F_SETPIPE_SZ, pipe_size);
  ::fcntl(from_, F_SETPIPE_SZ, pipe_size);
  ::fcntl(to_, F_SETFL, O_NONBLOCK);
  ::fcntl(from_, F_SETFL, O_NONBLOCK);
  out_.clear(), in_.clear();
  sent_ = taken_ = searched_ = 0;
  closed_ = false;
  ending_.clear();
}

void adapter_process::stop() {
  close_end(to_);
  close_end(from_);
  if (process_ < 0) return;
  for (int i = 0; i < 100 && process_ >= 0; ++i) {
    reap(false);
    if (process_ >= 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (process_ < 0) return;
  ::kill(-process_, SIGKILL);
  reap(true);
}

void adapter_process::send(const std::string& line) {
  if (sent_ == out_.size()) {
    out_.clear();
    sent_ = 0;
  }
  out_ += line;
  out_ += '\n';
}

std::optional<std::string> adapter_process::line() {
  const std::size_t end = in_.find('\n', searched_);
  if (end == std::string::npos) {
    in_.erase(0, taken_);
    taken_ = 0;
    searched_ = in_.size();
    return std::nullopt;
  }
  std::string out = in_.substr(taken_, end - taken_);
  taken_ = searched_ = end + 1;
  return out;
}

bool adapter_process::wait(std::chrono::milliseconds most) {
  if (closed_) return false;
  std::array<pollfd, 2> ends{{{from_, POLLIN, 0}, {unsent() != 0 ? to_ : -1, POLLOUT, 0}}};
  if (::poll(ends.data(), ends.size(), static_cast<int>(most.count())) <= 0) return false;
  bool moved = false;
  if (ends[1].revents != 0) moved = write_some();
  if (ends[0].revents != 0) moved = read_some() || moved;
  return moved && !closed_;
}

bool adapter_process::write_some() {
  const ssize_t n = ::write(to_, out_.data() + sent_, unsent());
  if (n > 0) sent_ += static_cast<std::size_t>(n);
  if (n < 0 && errno == EPIPE) sent_ = out_.size();  // what it still says is read; its end says the rest
  return n > 0;
}

bool adapter_process::read_some() {
  std::array<char, read_size> some;
  const ssize_t n = ::read(from_, some.data(), some.size());
  if (n > 0) in_.append(some.data(), static_cast<std::size_t>(n));
  if (n == 0) closed_ = true;
  return n > 0;
}

void adapter_process::reap(bool may_wait) {
  int status = 0;
  if (::waitpid(process_, &status, may_wait ? 0 : WNOHANG) != process_) return;
  process_ = -1;
  ending_ = ending_of(status);
}

}  // namespace mqttspan::conformance
