// The subcommand `report` of mqttspan-conformance.
#pragma once

namespace CLI {
class App;
}

namespace mqttspan::conformance {

/// `report RUN.json… [-o report.html] [--junit FILE] [--summary]`. Sets the exit code: 0 written, 1 a file that is no run or cannot be read or written.
void add_report_command(CLI::App& app, int& exit_code);

}  // namespace mqttspan::conformance
