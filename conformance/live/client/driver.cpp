#include "driver.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

#include "../broker_process.hpp"

namespace mqttspan::conformance::client {
namespace {

constexpr std::string_view role = "driver";

[[noreturn]] void become(const std::string& command, int channel) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(channel, STDIN_FILENO);
  ::dup2(channel, STDOUT_FILENO);
  const int nowhere = ::open("/dev/null", O_WRONLY);
  if (!::getenv("MQTTSPAN_DRIVER_STDERR")) ::dup2(nowhere, STDERR_FILENO);
  ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

}  // namespace

driver::driver(posix::loop& loop, journal& log, const std::string& command) : loop_(loop), log_(log) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("no socket pair for the driver: " + posix::error_text(errno));
  channel_ = posix::unique_fd(ends[0]);
  const posix::unique_fd other(ends[1]);
  group_ = ::fork();
  if (group_ == 0) become(command, other.get());
  if (group_ < 0) throw std::runtime_error("the driver cannot be started: " + posix::error_text(errno));
  ::setpgid(group_, group_);  // here too: whoever is first
  ::fcntl(channel_.get(), F_SETFL, O_NONBLOCK);
  want();
}

driver::~driver() {
  loop_.forget(*this);
  ::kill(-group_, SIGKILL);  // it has no state that anybody would miss
  if (status_ < 0) ::waitpid(group_, &status_, 0);
}

void driver::tell(const json& what) {
  log_.event(std::string(role), false, what.dump());
  out_ += what.dump() + "\n";
  flush();
}

std::string driver::failure() {
  if (from_) return {};
  bool has_ended = status_ >= 0;
  for (int i = 0; !has_ended && i < 100; ++i) {  // it has let go of its ends, but may be writing a core file yet
    if (i != 0) ::usleep(5'000);
    has_ended = ::waitpid(group_, &status_, WNOHANG) == group_;
  }
  if (!has_ended) return {};
  return status_ == 0 ? "" : how_it_ended(status_);
}

void driver::waiting::await_suspend(std::coroutine_handle<> h) {
  of.waiter_ = h;
  of.loop_.wake_at(of, of.loop_.now() + at_most.count());
}

std::optional<json> driver::waiting::await_resume() {
  of.loop_.wake_at(of, std::nullopt);
  if (of.lines_.empty()) return std::nullopt;
  json line = std::move(of.lines_.front());
  of.lines_.pop_front();
  return line;
}

void driver::on_ready(posix::readiness ready) {
  if (ready.write) flush();
  if (ready.read) read_all();
  want();
  if (!lines_.empty() || !from_) resume();  // the last thing: it may end the probe
}

void driver::resume() {
  if (const std::coroutine_handle<> h = std::exchange(waiter_, nullptr)) h.resume();
}

void driver::read_all() {
  char buffer[4096];
  while (from_) {
    const ssize_t n = ::recv(channel_.get(), buffer, sizeof buffer, 0);
    if (n > 0) in_.append(buffer, static_cast<std::size_t>(n));
    else if (n < 0 && errno == EINTR) continue;
    else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    else from_ = false;
  }
  for (std::size_t end; (end = in_.find('\n')) != std::string::npos; in_.erase(0, end + 1)) take_line(std::string_view(in_).substr(0, end));
  if (from_) return;
  loop_.forget(*this);
  log_.event(std::string(role), true, "ended");
}

// What is no JSON is somebody's debug output.
void driver::take_line(std::string_view line) {
  if (line.empty()) return;
  log_.event(std::string(role), true, std::string(line.substr(0, 400)));
  json parsed = json::parse(line, nullptr, false);
  if (parsed.is_object()) lines_.push_back(std::move(parsed));
}

void driver::flush() {
  while (from_ && !out_.empty()) {
    const ssize_t n = ::send(channel_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
    if (n > 0) out_.erase(0, static_cast<std::size_t>(n));
    else if (n < 0 && errno == EINTR) continue;
    else break;  // full, or gone: reading will tell
  }
  want();
}

void driver::want() {
  if (from_) loop_.watch(*this, channel_.get(), {.read = true, .write = !out_.empty()});
}

}  // namespace mqttspan::conformance::client
