#include <mqttspan/posix/socket.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

#include <fstream>

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

using posix::listen_at;
using posix::resolve_at_once;
using posix::socket_address;
using posix::start_connecting;

bool is_quiet(int fd) { return (::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0 && (::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0; }
int option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  ::getsockopt(fd, level, name, &value, &size);
  return value;
}
unique_fd wait_accept(int listening) {
  pollfd p{listening, POLLIN, 0};
  ::poll(&p, 1, static_cast<int>(patience));
  return unique_fd(::accept(listening, nullptr, nullptr));
}

TEST(addresses, have_one_line) {
  EXPECT_EQ((address{.host = "example.org"}).text(), "example.org:1883");
  EXPECT_EQ((address{.host = "::1", .port = 1}).text(), "[::1]:1");
  EXPECT_EQ((address{.host = {}, .port = 0, .path = "/run/mqtt.sock"}).text(), "/run/mqtt.sock");
}

TEST(addresses, numbers_need_nobody_to_ask) {
  EXPECT_EQ(resolve_at_once({.host = "127.0.0.1", .port = 5}).at(0).name(), (address{.host = "127.0.0.1", .port = 5}));
  EXPECT_EQ(resolve_at_once({.host = "::1", .port = 65'535}).at(0).name(), (address{.host = "::1", .port = 65'535}));
  const auto both = resolve_at_once({.host = "localhost", .port = 5});
  ASSERT_EQ(both.size(), 2u);
  EXPECT_NE(both[0].family(), both[1].family());
  EXPECT_TRUE(resolve_at_once({.host = "no.such.host.invalid"}).empty());
  EXPECT_EQ(resolve_at_once({.host = {}, .port = 5}, true).at(0).name(), (address{.host = "::", .port = 5}));
}

TEST(addresses, of_paths_end_where_they_fit) {
  const std::string longest(sizeof(sockaddr_un::sun_path) - 1, 'x');
  EXPECT_EQ(resolve_at_once({.host = {}, .path = longest}).at(0).name().path, longest);
  EXPECT_TRUE(resolve_at_once({.host = {}, .path = longest + 'x'}).empty());
  EXPECT_TRUE(resolve_at_once({.host = {}, .path = std::string("a\0b", 3)}).empty()) << "another file than the one that was asked for";
  std::string why;
  EXPECT_TRUE(posix::resolve({.host = {}, .path = longest + 'x'}, why).empty());
  EXPECT_NE(why.find("too long"), std::string::npos) << why;
}

TEST(addresses, a_path_may_fill_its_place_without_a_zero) {
  socket_address full;
  const sa_family_t family = AF_UNIX;
  std::memcpy(full.bytes, &family, sizeof family);
  std::memset(full.bytes + offsetof(sockaddr_un, sun_path), 'x', sizeof(sockaddr_un::sun_path));
  full.size = sizeof(sockaddr_un);
  EXPECT_EQ(full.name().path, std::string(sizeof(sockaddr_un::sun_path), 'x'));
}

TEST(addresses, what_cannot_be_found_has_a_reason) {
  std::string why;
  EXPECT_TRUE(posix::resolve({.host = "no such host", .port = 1}, why).empty());
  EXPECT_FALSE(why.empty());
}

TEST(descriptors, are_closed_with_their_owner_once) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  unique_fd other(ends[1]);
  {
    unique_fd one(ends[0]);
    unique_fd moved(std::move(one));
    EXPECT_FALSE(one);
    moved = {};
    EXPECT_EQ(::fcntl(ends[0], F_GETFD), -1);
  }
  const int number = other.release();
  EXPECT_EQ(::close(number), 0);
}

TEST(listening, takes_a_free_port_and_connects) {
  const unique_fd at = listen_at(resolve_at_once({.host = "127.0.0.1", .port = 0}).at(0));
  ASSERT_TRUE(at) << posix::error_text(errno);
  EXPECT_TRUE(is_quiet(at.get()));
  const socket_address here = socket_address::of_socket(at.get());
  EXPECT_NE(here.name().port, 0);
  const unique_fd there = start_connecting(here);
  ASSERT_TRUE(there);
  EXPECT_TRUE(is_quiet(there.get()));
  const unique_fd accepted = wait_accept(at.get());
  ASSERT_TRUE(accepted);
  EXPECT_EQ(posix::connect_error(there.get()), 0);
  EXPECT_EQ(socket_address::of_peer(there.get()), here);
}

TEST(listening, a_port_in_use_is_refused) {
  const unique_fd at = listen_at(resolve_at_once({.host = "127.0.0.1", .port = 0}).at(0));
  const unique_fd again = listen_at(socket_address::of_socket(at.get()));
  EXPECT_FALSE(again);
  EXPECT_EQ(errno, EADDRINUSE);
}

class unix_sockets : public testing::Test {
 protected:
  unique_fd listen(int backlog = 8) { return listen_at(resolve_at_once(here).at(0), backlog); }
  temporary_folder folder;
  address here{.host = {}, .port = 0, .path = folder.file("s")};
};

TEST_F(unix_sockets, one_that_was_left_over_is_replaced) {
  { ASSERT_TRUE(listen()); }
  EXPECT_TRUE(std::filesystem::exists(here.path));
  EXPECT_TRUE(listen());
}

TEST_F(unix_sockets, one_that_lives_is_not_also_where_its_queue_is_full) {
  const unique_fd alive = listen(0);
  ASSERT_TRUE(alive);
  std::vector<unique_fd> waiting;
  for (int i = 0; i < 100; ++i) {
    unique_fd one = start_connecting(resolve_at_once(here).at(0));
    if (!one) break;
    waiting.push_back(std::move(one));
  }
  EXPECT_LT(waiting.size(), 100u) << "the queue has no end here";
  EXPECT_FALSE(listen());
  EXPECT_EQ(errno, EADDRINUSE);
  waiting.clear();
  while (const unique_fd gone{::accept(alive.get(), nullptr, nullptr)}) {
  }
  const unique_fd still = start_connecting(resolve_at_once(here).at(0));
  EXPECT_TRUE(still) << "its path leads to nobody any more";
}

TEST_F(unix_sockets, a_file_or_a_link_is_never_replaced) {
  std::ofstream(here.path) << "precious";
  EXPECT_FALSE(listen());
  std::string word;
  std::ifstream(here.path) >> word;
  EXPECT_EQ(word, "precious");
  std::filesystem::remove(here.path);
  const std::string target = folder.file("target");
  { ASSERT_TRUE(listen_at(resolve_at_once({.host = {}, .path = target}).at(0))); }
  std::filesystem::create_symlink(target, here.path);
  EXPECT_FALSE(listen());
  EXPECT_TRUE(std::filesystem::is_symlink(std::filesystem::symlink_status(here.path)));
}

class socket_transports : public testing::Test {
 protected:
  void SetUp() override {
    const unique_fd at = listen_at(resolve_at_once({.host = "127.0.0.1", .port = 0}).at(0));
    there = bare_peer(socket_address::of_socket(at.get()).name());
    here.emplace(wait_accept(at.get()));
  }
  transfer read_when_ready() {
    pollfd p{here->fd(), POLLIN, 0};
    ::poll(&p, 1, static_cast<int>(patience));
    return here->read_some(room);
  }
  bare_peer there;
  std::optional<posix::socket_transport> here;
  std::byte room[16]{};
};

TEST_F(socket_transports, move_bytes_and_never_wait) {
  EXPECT_TRUE(is_quiet(here->fd()));
  EXPECT_EQ(option(here->fd(), IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(option(here->fd(), SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(here->read_some(room), (transfer{progress::wants_read}));
  there.say("hello");
  EXPECT_EQ(read_when_ready(), (transfer{progress::moved, 5}));
  const std::string much(1 << 20, 'x');
  transfer t;
  std::size_t sum = 0;
  while ((t = here->write_some(as_bytes(much))).outcome == progress::moved) sum += t.size;
  EXPECT_EQ(t, (transfer{progress::wants_write}));
  EXPECT_GT(sum, 0u);
}

TEST_F(socket_transports, tell_an_end_from_a_reset) {
  there.say("x");
  there.end_writing();
  EXPECT_EQ(read_when_ready(), (transfer{progress::moved, 1}));
  EXPECT_EQ(read_when_ready(), (transfer{progress::end}));
  EXPECT_EQ(here->write_some(as_bytes("still")).outcome, progress::moved);  // half of it is open
  EXPECT_EQ(here->shut_down(), (transfer{progress::moved}));
}

TEST_F(socket_transports, say_that_they_were_reset_and_raise_no_signal) {
  there.reset();
  EXPECT_EQ(read_when_ready().outcome, progress::failed);
  EXPECT_EQ(here->failure(), "the peer reset the connection");
  EXPECT_EQ(here->write_some(as_bytes("x")).outcome, progress::failed);  // and SIGPIPE would have ended us
  EXPECT_EQ(here->failure(), "the peer has closed the connection");
}

}  // namespace
}  // namespace mqttspan::test
