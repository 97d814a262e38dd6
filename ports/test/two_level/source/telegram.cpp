#include <telegram/telegram.hpp>

#include <mqttspan/posix/client.hpp>

std::string telegram::post(const std::string& socket, std::string_view topic, std::string_view text) {
  mqttspan::posix::loop loop;
  mqttspan::posix::client client(loop);
  std::string ending;
  client.on.close = [&](mqttspan::posix::endpoint&, const mqttspan::posix::closing& why) { ending = why.text(); };
  client.on.connack = [&](mqttspan::posix::endpoint& e, const mqttspan::connack&) { (void)e.send(mqttspan::publish{.topic = topic, .payload = mqttspan::as_bytes(text)}); };
  client.open({.path = socket});
  (void)client->send(mqttspan::connect{.client_id = "telegram"});
  loop.run();
  return ending;
}
