// mqttspan-conformance expand: vectors as lines, and the counts and fingerprints of the families.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <regex>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "family.hpp"
#include "line_form.hpp"
#include "vector_choice.hpp"
#include "vector_file.hpp"

namespace mqttspan::conformance {
namespace {

struct expand_options {
  vector_choice choice;
  bool check = false;
  bool update = false;
};

constexpr const char* examples = R"(Examples:
  mqttspan-conformance expand > vectors.tsv
  mqttspan-conformance expand --no-curated --filter reason_codes/5.0
  mqttspan-conformance expand --check
  mqttspan-conformance expand --update

A line: id, version, sender, result, class, codes, owed, hex, with tabs between. Class and codes are "-" where there are none; owed is "owed", or "open" where the text leaves
it to a receiver.)";

struct fingerprint_pair {
  std::size_t count;
  std::string sha256;
};

// The two keys in the text of a family file; the rest stays as a person wrote it.
void write_into(const std::filesystem::path& file, const fingerprint_pair& now) {
  std::ifstream in(file);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::regex count(R"("count"\s*:\s*[0-9]+)"), sum(R"("sha256"\s*:\s*"[^"]*")");
  text = std::regex_replace(text, count, "\"count\":" + std::to_string(now.count), std::regex_constants::format_first_only);
  text = std::regex_replace(text, sum, "\"sha256\":\"" + now.sha256 + "\"", std::regex_constants::format_first_only);
  std::ofstream(file) << text;
}

// True if all families are what their files say, or now do.
bool check_families(const vector_choice& choice, bool update) {
  const std::vector<test_vector> curated = read_vectors(choice.folder);
  bool good = true;
  std::size_t sum = 0;
  for (const family& declared : read_families(std::filesystem::path(choice.folder) / "families")) {
    const std::vector<test_vector> cases = expand(declared, curated);
    const fingerprint_pair now{cases.size(), fingerprint(cases)};
    const bool same = now.count == declared.count && now.sha256 == declared.sha256;
    std::printf("%-24s %6zu  %s%s\n", declared.name.c_str(), now.count, now.sha256.c_str(), same ? "" : update ? "  updated" : "  NOT what the file says");
    if (!same && update) write_into(declared.file, now);
    good = good && (same || update);
    sum += now.count;
  }
  std::printf("%-24s %6zu\n", "all families", sum);
  return good;
}

}  // namespace

void add_expand_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("expand", "Print vectors as lines, families expanded; or check and update what the families' files say of themselves");
  auto options = std::make_shared<expand_options>();
  options->choice.add_options(*command);
  CLI::Option* const checks = command->add_flag("--check", options->check, "Print count and SHA-256 of each family, and compare them with its file");
  command->add_flag("--update", options->update, "The same, and write them into the files")->excludes(checks);
  command->footer(examples);
  command->callback([options, &exit_code] {
    if (options->check || options->update) {
      exit_code = check_families(options->choice, options->update) ? 0 : failed_exit;
      return;
    }
    for (const test_vector& v : options->choice.read()) {
      if (v.encode) continue;
      const std::string line = line_form(v);
      std::fwrite(line.data(), 1, line.size(), stdout);
    }
  });
}

}  // namespace mqttspan::conformance
