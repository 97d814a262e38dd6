// The live harness by itself, for those who work on it: the same subcommands as in mqttspan-conformance.
#include <csignal>
#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "usage_error.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  int exit_code = 1;
  CLI::App app("Examines live brokers and clients.", "mqttspan-live");
  app.require_subcommand(1);
  mqttspan::conformance::add_broker_command(app, exit_code);
  mqttspan::conformance::add_client_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    std::fprintf(stderr, "mqttspan-live: %s\n", e.what());
    return 2;
  } catch (const mqttspan::usage_error& e) {
    std::fprintf(stderr, "mqttspan-live: %s\n", e.what());
    return 2;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "mqttspan-live: %s\n", e.what());
    return 1;
  }
  return exit_code;
}
