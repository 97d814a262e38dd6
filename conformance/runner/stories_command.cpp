// mqttspan-conformance stories: any connection without I/O, behind an adapter, plays the stories.
#include <algorithm>
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "adapter_program.hpp"
#include "commands.hpp"
#include "player.hpp"
#include "run_output.hpp"
#include "test_vector.hpp"
#include "vectors_folder.hpp"

namespace mqttspan::conformance {
namespace {

constexpr const char* examples = R"(Examples:
  mqttspan-conformance stories --adapter mqttspan-story-adapter
  mqttspan-conformance stories --adapter 'python3 adapter.py' --filter 5.0/ --json run.json

How an adapter is written: conformance/stories/README.md)";

struct stories_options {
  std::string adapter;
  std::string folder = vectors_folder() + "/stories";
  std::string filter;
  std::string name;
  destinations to;
};

int run_stories(const stories_options& options) {
  std::vector<story> stories = read_stories(options.folder);
  std::erase_if(stories, [&](const story& s) { return s.id.find(options.filter) == std::string::npos; });
  if (stories.empty()) throw data_error("no story fits the options");
  adapter_program adapter(options.adapter);
  run played;
  played.kind = "connection";
  played.peer = options.name.empty() ? options.adapter : options.name;
  played.target = options.adapter;
  played.date = now_utc();
  played.results = play_all(stories, [&](const std::string& request) { return adapter(request); });
  write_run(played, options.to);
  return std::any_of(played.results.begin(), played.results.end(), [](const result& r) { return r.found == verdict::fail; }) ? failed_exit : 0;
}

}  // namespace

void add_stories_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<stories_options>();
  CLI::App* command = app.add_subcommand("stories", "Play the stories to a connection without I/O, by steps and byte by byte");
  command->add_option("--adapter", options->adapter, "Command that speaks the story protocol, run by sh")->required();
  command->add_option("--stories", options->folder, "Folder of the stories");
  command->add_option("--filter", options->filter, "Only stories whose id has this in it");
  command->add_option("--name", options->name, "Name and version of the connection's library, for the report");
  add_destinations(*command, options->to);
  command->footer(examples);
  command->callback([options, &exit_code] {
    try {
      exit_code = run_stories(*options);
    } catch (const adapter_gone& e) {
      std::fprintf(stderr, "mqttspan-conformance: %s\n", e.what());
      exit_code = unreachable_exit;
    }
  });
}

}  // namespace mqttspan::conformance
