// The subcommands of mqttspan-conformance that examine live peers. Each adds itself to the program and, when called, sets the exit code:
// 0 no fail, 1 a fail, 2 usage, 3 unreachable. Throws usage_error.
#pragma once

namespace CLI {
class App;
}

namespace mqttspan::conformance {

void add_broker_command(CLI::App& app, int& exit_code);
void add_client_command(CLI::App& app, int& exit_code);

}  // namespace mqttspan::conformance
