// mqttspan-fuzz: sends a broker or a client what they should be able to bear, and tells what they could not.
#include <csignal>

#include <CLI/CLI.hpp>

#include <mqttspan/codec/config.hpp>

#include "command_line.hpp"
#include "commands.hpp"

using namespace mqttspan::fuzz;

namespace {

constexpr const char* examples = R"(Examples:
  mqttspan-fuzz broker --target 127.0.0.1:1883 --start 'exec mosquitto -p 1883'
  mqttspan-fuzz broker --target 127.0.0.1:1883 --replay crash.json
  mqttspan-fuzz client --start 'my_client $MQTT_HOST $MQTT_PORT'

Exit codes: 0 nothing new, 1 a finding, 2 wrong usage, 3 nobody answers.)";

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  int exit_code = 0;
  CLI::App app("mqttspan-fuzz sends brokers and clients of MQTT valid, malformed and untimely packets, and tells what they could not bear.", "mqttspan-fuzz");
  app.set_version_flag("-V,--version", MQTTSPAN_VERSION);
  app.require_subcommand(1);
  app.footer(examples);
  add_broker_command(app, exit_code);
  add_client_command(app, exit_code);
  return mqttspan::run_command_line(app, argc, argv, exit_code, unreachable_exit);
}
