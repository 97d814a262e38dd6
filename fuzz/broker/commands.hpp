// The subcommands of mqttspan-fuzz, each in a file of its own. They set the exit code when they have run.
#pragma once

namespace CLI {
class App;
}

namespace mqttspan::fuzz {

inline constexpr int finding_exit = 1, unreachable_exit = 3;

void add_broker_command(CLI::App& app, int& exit_code);
void add_client_command(CLI::App& app, int& exit_code);

}  // namespace mqttspan::fuzz
