#include "json_request.hpp"

namespace mqttspan {

const packet_json& field(const packet_json& request, const char* key) {
  const auto it = request.find(key);
  if (it == request.end()) throw bad_request(std::string("\"") + key + "\" is missing");
  return *it;
}

std::string text_field(const packet_json& request, const char* key) {
  const packet_json& value = field(request, key);
  if (!value.is_string()) throw bad_request(std::string("\"") + key + "\" must be a string");
  return value.get<std::string>();
}

sender sender_field(const packet_json& request) {
  if (!request.contains("sender")) return sender::any;
  const auto from = sender_named(text_field(request, "sender"));
  if (!from) throw bad_request("\"sender\" must be any, client or server");
  return *from;
}

std::optional<protocol_version> version_field(const packet_json& request) {
  const std::string name = text_field(request, "version");
  const auto version = version_named(name);
  if (!version && name != "auto") throw bad_request("\"version\" must be 3.1, 3.1.1, 5.0 or auto");
  return version;
}

packet_json fault_json(const error& e, std::string_view statement) {
  packet_json out;
  out["class"] = std::string(to_string(e.code));
  out["offset"] = e.offset;
  out["rule"] = std::string(to_string(e.violated));
  if (!statement.empty()) out["statement"] = std::string(statement);
  out["reason_code"] = static_cast<unsigned>(e.reason);
  return out;
}

}  // namespace mqttspan
