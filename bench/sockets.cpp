// Load for an MQTT server over TCP: one publisher as fast as it can, some subscribers, and how many messages came through in a second.
// usage: mqttspan_sockets PORT QOS SUBSCRIBERS MESSAGES WINDOW     prints messages/s as each subscriber has seen them; WINDOW: how many are under way at most, written as many at once
//        mqttspan_sockets port                                      prints a port of loopback that is free
//
// Raw sockets and fixed packets, so that it is faster than any server. Not more than a window is under way, so that no server has a reason to drop anything.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr std::size_t payload_size = 64;
constexpr std::size_t buffer_size = 256 * 1024;

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

sockaddr_in loopback(int port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(static_cast<std::uint16_t>(port));
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in a = loopback(0);
  socklen_t size = sizeof a;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&a), size) != 0 || ::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &size) != 0) die("bind");
  ::close(fd);
  return ntohs(a.sin_port);
}

// A client: what it has to say, and what it has heard. All packets are shorter than 130 bytes, so that their second byte is their length.
class client {
 public:
  client(int port, const std::string& name) : fd_(::socket(AF_INET, SOCK_STREAM, 0)), input_(buffer_size) {
    const sockaddr_in to = loopback(port);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) die("connect");
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(fd_, F_SETFL, O_NONBLOCK);
    say(std::string("\x10") + static_cast<char>(12 + name.size()) + std::string("\0\4MQTT\4\2\0\0\0", 11) + static_cast<char>(name.size()) + name);
    wait_for(2);
  }
  ~client() { ::close(fd_); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  void subscribe(int qos) {
    say(std::string("\x82\6\0\1\0\1t", 7) + static_cast<char>(qos));
    wait_for(9);
  }
  void say(const std::string& bytes) { output_ += bytes; }

  // Says what it can, and takes what there is.
  void work() {
    write();
    const ssize_t size = ::recv(fd_, input_.data() + torn_, input_.size() - torn_, 0);
    if (size == 0) die("the server has closed");
    if (size > 0) take(torn_ + static_cast<std::size_t>(size));
    write();
  }
  pollfd wants() const { return {fd_, static_cast<short>(POLLIN | (output_.size() > written_ ? POLLOUT : 0)), 0}; }
  std::size_t waiting() const { return output_.size() - written_; }

  std::size_t messages = 0;
  std::size_t acknowledged = 0;

 private:
  void write() {
    if (waiting() == 0) return;
    const ssize_t size = ::send(fd_, output_.data() + written_, waiting(), MSG_NOSIGNAL);
    if (size > 0) written_ += static_cast<std::size_t>(size);
    if (waiting() == 0) output_.clear(), written_ = 0;
  }

  void take(std::size_t size) {
    std::size_t at = 0;
    while (size - at >= 2) {
      const auto* const p = reinterpret_cast<const unsigned char*>(input_.data() + at);
      const std::size_t whole = 2u + p[1];
      if (size - at < whole) break;
      const unsigned type = p[0] >> 4;
      last_type_ = type;
      if (type == 3) ++messages;
      if (type == 4) ++acknowledged;
      if (type == 3 && (p[0] & 6) != 0) {  // topic<2+1> packet_id<2>
        const char answer[] = {'\x40', 2, static_cast<char>(p[5]), static_cast<char>(p[6])};
        output_.append(answer, sizeof answer);
      }
      at += whole;
    }
    torn_ = size - at;
    std::memmove(input_.data(), input_.data() + at, torn_);
  }

  void wait_for(unsigned type) {
    while (last_type_ != type) {
      pollfd p = wants();
      ::poll(&p, 1, 10'000);
      work();
    }
  }

  int fd_;
  std::vector<char> input_;
  std::size_t torn_ = 0;
  std::string output_;
  std::size_t written_ = 0;
  unsigned last_type_ = 0;
};

std::string message(int qos, std::size_t number) {
  std::string bytes(1, static_cast<char>(0x30 | qos << 1));
  bytes += static_cast<char>(3 + 2 * qos + static_cast<int>(payload_size));
  bytes.append("\0\1t", 3);
  const std::size_t id = 1 + number % 65'535;
  if (qos != 0) bytes.append({static_cast<char>(id >> 8), static_cast<char>(id & 0xFF)});
  return bytes.append(payload_size, 'x');
}

// `window`: messages that the slowest subscriber has not seen yet; with QoS 1 of those and of acknowledgements, and below the servers' Receive Maximum.
double measure(int port, int qos, int subscribers, std::size_t count, std::size_t window) {
  std::vector<client*> all;
  for (int i = 0; i < subscribers; ++i) {
    all.push_back(new client(port, "subscriber-" + std::to_string(i)));
    all.back()->subscribe(qos);
  }
  client publisher(port, "publisher");
  std::vector<pollfd> ready(all.size() + 1);
  const auto slowest = [&] { return (*std::min_element(all.begin(), all.end(), [](auto* a, auto* b) { return a->messages < b->messages; }))->messages; };
  std::size_t said = 0;
  const auto begin = std::chrono::steady_clock::now();
  while (slowest() < count || (qos != 0 && publisher.acknowledged < count)) {
    const std::size_t done = qos == 0 ? slowest() : std::min(slowest(), publisher.acknowledged);
    if (said - done <= window / 2)
      for (; said < count && said < done + window; ++said) publisher.say(message(qos, said));
    ready[0] = publisher.wants();
    for (std::size_t i = 0; i < all.size(); ++i) ready[i + 1] = all[i]->wants();
    if (::poll(ready.data(), static_cast<nfds_t>(ready.size()), 10'000) == 0) die("nothing comes any more");
    publisher.work();
    for (client* const c : all) c->work();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  for (client* const c : all) {
    if (c->messages != count) die("too many messages");
    delete c;
  }
  return static_cast<double>(count) / took.count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "port") == 0) return std::printf("%d\n", free_port()), 0;
  if (argc != 6 || std::atoi(argv[5]) < 1) return std::fputs("usage: mqttspan_sockets PORT QOS SUBSCRIBERS MESSAGES WINDOW | port\n", stderr), 255;
  std::printf("%.0f\n", measure(std::atoi(argv[1]), std::atoi(argv[2]), std::atoi(argv[3]), std::strtoul(argv[4], nullptr, 10), std::strtoul(argv[5], nullptr, 10)));
}
