// mqttspan encode: packet JSON to bytes.
#include <unistd.h>
#include <array>
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "encoding.hpp"
#include "hex.hpp"
#include "json_text.hpp"
#include "reading_options.hpp"

namespace mqttspan {
namespace {

struct encode_options {
  std::string file = "-";
  std::string version = "auto";
  std::string from = "any";
  std::vector<std::string> allow{};
  std::vector<std::string> reject{};
  bool hex = false;
  bool raw = false;
  bool spell_out = false;
};

// JSON objects in, bytes out. The version is learnt from a CONNECT, as in decode.
class encoder {
 public:
  explicit encoder(const encode_options& options)
      : learn_version_(options.version == "auto"),
        version_(learn_version_ ? protocol_version::v3_1_1 : *version_named(options.version)),
        options_{.sender = *sender_named(options.from), .allow = leniencies_of(options.allow), .reject = strictnesses_of(options.reject)} {
    options_.spell_out = options.spell_out;
  }

  /// Throws json_text_error, packet_json_error and encoding_error.
  std::vector<std::byte> bytes_of(std::string_view text) {
    const json_packet p = packet_from_json(parse_json(text), version_);
    const auto* const opening = std::get_if<connect>(&*p);
    const protocol_version version = opening ? opening->version : version_;
    std::vector<std::byte> bytes = encode(*p, version, options_);
    if (opening && learn_version_) version_ = version, learnt_ = true;
    return bytes;
  }

  protocol_version version() const { return version_; }
  bool guesses() const { return learn_version_ && !learnt_; }

 private:
  bool learn_version_;
  bool learnt_ = false;
  protocol_version version_;
  generate_options options_;
};

void put(bytes_view bytes, bool hex) {
  if (!hex) {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    return;
  }
  const std::string digits = to_hex(bytes) + "\n";
  std::fwrite(digits.data(), 1, digits.size(), stdout);
}

int complain(const std::string& name, std::size_t line, const std::string& what) {
  std::fflush(stdout);
  std::fprintf(stderr, "mqttspan: %s: line %zu: %s\n", name.c_str(), line, what.c_str());
  return 1;
}

int encode_all(const encode_options& options) {
  const bool hex = options.hex || (!options.raw && isatty(STDOUT_FILENO) == 1);
  encoder out(options);
  const std::vector<std::byte> input = read_file(options.file);
  const std::string name = options.file == "-" ? "standard input" : options.file;
  json_texts objects(as_text(input));
  while (const auto text = objects.next()) {
    try {
      put(out.bytes_of(*text), hex);
    } catch (const json_text_error& e) {
      return complain(name, objects.line(), std::string("not JSON: ") + e.what());
    } catch (const packet_json_error& e) {
      return complain(name, objects.line(), (e.path.empty() ? "the packet" : e.path) + " " + e.what());
    } catch (const encoding_error& e) {
      const std::string hint = out.guesses() ? " (no CONNECT names the version up to here: --version to choose)" : "";
      return complain(name, objects.line(), e.what() + hint);
    }
  }
  return 0;
}

constexpr const char* examples = R"(Examples:
  echo '{"type":"publish","topic":"a/b","payload":"hi"}' | mqttspan encode --hex
  echo '{"type":"puback","packet_id":7,"reason_code":135}' | mqttspan encode --version 5.0 --hex
  mqttspan encode packets.jsonl | mqttspan decode
  mqttspan decode --json session.pcap | mqttspan encode | mqttspan explain)";

}  // namespace

void add_encode_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<encode_options>();
  CLI::App* command = app.add_subcommand("encode", "Write packets given as JSON objects as bytes");
  command->add_option("file", options->file, "JSON objects, one a line or spread over lines; - or none: standard input");
  command->add_option("--version", options->version, "auto: of the last connect object, 3.1.1 before or without one")
      ->check(CLI::IsMember({"auto", "3.1", "3.1.1", "5.0"}))
      ->capture_default_str();
  command->add_option("--from", options->from, "Who is to send the packets")
      ->check(CLI::IsMember({"client", "server", "any"}))
      ->capture_default_str();
  command->add_option("--allow", options->allow, "Rules to forgive, as in decode")->delimiter(',')->allow_extra_args(false)->type_name("NAME,...");
  command->add_option("--reject", options->reject, "Further rules, as in decode")->delimiter(',')->allow_extra_args(false)->type_name("NAME,...");
  auto* hex = command->add_flag("--hex", options->hex, "Hexadecimal digits, one packet a line; the default on a terminal");
  command->add_flag("--raw", options->raw, "Raw bytes even on a terminal")->excludes(hex);
  command->add_flag("--spell-out", options->spell_out, "5.0: write reason code and property length also where they may be left out");
  command->footer(examples);
  command->callback([options, &exit_code] { exit_code = encode_all(*options); });
}

}  // namespace mqttspan
