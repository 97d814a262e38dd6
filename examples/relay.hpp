// What the servers over TLS and WebSocket serve: each message goes to those who have subscribed to its topic.
#pragma once

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <mqttspan/codec/topic.hpp>
#include <mqttspan/posix/server.hpp>

namespace example {

using namespace mqttspan;

/// Sets the handlers of a server. Subscriptions live as long as their connection; who reads slowly makes those wait who send.
class relay {
 public:
  explicit relay(posix::server& server) : server_(server) {
    server.on.subscribe = [](posix::endpoint& client, const subscribe& wish) {
      std::vector<reason_code> granted;
      for (const subscription& s : wish.subscriptions) {
        filters_of(client).insert_or_assign(std::string(s.topic_filter), s.qos);
        granted.push_back(static_cast<reason_code>(s.qos));
      }
      (void)client.send(suback{.packet_id = wish.packet_id, .reason_codes = granted});
    };
    server.on.unsubscribe = [](posix::endpoint& client, const unsubscribe& wish) {
      for (const std::string_view filter : wish.topic_filters) filters_of(client).erase(std::string(filter));
      const std::vector<reason_code> done(client.mqtt().version() == protocol_version::v5 ? wish.topic_filters.size() : 0);
      (void)client.send(unsuback{.packet_id = wish.packet_id, .reason_codes = done});
    };
    server.on.publish = [this](posix::endpoint& sender, const publish& news) { pass_on(sender, news); };
    server.on.drained = [this](posix::endpoint&) { resume_all(); };
    server.on.close = [this](posix::endpoint& client, const posix::closing& why) {
      if (!why.is_in_order()) std::fprintf(stderr, "%s\n", why.text().c_str());
      paused_.erase(&client);
      resume_all();
    };
  }

 private:
  using filters = std::map<std::string, qos>;

  static filters& filters_of(posix::endpoint& client) {
    if (!client.data.has_value()) client.data = filters();
    return *std::any_cast<filters>(&client.data);
  }

  void pass_on(posix::endpoint& sender, const publish& news) {
    posix::message message(news);
    server_.for_each([&](posix::endpoint& client) {
      for (const auto& [filter, most] : filters_of(client)) {
        if (!matches(filter, news.topic, client.mqtt().version())) continue;
        const auto done = client.deliver(message, most);
        if (done && done->over_high_water) paused_.insert(&sender), sender.pause();
        return;  // once, even where several filters match
      }
    });
  }

  void resume_all() {
    for (posix::endpoint* const sender : std::exchange(paused_, {})) sender->resume();
  }

  posix::server& server_;
  std::set<posix::endpoint*> paused_;
};

}  // namespace example
