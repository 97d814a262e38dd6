#include "background_program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace mqttspan::test {
namespace {

constexpr std::chrono::milliseconds pause{5};
constexpr std::chrono::seconds patience{30};  // bounds what would hang

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

void redirect(const std::string& path, int flags, int to) {
  const int fd = ::open(path.c_str(), flags, 0600);
  if (fd < 0 || ::dup2(fd, to) < 0) ::_exit(126);
}

}  // namespace

background_program::background_program(const std::vector<std::string>& command) {
  std::vector<std::string> words = command;
  std::vector<char*> pointers;
  for (std::string& w : words) pointers.push_back(w.data());
  pointers.push_back(nullptr);
  const std::string out = folder_.path() + "/out", err = folder_.path() + "/err";
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ != 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  redirect("/dev/null", O_RDONLY, 0);
  redirect(out, O_WRONLY | O_CREAT, 1);
  redirect(err, O_WRONLY | O_CREAT, 2);
  ::execvp(pointers[0], pointers.data());
  ::_exit(127);
}

background_program::~background_program() {
  if (!is_running()) return;
  send(SIGKILL);
  ::waitpid(pid_, &status_, 0);
}

std::string background_program::out() const { return content_of(folder_.path() + "/out"); }
std::string background_program::err() const { return content_of(folder_.path() + "/err"); }

void background_program::send(int signal) const { ::kill(pid_, signal); }

bool background_program::is_running() {
  if (!has_ended_) has_ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
  return !has_ended_;
}

finished background_program::wait() {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (is_running() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(pause);
  if (is_running()) return {out(), "it has not ended; so far: " + err(), -1};
  return {out(), err(), WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_)};
}

bool background_program::waits_for(std::string_view text, bool in_output) {
  const auto end = std::chrono::steady_clock::now() + patience;
  do {
    const bool was_running = is_running();
    if ((in_output ? out() : err()).find(text) != std::string::npos) return true;
    if (!was_running) return false;
    std::this_thread::sleep_for(pause);
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace mqttspan::test
