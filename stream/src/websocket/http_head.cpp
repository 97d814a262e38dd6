#include "http_head.hpp"

#include <algorithm>

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

constexpr bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

constexpr bool is_token_character(char c) noexcept {
  const bool is_alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return is_alphanumeric || (c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

constexpr char lower_case(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

head_scanner::verdict head_scanner::put(char c) noexcept {
  const bool wants_lf = line_ends_ % 2 == 1;
  if (c == '\n') {
    if (!wants_lf) return verdict::malformed;
    return ++line_ends_ == 4 ? verdict::complete : verdict::more;
  }
  if (wants_lf) return verdict::malformed;
  if (c == '\r') {
    ++line_ends_;
    return verdict::more;
  }
  line_ends_ = 0;
  return is_control(c) && c != '\t' ? verdict::malformed : verdict::more;
}

bool is_token(std::string_view text) noexcept { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character); }

bool is_field_value(std::string_view text) noexcept {
  return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower_case(x) == lower_case(y); });
}

std::string_view without_outer_blanks(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<http_head> http_head::read(std::string_view text) {
  http_head head;
  for (bool is_first = true;; is_first = false) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    if (is_first) head.start_line_ = line;
    else if (line.empty()) return head;
    else if (!head.add_field(line)) return std::nullopt;
    text.remove_prefix(end + 2);
  }
}

// name ':' value. A line that begins with a blank would continue the one before; as it is no token, it is refused.
bool http_head::add_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
  fields_.emplace_back(line.substr(0, colon), without_outer_blanks(line.substr(colon + 1)));
  return true;
}

std::size_t http_head::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::count_if(fields_.begin(), fields_.end(), [&](const auto& f) { return equals_ignoring_case(f.first, name); }));
}

std::string_view http_head::value(std::string_view name) const noexcept {
  const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const auto& f) { return equals_ignoring_case(f.first, name); });
  return found == fields_.end() ? std::string_view() : found->second;
}

bool http_head::announces_body() const {
  if (count("Transfer-Encoding") != 0) return true;
  for (const auto& field : fields_)
    if (equals_ignoring_case(field.first, "Content-Length") && field.second != "0") return true;
  return false;
}

}  // namespace mqttspan::detail
