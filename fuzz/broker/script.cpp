#include "script.hpp"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/parse.hpp>

#include "hex.hpp"
#include "journal.hpp"

namespace mqttspan::fuzz {
namespace {

using nlohmann::json;

constexpr std::string_view format = "mqttspan-fuzz-case/1";
constexpr std::string_view action_names[] = {"send", "end", "abort", "mark"};

std::string hex_of(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

json to_json(const step& s, protocol_version version, sender from) {
  json line = {{"party", s.party}};
  if (s.what != action::send) return line["do"] = action_names[static_cast<std::size_t>(s.what)], line;
  line["send"] = hex_of(s.bytes);
  line["words"] = conformance::in_words(s.bytes, version, from);
  return line;
}

step step_of(const json& line, std::size_t parties) {
  step s;
  s.party = line.at("party").get<std::uint8_t>();
  if (s.party >= parties) throw reproducer_error("a step has a party that \"parties\" does not list");
  if (line.contains("send")) {
    s.bytes = std::string(as_text(from_hex_dump(line["send"].get<std::string>())));
    return s;
  }
  const auto name = line.at("do").get<std::string>();
  const auto found = std::find(std::begin(action_names), std::end(action_names), name);
  if (found == std::end(action_names) || name == "send") throw reproducer_error("\"do\" is none of end, abort and mark");
  s.what = static_cast<action>(found - std::begin(action_names));
  return s;
}

reproducer reproducer_of(const json& file) {
  if (file.value("format", "") != format) throw reproducer_error("\"format\" is not \"" + std::string(format) + "\"");
  reproducer r;
  r.id = file.value("id", "");
  r.title = file.value("title", "");
  for (const json& name : file.at("parties")) {
    const auto version = version_named(name.get<std::string>());
    if (!version) throw reproducer_error("\"parties\" names a version that does not exist");
    r.script.parties.push_back(*version);
  }
  for (const json& line : file.at("steps")) r.script.steps.push_back(step_of(line, r.script.parties.size()));
  return r;
}

std::string dumped(const json& j) { return j.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

std::size_t packets_in(const script& s) {
  return static_cast<std::size_t>(std::count_if(s.steps.begin(), s.steps.end(), [](const step& each) { return each.what == action::send; }));
}

script joined(const script& a, const script& b) {
  script both = a;
  both.parties.insert(both.parties.end(), b.parties.begin(), b.parties.end());
  for (step s : b.steps) {
    s.party = static_cast<std::uint8_t>(s.party + a.parties.size());
    both.steps.push_back(std::move(s));
  }
  return both;
}

script compacted(script s) {
  std::vector<std::optional<std::uint8_t>> place(s.parties.size());
  script out;
  for (step& each : s.steps) {
    auto& at = place[each.party];
    if (!at) {
      at = static_cast<std::uint8_t>(out.parties.size());
      out.parties.push_back(s.parties[each.party]);
    }
    each.party = *at;
    out.steps.push_back(std::move(each));
  }
  return out;
}

std::string last_packet(const script& s) {
  const auto last = std::find_if(s.steps.rbegin(), s.steps.rend(), [](const step& each) { return each.what == action::send && !each.bytes.empty(); });
  if (last == s.steps.rend()) return "nothing";
  const unsigned type = static_cast<unsigned char>(last->bytes.front()) >> 4;
  return type == 0 ? "type 0" : std::string(to_string(static_cast<packet_type>(type)));
}

std::string to_text(const reproducer& r, sender from) {
  json parties = json::array();
  for (const protocol_version version : r.script.parties) parties.push_back(to_string(version));
  std::string out = "{\"format\": " + dumped(format) + ", \"id\": " + dumped(r.id) + ", \"title\": " + dumped(r.title) + ",\n \"parties\": " + dumped(parties) + ",\n \"steps\": [";
  for (std::size_t i = 0; i < r.script.steps.size(); ++i) {
    const step& s = r.script.steps[i];
    out += (i == 0 ? "\n  " : ",\n  ") + dumped(to_json(s, r.script.parties[s.party], from));
  }
  return out + "\n]}\n";
}

reproducer read_reproducer(std::string_view text) {
  try {
    return reproducer_of(json::parse(text));
  } catch (const json::exception& e) {
    throw reproducer_error(e.what());
  } catch (const reproducer_error&) {
    throw;
  } catch (const std::exception& e) {
    throw reproducer_error(e.what());
  }
}

}  // namespace mqttspan::fuzz
