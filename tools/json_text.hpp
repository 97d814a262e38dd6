// JSON objects one after the other in a text: JSON Lines, or objects that people spread over several lines.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "packet_json.hpp"

namespace mqttspan {

/// Text that is not JSON, or says a key twice.
struct json_text_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Parses one JSON value that is all of `text`. Unlike the JSON library's own parse it refuses a key that stands twice in an object.
/// Throws json_text_error.
packet_json parse_json(std::string_view text);

/// Cuts a text into its JSON objects.
class json_texts {
 public:
  /// Borrows the text.
  explicit json_texts(std::string_view text) : text_(text) {}

  /// The next object as text; nothing at the end. Text that begins no object, or an object that does not end, comes out up to the end of the line
  /// and of the text, for parse_json to refuse.
  std::optional<std::string_view> next();
  /// The line on which the object that `next` gave begins, from 1.
  std::size_t line() const { return line_; }

 private:
  std::size_t object_end() const;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t lines_passed_ = 0;  // line feeds before at_
};

}  // namespace mqttspan
