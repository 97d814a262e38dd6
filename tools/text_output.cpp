#include "text_output.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace mqttspan {

text_output::text_output(posix::loop& loop, int fd, std::function<void(int error)> failed) : loop_(loop), fd_(fd), failed_(std::move(failed)) {}

text_output::~text_output() { loop_.forget(*this); }

void text_output::wrote() {
  constexpr std::size_t much = 65'536;
  if (buffer_.size() >= much) flush();
  else loop_.soon(*this);
}

void text_output::flush() {
  std::size_t done = 0;
  while (!is_broken_ && done < buffer_.size()) {
    const ssize_t size = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
    if (size >= 0) {
      done += static_cast<std::size_t>(size);
    } else if (errno == EAGAIN) {  // somebody else has made it so
      pollfd wait{.fd = fd_, .events = POLLOUT, .revents = 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      is_broken_ = true;
      failed_(errno);
    }
  }
  constexpr std::size_t most_kept = 1 << 20;
  buffer_.clear();
  if (buffer_.capacity() > most_kept) buffer_.shrink_to_fit();
}

}  // namespace mqttspan
