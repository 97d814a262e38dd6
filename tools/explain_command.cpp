// mqttspan explain: every byte of every packet.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "explanation.hpp"
#include "fault_report.hpp"

namespace mqttspan {
namespace {

class explainer : public fault_reporter {
 public:
  explicit explainer(const reading_options& options) : fault_reporter(options.connection), several_(options.files.size() > 1) {}

  void begin_input(const std::string& name) override {
    fault_reporter::begin_input(name);
    if (several_) print(paint_(tint::faint, name) + "\n");
  }
  void packet(const sighting& seen, const mqttspan::packet&) override {
    if (is_shown(seen.connection)) print(explanation(seen, paint_));
  }
  void fault(const sighting& seen, const error& e) override {
    if (is_shown(seen.connection)) print(explanation(seen, e, paint_));
    fault_reporter::fault(seen, e);
  }

 private:
  void print(const std::string& text) {
    if (!first_) std::fputc('\n', stdout);
    first_ = false;
    std::fwrite(text.data(), 1, text.size(), stdout);
  }

  bool several_;
  bool first_ = true;
  palette paint_ = palette::for_stdout();
};

constexpr const char* examples = R"(Examples:
  echo '30 06 0003 612f62 21' | mqttspan explain
  echo '82 06 0001 0001 61 03 # QoS 3' | mqttspan explain --from client
  mqttspan explain session.pcap --connection 1
  mqttspan explain --version 5.0 dump.hex)";

}  // namespace

void add_explain_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<reading_options>();
  CLI::App* command =
      app.add_subcommand("explain", "Print every byte of every packet with its field and meaning, and what is wrong with a bad packet");
  add_reading_options(*command, *options);
  command->footer(examples);
  command->callback([options, &exit_code] {
    explainer printer(*options);
    visit_inputs(*options, printer);
    exit_code = printer.found_fault() ? 1 : 0;
  });
}

}  // namespace mqttspan
