#include "message_format.hpp"

#include <algorithm>
#include <cctype>

#include <mqttspan/codec/utf8.hpp>

#include "hex.hpp"
#include "usage_error.hpp"

namespace mqttspan {
namespace {

using write_part = void (*)(const publish&, protocol_version, std::string&);

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

struct escape {
  char name;
  write_part write;
};
constexpr escape escapes[] = {
    {'t', [](const publish& p, protocol_version, std::string& out) { out.append(p.topic); }},
    {'p', [](const publish& p, protocol_version, std::string& out) { out.append(as_text(p.payload)); }},
    {'x', [](const publish& p, protocol_version, std::string& out) { out.append(to_hex(p.payload)); }},
    {'X', [](const publish& p, protocol_version, std::string& out) { out.append(upper(to_hex(p.payload))); }},
    {'l', [](const publish& p, protocol_version, std::string& out) { out.append(std::to_string(p.payload.size())); }},
    {'q', [](const publish& p, protocol_version, std::string& out) { out.append(std::to_string(static_cast<unsigned>(p.qos))); }},
    {'r', [](const publish& p, protocol_version, std::string& out) { out.append(p.retain ? "1" : "0"); }},
    {'m', [](const publish& p, protocol_version, std::string& out) { out.append(std::to_string(p.packet_id)); }},
    {'j', [](const publish& p, protocol_version version, std::string& out) { out.append(message_json(p, version).dump()); }},
};

struct c_escape {
  char name;
  char meaning;
};
constexpr c_escape c_escapes[] = {{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'0', '\0'}, {'a', '\a'}, {'e', '\x1B'}, {'v', '\v'}, {'\\', '\\'}};

template <class Row, std::size_t N>
const Row* find(const Row (&table)[N], char name) {
  for (const Row& row : table)
    if (row.name == name) return &row;
  return nullptr;
}

[[noreturn]] void refuse(char mark, char name) { throw usage_error(std::string("-F: there is no ") + mark + name); }

}  // namespace

message_format::message_format(std::string_view pattern) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c != '%' && c != '\\') {
      text += c;
      continue;
    }
    if (++i == pattern.size()) throw usage_error(std::string("-F ends with a lone ") + c);
    const char name = pattern[i];
    if (c == '\\') {
      const c_escape* const known = find(c_escapes, name);
      if (!known) refuse(c, name);
      text += known->meaning;
    } else if (name == '%') {
      text += '%';
    } else {
      if (!find(escapes, name)) refuse(c, name);
      parts_.push_back({0, std::move(text)});
      text.clear();
      parts_.push_back({name, {}});
    }
  }
  parts_.push_back({0, std::move(text)});
}

void message_format::write(const publish& message, protocol_version version, std::string& out) const {
  for (const part& p : parts_) {
    if (p.escape == 0) out.append(p.text);
    else find(escapes, p.escape)->write(message, version, out);
  }
}

packet_json message_json(const publish& message, protocol_version version) {
  const std::string_view text = as_text(message.payload);
  const bool is_text = is_well_formed_utf8(text);
  publish rest = message;
  if (is_text) rest.payload = {};
  packet_json all = to_json(rest, version);
  packet_json out;
  for (const char* const key : {"topic", "qos", "retain"}) out[key] = std::move(all[key]);
  if (message.packet_id != 0) out["mid"] = message.packet_id;
  if (is_text) out["payload"] = std::string(text);
  else out["payload"] = std::move(all["payload"]);
  if (all.contains("properties")) out["properties"] = std::move(all["properties"]);
  return out;
}

}  // namespace mqttspan
