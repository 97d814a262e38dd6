#include "json_text.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace mqttspan {

packet_json parse_json(std::string_view text) {
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto check = [&keys](int, packet_json::parse_event_t event, packet_json& value) {
    if (event == packet_json::parse_event_t::object_start) keys.emplace_back();
    if (event == packet_json::parse_event_t::object_end) keys.pop_back();
    if (event == packet_json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second)
      throw json_text_error("the key " + value.dump() + " is there twice");
    return true;
  };
  try {
    return packet_json::parse(text, check);
  } catch (const packet_json::exception& e) {
    const std::string_view what = e.what();  // "[json.exception.parse_error.101] parse error at line 1, column 9: …"
    const std::size_t id_end = what.find("] ");
    throw json_text_error(std::string(id_end == std::string_view::npos ? what : what.substr(id_end + 2)));
  }
}

std::optional<std::string_view> json_texts::next() {
  const std::size_t start = text_.find_first_not_of(" \t\r\n", at_);
  if (start == std::string_view::npos) return std::nullopt;
  lines_passed_ += static_cast<std::size_t>(
      std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_), text_.begin() + static_cast<std::ptrdiff_t>(start), '\n'));
  line_ = lines_passed_ + 1;
  at_ = start;
  const std::size_t end = object_end();
  const std::string_view object = text_.substr(start, end - start);
  lines_passed_ += static_cast<std::size_t>(std::count(object.begin(), object.end(), '\n'));
  at_ = end;
  return object;
}

std::size_t json_texts::object_end() const {
  if (text_[at_] != '{') return std::min(text_.find('\n', at_), text_.size());
  std::size_t open = 0;
  bool in_string = false;
  for (std::size_t i = at_; i < text_.size(); ++i) {
    const char c = text_[i];
    if (in_string) {
      if (c == '\\') ++i;
      else if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++open;
    } else if ((c == '}' || c == ']') && --open == 0) {
      return i + 1;
    }
  }
  return text_.size();
}

}  // namespace mqttspan
