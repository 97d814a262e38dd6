// A client in a program whose loop is libuv's. Publishes at a timer of libuv's, and prints what comes back.
//
//     foreign_loop_libuv [PORT [COUNT]]
#include <cstdio>
#include <cstdlib>
#include <string>

#include <mqttspan/posix/client.hpp>

#include "libuv_guest.hpp"

using namespace mqttspan;

struct program {
  explicit program(int count) : to_send(count), to_come(count) {}

  static void tick(uv_timer_t* ticks) {
    auto& self = *static_cast<program*>(ticks->data);
    if (self.to_send-- == 0) return void(uv_timer_stop(ticks));
    (void)self.client->send(publish{.topic = "foreign_loop/libuv", .payload = as_bytes(std::to_string(self.to_send)), .qos = qos::at_least_once});
    self.mqtt.turn();
  }

  uv_loop_t* host = uv_default_loop();
  posix::loop loop;
  example::libuv_guest mqtt{host, loop};
  posix::client client{loop};
  uv_timer_t ticks{};
  int to_send, to_come;
};

int main(int argc, char** argv) {
  program p(argc > 2 ? std::atoi(argv[2]) : 10);
  uv_timer_init(p.host, &p.ticks);
  p.ticks.data = &p;
  p.client.on.connack = [](posix::endpoint& server, const connack&) {
    const subscription wish[] = {{.topic_filter = "foreign_loop/libuv", .qos = qos::at_least_once}};
    (void)server.send(subscribe{.subscriptions = wish});
  };
  p.client.on.suback = [&p](posix::endpoint&, const suback&) { uv_timer_start(&p.ticks, program::tick, 10, 10); };
  p.client.on.publish = [&p](posix::endpoint& server, const publish& message) {
    std::printf("%s\n", std::string(as_text(message.payload)).c_str());
    if (--p.to_come == 0) server.close();
  };
  p.client.on.close = [&p](posix::endpoint&, const posix::closing& why) {
    if (p.to_come != 0) std::fprintf(stderr, "%s\n", why.text().c_str());
    uv_timer_stop(&p.ticks);
  };

  p.client.open({.host = "127.0.0.1", .port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 1883)});
  (void)p.client->send(mqttspan::connect{});
  p.mqtt.turn();
  uv_run(p.host, UV_RUN_DEFAULT);
  return p.to_come == 0 ? 0 : 1;
}
