// Passes every message on to everybody, the sender included, whatever they have subscribed to. Who sends faster than the slowest client reads is made to wait.
//
//     broadcast_server [PORT [HOST]]     1883 of all addresses; port 0: a free one, which is printed
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <mqttspan/posix/server.hpp>

using namespace mqttspan;

int main(int argc, char** argv) {
  posix::loop loop;
  posix::server server(loop, {.endpoint = {.gather = 64u << 20, .queue_limit = 64u << 20}});
  std::map<std::string, posix::endpoint*> clients;
  std::set<posix::endpoint*> paused;

  server.on.connect = [&](posix::endpoint& client, const connect& hello) {
    // Who has no name gets one; who has the name of another takes its place. [MQTT-3.1.4-3] [MQTT-3.1.3-6]
    static unsigned long unnamed = 0;
    const std::string id = hello.client_id.empty() ? "auto-" + std::to_string(++unnamed) : std::string(hello.client_id);
    if (const auto other = clients.find(id); other != clients.end()) other->second->close(reason_code::session_taken_over);
    clients[id] = &client;
    const property given[] = {prop::assigned_client_identifier(id)};
    (void)client.send(connack{.properties = std::span(given, hello.client_id.empty() && hello.version == protocol_version::v5)});
    client.data = id;
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
      if (done && done->over_high_water) paused.insert(&sender), sender.pause();
      if (!done && done.error().code == errc::no_space) client->close(reason_code::quota_exceeded);  // it acknowledges nothing
    }
  };
  server.on.drained = [&](posix::endpoint&) { for (auto* const sender : std::exchange(paused, {})) sender->resume(); };
  server.on.close = [&](posix::endpoint& client, const posix::closing& why) {
    const auto* const id = std::any_cast<std::string>(&client.data);
    if (const auto place = clients.find(id ? *id : ""); place != clients.end() && place->second == &client) clients.erase(place);
    if (why.will) server.on.publish(client, *why.will);
    paused.erase(&client);
    server.on.drained(client);  // it may be the one that was waited for
  };
  const posix::address at{.host = argc > 2 ? argv[2] : "", .port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 1883)};
  if (!server.listen(at)) return std::fprintf(stderr, "%s\n", server.failure().c_str()), 1;
  std::printf("listening at %s\n", server.addresses().front().text().c_str()), std::fflush(stdout);
  loop.run();
}
