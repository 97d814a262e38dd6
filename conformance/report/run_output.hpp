// What becomes of a run: the summary on the terminal, and the files that the user asked for.
#pragma once

#include <string>

#include "result.hpp"

namespace CLI {
class App;
}

namespace mqttspan::conformance {

/// Files for a run; empty: none.
struct destinations {
  std::string json;
  std::string junit;
};

/// --json and --junit. Borrows `where`.
void add_destinations(CLI::App& command, destinations& where);

/// RFC 3339, to the second.
std::string now_utc();

/// Throws std::runtime_error where it cannot be written.
void write_file(const std::string& path, const std::string& text);

/// Prints the summary and writes the files. Throws as write_file.
void write_run(const run& r, const destinations& where);

}  // namespace mqttspan::conformance
