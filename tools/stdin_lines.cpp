#include "stdin_lines.hpp"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include <mqttspan/posix/socket.hpp>

namespace mqttspan {

stdin_lines::stdin_lines(posix::loop& loop, int fd, std::size_t limit, std::function<void()> more) : loop_(loop), fd_(fd), limit_(limit), more_(std::move(more)) {}

stdin_lines::~stdin_lines() { loop_.forget(*this); }

std::optional<std::string_view> stdin_lines::next() {
  while (const auto line = take_line()) {
    ++line_;
    if (!line->empty()) return line;
  }
  if (!has_ended_) want();
  return std::nullopt;
}

std::optional<std::string_view> stdin_lines::take_line() {
  const std::size_t feed = buffer_.find('\n', searched_);
  if (feed == std::string::npos && !has_ended_) {
    searched_ = buffer_.size();
    return std::nullopt;
  }
  if (taken_ == buffer_.size()) return std::nullopt;
  const std::size_t end = feed == std::string::npos ? buffer_.size() : feed;
  const std::string_view line = std::string_view(buffer_).substr(taken_, end - taken_);
  taken_ = searched_ = feed == std::string::npos ? end : feed + 1;
  return line;
}

// A file is always ready, and epoll refuses to watch one.
void stdin_lines::want() {
  if (!loop_.watch(*this, fd_, {.read = true})) loop_.soon(*this);
}

void stdin_lines::read() {
  constexpr std::size_t portion = 65'536;
  if (has_ended_) return;
  loop_.forget(*this);
  buffer_.erase(0, std::exchange(taken_, 0));
  searched_ = buffer_.size();
  buffer_.resize(searched_ + portion);
  const ssize_t size = ::read(fd_, buffer_.data() + searched_, portion);
  const int error = errno;
  buffer_.resize(searched_ + static_cast<std::size_t>(size > 0 ? size : 0));
  if (size < 0 && (error == EAGAIN || error == EINTR)) return want();
  if (size < 0) end(posix::error_text(error));
  else if (size == 0) end({});
  else if (searched_ > limit_ && buffer_.find('\n', searched_) > limit_) {
    buffer_.clear();
    searched_ = 0;
    end("line " + std::to_string(line_ + 1) + " is longer than " + std::to_string(limit_) + " bytes");
  }
  more_();
}

void stdin_lines::end(std::string why) {
  has_ended_ = true;
  failure_ = std::move(why);
}

void stdin_lines::stop() {
  loop_.forget(*this);
  buffer_.clear();
  taken_ = searched_ = 0;
  has_ended_ = true;
}

}  // namespace mqttspan
