// Takes one message after the other, each only when the work on the one before is done. Nothing piles up here: the server has to keep what is not asked for.
//
//     pull_consumer PORT HOST TOPIC_FILTER [COUNT [MILLISECONDS]]     how many messages, 0: for ever; and how long the work on each takes
//
// Exit code: 0 all done, 1 no connection, 255 refused, or wrongly used.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <mqttspan/posix/client.hpp>

using namespace mqttspan;

struct consumer final : posix::watcher {
  // A Receive Maximum of 1 tells the server to wait for each acknowledgement, which is sent when we come back for the next message.
  consumer(posix::loop& where, char** arguments, unsigned long how_many, std::int64_t milliseconds)
      : loop(where), client(where, {.mqtt = {.receive_maximum = 1}, .pull = true}), words(arguments), count(how_many), work(milliseconds) {
    client.on.readable = [this](posix::endpoint&) { take(); };
    client.on.close = [this](posix::endpoint&, const posix::closing& why) {
      if (!why.is_in_order()) std::fprintf(stderr, "%s\n", why.text().c_str());
      loop.wake_at(*this, {});
    };
    client.open({.host = words[2], .port = static_cast<std::uint16_t>(std::atoi(words[1]))});
    (void)client->send(connect{});
  }
  ~consumer() { loop.forget(*this); }

  void take() {
    while (!is_working && client.is_open()) {
      const connection_event e = client->next();
      if (e.kind() == connection_event_kind::nothing) return;
      if (const auto* const answer = e.get_if<connack>()) {
        exit_code = is_error(answer->reason_code) ? 255 : 1;
        const subscription wish[] = {{.topic_filter = words[3], .qos = qos::at_least_once}};
        (void)client->send(subscribe{.subscriptions = wish});
      }
      if (const auto* const answer = e.get_if<suback>(); answer && is_error(*answer->reason_codes.begin())) exit_code = 255, client->close();
      if (const auto* const message = e.get_if<publish>()) {
        std::printf("%.*s\n", static_cast<int>(message->payload.size()), reinterpret_cast<const char*>(message->payload.data()));
        is_working = true;
        loop.wake_at(*this, loop.now() + work);
      }
    }
  }
  void on_time() override {  // the work is done
    is_working = false;
    if (++done == count) (void)client->next(), exit_code = 0, client->close();
    take();
  }
  void on_ready(posix::readiness) override {}

  posix::loop& loop;
  posix::client client;
  char** words;
  unsigned long count, done = 0;
  std::int64_t work;
  bool is_working = false;
  int exit_code = 1;
};

int main(int argc, char** argv) {
  if (argc < 4) return std::fputs("usage: pull_consumer PORT HOST TOPIC_FILTER [COUNT [MILLISECONDS]]\n", stderr), 255;
  posix::loop loop;
  consumer one(loop, argv, argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 0, argc > 5 ? std::atoi(argv[5]) : 100);
  loop.run();
  return one.exit_code;
}
