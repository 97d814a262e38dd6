// Where a run is written to.
#pragma once

#include <string>

#include "report.hpp"

namespace CLI {
class App;
}

namespace mqttspan::fuzz {

/// Files and a folder; empty: none.
struct outputs {
  std::string json, junit, sarif, reproducers;
};

/// --json, --junit, --sarif, --reproducers. Borrows `to`.
void add_outputs(CLI::App& command, outputs& to);

/// Prints the report, writes the files; the exit code. Throws usage_error where one cannot be written.
int write_outputs(const run_record& r, const outputs& to);

}  // namespace mqttspan::fuzz
