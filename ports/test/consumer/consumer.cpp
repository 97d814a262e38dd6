// A broker that ends with the first message it hears. With a socket's path it waits there for a client, else it brings its own.
#include <cstdio>

#include <mqttspan/posix/client.hpp>
#include <mqttspan/posix/server.hpp>

int main(int argc, char** argv) {
  using namespace mqttspan;
  posix::loop loop;
  posix::server broker(loop);
  int heard = 0;
  broker.on.publish = [&](posix::endpoint&, const publish& p) {
    std::printf("heard %.*s\n", static_cast<int>(p.topic.size()), p.topic.data());
    ++heard;
    broker.close();
  };
  posix::address at{.host = "127.0.0.1", .port = 0};
  if (argc > 1) at.path = argv[1];
  if (!broker.listen(at)) return 2;

  posix::client door(loop);
  door.on.connack = [](posix::endpoint& e, const connack&) { (void)e.send(publish{.topic = "hall/door", .payload = as_bytes("open")}); };
  if (argc == 1) {
    door.open(broker.addresses().front());
    (void)door->send(connect{.client_id = "door-7"});
  }
  loop.run();
  return heard == 1 ? 0 : 1;
}
