// A broker that goes down: the probe that did it is blamed, and the others have their verdicts all the same.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include <gtest/gtest.h>

#include "../broker/monitor.hpp"
#include "../dialogue.hpp"
#include "../schedule.hpp"

namespace mqttspan::conformance {
namespace {

// Accepts every CONNECT of 3.1.1, answers PINGREQ, and dies of the byte 0xF0 in the first place of what it reads.
void serve(int client) {
  for (;;) {
    unsigned char in[512];
    const ssize_t n = ::recv(client, in, sizeof in, 0);
    if (n <= 0) break;
    if (in[0] == 0xF0) ::_exit(1);
    static constexpr unsigned char connack[] = {0x20, 2, 0, 0}, pingresp[] = {0xD0, 0};
    const bool is_connect = in[0] == 0x10;
    if (is_connect) ::send(client, connack, sizeof connack, MSG_NOSIGNAL);
    else if (in[0] == 0xC0) ::send(client, pingresp, sizeof pingresp, MSG_NOSIGNAL);
    else break;
  }
  ::close(client);
}

[[noreturn]] void be_fragile(int listener) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) {
    const int client = ::accept(listener, nullptr, nullptr);
    if (client >= 0) std::thread(serve, client).detach();
  }
}

// A process of its own each time it is started, on the same listening socket.
class fragile_broker {
 public:
  fragile_broker() : listener_(posix::listen_at(posix::resolve_at_once({.host = "127.0.0.1", .port = 0}).front())) {
    at = posix::socket_address::of_socket(listener_.get());
    const int flags = ::fcntl(listener_.get(), F_GETFL);
    ::fcntl(listener_.get(), F_SETFL, flags & ~O_NONBLOCK);
    start();
  }
  ~fragile_broker() { end(); }
  bool start() {
    end();
    ++starts;
    process_ = ::fork();
    if (process_ == 0) be_fragile(listener_.get());
    return true;
  }

  posix::socket_address at;
  int starts = 0;

 private:
  void end() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  posix::unique_fd listener_;
  pid_t process_ = -1;
};

task<> pings(session& s) {
  link& l = co_await join(s, "client");
  co_await ping(s, l);
}
task<> kills(session& s) {
  link& l = co_await join(s, "client");
  l.send(std::string_view("\xF0\x00", 2));
  co_await expect_close(s, l, malformed);
}
task<> provokes(session& s) {
  link& l = co_await join(s, "client");
  l.send(std::string_view("\x00\x00", 2));
  co_await expect_close(s, l, malformed);
}

std::vector<result> play_against(fragile_broker& broker, const catalogue& probes, peer who = {}) {
  posix::loop loop;
  who.versions = {protocol_version::v3_1_1};
  who.at = broker.at;
  std::vector<play> plays;
  for (const probe& p : probes) plays.push_back({&p, protocol_version::v3_1_1});
  schedule_options how;
  how.nonce = "test";
  how.make_monitor = broker::make_monitor;
  how.restart = [&broker] { return broker.start(); };
  schedule all(loop, who, plays, std::move(how));
  return all.run();
}

verdict verdict_of(const std::vector<result>& results, const std::string& name) {
  int found = 0;
  verdict v = verdict::skip;
  for (const result& r : results)
    if (r.id == "T/3.1.1/" + name) v = r.found, ++found;
  EXPECT_EQ(found, 1) << name;
  return v;
}

TEST(schedule, blames_a_crash_on_the_probe_that_caused_it) {
  const cited any{"", "MQTT-3.12.4-1", ""};
  catalogue probes;
  for (int i = 0; i < 10; ++i) {
    probes.push_back({"T", "ping-" + std::to_string(i), "t", any, pings});
    probes.push_back({"T", "error-" + std::to_string(i), "t", any, provokes});
  }
  probes.insert(probes.begin() + 7, {"T", "kills", "t", any, kills});
  probes.insert(probes.begin() + 15, {"T", "kills-too", "t", any, kills});
  fragile_broker broker;
  const std::vector<result> results = play_against(broker, probes);
  EXPECT_EQ(results.size(), probes.size());
  EXPECT_EQ(verdict_of(results, "kills"), verdict::fail);
  EXPECT_EQ(verdict_of(results, "kills-too"), verdict::fail);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(verdict_of(results, "ping-" + std::to_string(i)), verdict::pass);
    EXPECT_EQ(verdict_of(results, "error-" + std::to_string(i)), verdict::pass);
  }
  EXPECT_GE(broker.starts, 3);
}

TEST(schedule, does_not_play_what_the_peer_file_leaves_out) {
  const cited any{"", "MQTT-3.12.4-1", ""};
  const catalogue probes{{"T", "ping", "t", any, pings}, {"T", "kills", "t", any, kills}};
  peer who;
  who.not_tried = {{"T/*/kills", "left out"}};
  fragile_broker broker;
  const std::vector<result> results = play_against(broker, probes, who);
  EXPECT_EQ(verdict_of(results, "ping"), verdict::pass);
  EXPECT_EQ(verdict_of(results, "kills"), verdict::skip);
  EXPECT_EQ(broker.starts, 1);
}

TEST(schedule, says_so_when_nobody_is_there) {
  posix::loop loop;
  peer who;
  who.versions = {protocol_version::v3_1_1};
  {
    const posix::unique_fd taken = posix::listen_at(posix::resolve_at_once({.host = "127.0.0.1", .port = 0}).front());
    who.at = posix::socket_address::of_socket(taken.get());
  }
  const catalogue probes{{"T", "ping", "t", {"", "MQTT-3.12.4-1", ""}, pings}};
  schedule_options how;
  how.nonce = "test";
  how.make_monitor = broker::make_monitor;
  schedule all(loop, who, {{&probes[0], protocol_version::v3_1_1}}, std::move(how));
  EXPECT_THROW((void)all.run(), unreachable);
}

}  // namespace
}  // namespace mqttspan::conformance
