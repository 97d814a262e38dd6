// What decode and explain have in common: which inputs, in which form, read how strictly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "capture.hpp"
#include "usage_error.hpp"

namespace CLI {
class App;
}

namespace mqttspan {

/// The names of the files, and what to do with them.
struct reading_options {
  std::vector<std::string> files{};  ///< none means standard input, as does "-"
  bool hex = false;
  bool raw = false;
  std::string version = "auto";
  std::string from = "any";
  std::vector<std::string> allow{};
  std::vector<std::string> reject{};
  std::uint32_t max_packet_size = max_packet_length;
  std::uint32_t max_topic_filters = unlimited;
  std::uint32_t max_user_properties = unlimited;
  std::uint32_t max_topic_levels = unlimited;
  std::optional<std::uint16_t> port{};
  std::size_t connection = 0;  ///< the only one to show; 0 for all
};

/// Adds the options to a subcommand.
void add_reading_options(CLI::App& command, reading_options& options);

/// The options as the packet streams want them. Throws usage_error for a name of --allow or --reject that does not exist.
reading reading_of(const reading_options& options);

/// Joins flags by their names. Throw usage_error.
/// @{
leniency leniencies_of(const std::vector<std::string>& names);
strictness strictnesses_of(const std::vector<std::string>& names);
/// @}

/// All bytes of the file, or of standard input for "-". Throws usage_error where it cannot be opened.
std::vector<std::byte> read_file(const std::string& name);

/// Hears of inputs as a whole.
class input_visitor : public connection_visitor {
 public:
  /// An input, before its first packet.
  virtual void begin_input(const std::string& name) = 0;
  /// It is not hexadecimal, not a whole capture, or something in it was passed over.
  virtual void bad_input(const std::string& what) = 0;
};

/// Reads all inputs in turn and visits their packets. Throws usage_error where one cannot be opened.
void visit_inputs(const reading_options& options, input_visitor& visitor);

}  // namespace mqttspan
