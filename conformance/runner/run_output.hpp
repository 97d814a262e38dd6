// What becomes of a run: the summary on the terminal, and the files that the user asked for.
#pragma once

#include <string>

#include "result.hpp"

namespace CLI {
class App;
}

namespace mqttspan::conformance {

struct output_options {
  std::string name;  ///< of the peer, for people
  std::string json;
  std::string junit;
};

/// --name, --json, --junit. Borrows the options.
void add_output_options(CLI::App& command, output_options& options);

/// RFC 3339, to the second.
std::string now_utc();

/// Prints the summary and writes the files. Throws std::runtime_error where one cannot be written.
void write_outputs(const output_options& options, const run& r);

}  // namespace mqttspan::conformance
