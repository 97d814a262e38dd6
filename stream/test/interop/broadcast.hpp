// The handlers of the broadcast example, for any number of addresses.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <mqttspan/posix/server.hpp>

namespace mqttspan::test {

/// Passes every message on to everybody, the sender included, whatever they have subscribed to. Who sends faster than the slowest client reads is made to wait.
class broadcast {
 public:
  explicit broadcast(posix::loop& loop) : server(loop, {.endpoint = {.gather = 64u << 20, .queue_limit = 64u << 20}}) {
    server.on.connect = [this](posix::endpoint& client, const connect& hello) { welcome(client, hello); };
    server.on.subscribe = [](posix::endpoint& client, const subscribe& wish) {
      std::vector<reason_code> granted;
      for (const subscription& s : wish.subscriptions) granted.push_back(static_cast<reason_code>(s.qos));
      (void)client.send(suback{.packet_id = wish.packet_id, .reason_codes = granted});
    };
    server.on.unsubscribe = [](posix::endpoint& client, const unsubscribe& wish) {
      const std::vector<reason_code> done(client.mqtt().version() == protocol_version::v5 ? wish.topic_filters.size() : 0);
      (void)client.send(unsuback{.packet_id = wish.packet_id, .reason_codes = done});
    };
    server.on.publish = [this](posix::endpoint& sender, const publish& news) {
      if (!pass_on(news)) return;
      paused_.insert(&sender);
      sender.pause();
    };
    server.on.drained = [this](posix::endpoint&) { resume_all(); };
    server.on.close = [this](posix::endpoint& client, const posix::closing& why) { miss(client, why); };
  }

  posix::server server;

 private:
  // Who has no name gets one; who has the name of another takes its place. [MQTT-3.1.4-3] [MQTT-3.1.3-6]
  void welcome(posix::endpoint& client, const connect& hello) {
    const std::string id = hello.client_id.empty() ? "auto-" + std::to_string(++unnamed_) : std::string(hello.client_id);
    posix::endpoint*& place = clients_[id];
    if (place) place->close(reason_code::session_taken_over);
    place = &client;
    client.data = id;
    const property given[] = {prop::assigned_client_identifier(id)};
    connack welcome;
    if (hello.client_id.empty() && hello.version == protocol_version::v5) welcome.properties = given;
    (void)client.send(welcome);
  }

  // True where somebody does not keep up.
  bool pass_on(const publish& news) {
    posix::message message(news);
    bool is_slow = false;
    for (const auto& [id, client] : clients_) {
      const auto done = client->deliver(message);
      is_slow = is_slow || (done && done->over_high_water);
      if (!done && done.error().code == errc::no_space) client->close(reason_code::quota_exceeded);  // it acknowledges nothing
    }
    return is_slow;
  }

  void resume_all() {
    for (posix::endpoint* const sender : std::exchange(paused_, {})) sender->resume();
  }

  // Somebody has gone; it may be the one that was waited for.
  void miss(posix::endpoint& client, const posix::closing& why) {
    paused_.erase(&client);
    resume_all();
    const auto* const id = std::any_cast<std::string>(&client.data);
    const auto place = clients_.find(id ? *id : "");
    if (place != clients_.end() && place->second == &client) clients_.erase(place);
    if (why.will) pass_on(*why.will);
  }

  std::map<std::string, posix::endpoint*, std::less<>> clients_;
  std::set<posix::endpoint*> paused_;
  unsigned long unnamed_ = 0;
};

}  // namespace mqttspan::test
