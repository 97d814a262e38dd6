// mqttspan-conformance: what a codec, a broker or a client makes of MQTT, statement by statement.
#include <csignal>

#include <CLI/CLI.hpp>

#include <mqttspan/codec/config.hpp>

#include "command_line.hpp"
#include "commands.hpp"
#include "report_command.hpp"
#if MQTTSPAN_CONFORMANCE_LIVE
#include "live_commands.hpp"
#endif

using namespace mqttspan::conformance;

namespace {

constexpr const char* examples = R"(Examples:
  mqttspan-conformance codec --adapter 'mqttspan adapter' --own
  mqttspan-conformance codec --adapter 'node adapter.js' --versions 3.1.1 --json run.json
  mqttspan-conformance stories --adapter mqttspan-story-adapter
  mqttspan-conformance broker --target 127.0.0.1:1883 --json run.json
  mqttspan-conformance client --driver 'node driver.mjs'
  mqttspan-conformance report run.json -o report.html
  mqttspan-conformance expand --filter utf8/
Each subcommand has examples of its own: mqttspan-conformance codec --help

Exit codes: 0 all passed, 1 some failed, 2 wrong usage, 3 the target cannot be reached or the adapter died.)";

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // an adapter that dies is a finding
  int exit_code = 0;
  CLI::App app("mqttspan-conformance tells what an implementation of MQTT 3.1, 3.1.1 or 5.0 does, statement by statement.", "mqttspan-conformance");
  app.set_version_flag("-V,--version", MQTTSPAN_VERSION);
  app.require_subcommand(1);
  app.footer(examples);
  add_codec_command(app, exit_code);
  add_stories_command(app, exit_code);
  add_expand_command(app, exit_code);
  add_report_command(app, exit_code);
#if MQTTSPAN_CONFORMANCE_LIVE
  add_broker_command(app, exit_code);
  add_client_command(app, exit_code);
#endif
  return mqttspan::run_command_line(app, argc, argv, exit_code, unreachable_exit);
}
