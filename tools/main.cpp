// mqttspan: MQTT packets from captures, dumps and JSON, taken apart and put together.
#include <csignal>

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

#include <CLI/CLI.hpp>

#include <mqttspan/codec/config.hpp>

#include "command_line.hpp"
#include "commands.hpp"
#include "reading_options.hpp"

namespace {

constexpr const char* examples = R"(Examples:
  echo '30 06 0003 612f62 21' | mqttspan decode
  mqttspan explain session.pcap
  echo '{"type":"pingreq"}' | mqttspan encode --hex
  mqttspan names topic_alias
Each subcommand has examples of its own: mqttspan decode --help

Exit codes: 0 fine, 1 bad input (everything good before it is printed), 2 wrong usage.)";

}  // namespace

int main(int argc, char** argv) {
#ifdef _WIN32
  for (const int fd : {0, 1}) _setmode(fd, _O_BINARY);  // packets are bytes: no carriage return comes or goes
#else
  std::signal(SIGPIPE, SIG_DFL);  // `mqttspan … | head` ends without a word, whatever the parent ignores
#endif
  int exit_code = 0;
  CLI::App app("mqttspan takes MQTT 3.1, 3.1.1 and 5.0 packets apart and puts them together.", "mqttspan");
  app.set_version_flag("-V,--version", MQTTSPAN_VERSION);
  app.require_subcommand(1);
  app.footer(examples);
  mqttspan::add_decode_command(app, exit_code);
  mqttspan::add_explain_command(app, exit_code);
  mqttspan::add_encode_command(app, exit_code);
  mqttspan::add_adapter_command(app, exit_code);
  mqttspan::add_names_command(app, exit_code);
  return mqttspan::run_command_line(app, argc, argv, exit_code, 1);
}
