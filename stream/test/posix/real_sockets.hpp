// What the tests of the socket layer stand on: a loop that is turned until something is so, peers that are bare sockets, and a diary of what handlers were told.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/posix/client.hpp>
#include <mqttspan/posix/endpoint.hpp>
#include <mqttspan/posix/loop.hpp>
#include <mqttspan/posix/server.hpp>
#include <mqttspan/posix/socket.hpp>

namespace mqttspan::test {

using posix::address;
using posix::closing;
using posix::endpoint;
using posix::loop;
using posix::loop_backend;
using posix::unique_fd;

/// Bounds what would hang; no test waits for it to pass.
inline constexpr std::int64_t patience = 20'000;

/// Wakes the loop up.
struct nudger final : posix::watcher {
  explicit nudger(loop& l) : in(l) {}
  ~nudger() { in.forget(*this); }
  void on_ready(posix::readiness) override {}
  loop& in;
};

/// Turns the loop until it is so. False where it never was.
template <class IsSo>
bool turn_until(loop& turned, IsSo is_so) {
  nudger nudge(turned);
  const instant give_up = posix::steady_now() + patience;
  while (!is_so()) {
    if (posix::steady_now() >= give_up) return false;
    turned.wake_at(nudge, posix::steady_now() + 1);
    turned.run_once();
  }
  return true;
}

/// Turns the loop so often: enough for all that can happen without anybody doing anything more.
inline void turn(loop& turned, int times = 20) {
  while (times-- > 0) turned.run_once(false);
}

inline bytes_view as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

template <class P>
std::string wire(const P& p, protocol_version version = protocol_version::v5) {
  const auto size = encoded_size(p, version);
  std::vector<std::byte> room(size ? *size : 0);
  const auto made = generate(p, version, room);
  EXPECT_TRUE(made) << "the test's own packet is wrong";
  return made ? std::string(reinterpret_cast<const char*>(made->data()), made->size()) : std::string();
}
inline std::string hello(std::string_view name = "peer", protocol_version version = protocol_version::v5) {
  return wire(connect{.version = version, .client_id = name}, version);
}
inline std::string news(std::string_view topic, std::string_view payload, qos q = qos::at_most_once, std::uint16_t id = 0) {
  return wire(publish{.topic = topic, .payload = as_bytes(payload), .qos = q, .packet_id = id});
}

/// A bare socket: says and hears what the test wants it to.
class bare_peer {
 public:
  bare_peer() = default;
  explicit bare_peer(unique_fd fd) : fd_(std::move(fd)) { ::fcntl(fd_.get(), F_SETFL, O_NONBLOCK); }
  explicit bare_peer(const address& to, int receive_buffer = 0) {
    const auto all = posix::resolve_at_once(to);
    if (all.empty()) return;
    fd_ = unique_fd(::socket(all.front().family(), SOCK_STREAM, 0));
    if (receive_buffer != 0) ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    ::fcntl(fd_.get(), F_SETFL, O_NONBLOCK);
    const int status = ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(all.front().bytes), all.front().size);
    EXPECT_TRUE(status == 0 || errno == EINPROGRESS) << to.text() << ": " << posix::error_text(errno);
    pollfd p{fd_.get(), POLLOUT, 0};
    ::poll(&p, 1, static_cast<int>(patience));
  }

  int fd() const { return fd_.get(); }
  /// As much as the kernel takes.
  std::size_t say(std::string_view text) {
    std::size_t done = 0;
    while (done < text.size()) {
      const ssize_t n = ::send(fd_.get(), text.data() + done, text.size() - done, MSG_NOSIGNAL);
      if (n <= 0 && errno == EINTR) continue;
      if (n <= 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  }
  /// All that has come so far.
  const std::string& heard(std::size_t most = std::string::npos) {
    std::vector<char> some(65'536);
    while (!has_ended && !has_failed && all_.size() < most) {
      const ssize_t n = ::recv(fd_.get(), some.data(), std::min(some.size(), most - all_.size()), 0);
      if (n > 0) all_.append(some.data(), static_cast<std::size_t>(n));
      else if (n == 0) has_ended = true;
      else if (errno == EAGAIN) break;
      else if (errno != EINTR) has_failed = true;
    }
    return all_;
  }
  bool has_gone() { return heard(), has_ended || has_failed; }
  void end_writing() { ::shutdown(fd_.get(), SHUT_WR); }
  void end_reading() { ::shutdown(fd_.get(), SHUT_RD); }
  void vanish() { fd_ = {}; }
  /// RST instead of FIN.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    fd_ = {};
  }

  bool has_ended = false;
  bool has_failed = false;

 private:
  unique_fd fd_;
  std::string all_;
};

/// What handlers were told, in order, one line each; and of each endpoint whether `close` came once and last.
struct diary {
  std::vector<std::string> lines;
  std::vector<std::string> reasons;  // of `close`
  std::map<const endpoint*, std::weak_ptr<endpoint>> closed;
  std::string last() const { return reasons.empty() ? std::string() : reasons.back(); }
  std::string text() const {
    std::string all;
    for (const auto& line : lines) all += line + '\n';
    return all;
  }
  std::size_t count(std::string_view what) const {
    std::size_t n = 0;
    for (const auto& line : lines) n += line == what;
    return n;
  }
  void note(const endpoint& e, std::string line) {
    const auto found = closed.find(&e);
    EXPECT_TRUE(found == closed.end() || found->second.expired()) << line << " came behind close";
    lines.push_back(std::move(line));
  }
  void keep(posix::handlers& on) {
    on.connected = [this](endpoint& e) { note(e, "connected"); };
    on.drained = [this](endpoint& e) { note(e, "drained"); };
    on.error = [this](endpoint& e, const closing&) { note(e, "error"); };
    on.close = [this](endpoint& e, const closing& why) {
      const bool is_told = !lines.empty() && lines.back() == "error";
      EXPECT_EQ(is_told, !why.is_in_order()) << why.text();
      note(e, "close");
      closed[&e] = e.weak_from_this();
      reasons.push_back(why.text());
    };
  }
};

/// A folder that goes with the test.
struct temporary_folder {
  temporary_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mqttspan-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~temporary_folder() { std::filesystem::remove_all(path); }
  std::string file(std::string_view name) const { return path + "/" + std::string(name); }
  std::string path;
};

/// A server on a free port, with a diary; by both backends.
class with_server : public testing::TestWithParam<loop_backend> {
 protected:
  void listen(posix::server_options options = {}) {
    if (options.endpoint.close_timeout == posix::endpoint_options{}.close_timeout) options.endpoint.close_timeout = 150;  // bare peers do not close by themselves
    server.emplace(loop, options);
    told.keep(server->on);
    ASSERT_TRUE(server->listen({.host = "127.0.0.1", .port = 0})) << server->failure();
    at = server->addresses().front();
  }
  /// A bare peer that has said CONNECT and heard CONNACK.
  bare_peer guest(std::string_view name = "peer", protocol_version version = protocol_version::v5, int receive_buffer = 0) {
    bare_peer peer(at, receive_buffer);
    peer.say(hello(name, version));
    EXPECT_TRUE(turn_until(loop, [&] { return peer.heard().size() >= 4; }));
    return peer;
  }
  endpoint& only() {
    endpoint* found = nullptr;
    server->for_each([&](endpoint& e) { found = &e; });
    return *found;
  }
  bool until_closed(std::size_t times = 1) {
    return turn_until(loop, [&] { return told.reasons.size() >= times; });
  }

  posix::loop loop{GetParam()};
  std::optional<posix::server> server;
  diary told;
  address at;
};

inline std::string backend_name(const testing::TestParamInfo<loop_backend>& info) { return info.param == loop_backend::poll ? "poll" : "best"; }
#define MQTTSPAN_BOTH_BACKENDS(suite) \
  INSTANTIATE_TEST_SUITE_P(both, suite, testing::Values(loop_backend::best, loop_backend::poll), backend_name)

}  // namespace mqttspan::test
