// Passes every message on to everybody, whatever they have subscribed to, the sender included.
//
//     broadcast_server [PORT [HOST]]     1883 of all addresses; port 0: a free one, which is printed
//
// Nothing is lost: who sends faster than the slowest client reads is made to wait.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include <mqttspan/posix/server.hpp>

using namespace mqttspan;

int main(int argc, char** argv) {
  posix::loop loop;
  posix::server server(loop, {.endpoint = {.gather = 64u << 20, .queue_limit = 64u << 20}});
  std::map<std::string, posix::endpoint*, std::less<>> clients;

  server.on.connect = [&](posix::endpoint& client, const connect& hello) {
    // Who has no name gets one; who has the name of another takes its place. [MQTT-3.1.4-3] [MQTT-3.1.3-6]
    static unsigned long unnamed = 0;
    const std::string id = hello.client_id.empty() ? "auto-" + std::to_string(++unnamed) : std::string(hello.client_id);
    posix::endpoint*& place = clients[id];
    if (place) place->close(reason_code::session_taken_over);
    place = &client;
    client.data = id;
    const property given[] = {prop::assigned_client_identifier(id)};
    connack welcome;
    if (hello.client_id.empty() && hello.version == protocol_version::v5) welcome.properties = given;
    (void)client.send(welcome);
  };
  server.on.subscribe = [](posix::endpoint& client, const subscribe& wish) {
    std::vector<reason_code> granted;
    for (const subscription& s : wish.subscriptions) granted.push_back(static_cast<reason_code>(s.qos));
    (void)client.send(suback{.packet_id = wish.packet_id, .reason_codes = granted});
  };
  server.on.unsubscribe = [](posix::endpoint& client, const unsubscribe& wish) {
    const std::vector<reason_code> done(client.mqtt().version() == protocol_version::v5 ? wish.topic_filters.size() : 0);
    (void)client.send(unsuback{.packet_id = wish.packet_id, .reason_codes = done});
  };
  server.on.publish = [&](posix::endpoint& sender, const publish& news) {
    posix::message message(news);
    for (const auto& [id, client] : clients) {
      const auto done = client->deliver(message);
      if (done && done->over_high_water) sender.pause();
      if (!done && done.error().code == errc::no_space) client->close(reason_code::quota_exceeded);  // it acknowledges nothing
    }
  };
  server.on.drained = [&](posix::endpoint&) { server.for_each([](posix::endpoint& client) { client.resume(); }); };
  server.on.close = [&](posix::endpoint& client, const posix::closing&) {
    const auto place = clients.find(std::any_cast<std::string>(client.data.has_value() ? client.data : std::string()));
    if (place != clients.end() && place->second == &client) clients.erase(place);
  };

  if (!server.listen({.host = argc > 2 ? argv[2] : "", .port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 1883)})) {
    std::fprintf(stderr, "%s\n", server.failure().c_str());
    return 1;
  }
  std::printf("listening at %s\n", server.addresses().front().text().c_str());
  std::fflush(stdout);
  loop.run();
}
