// mqtt_sub: writes the messages of some topics to standard output.
#include <CLI/CLI.hpp>

#include "peer_program.hpp"
#include "subscriber.hpp"

namespace {

using namespace mqttspan;

constexpr const char* notes = R"(Examples:
  mqtt_sub 1883 localhost 'hall/#'
  mqtt_sub -h localhost -t 'plant/+/kW' -v -q 1
  mqtt_sub -t '#' -F json | jq .payload
  mqtt_sub mqtts://user:password@example.org/camera/1 --cafile ca.pem -C 1 -N >still.jpg
  mqtt_sub ws://localhost:8080/mqtt -t a/b -W 10

-F: %t topic, %p payload, %x %X payload in hexadecimal, %l its length, %q QoS, %r retained (0, 1), %m packet identifier, %j all of it as JSON, %%, and \n \t \r \0 \a \e \v \\.

Exit codes: 0 done, or ended by SIGINT or SIGTERM, or nobody reads any more; 1 could not connect, connection lost, or output failed; 27 the time of -W is over;
255 wrong usage, or refused by the server.)";

struct output_options {
  std::string format{};
  bool verbose = false;
  bool no_newline = false;
};

void add_subscribe_options(CLI::App& app, subscribe_options& o) {
  app.add_option("-t,--topic", o.topics, "A topic filter; any number of them")->allow_extra_args(false)->group("Subscription");
  app.add_option("-q,--qos", o.qos, "The highest QoS")->check(CLI::Range(0, 2))->capture_default_str()->group("Subscription");
  app.add_option("-U,--unsubscribe", o.unsubscribe, "End this subscription of the session; any number of them")->allow_extra_args(false)->group("Subscription");
  app.add_flag("-E", o.only_subscribe, "End when the subscriptions are answered")->group("Subscription");
  app.add_flag("--no-local", o.no_local, "5.0: not what this client publishes")->group("Subscription");
  app.add_flag("--retain-as-published", o.retain_as_published, "5.0: messages keep their RETAIN flag")->group("Subscription");
  app.add_option("-C", o.count, "End after so many messages")->check(CLI::PositiveNumber)->group("Output");
  app.add_option("-W", o.seconds, "End after so many seconds")->check(CLI::PositiveNumber)->group("Output");
  app.add_flag("-R", o.only_fresh, "No retained messages")->group("Output");
  app.add_option("-T,--filter-out", o.filter_out, "No messages whose topic matches; any number of them")->allow_extra_args(false)->group("Output");
}

void add_output_options(CLI::App& app, output_options& o) {
  auto* format = app.add_option("-F,--format", o.format, "json: a JSON object a line; or a pattern, see below")->group("Output");
  app.add_flag("-v,--verbose", o.verbose, "The topic in front of the payload")->excludes(format)->group("Output");
  app.add_flag("-N", o.no_newline, "No line feed behind the message")->group("Output");
}

void finish(const peer_options& peer, const output_options& output, subscribe_options& o) {
  if (peer.is_positional) o.topics.insert(o.topics.begin(), peer.positional[2]);
  else if (!peer.url_topic.empty()) o.topics.insert(o.topics.begin(), peer.url_topic);
  if (o.topics.empty() && o.unsubscribe.empty()) throw usage_error("there is no topic: add -t");
  if (peer.version != protocol_version::v5 && (o.no_local || o.retain_as_published)) throw usage_error("--no-local and --retain-as-published are for MQTT 5.0: add -V 5");
  o.json = output.format == "json";
  const std::string pattern = !output.format.empty() ? output.format : output.verbose ? "%t %p" : peer.is_positional ? "%t\\t%p" : "%p";
  if (!o.json) o.format.emplace(pattern);
  o.end = output.no_newline ? "" : "\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("mqtt_sub subscribes to topics with MQTT 3.1, 3.1.1 or 5.0, and writes the messages.", "mqtt_sub");
  peer_options peer{.program = "mqtt_sub"};
  subscribe_options what;
  output_options output;
  add_peer_options(app, peer);
  add_subscribe_options(app, what);
  add_output_options(app, output);
  app.footer(notes);
  return run_program(app, [&] {
    parse_arguments(app, peer, argc, argv, 3);
    finish(peer, output, what);
    posix::endpoint_options how{.gather = max_remaining_length};
    how.mqtt.receive_maximum = 65'535;  // servers of 3.x do as they like, and mosquitto 2.0 does not count messages of QoS 2 behind PUBREC
    how.mqtt.allow = lenient_sending;
    peer_session session(peer, how);
    const subscriber job(session, what);
    return session.run();
  });
}
