// mqttspan-conformance codec: any codec, behind an adapter, against the vectors.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "codec_results.hpp"
#include "codec_run.hpp"
#include "commands.hpp"
#include "known.hpp"
#include "vector_choice.hpp"

namespace mqttspan::conformance {
namespace {

constexpr const char* examples = R"(Examples:
  mqttspan-conformance codec --adapter 'mqttspan adapter' --own
  mqttspan-conformance codec --adapter 'python3 adapter.py' --versions 3.1.1,5.0 --json run.json --junit run.xml
  mqttspan-conformance codec --adapter 'node adapter.js' --filter 5.0/publish --no-families --verbose
  mqttspan-conformance codec --adapter 'node adapter.mjs' --peer conformance/peers/mqtt_packet.json

Grades: 1 accepted or refused as it should be; 2 the right class of error, too; 3 the right reason code, too, and an encoder's bytes. Conformity is grade 1 alone.
How an adapter is written: conformance/adapters/README.md)";

struct codec_options {
  std::string adapter;
  vector_choice choice;
  unsigned grade = 1;
  bool own = false;
  bool verbose = false;
  unsigned patience = 30;
  std::string name;
  std::string peer_path;
  destinations to;
};

// One line on standard error, if a person watches.
class progress_meter {
 public:
  explicit progress_meter(std::size_t all) : all_(all), visible_(::isatty(STDERR_FILENO) == 1) {}
  ~progress_meter() {
    if (visible_) std::fputs("\r\033[K", stderr);
  }
  progress_meter(const progress_meter&) = delete;
  progress_meter& operator=(const progress_meter&) = delete;

  void show(std::size_t done) {
    if (!visible_ || (done % 256 != 0 && done != all_)) return;
    std::fprintf(stderr, "\r%zu of %zu vectors", done, all_);
    std::fflush(stderr);
  }

 private:
  std::size_t all_;
  bool visible_;
};

// Each failure in a line, those of families too, and what was skipped, open or noteworthy.
void print_failures(const std::vector<test_vector>& vectors, const std::vector<outcome>& outcomes, unsigned grade) {
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const outcome& found = outcomes[i];
    std::string why = found.skip.empty() ? found.reason : found.skip;
    if (why.empty() && !found.unencoded.empty()) why = "not encoded again: " + found.unencoded;
    if (why.empty()) continue;
    const char* const word = !found.skip.empty() ? "skip" : found.open ? "open" : found.grade < grade ? "FAIL" : "note";
    std::printf("%s %s (%s): %s  [%.200s]\n", word, vectors[i].id.c_str(), vectors[i].title.c_str(), why.c_str(), found.asked.c_str());
  }
}

// In a part of the vectors a deviation may be missing by chance.
bool is_tried(const known_deviation& d, const codec_options& options, const std::vector<test_vector>& vectors, const std::vector<outcome>& outcomes) {
  for (std::size_t i = 0; options.choice.all() && i < vectors.size(); ++i)
    if (outcomes[i].skip.empty() && fits(d.id, vectors[i].id)) return true;
  return false;
}

std::string name_of(const codec_options& options, const peer_file& who, const std::string& told) {
  if (!options.name.empty()) return options.name;
  if (!told.empty()) return told;
  return options.peer_path.empty() ? options.adapter : who.name;
}

int finish(const codec_options& options, const peer_file& who, const std::vector<test_vector>& vectors, const codec_run& done) {
  run report;
  report.kind = "codec";
  report.peer = name_of(options, who, done.codec());
  report.target = options.adapter;
  report.date = now_utc();
  report.results = results_of(vectors, done.outcomes(), options.grade);
  const std::vector<tally> rows = tallies(vectors, done.outcomes(), options.grade);
  const std::size_t unknown = settle(report, who, options.to, [&](const known_deviation& d) { return is_tried(d, options, vectors, done.outcomes()); });
  if (options.verbose) print_failures(vectors, done.outcomes(), options.grade);
  const char* const more = options.own ? ", and all that mqttspan decided" : "";
  std::printf("\n%s%zu requests; grade %u is asked for%s\n", table_of(rows).c_str(), done.requests(), options.grade, more);
  const bool skipped = std::any_of(rows.begin(), rows.end(), [](const tally& row) { return row.skipped + row.unencoded != 0; });
  return unknown != 0 || (options.own && skipped) ? failed_exit : 0;
}

peer_file read_peer(const std::string& path) {
  try {
    return read_peer_file(path);
  } catch (const peer_file_error& e) {
    throw data_error(e.what());
  }
}

int run_codec(const codec_options& options) {
  const peer_file who = read_peer(options.peer_path);
  const std::vector<test_vector> vectors = options.choice.read();
  if (vectors.empty()) throw data_error("no vector fits the options");
  codec_run all(vectors, {.command = options.adapter, .judge = {.exact = options.own}, .patience = {.patience = std::chrono::seconds(options.patience)}});
  try {
    progress_meter meter(vectors.size());
    all.run([&meter](std::size_t done) { meter.show(done); });
  } catch (const adapter_lost& e) {
    finish(options, who, vectors, all);
    std::fprintf(stderr, "mqttspan-conformance: %s\n", e.what());
    return unreachable_exit;
  }
  return finish(options, who, vectors, all);
}

}  // namespace

void add_codec_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<codec_options>();
  CLI::App* command = app.add_subcommand("codec", "Show all vectors to a codec: whole, byte by byte, split, between neighbours, and encoded again");
  command->add_option("--adapter", options->adapter, "Command that speaks the adapter protocol, run by sh")->required();
  options->choice.add_options(*command);
  command->add_option("--grade", options->grade, "What counts as passed")->check(CLI::Range(1U, 3U))->capture_default_str();
  command->add_flag("--own", options->own, "Grade 3, rule and offset of each error, mqttspan's policies, and nothing skipped");
  command->add_flag("--verbose", options->verbose, "Print each failure, skip and note in a line");
  command->add_option("--patience", options->patience, "Seconds to wait for an answer")->check(CLI::Range(1U, 3600U))->capture_default_str();
  command->add_option("--name", options->name, "Name and version of the codec, for the report");
  command->add_option("--peer", options->peer_path, "What is known of it: a peer file (conformance/peers/README.md)");
  add_destinations(*command, options->to);
  command->footer(examples);
  command->callback([options, &exit_code] {
    if (options->own) options->grade = 3;
    exit_code = run_codec(*options);
  });
}

}  // namespace mqttspan::conformance
