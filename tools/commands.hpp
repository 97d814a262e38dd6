// The subcommands of mqttspan. Each adds itself to the program and, when called, sets the exit code: 0 fine, 1 bad input. Throws usage_error.
#pragma once

namespace CLI {
class App;
}

namespace mqttspan {

void add_decode_command(CLI::App& app, int& exit_code);
void add_explain_command(CLI::App& app, int& exit_code);
void add_encode_command(CLI::App& app, int& exit_code);
void add_adapter_command(CLI::App& app, int& exit_code);
void add_names_command(CLI::App& app, int& exit_code);

}  // namespace mqttspan
