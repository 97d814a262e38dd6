// Topic names and filters: validation against the statements read word by word, matching against a recursive matcher of a few lines.
// The input: a byte for the version, whose uppermost bit makes a name of more than 32,767 characters, then the filter, a line feed, the name.
#include <algorithm>
#include <string>
#include <vector>

#include <mqttspan/codec/topic.hpp>

#include "target.hpp"

namespace mqttspan::fuzz {
namespace {

using levels = std::span<const std::string>;

std::vector<std::string> levels_of(std::string_view text) {
  std::vector<std::string> all(1);
  for (const char c : text) {
    if (c == '/') all.emplace_back();
    else all.back() += c;
  }
  return all;
}

bool matches_recursively(levels filter, levels name) {
  if (filter.empty()) return name.empty();
  if (filter[0] == "#") return true;  // name's parent level included [MQTT-4.7.1-2]
  if (name.empty()) return false;
  if (filter[0] != "+" && filter[0] != name[0]) return false;
  return matches_recursively(filter.subspan(1), name.subspan(1));
}

bool is_good_filter(std::string_view filter) {  // its wildcards [MQTT-4.7.1-1] [MQTT-4.7.1-2]
  const std::vector<std::string> all = levels_of(filter);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].find('#') != std::string::npos && (all[i] != "#" || i + 1 != all.size())) return false;
    if (all[i].find('+') != std::string::npos && all[i] != "+") return false;
  }
  return !filter.empty();
}

bool is_good_shared(std::string_view filter) {  // $share/name/filter [MQTT-4.8.2-1] [MQTT-4.8.2-2]
  const auto parts = split_share(filter);
  if (!parts || parts->share_name.empty() || parts->share_name.find_first_of("+#") != std::string_view::npos) return false;
  return is_good_filter(parts->topic_filter);
}

bool is_good_text(std::string_view text, protocol_version version) {
  if (text.size() > 0xFFFF || text.find('\0') != std::string_view::npos) return false;
  if (version == protocol_version::v3_1) return text.find("\xC0\x80") == std::string_view::npos;
  return find_ill_formed_utf8(text) == std::string_view::npos;
}

// Nothing longer in 3.1, and no more than a string holds anywhere [U31-3.3-a] [MQTT-4.7.3-3].
bool has_good_length(std::string_view name, protocol_version version) {
  const auto characters = std::count_if(name.begin(), name.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return !name.empty() && (version != protocol_version::v3_1 || characters <= 32'767);
}

void check(std::string_view filter, std::string_view name, protocol_version version) {
  const bool is_shared = version == protocol_version::v5 && filter.starts_with("$share/");
  const auto of_filter = validate_topic_filter(filter, version);
  const auto of_name = validate_topic_name(name, version);
  require(of_filter.has_value() == (is_good_text(filter, version) && (is_shared ? is_good_shared(filter) : is_good_filter(filter))), "filters are judged as the statements say");
  require(of_name.has_value() == (has_good_length(name, version) && is_good_text(name, version) && name.find_first_of("+#") == std::string_view::npos), "names are judged as the statements say");
  if (!of_filter) require(of_filter.error().offset <= filter.size(), "the fault lies in the filter");
  if (!of_name) require(of_name.error().offset <= name.size(), "the fault lies in the name");
  observe(of_filter.has_value() * 2u + of_name.has_value());
  require(topic_levels(name) == levels_of(name).size(), "levels are what slashes part");
  if (!of_filter || !of_name) return;
  const std::vector<std::string> pattern = levels_of(filter), topic = levels_of(name);
  const bool hides = name.front() == '$' && (filter.front() == '+' || filter.front() == '#') && version != protocol_version::v3_1;  // [MQTT-4.7.2-1]
  const bool expected = !hides && matches_recursively(pattern, topic);
  observe(expected);
  require(matches(filter, name, version) == expected, "a name matches as its levels do");
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  if (size == 0 || size > 4096) return -1;
  constexpr protocol_version versions[] = {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5};
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t line = std::min(text.find('\n'), text.size());
  std::string name(text.substr(std::min(line + 1, text.size())));
  const std::string part = name;
  if ((data[0] & 0x80) != 0 && !part.empty())
    while (name.size() <= 32'767) name += part;
  fuzz::check(text.substr(0, line), name, versions[data[0] % 3]);
  return 0;
}
