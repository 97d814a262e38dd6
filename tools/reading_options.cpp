#include "reading_options.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <CLI/CLI.hpp>

#include "hex.hpp"
#include "packet_json.hpp"
#include "strictness_names.hpp"

namespace mqttspan {
namespace {

template <class Flag, std::size_t N>
Flag join(const flag_name<Flag> (&table)[N], const std::vector<std::string>& names, const char* option) {
  Flag all = Flag::none;
  for (const std::string& name : names) {
    const auto flag = flag_named(table, name);
    if (!flag) throw usage_error(std::string(option) + " does not know \"" + name + "\"; it knows " + names_of(table));
    all = all | *flag;
  }
  return all;
}

void visit_stream(bytes_view bytes, const reading& how, input_visitor& visitor) {
  conversation shared(how, false);
  packet_stream stream(shared, visitor, how.options.sender, 0);
  stream.push(bytes, 0);
  stream.finish();
}

void visit(bytes_view bytes, const reading_options& options, input_visitor& visitor) {
  const reading how = reading_of(options);
  if (options.raw) return visit_stream(bytes, how, visitor);
  if (!options.hex && looks_like_capture(bytes)) {
    const std::size_t fragments = visit_capture(bytes, how, options.port, visitor);
    if (fragments > 0) visitor.bad_input(std::to_string(fragments) + " IP fragments were passed over: they are not put together");
    return;
  }
  if (options.hex || looks_like_hex_dump(as_text(bytes))) return visit_stream(from_hex_dump(as_text(bytes)), how, visitor);
  visit_stream(bytes, how, visitor);
}

}  // namespace

void add_reading_options(CLI::App& command, reading_options& options) {
  command.add_option("file", options.files, "Raw bytes, hex dump, or pcap/pcapng capture; - or none: standard input");
  auto* hex = command.add_flag("--hex", options.hex, "Input is hexadecimal digits (white space and # comments allowed), not detected");
  command.add_flag("--raw", options.raw, "Input is raw bytes, not detected")->excludes(hex);
  command.add_option("--version", options.version, "auto: of the CONNECT in the stream, 3.1.1 before or without one")
      ->check(CLI::IsMember({"auto", "3.1", "3.1.1", "5.0"}))
      ->capture_default_str();
  command.add_option("--from", options.from, "Who sent the bytes; a capture knows it by itself")
      ->check(CLI::IsMember({"client", "server", "any"}))
      ->capture_default_str();
  command.add_option("--allow", options.allow, "Rules to forgive: " + names_of(leniency_names))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  command.add_option("--reject", options.reject, "Further rules: " + names_of(strictness_names))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  command.add_option("--max-packet-size", options.max_packet_size, "Refuse larger packets, in bytes");
  command.add_option("--max-topic-filters", options.max_topic_filters, "Refuse more filters in one packet");
  command.add_option("--max-user-properties", options.max_user_properties, "Refuse more user properties in one packet");
  command.add_option("--max-topic-levels", options.max_topic_levels, "Refuse deeper topics");
  command.add_option("--port", options.port, "In captures: this server port speaks MQTT even where its CONNECT was not captured");
  command.add_option("--connection", options.connection, "In captures: show this connection only");
}

reading reading_of(const reading_options& options) {
  reading how;
  how.learn_version = options.version == "auto";
  if (!how.learn_version) how.version = *version_named(options.version);
  how.options = {.sender = *sender_named(options.from),
                 .allow = leniencies_of(options.allow),
                 .reject = strictnesses_of(options.reject),
                 .max_packet_size = options.max_packet_size,
                 .max_topic_filters = options.max_topic_filters,
                 .max_user_properties = options.max_user_properties,
                 .max_topic_levels = options.max_topic_levels};
  return how;
}

leniency leniencies_of(const std::vector<std::string>& names) { return join(leniency_names, names, "--allow"); }
strictness strictnesses_of(const std::vector<std::string>& names) { return join(strictness_names, names, "--reject"); }

std::vector<std::byte> read_file(const std::string& name) {
  const bool standard = name == "-";
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      standard ? stdin : std::fopen(name.c_str(), "rb"), standard ? [](std::FILE*) { return 0; } : [](std::FILE* f) { return std::fclose(f); });
  if (!file) throw usage_error(name + ": " + std::strerror(errno));
  std::vector<std::byte> bytes;
  std::size_t used = 0;
  for (;;) {
    bytes.resize(std::max<std::size_t>(1 << 16, used * 2));
    const std::size_t got = std::fread(bytes.data() + used, 1, bytes.size() - used, file.get());
    used += got;
    if (got == 0) break;
  }
  if (std::ferror(file.get())) throw usage_error(name + ": " + std::strerror(errno));
  bytes.resize(used);
  return bytes;
}

void visit_inputs(const reading_options& options, input_visitor& visitor) {
  const std::vector<std::string> files = options.files.empty() ? std::vector<std::string>{"-"} : options.files;
  reading_of(options);  // usage errors come before any output
  for (const std::string& file : files) {
    const std::vector<std::byte> bytes = read_file(file);
    visitor.begin_input(file == "-" ? "standard input" : file);
    try {
      visit(bytes, options, visitor);
    } catch (const hex_error& e) {
      visitor.bad_input(e.what());
    } catch (const capture_error& e) {
      visitor.bad_input(e.what());
    }
  }
}

}  // namespace mqttspan
