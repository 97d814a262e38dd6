#include "fuzz_output.hpp"

#include <filesystem>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "junit.hpp"
#include "run_output.hpp"
#include "usage_error.hpp"

namespace mqttspan::fuzz {
namespace {

void write_all(const run_record& r, const outputs& to) {
  if (!to.json.empty()) conformance::write_file(to.json, to_json(r));
  if (!to.junit.empty()) conformance::write_file(to.junit, conformance::to_junit(to_conformance_run(r)));
  if (!to.sarif.empty()) conformance::write_file(to.sarif, to_sarif(r, to.reproducers));
  if (to.reproducers.empty()) return;
  std::filesystem::create_directories(to.reproducers);
  for (const finding& f : r.findings)
    if (!f.script.steps.empty()) conformance::write_file(to.reproducers + "/" + file_name(f), reproducer_text(r, f));
}

}  // namespace

void add_outputs(CLI::App& command, outputs& to) {
  command.add_option("--json", to.json, "Writes the run as JSON");
  command.add_option("--junit", to.junit, "Writes the run as JUnit XML");
  command.add_option("--sarif", to.sarif, "Writes the findings as SARIF 2.1.0");
  command.add_option("--reproducers", to.reproducers, "A folder: writes a file for each finding, for --replay and --minimize");
}

int write_outputs(const run_record& r, const outputs& to) {
  print_report(stdout, r);
  try {
    write_all(r, to);
  } catch (const std::exception& e) {
    throw usage_error(e.what());
  }
  return r.exit_code();
}

}  // namespace mqttspan::fuzz
