// Many connections at once: what each costs the broadcast server, that each still works, and that nothing is lost.
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <set>
#include <sstream>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/posix/socket.hpp>

#include "party.hpp"

namespace {

using namespace mqttspan;
using namespace mqttspan::test;

// As many descriptors as we may have; the programs that are started inherit that.
std::size_t raise_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

struct memory {
  std::size_t connections = 0, allocated = 0, resident = 0;
};

class many : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(server_->ask(""), "ready"); }

  memory ask_memory() {
    memory m;
    std::istringstream(server_->ask("memory")) >> m.connections >> m.allocated >> m.resident;
    return m;
  }

  const std::size_t descriptors_ = raise_limit();
  const ports ports_ = free_ports();
  const std::unique_ptr<process> server_ = std::make_unique<process>(
      std::vector<std::string>{INTEROP_SERVER, INTEROP_CERTIFICATES, std::to_string(ports_[0]), std::to_string(ports_[1]), std::to_string(ports_[2]), std::to_string(ports_[3])},
      std::string(), true);
};

// A client without anything: a socket, from one of several addresses, so that ports last.
posix::unique_fd connect_from(std::size_t number, std::uint16_t port) {
  posix::unique_fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in from{}, to{};
  from.sin_family = to.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(number % 8));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(port);
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&from), sizeof from) != 0 || ::connect(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return {};
  return fd;
}

template <class P>
bool say(int fd, const P& p) {
  std::array<std::byte, 256> bytes;
  const auto written = generate(p, protocol_version::v3_1_1, bytes);
  return written && ::send(fd, written->data(), written->size(), MSG_NOSIGNAL) == static_cast<ssize_t>(written->size());
}

// Exactly these bytes come next.
bool hears(int fd, std::initializer_list<int> expected) {
  for (const int byte : expected) {
    pollfd p{fd, POLLIN, 0};
    unsigned char c = 0;
    if (::poll(&p, 1, 30'000) != 1 || ::recv(fd, &c, 1, 0) != 1 || c != byte) return false;
  }
  return true;
}

bool come(int fd, std::size_t number) {
  return say(fd, mqttspan::connect{.version = protocol_version::v3_1_1, .keep_alive = 600, .client_id = "idle-" + std::to_string(number)}) && hears(fd, {0x20, 2, 0, 0});
}

}  // namespace

TEST_F(many, ten_thousand_idle_connections_take_two_kib_each) {
  const std::size_t wanted = std::min<std::size_t>(10'000, descriptors_ - 100);
  EXPECT_EQ(wanted, 10'000u) << "the system allows no more descriptors";
  std::vector<posix::unique_fd> clients;
  const auto add_until = [&](std::size_t count) {
    while (clients.size() < count) {
      clients.push_back(connect_from(clients.size(), ports_[0]));
      ASSERT_TRUE(come(clients.back().get(), clients.size())) << clients.size();
    }
  };
  constexpr std::size_t first = 100;  // what is allocated once is there by then
  add_until(first);
  const memory before = ask_memory();
  add_until(wanted);
  const memory after = ask_memory();
  ASSERT_EQ(after.connections, wanted);
  const std::size_t allocated = (after.allocated - before.allocated) / (wanted - first), resident = (after.resident - before.resident) / (wanted - first);
  std::printf("%zu connections: %zu bytes allocated, %zu resident, each\n", wanted, allocated, resident);
  RecordProperty("allocated", std::to_string(allocated));
  RecordProperty("resident", std::to_string(resident));
  EXPECT_LE(allocated, 2048u);

  for (const auto& client : clients) ASSERT_TRUE(say(client.get(), pingreq{}));
  for (const auto& client : clients) ASSERT_TRUE(hears(client.get(), {0xD0, 0}));
  EXPECT_LE(ask_memory().allocated, after.allocated + 65'536);  // and nothing of it stays
}

TEST_F(many, a_thousand_publishers_and_nothing_is_lost) {
  constexpr std::size_t publishers = 1000, each = 2;  // the server says everything to everybody: a million messages a thousand
  posix::loop loop;
  const way to{ports_[0], carrier::tcp, {}};
  party subscriber(loop, to, protocol_version::v5, "subscriber");
  ASSERT_TRUE(subscriber.come() && subscriber.hear("#", qos::at_least_once));

  std::vector<std::unique_ptr<posix::client>> all;
  std::size_t acknowledged = 0, lost = 0;
  for (std::size_t i = 0; i < publishers; ++i) {
    auto& one = *all.emplace_back(std::make_unique<posix::client>(loop));
    one.on.connack = [i](posix::endpoint& server, const connack&) {
      for (std::size_t n = 0; n < each; ++n) {
        const std::string payload = std::to_string(i) + "/" + std::to_string(n);
        (void)server.send(publish{.topic = "many", .payload = std::as_bytes(std::span(payload)), .qos = qos::at_least_once});
      }
    };
    one.on.puback = [&](posix::endpoint&, const puback&) { ++acknowledged; };
    one.on.error = [&](posix::endpoint&, const posix::closing& why) {
      ++lost;
      ADD_FAILURE() << why.text();
    };
    ASSERT_TRUE(one.open({.host = "127.0.0.1", .port = ports_[0]}));
    ASSERT_TRUE(one->send(mqttspan::connect{.client_id = "publisher-" + std::to_string(i)}));
  }
  const auto is_done = [&] { return lost != 0 || (acknowledged == publishers * each && subscriber.messages.size() >= publishers * each); };
  ASSERT_TRUE(run_until(loop, is_done, 120'000)) << acknowledged << " " << subscriber.messages.size();
  ASSERT_EQ(subscriber.messages.size(), publishers * each);
  std::set<std::string> payloads;
  for (const heard& m : subscriber.messages) payloads.insert(m.payload);
  EXPECT_EQ(payloads.size(), publishers * each);
}
