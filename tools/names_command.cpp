// mqttspan names: what a name, a number or a statement id means.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "dissect_words.hpp"
#include "name_table.hpp"
#include "text.hpp"

namespace mqttspan {
namespace {

struct names_options {
  std::string word{};
  bool json = false;
};

std::string joined(const packet_json& list) {
  std::string out;
  for (const packet_json& item : list) out += (out.empty() ? "" : ", ") + item.get<std::string>();
  return out;
}

std::string plain(const packet_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) return value.empty() ? "none" : joined(value);
  return value.dump();
}

void print(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

std::string numbered(unsigned number) { return hex_number(number) + " (" + std::to_string(number) + ")"; }

void print_fact(const std::string& key, const std::string& value) {
  constexpr std::size_t width = 28;
  std::string name = key;
  for (char& c : name)
    if (c == '_') c = ' ';
  if (!value.empty()) name += std::string(name.size() < width ? width - name.size() : 1, ' ') + value;
  print("  " + name);
}

void print_in_full(const name_entry& entry, const palette& paint) {
  const packet_json& facts = entry.facts;
  const std::string number = entry.number ? "  " + numbered(*entry.number) : "";
  print(plain(facts["kind"]) + "  " + paint(tint::type, plain(facts["name"])) + number);
  for (const auto& fact : facts.items()) {
    if (fact.key() == "kind" || fact.key() == "name" || fact.key() == "number") continue;
    if (fact.key() == "reason_code") {
      print_fact(fact.key(), words_of_reason(fact.value().get<unsigned>(), packet_type{}, protocol_version::v5));
    } else if (fact.value().is_object()) {
      print_fact(fact.key(), "");
      for (const auto& one : fact.value().items()) print_fact("  " + one.key(), one.value().empty() ? "" : plain(one.value()));
    } else {
      print_fact(fact.key(), plain(fact.value()));
    }
  }
}

// In lists: one line each.
void print_in_short(const name_entry& entry, const palette& paint) {
  const packet_json& facts = entry.facts;
  const std::string number = entry.number ? hex_number(*entry.number) : "    ";
  std::string statements;
  if (facts.contains("statements"))
    for (const auto& one : facts["statements"].items()) statements += (statements.empty() ? "" : " ") + one.key();
  const std::string more = facts.contains("in")     ? joined(facts["in"])
                           : !statements.empty()    ? statements
                           : facts.contains("text") ? plain(facts["text"])
                                                    : "";
  std::string line = "  " + number + "  " + paint(tint::type, plain(facts["name"]));
  const std::size_t width = plain(facts["name"]).size();
  if (!more.empty()) line += std::string(width < 38 ? 38 - width : 1, ' ') + more;
  print(line);
}

std::string plural(const std::string& kind) { return kind == "property" ? "properties" : kind + "s"; }

void print_list(const std::vector<name_entry>& entries, const palette& paint) {
  std::string kind;
  for (const name_entry& entry : entries) {
    const std::string here = plain(entry.facts["kind"]);
    if (here != kind) print((kind.empty() ? "" : "\n") + plural(here));
    kind = here;
    print_in_short(entry, paint);
  }
}

int look_up(const names_options& options) {
  const std::vector<name_entry> found = options.word.empty() ? all_names() : names_for(options.word);
  if (found.empty()) {
    std::fprintf(stderr, "mqttspan: nothing is called %s (mqttspan names lists all)\n", quote(options.word).c_str());
    return 1;
  }
  const palette paint = palette::for_stdout();
  if (options.json) {
    for (const name_entry& entry : found) print(entry.facts.dump());
  } else if (options.word.empty() || found.size() > 8) {
    print_list(found, paint);
  } else {
    for (const name_entry& entry : found) print_in_full(entry, paint);
  }
  return 0;
}

constexpr const char* examples = R"(Examples:
  mqttspan names topic_alias
  mqttspan names 0x87
  mqttspan names MQTT-3.3.2-2
  mqttspan names --json receive_maximum)";

}  // namespace

void add_names_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<names_options>();
  CLI::App* command = app.add_subcommand("names", "Look up packet types, properties, reason codes, rules and statements");
  command->add_option("word", options->word, "A name, a part of one, a number (135, 0x87) or a statement id; none: list all");
  command->add_flag("--json", options->json, "One JSON object a line");
  command->footer(examples);
  command->callback([options, &exit_code] { exit_code = look_up(*options); });
}

}  // namespace mqttspan
