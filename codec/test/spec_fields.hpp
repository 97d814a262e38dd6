// The fields of a decoded packet as text, so that tables can say what a packet must mean.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/utf8.hpp>

#include "spec_bytes.hpp"

namespace mqttspan::spec {

/// Readable text as it is; anything else as "x:" and hex digits.
inline std::string shown(std::string_view text) {
  bool readable = is_well_formed_utf8(text) && text.find("\xEF\xBB\xBF") == std::string_view::npos;
  for (const char c : text) readable = readable && (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  return readable ? std::string(text) : "x:" + to_hex(as_bytes(text));
}
inline std::string shown(bytes_view binary) { return shown(as_text(binary)); }
inline std::string shown(bool flag) { return flag ? "1" : "0"; }
template <class T>
std::string shown(const std::optional<T>& field) {
  return field ? shown(*field) : "-";
}
inline std::string shown(qos level) { return std::to_string(static_cast<unsigned>(level)); }

/// "content_type(text/plain),user_property(k,v)"
inline std::string shown(const property_list& properties) {
  std::string out;
  for (const property& p : properties) {
    if (!out.empty()) out += ",";
    out += std::string(to_string(p.id())) + "(";
    switch (p.type()) {
      case property_type::string: out += shown(p.text()); break;
      case property_type::binary: out += shown(p.binary()); break;
      case property_type::string_pair: out += shown(p.name()) + "," + shown(p.text()); break;
      default: out += std::to_string(p.integer());
    }
    out += ")";
  }
  return out;
}

/// "a/#:1", in 5.0 with n for No Local, r for Retain As Published and a digit for a Retain Handling other than 0.
inline std::string shown(const subscription& s) {
  std::string out = shown(s.topic_filter) + ":" + shown(s.qos);
  if (s.no_local) out += "n";
  if (s.retain_as_published) out += "r";
  if (const unsigned handling = static_cast<unsigned>(s.retain_handling); handling != 0) out += std::to_string(handling);
  return out;
}
inline std::string shown(reason_code code) { return std::to_string(static_cast<unsigned>(code)); }

template <class T>
std::string shown(const wire_list<T>& list) {
  std::string out;
  for (const T& item : list) out += (out.empty() ? "" : ",") + shown(item);
  return out;
}

inline std::string connect_field(const connect& c, std::string_view name) {
  if (name == "client_id") return shown(c.client_id);
  if (name == "clean_start") return shown(c.clean_start);
  if (name == "keep_alive") return std::to_string(c.keep_alive);
  if (name == "user_name") return shown(c.user_name);
  if (name == "password") return shown(c.password);
  if (name == "properties") return shown(c.properties);
  if (name.starts_with("will.") && !c.will) return "-";
  if (name == "will.topic") return shown(c.will->topic);
  if (name == "will.payload") return shown(c.will->payload);
  if (name == "will.qos") return shown(c.will->qos);
  if (name == "will.retain") return shown(c.will->retain);
  if (name == "will.properties") return shown(c.will->properties);
  return "no such field";
}

/// The field of that name; "no such field" where the packet has none.
inline std::string field_of(const packet& value, std::string_view name) {
  return std::visit(
      [name](const auto& p) -> std::string {
        if constexpr (requires { p.client_id; }) return connect_field(p, name);
        if constexpr (requires { p.packet_id; })
          if (name == "packet_id") return std::to_string(p.packet_id);
        if constexpr (requires { p.payload; }) {
          if (name == "topic") return shown(p.topic);
          if (name == "payload") return shown(p.payload);
          if (name == "qos") return shown(p.qos);
          if (name == "retain") return shown(p.retain);
        }
        if constexpr (requires { p.dup; })
          if (name == "dup") return shown(p.dup);
        if constexpr (requires { p.session_present; })
          if (name == "session_present") return shown(p.session_present);
        if constexpr (requires { p.reason_code; })
          if (name == "reason_code") return shown(p.reason_code);
        if constexpr (requires { p.reason_codes; })
          if (name == "reason_codes") return shown(p.reason_codes);
        if constexpr (requires { p.subscriptions; })
          if (name == "topic_filters") return shown(p.subscriptions);
        if constexpr (requires { p.topic_filters; })
          if (name == "topic_filters") return shown(p.topic_filters);
        if constexpr (requires { p.properties; })
          if (name == "properties") return shown(p.properties);
        return "no such field";
      },
      value);
}

}  // namespace mqttspan::spec
