// A client in a program whose loop is Asio's. Publishes at a timer of Asio's, and prints what comes back.
//
//     foreign_loop_asio [PORT [COUNT]]
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include <mqttspan/posix/client.hpp>

#include "asio_guest.hpp"

using namespace mqttspan;

int main(int argc, char** argv) {
  asio::io_context host;
  posix::loop loop;
  example::asio_guest mqtt(host, loop);
  posix::client client(loop);
  asio::steady_timer ticks(host);
  int to_send = argc > 2 ? std::atoi(argv[2]) : 10, to_come = to_send;

  const std::function<void(const asio::error_code&)> tick = [&](const asio::error_code& error) {
    if (error || to_send-- == 0) return;
    (void)client->send(publish{.topic = "foreign_loop/asio", .payload = as_bytes(std::to_string(to_send)), .qos = qos::at_least_once});
    mqtt.turn();
    ticks.expires_after(std::chrono::milliseconds(10));
    ticks.async_wait(tick);
  };
  client.on.connack = [](posix::endpoint& server, const connack&) {
    const subscription wish[] = {{.topic_filter = "foreign_loop/asio", .qos = qos::at_least_once}};
    (void)server.send(subscribe{.subscriptions = wish});
  };
  client.on.suback = [&](posix::endpoint&, const suback&) { ticks.async_wait(tick); };
  client.on.publish = [&](posix::endpoint& server, const publish& message) {
    std::printf("%s\n", std::string(as_text(message.payload)).c_str());
    if (--to_come == 0) server.close();
  };
  client.on.close = [&](posix::endpoint&, const posix::closing& why) {
    if (to_come != 0) std::fprintf(stderr, "%s\n", why.text().c_str());
    ticks.cancel();
  };

  client.open({.host = "127.0.0.1", .port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 1883)});
  (void)client->send(mqttspan::connect{});
  mqtt.turn();
  host.run();
  return to_come == 0 ? 0 : 1;
}
