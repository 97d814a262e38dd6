// Publishes one message and leaves: the smallest client.
//
//     publish_client PORT HOST TOPIC PAYLOAD
//
// Exit code: 0 published, 1 no connection, 255 refused, or wrongly used.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <mqttspan/posix/client.hpp>

using namespace mqttspan;

int main(int argc, char** argv) {
  if (argc != 5) return std::fputs("usage: publish_client PORT HOST TOPIC PAYLOAD\n", stderr), 255;
  int exit_code = 1;
  posix::loop loop;
  posix::client client(loop);

  client.on.connack = [&](posix::endpoint& server, const connack& answer) {
    if (is_error(answer.reason_code)) return void(exit_code = 255);  // the connection is over; `close` says why
    const auto done = server.send(publish{.topic = argv[3], .payload = as_bytes(argv[4])});
    if (!done) std::fprintf(stderr, "not sent: %s\n", std::string(text_of(done.error())).c_str());
    exit_code = done ? 0 : 255;
    server.close();  // behind what has been sent
  };
  client.on.close = [&](posix::endpoint&, const posix::closing& why) {
    if (why.is_in_order()) return;
    std::fprintf(stderr, "%s\n", why.text().c_str());
    if (exit_code == 0) exit_code = 1;
  };

  client.open({.host = argv[2], .port = static_cast<std::uint16_t>(std::atoi(argv[1]))});
  (void)client->send(connect{.version = protocol_version::v3_1_1, .keep_alive = 3000});
  loop.run();
  return exit_code;
}
