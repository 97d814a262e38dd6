#include <mqttspan/posix/socket.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace mqttspan::inline MQTTSPAN_ABI::posix {
namespace {

static_assert(sizeof(socket_address::bytes) >= sizeof(sockaddr_storage) && alignof(socket_address) >= alignof(sockaddr_storage));

const sockaddr* raw(const socket_address& a) noexcept { return reinterpret_cast<const sockaddr*>(a.bytes); }

socket_address from_raw(const void* p, std::size_t size) noexcept {
  socket_address a;
  std::memcpy(a.bytes, p, size);
  a.size = static_cast<std::uint32_t>(size);
  return a;
}

std::vector<socket_address> unix_address(const std::string& path) {
  sockaddr_un a{};
  a.sun_family = AF_UNIX;
  if (path.size() >= sizeof a.sun_path || path.find('\0') != std::string::npos) return {};
  std::memcpy(a.sun_path, path.data(), path.size());
  return {from_raw(&a, offsetof(sockaddr_un, sun_path) + path.size() + 1)};
}

std::vector<socket_address> look_up(const char* host, std::uint16_t port, int flags, std::string& why) {
  char service[8]{};
  std::to_chars(service, service + sizeof service - 1, port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* first = nullptr;
  const int status = ::getaddrinfo(host, service, &hints, &first);
  std::vector<socket_address> found;
  if (status != 0) why = status == EAI_SYSTEM ? error_text(errno) : ::gai_strerror(status);
  for (const addrinfo* a = status == 0 ? first : nullptr; a; a = a->ai_next) {
    const socket_address one = from_raw(a->ai_addr, a->ai_addrlen);
    if (std::find(found.begin(), found.end(), one) == found.end()) found.push_back(one);  // a file of hosts may name it twice
  }
  if (first) ::freeaddrinfo(first);
  return found;
}

void set(int fd, int level, int option, int value) noexcept { ::setsockopt(fd, level, option, &value, sizeof value); }

// SOCK_NONBLOCK and accept4 are not everywhere.
bool make_quiet(int fd) noexcept {
#ifdef SO_NOSIGPIPE
  set(fd, SOL_SOCKET, SO_NOSIGPIPE, 1);
#endif
  return ::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK) == 0;
}

unique_fd make_socket(const socket_address& a) noexcept {
  unique_fd fd(::socket(raw(a)->sa_family, SOCK_STREAM, 0));
  if (fd && !make_quiet(fd.get())) return {};
  return fd;
}

#ifdef MSG_NOSIGNAL
constexpr int no_signal = MSG_NOSIGNAL;
#else
constexpr int no_signal = 0;  // SO_NOSIGPIPE
#endif

bool is_for_later(int number) noexcept { return number == EAGAIN || number == EWOULDBLOCK; }

// POSIX's strerror_r fills the buffer and returns a number, GNU's returns the text.
[[maybe_unused]] std::string said_by(int, const char* filled) { return filled; }
[[maybe_unused]] std::string said_by(const char* returned, const char*) { return returned; }

}  // namespace

unique_fd::~unique_fd() {
  if (fd_ >= 0) ::close(fd_);
}

std::string address::text() const {
  if (!path.empty()) return path;
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

socket_address socket_address::of_socket(int fd) noexcept {
  socket_address a;
  socklen_t size = sizeof a.bytes;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(a.bytes), &size) == 0) a.size = size;
  return a;
}

socket_address socket_address::of_peer(int fd) noexcept {
  socket_address a;
  socklen_t size = sizeof a.bytes;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(a.bytes), &size) == 0) a.size = size;
  return a;
}

int socket_address::family() const noexcept { return size == 0 ? 0 : raw(*this)->sa_family; }

address socket_address::name() const {
  if (size == 0) return {};
  if (raw(*this)->sa_family == AF_UNIX) {
    constexpr std::size_t head = offsetof(sockaddr_un, sun_path);
    const std::size_t longest = size > head ? size - head : 0;
    const char* const path = reinterpret_cast<const char*>(bytes) + head;  // may end without a 0
    const std::size_t length = ::strnlen(path, longest < sizeof bytes - head ? longest : sizeof bytes - head);
    return {.host = {}, .port = 0, .path = length != 0 ? std::string(path, length) : "(unnamed)"};
  }
  char host[NI_MAXHOST], service[NI_MAXSERV];
  if (::getnameinfo(raw(*this), size, host, sizeof host, service, sizeof service, NI_NUMERICHOST | NI_NUMERICSERV) != 0) return {};
  address a{.host = host, .port = 0};
  std::from_chars(service, service + std::strlen(service), a.port);
  return a;
}

std::vector<socket_address> resolve_at_once(const address& where, bool passive) {
  std::string why;
  if (!where.path.empty()) return unix_address(where.path);
  // Of a machine without IPv6 nobody can say so before it has been tried.
  if (where.host.empty() && passive) return look_up("::", where.port, AI_NUMERICHOST, why);
  // RFC 6761: nobody else may answer for it.
  if (where.host == "localhost" || where.host.empty()) {
    auto both = look_up("127.0.0.1", where.port, AI_NUMERICHOST, why);
    for (const auto& v6 : look_up("::1", where.port, AI_NUMERICHOST, why)) both.push_back(v6);
    return both;
  }
  return look_up(where.host.c_str(), where.port, AI_NUMERICHOST, why);
}

std::vector<socket_address> resolve(const address& where, std::string& why, bool passive) {
  auto known = resolve_at_once(where, passive);
  if (!known.empty()) return known;
  if (!where.path.empty()) {
    why = "the path is too long for a socket";
    return {};
  }
  return look_up(where.host.c_str(), where.port, AI_ADDRCONFIG, why);
}

unique_fd start_connecting(const socket_address& to) noexcept {
  unique_fd fd = make_socket(to);
  if (!fd || ::connect(fd.get(), raw(to), to.size) == 0 || errno == EINPROGRESS || errno == EINTR) return fd;
  // A Unix-domain socket whose queue is full says EAGAIN, and would never become ready.
  const int error = errno;
  fd = {};
  errno = error;
  return fd;
}

int connect_error(int fd) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

unique_fd listen_at(const socket_address& at, int backlog) noexcept {
  unique_fd fd = make_socket(at);
  if (!fd) return fd;
  const int family = raw(at)->sa_family;
  if (family == AF_UNIX) {
    const address here = at.name();
    struct stat found {};
    // One with a full queue is alive, one of another user may be: only who is refused knows that nobody listens.
    const bool is_left_over = ::lstat(here.path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode) && !start_connecting(at) && errno == ECONNREFUSED;
    if (is_left_over) ::unlink(here.path.c_str());
  } else {
    set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  }
  if (family == AF_INET6) {
    const bool is_any = std::memcmp(&reinterpret_cast<const sockaddr_in6*>(at.bytes)->sin6_addr, &in6addr_any, sizeof in6addr_any) == 0;
    set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, is_any ? 0 : 1);
  }
  if (::bind(fd.get(), raw(at), at.size) == 0 && ::listen(fd.get(), backlog) == 0) return fd;
  const int error = errno;
  fd = {};
  errno = error;
  return fd;
}

std::string error_text(int number) {
  char text[256] = "";
  return said_by(::strerror_r(number, text, sizeof text), text);
}

socket_transport::socket_transport(unique_fd fd) noexcept : fd_(std::move(fd)) {
  make_quiet(fd_.get());
  // Both fail, and nobody cares, where it is not TCP.
  set(fd_.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  set(fd_.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
}

transfer socket_transport::read_some(std::span<std::byte> into) noexcept {
  for (;;) {
    const ssize_t size = ::recv(fd_.get(), into.data(), into.size(), 0);
    if (size > 0) return {progress::moved, static_cast<std::size_t>(size)};
    if (size == 0) return {progress::end};
    if (is_for_later(errno)) return {progress::wants_read};
    if (errno != EINTR) return failed();
  }
}

transfer socket_transport::write_some(bytes_view from) noexcept {
  for (;;) {
    const ssize_t size = ::send(fd_.get(), from.data(), from.size(), no_signal);
    if (size >= 0) return {progress::moved, static_cast<std::size_t>(size)};
    if (is_for_later(errno)) return {progress::wants_write};
    if (errno != EINTR) return failed();
  }
}

transfer socket_transport::shut_down() noexcept { return ::shutdown(fd_.get(), SHUT_WR) == 0 ? transfer{progress::moved} : failed(); }

transfer socket_transport::failed() noexcept {
  error_ = errno;
  return {progress::failed};
}

std::string_view socket_transport::failure() const noexcept {
  switch (error_) {
    case ECONNRESET: return "the peer reset the connection";
    case EPIPE: return "the peer has closed the connection";
    case ETIMEDOUT: return "the peer has not answered for too long";
    case EHOSTUNREACH: return "there is no way to the peer's host";
    case ENETUNREACH: return "there is no way to the peer's network";
    case ENOTCONN: return "the connection is gone";
    default: return "the socket failed";
  }
}

}  // namespace mqttspan::posix
