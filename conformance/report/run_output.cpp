#include "run_output.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "junit.hpp"
#include "report_json.hpp"
#include "summary.hpp"

namespace mqttspan::conformance {
void add_destinations(CLI::App& command, destinations& where) {
  command.add_option("--json", where.json, "Write the run to this file, for the report");
  command.add_option("--junit", where.junit, "Write the run to this file as JUnit XML");
}

std::string now_utc() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> out{};
  std::strftime(out.data(), out.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return out.data();
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw std::runtime_error(path + ": cannot be written");
}

void write_run(const run& r, const destinations& where) {
  if (!where.json.empty()) write_file(where.json, to_json(r));
  if (!where.junit.empty()) write_file(where.junit, to_junit(r));
  print_summary(stdout, r);
}

}  // namespace mqttspan::conformance
