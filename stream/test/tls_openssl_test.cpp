// The openssl command as the other end, over TCP on this machine.
#include <mqttspan/tls/tls.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tls_pair.hpp"

namespace mqttspan::test {
namespace {

// ---- A socket that never blocks, as a transport

class descriptor {
 public:
  explicit descriptor(int fd) noexcept : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

class test_socket {
 public:
  explicit test_socket(descriptor d) noexcept : d_(std::move(d)) {}
  transfer read_some(std::span<std::byte> into) noexcept {
    const ssize_t n = ::recv(d_.fd(), into.data(), into.size(), MSG_DONTWAIT);
    return n == 0 ? transfer{progress::end} : judge(n, progress::wants_read);
  }
  transfer write_some(bytes_view from) noexcept { return judge(::send(d_.fd(), from.data(), from.size(), MSG_DONTWAIT | MSG_NOSIGNAL), progress::wants_write); }
  transfer shut_down() noexcept {
    ::shutdown(d_.fd(), SHUT_WR);
    return {progress::moved};
  }
  bool has_pending() const noexcept { return false; }
  std::string_view failure() const noexcept { return std::strerror(error_); }

 private:
  transfer judge(ssize_t n, progress wants) noexcept {
    if (n > 0) return {progress::moved, static_cast<std::size_t>(n)};
    error_ = errno;
    return {error_ == EAGAIN || error_ == EINTR ? wants : progress::failed};
  }
  descriptor d_;
  int error_ = 0;
};

sockaddr_in local(std::uint16_t port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons(port);
  return a;
}

// On a free port, which goes to `port`.
descriptor listen(std::uint16_t& port) {
  descriptor d(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in a = local(0);
  socklen_t size = sizeof a;
  const int yes = 1;
  ::setsockopt(d.fd(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  EXPECT_EQ(::bind(d.fd(), reinterpret_cast<sockaddr*>(&a), size), 0);
  EXPECT_EQ(::listen(d.fd(), 8), 0);
  ::getsockname(d.fd(), reinterpret_cast<sockaddr*>(&a), &size);
  port = ntohs(a.sin_port);
  return d;
}

// ---- The command

class openssl_command {
 public:
  explicit openssl_command(std::vector<std::string> arguments) {
    int in[2], out[2];
    EXPECT_EQ(::pipe2(in, O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(out, O_CLOEXEC), 0);
    std::vector<char*> argv{const_cast<char*>("openssl")};
    for (std::string& a : arguments) argv.push_back(a.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      ::dup2(out[1], 2);
      ::execvp("openssl", argv.data());
      ::_exit(127);
    }
    in_ = descriptor(in[1]);
    out_ = descriptor(out[0]);
    ::close(in[0]);
    ::close(out[1]);
  }
  ~openssl_command() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  void say(std::string_view text) { EXPECT_EQ(::write(in_.fd(), text.data(), text.size()), static_cast<ssize_t>(text.size())); }
  void close_input() { in_ = descriptor(-1); }
  // What it has printed so far.
  const std::string& output() {
    std::array<char, 4096> buffer;
    for (pollfd p{out_.fd(), POLLIN, 0}; ::poll(&p, 1, 0) > 0;) {
      const ssize_t n = ::read(out_.fd(), buffer.data(), buffer.size());
      if (n <= 0) break;
      text_.append(buffer.data(), static_cast<std::size_t>(n));
    }
    return text_;
  }

 private:
  pid_t pid_ = -1;
  descriptor in_{-1}, out_{-1};
  std::string text_;
};

// Bounded, for whatever hangs.
bool wait_until(const std::function<bool()>& is_so) {
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > late) return false;
    ::usleep(1'000);
  }
  return true;
}

// One end of ours, and what it has read.
struct our_end {
  tls_transport tls;
  std::string in{};
  transfer last{};

  void read() {
    std::array<std::byte, 4096> buffer;
    do {
      last = tls.read_some(buffer);
      in.append(reinterpret_cast<const char*>(buffer.data()), last.size);
    } while (last.outcome == progress::moved);
  }
  bool is_over() {
    read();
    return last.outcome == progress::end || last.outcome == progress::failed;
  }
  void write(std::string_view text) {
    ASSERT_TRUE(wait_until([&] {
      const transfer t = tls.write_some(bytes_of(text));
      text.remove_prefix(t.size);
      return text.empty() || t.outcome == progress::failed;
    }));
    EXPECT_EQ(text, "") << tls.failure();
  }
  void shut_down() {
    EXPECT_TRUE(wait_until([&] { return tls.shut_down().outcome == progress::moved; })) << tls.failure();
  }
};

// `openssl s_server`, and clients of ours.
struct server_command {
  explicit server_command(std::vector<std::string> more) : command(arguments(std::move(more))) {}
  std::vector<std::string> arguments(std::vector<std::string> more) {
    static_cast<void>(listen(port));  // free again at once
    std::vector<std::string> all{"s_server", "-accept", "127.0.0.1:" + std::to_string(port), "-cert", file_of("server.pem"), "-key", file_of("server.key"), "-CAfile", file_of("ca.pem")};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  our_end meet(const tls_context& context, std::string_view host = "localhost") {
    descriptor d(-1);
    EXPECT_TRUE(wait_until([&] {
      d = descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      const sockaddr_in a = local(port);
      return ::connect(d.fd(), reinterpret_cast<const sockaddr*>(&a), sizeof a) == 0;
    })) << command.output();
    return {tls_transport(test_socket(std::move(d)), context, host, port)};
  }
  std::uint16_t port = 0;
  openssl_command command;
};

class tls_openssl : public testing::TestWithParam<const char*> {
 protected:
  static std::string_view version() { return GetParam() == std::string_view("-tls1_2") ? "TLSv1.2" : "TLSv1.3"; }
};
INSTANTIATE_TEST_SUITE_P(all, tls_openssl, testing::Values("-tls1_2", "-tls1_3"));

TEST_P(tls_openssl, our_client_and_its_server) {
  server_command server({GetParam(), "-rev", "-alpn", "mqtt"});
  const tls_context context(client_options());
  for (int i = 0; i < 3; ++i) {
    our_end client = server.meet(context);
    client.write("hello server\n");
    EXPECT_TRUE(wait_until([&] { return client.is_over() || client.in.size() >= 13; })) << client.tls.failure();
    EXPECT_EQ(client.in, "revres olleh\n");
    EXPECT_EQ(client.tls.version(), version());
    EXPECT_EQ(client.tls.alpn(), "mqtt");
    EXPECT_EQ(client.tls.peer_subject(), "CN=server");
    EXPECT_EQ(client.tls.was_resumed(), i > 0) << i;
    client.shut_down();
    EXPECT_TRUE(wait_until([&] { return client.is_over(); }));
  }
}

TEST_P(tls_openssl, its_server_wants_a_certificate) {
  server_command server({GetParam(), "-rev", "-Verify", "1", "-verify_return_error"});
  tls_client_options o = client_options();
  our_end without = server.meet(tls_context(o));
  EXPECT_TRUE(wait_until([&] { return without.is_over(); }));
  EXPECT_EQ(without.tls.failure(), version() == "TLSv1.3" ? "the peer says: certificate required" : "the peer says: handshake failure");
  o.certificate_file = file_of("client.pem");
  o.key_file = file_of("client.key");
  our_end with = server.meet(tls_context(o));
  with.write("1234\n");
  EXPECT_TRUE(wait_until([&] { return with.is_over() || with.in.size() >= 5; })) << with.tls.failure();
  EXPECT_EQ(with.in, "4321\n");
}

TEST_P(tls_openssl, its_server_is_somebody_else) {
  server_command server({GetParam(), "-rev"});
  our_end client = server.meet(tls_context(client_options()), "elsewhere.example");
  EXPECT_TRUE(wait_until([&] { return client.is_over(); }));
  EXPECT_EQ(client.tls.failure(), "the certificate of elsewhere.example is not accepted: hostname mismatch");
}

TEST_P(tls_openssl, its_client_and_our_server) {
  std::uint16_t port = 0;
  const descriptor listener = listen(port);
  tls_server_options o = server_options();
  o.client = client_certificate::required;
  o.ca_file = file_of("ca.pem");
  const tls_context context(o);
  openssl_command client({"s_client", "-connect", "127.0.0.1:" + std::to_string(port), GetParam(), "-CAfile", file_of("ca.pem"), "-servername", "localhost", "-verify_hostname", "localhost",
                          "-alpn", "mqtt", "-cert", file_of("client.pem"), "-key", file_of("client.key")});
  pollfd arrival{listener.fd(), POLLIN, 0};
  ASSERT_EQ(::poll(&arrival, 1, 30'000), 1);
  our_end server{tls_transport(test_socket(descriptor(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC))), context)};
  client.say("hello from s_client\n");
  EXPECT_TRUE(wait_until([&] { return server.is_over() || server.in.size() >= 20; })) << server.tls.failure();
  EXPECT_EQ(server.in, "hello from s_client\n") << server.tls.failure() << client.output();
  EXPECT_EQ(server.tls.version(), version());
  EXPECT_EQ(server.tls.server_name(), "localhost");
  EXPECT_EQ(server.tls.peer_subject(), "CN=client");
  EXPECT_EQ(server.tls.alpn(), "mqtt");
  server.write("hello from us\n");
  EXPECT_TRUE(wait_until([&] { return client.output().find("hello from us\n") != std::string::npos; })) << client.output();
  EXPECT_NE(client.output().find("Verification: OK"), std::string::npos) << client.output();
  EXPECT_NE(client.output().find("ALPN protocol: mqtt"), std::string::npos) << client.output();
  EXPECT_NE(client.output().find("Compression: NONE"), std::string::npos) << client.output();
  client.say("Q\n");  // its word for: say close_notify and go
  EXPECT_TRUE(wait_until([&] { return server.is_over(); }));
  EXPECT_EQ(server.last.outcome, progress::end) << server.tls.failure();
}

TEST_P(tls_openssl, its_client_is_killed) {
  std::uint16_t port = 0;
  const descriptor listener = listen(port);
  const tls_context context(server_options());
  auto client = std::make_unique<openssl_command>(std::vector<std::string>{"s_client", "-connect", "127.0.0.1:" + std::to_string(port), GetParam(), "-CAfile", file_of("ca.pem")});
  pollfd arrival{listener.fd(), POLLIN, 0};
  ASSERT_EQ(::poll(&arrival, 1, 30'000), 1);
  our_end server{tls_transport(test_socket(descriptor(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC))), context)};
  client->say("x\n");
  EXPECT_TRUE(wait_until([&] { return server.is_over() || server.in.size() >= 2; }));
  client.reset();
  EXPECT_TRUE(wait_until([&] { return server.is_over(); }));
  EXPECT_EQ(server.last.outcome, progress::failed);
  // Reset where it had not read all that we sent.
  EXPECT_TRUE(server.tls.failure() == "the stream was cut off without close_notify: it may be truncated" || server.tls.failure() == std::strerror(ECONNRESET)) << server.tls.failure();
}

TEST(tls_openssl, its_client_speaks_only_what_is_old) {
  std::uint16_t port = 0;
  const descriptor listener = listen(port);
  openssl_command client({"s_client", "-connect", "127.0.0.1:" + std::to_string(port), "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"});
  pollfd arrival{listener.fd(), POLLIN, 0};
  ASSERT_EQ(::poll(&arrival, 1, 30'000), 1);
  our_end server{tls_transport(test_socket(descriptor(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC))), tls_context(server_options()))};
  EXPECT_TRUE(wait_until([&] { return server.is_over(); }));
  EXPECT_EQ(server.tls.failure(), "no TLS version in common");
}

}  // namespace
}  // namespace mqttspan::test
