// mqttspan decode: packets as lines for people or for programs.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "fault_report.hpp"
#include "packet_json.hpp"
#include "summary.hpp"

namespace mqttspan {
namespace {

struct decode_options {
  reading_options reading;
  bool json = false;
  bool context = false;
};

void print(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

class line_printer : public fault_reporter {
 public:
  explicit line_printer(const decode_options& options) : fault_reporter(options.reading.connection), options_(options) {}

  void begin_input(const std::string& name) override {
    fault_reporter::begin_input(name);
    if (!options_.json && options_.reading.files.size() > 1) print(paint_(tint::faint, name));
  }
  void connection(std::size_t number, const endpoint& client, const endpoint& server) override {
    if (!options_.json && is_shown(number))
      print(paint_(tint::faint, "#" + std::to_string(number) + "  " + to_string(client) + " → " + to_string(server)));
  }
  void packet(const sighting& seen, const mqttspan::packet& p) override {
    if (!is_shown(seen.connection)) return;
    if (!options_.json) return print(summary(seen, p, paint_));
    const packet_json line = options_.context ? in_context(seen, p) : to_json(p, seen.version);
    print(line.dump(-1, ' ', false, packet_json::error_handler_t::replace));  // a file's name need not be UTF-8
  }

 private:
  packet_json in_context(const sighting& seen, const mqttspan::packet& p) const {
    packet_json out;
    out["input"] = input_name();
    if (seen.connection != 0) out["connection"] = seen.connection;
    if (seen.connection != 0) out["seconds"] = seen.seconds;
    out["sender"] = std::string(to_string(seen.from));
    out["version"] = std::string(to_string(seen.version));
    out["offset"] = seen.offset;
    out["size"] = seen.bytes.size();
    out["packet"] = to_json(p, seen.version);
    return out;
  }

  const decode_options& options_;
  palette paint_ = palette::for_stdout();
};

constexpr const char* examples = R"(Examples:
  echo '30 06 0003 612f62 21' | mqttspan decode
  mqttspan decode session.pcap
  mqttspan decode --json session.pcap | mqttspan encode --hex
  mqttspan decode --version 5.0 --from server --allow non_minimal_lengths dump.hex)";

}  // namespace

void add_decode_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<decode_options>();
  CLI::App* command = app.add_subcommand("decode", "Print the packets in a file, a dump or a capture, one a line");
  add_reading_options(*command, options->reading);
  auto* json = command->add_flag("--json", options->json, "One JSON object a line");
  command->add_flag("--context", options->context, "JSON objects that also say where each packet was seen")->needs(json);
  command->footer(examples);
  command->callback([options, &exit_code] {
    line_printer printer(*options);
    visit_inputs(options->reading, printer);
    exit_code = printer.found_fault() ? 1 : 0;
  });
}

}  // namespace mqttspan
