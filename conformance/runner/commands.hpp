// The subcommands of mqttspan-conformance. Each adds itself to the program and, when called, sets the exit code: 0 all passed, 1 some failed, 2 wrong usage,
// 3 the target cannot be reached or the adapter died.
#pragma once

namespace CLI {
class App;
}

namespace mqttspan::conformance {

inline constexpr int failed_exit = 1;
inline constexpr int unreachable_exit = 3;

void add_codec_command(CLI::App& app, int& exit_code);
void add_stories_command(CLI::App& app, int& exit_code);
void add_expand_command(CLI::App& app, int& exit_code);

}  // namespace mqttspan::conformance
