// mqttspan-conformance report: runs that were written as JSON, as one page, as JUnit XML or on the terminal.
#include "report_command.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "html.hpp"
#include "junit.hpp"
#include "markdown.hpp"
#include "report_json.hpp"
#include "run_output.hpp"
#include "summary.hpp"

namespace mqttspan::conformance {
namespace {

constexpr const char* examples = R"(Examples:
  mqttspan-conformance report mosquitto.json aedes.json -o report.html
  mqttspan-conformance report mosquitto.json --junit mosquitto.xml --summary)";

struct settings {
  std::vector<std::string> runs;
  std::string page;
  std::string junit;
  std::string markdown;
  bool summary = false;
};

run read_run(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  try {
    return run_from_json(text);
  } catch (const run_json_error& e) {
    throw std::runtime_error(path + ": " + e.what());
  }
}

void report(const settings& s) {
  std::vector<run> runs;
  for (const std::string& path : s.runs) runs.push_back(read_run(path));
  if (!s.page.empty()) write_file(s.page, to_html(runs, built_in_manifest()));
  if (!s.junit.empty()) write_file(s.junit, to_junit(runs.front()));
  if (!s.markdown.empty()) write_file(s.markdown, to_markdown(runs));
  if (s.summary)
    for (const run& r : runs) print_summary(stdout, r);
}

void check(const settings& s) {
  if (s.page.empty() && s.junit.empty() && s.markdown.empty() && !s.summary) throw CLI::ValidationError("report", "say what to make: -o PAGE, --markdown FILE, --junit FILE or --summary");
  if (!s.junit.empty() && s.runs.size() != 1) throw CLI::ValidationError("--junit", "takes one run");
}

}  // namespace

void add_report_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("report", "Show runs as one HTML page with a matrix of peers and statements, as JUnit XML, or on the terminal");
  command->footer(examples);
  const auto given = std::make_shared<settings>();
  command->add_option("runs", given->runs, "Runs as JSON, a column of the page each, in this order")->required()->type_name("RUN.json");
  command->add_option("-o,--output", given->page, "Write the page here")->type_name("FILE");
  command->add_option("--junit", given->junit, "Write JUnit XML here; takes one run")->type_name("FILE");
  command->add_option("--markdown", given->markdown, "Write tables of peers and of what fails here")->type_name("FILE");
  command->add_flag("--summary", given->summary, "Print each run's summary");
  command->callback([given, &exit_code] {
    check(*given);
    try {
      report(*given);
      exit_code = 0;
    } catch (const std::runtime_error& e) {
      std::fprintf(stderr, "mqttspan-conformance: %s\n", e.what());
      exit_code = 1;
    }
  });
}

}  // namespace mqttspan::conformance
