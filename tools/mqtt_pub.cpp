// mqtt_pub: publishes a message, or one for each line of standard input.
#include <CLI/CLI.hpp>

#include "peer_program.hpp"
#include "publisher.hpp"

namespace {

using namespace mqttspan;

constexpr const char* notes = R"(Examples:
  mqtt_pub 1883 localhost hall/door open
  mqtt_pub -h localhost -t hall/door -m open -q 1 -r
  mqtt_pub mqtts://user:password@example.org/camera/1 --cafile ca.pem -f still.jpg
  journalctl -f | mqtt_pub -t log/host -l -q 1
  mqtt_pub -V 5 -t a/b -m 42 -D publish content-type text/plain -D publish user-property unit kW

Exit codes: 0 sent, and acknowledged if QoS says so; 1 could not connect, connection lost, or interrupted; 255 wrong usage, or refused by the server.)";

void add_publish_options(CLI::App& app, publish_options& o) {
  app.add_option("-t,--topic", o.topic, "The topic")->group("Message");
  auto* what = app.add_option_group("What to send");
  what->add_option("-m,--message", o.text, "This text");
  what->add_option("-f,--file", o.file, "What is in this file");
  what->add_flag("-l,--stdin-line", o.lines, "Each line of standard input, a message each; empty ones are passed over");
  what->add_flag("-s,--stdin-file", o.whole_input, "All of standard input");
  what->add_flag("-n,--null-message", o.null, "Nothing: an empty message");
  what->require_option(0, 1);
  app.add_option("-q,--qos", o.qos, "QoS")->check(CLI::Range(0, 2))->capture_default_str()->group("Message");
  app.add_flag("-r,--retain", o.retain, "To be retained")->group("Message");
  app.add_option("-M,--max-inflight", o.in_flight, "Messages with QoS 1 and 2 on their way at most")->check(CLI::Range(1, 65'535))->capture_default_str()->group("Message");
  app.add_flag("--progress", o.progress, "Messages and bytes on standard error, each second; on a terminal by itself");
}

void finish(const peer_options& peer, publish_options& o) {
  if (peer.is_positional) {
    if (!o.topic.empty() || o.text || o.lines || o.whole_input || o.null || !o.file.empty()) throw usage_error("topic and payload are there twice");
    o.topic = peer.positional[2];
    o.text = peer.positional[3];
  } else if (o.topic.empty()) {
    o.topic = peer.url_topic;
  }
  if (o.topic.empty()) throw usage_error("there is no topic: add -t");
  if (!o.text && !o.lines && !o.whole_input && !o.null && o.file.empty()) throw usage_error("there is nothing to send: add -m, -f, -l, -s or -n");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("mqtt_pub publishes messages with MQTT 3.1, 3.1.1 or 5.0.", "mqtt_pub");
  peer_options peer{.program = "mqtt_pub"};
  publish_options what;
  add_peer_options(app, peer);
  add_publish_options(app, what);
  app.footer(notes);
  return run_program(app, [&] {
    parse_arguments(app, peer, argc, argv, 4);
    finish(peer, what);
    const auto payload = payload_of(what);
    posix::endpoint_options how{.close_timeout = 30'000};
    how.mqtt.output_size = 1 << 20;
    how.mqtt.send_maximum = what.in_flight;
    how.mqtt.allow = lenient_sending;
    peer_session session(peer, how);
    const publisher job(session, what, payload);
    return session.run();
  });
}
