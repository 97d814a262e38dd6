// A small client that keeps the rules, and breaks itself when told. It connects to $MQTT_HOST, $MQTT_PORT, again and again.
//
//   toy-client [--bug NAME]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>

#include <mqttspan/posix/client.hpp>

using namespace mqttspan;

int main(int argc, char** argv) {
  const std::string_view bug = argc > 2 ? argv[2] : "";
  const char* const host = std::getenv("MQTT_HOST");
  const char* const port = std::getenv("MQTT_PORT");
  if (!host || !port) return std::fprintf(stderr, "toy-client: no MQTT_HOST, MQTT_PORT\n"), 2;
  const posix::address to{.host = host, .port = static_cast<std::uint16_t>(std::atoi(port))};

  posix::loop loop;
  posix::endpoint_options how;
  if (bug == "takes-bad-utf8") how.mqtt.parse.allow = leniency::ill_formed_utf8;
  posix::client client(loop, how);
  int connections = 0;
  const auto join = [&] {
    client.open(to);
    (void)client->send(connect{.version = protocol_version::v3_1_1, .keep_alive = 0, .client_id = "toy"});
  };
  client.on.publish = [&](posix::endpoint&, const publish& news) {
    if (bug == "crash-retained" && news.retain) std::abort();
    if (bug == "hang-empty" && news.payload.empty() && news.topic.find("question") == std::string_view::npos) std::this_thread::sleep_for(std::chrono::hours(1));
    if (bug == "assert-long" && news.payload.size() > 100) std::fprintf(stderr, "toy-client: Assertion `size <= 100' failed.\n"), std::exit(1);
  };
  client.on.connack = [&](posix::endpoint&, const connack&) { ++connections; };
  client.on.close = [&](posix::endpoint&, const posix::closing&) {
    if (bug == "leaves" && connections >= 5) return loop.stop();
    loop.post(join);
  };
  join();
  loop.run();
}
