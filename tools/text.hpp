// Text for people: safe to print whatever a peer sent, coloured only where somebody looks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <mqttspan/codec/bytes.hpp>

namespace mqttspan {

/// The text in double quotes, so that no terminal acts on it: controls, characters that turn or hide text, quotes and backslashes are escaped,
/// bytes that are not UTF-8 become \xNN. Cut behind `limit` characters, which "…" shows.
std::string quote(std::string_view text, std::size_t limit = std::string_view::npos);

/// The bytes as quoted text where they are readable, else as hexadecimal digits. Cut behind about `limit` characters.
std::string preview(bytes_view bytes, std::size_t limit);

/// Whether the bytes are well-formed UTF-8 without control characters but tab and line ends.
bool is_readable(bytes_view bytes);

/// What the parts of a line are, for colouring.
enum class tint { plain, faint, type, name, text, wrong };

/// Colours parts of lines, or leaves them alone.
class palette {
 public:
  explicit palette(bool colours) : colours_(colours) {}
  /// For standard output: colours on a terminal, unless NO_COLOR is set and not empty or TERM is "dumb".
  static palette for_stdout();

  std::string operator()(tint t, std::string_view text) const;

 private:
  bool colours_;
};

}  // namespace mqttspan
