// The head of an HTTP/1.1 message, strictly: what two programs could read differently is refused. RFC 9112.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

/// Finds the end of a head, byte by byte as they come, and refuses at once what no head has: control characters, CR without LF, LF without CR.
class head_scanner {
 public:
  enum class verdict : std::uint8_t { more, complete, malformed };
  verdict put(char c) noexcept;

 private:
  std::uint8_t line_ends_ = 0;  // CR and LF in a row, in turns
};

/// Whether the text is a token: a method, a field's name, a subprotocol.
bool is_token(std::string_view text) noexcept;
/// Whether the text can be a field's value: no control characters but tabs.
bool is_field_value(std::string_view text) noexcept;
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;
std::string_view without_outer_blanks(std::string_view text) noexcept;

/// A start line and fields. Points into the text that was read.
class http_head {
 public:
  /// `text` ends with an empty line and has passed the scanner. Nothing where a line is malformed.
  static std::optional<http_head> read(std::string_view text);

  std::string_view start_line() const noexcept { return start_line_; }
  std::size_t count(std::string_view name) const noexcept;
  /// The value of the first field of that name; empty where there is none.
  std::string_view value(std::string_view name) const noexcept;
  /// Calls `visit(element)` for each element of the comma-separated lists of all fields of that name, until it says true; returns whether it did.
  template <class Visit>
  bool any_of(std::string_view name, Visit visit) const {
    for (const auto& field : fields_)
      if (equals_ignoring_case(field.first, name) && any_element(field.second, visit)) return true;
    return false;
  }
  /// Whether one of the elements is that word, in any case.
  bool lists(std::string_view name, std::string_view word) const {
    return any_of(name, [&](std::string_view element) { return equals_ignoring_case(element, word); });
  }
  /// Whether a body follows: nothing that shakes hands has one, and who disagrees about its length reads frames from it.
  bool announces_body() const;

 private:
  template <class Visit>
  static bool any_element(std::string_view list, Visit& visit) {
    for (;;) {
      const std::size_t comma = list.find(',');
      const std::string_view element = without_outer_blanks(list.substr(0, comma));
      if (!element.empty() && visit(element)) return true;
      if (comma == std::string_view::npos) return false;
      list.remove_prefix(comma + 1);
    }
  }
  bool add_field(std::string_view line);

  std::string_view start_line_;
  std::vector<std::pair<std::string_view, std::string_view>> fields_;
};

}  // namespace mqttspan::detail
