// Stands between clients and a broker, passes on what either says, and prints each packet in a line, as `mqttspan decode` does.
// What is malformed is explained and passed on, too: who has to answer it is the other side.
//
//     proxy BROKER_PORT [PORT]     both on this machine; port 0, or none: a free one, which is printed
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <list>
#include <string>
#include <utility>

#include "fault_report.hpp"
#include "proxy_session.hpp"
#include "summary.hpp"

using namespace mqttspan;

struct printer final : packet_visitor {
  void packet(const sighting& seen, const mqttspan::packet& p) override { print(summary(seen, p, paint)); }
  void fault(const sighting& seen, const error& e) override { print(fault_line(seen, e)); }
  void version_assumed(const sighting&) override {}
  static void print(const std::string& line) { std::printf("%s\n", line.c_str()), std::fflush(stdout); }
  palette paint = palette::for_stdout();
};

struct listener final : posix::watcher {
  listener(posix::loop& l, posix::unique_fd s, std::uint16_t port)
      : loop(l), socket(std::move(s)), broker(posix::resolve_at_once({.host = "127.0.0.1", .port = port})) {
    loop.watch(*this, socket.get(), {.read = true});
  }
  ~listener() { loop.forget(*this); }
  void on_ready(posix::readiness) override {
    posix::unique_fd client(::accept(socket.get(), nullptr, nullptr));
    if (client) sessions.emplace_back(loop, sessions, out, std::move(client), posix::start_connecting(broker.front()));
  }
  posix::loop& loop;
  posix::unique_fd socket;
  std::vector<posix::socket_address> broker;
  printer out;
  std::list<example::session> sessions;
};

int main(int argc, char** argv) {
  if (argc < 2) return std::fputs("usage: proxy BROKER_PORT [PORT]\n", stderr), 255;
  const auto number = [&](int which) { return static_cast<std::uint16_t>(argc > which ? std::atoi(argv[which]) : 0); };
  const auto here = posix::resolve_at_once({.host = "127.0.0.1", .port = number(2)}, true);
  posix::unique_fd socket = posix::listen_at(here.front());
  if (!socket) return std::perror("proxy"), 1;
  printer::print("listening at " + posix::socket_address::of_socket(socket.get()).name().text());
  posix::loop loop;
  listener at(loop, std::move(socket), number(1));
  loop.run();
}
