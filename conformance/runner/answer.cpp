#include "answer.hpp"

#include <algorithm>

namespace mqttspan::conformance {
namespace {

using nlohmann::json;

constexpr std::size_t much_text = 300;

json parsed(const std::string& line) { return json::parse(line.empty() || line[0] != '{' ? "{" + line : line); }

std::string text_in(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::optional<unsigned> number_in(const json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_number_unsigned()) return std::nullopt;
  return it->get<unsigned>();
}

reported_error error_from(const json& error) {
  if (!error.is_object()) return {.message = error.dump()};
  return {.error_class = text_in(error, "class"),
          .rule = text_in(error, "rule"),
          .statement = text_in(error, "statement"),
          .message = text_in(error, "message"),
          .thrown = text_in(error, "thrown"),
          .hang = error.contains("hang") && error.at("hang") == true,
          .offset = number_in(error, "offset"),
          .reason_code = number_in(error, "reason_code")};
}

// What both kinds of answers have.
answer answer_from(const json& line) {
  answer out;
  if (!line.is_object()) {
    out.broken = "the answer is no object";
    return out;
  }
  if (const auto skip = line.find("skip"); skip != line.end()) out.skip = skip->is_string() ? skip->get<std::string>() : skip->dump();
  if (const auto error = line.find("error"); error != line.end() && !error->is_null()) out.error = error_from(*error);
  if (out.error && out.error->error_class == "bad_request") out.broken = "the adapter does not understand the request: " + out.error->message;
  return out;
}

template <class F>
answer read(const std::string& line, F rest) {
  try {
    const json content = parsed(line);
    answer out = answer_from(content);
    if (out.broken.empty() && !out.skip) rest(content, out);
    return out;
  } catch (const json::exception& e) {
    return {.broken = std::string("the answer cannot be read: ") + e.what()};
  }
}

std::string bytes_of(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return out;
}

bool is_hex(const json& value) {
  if (!value.is_object() || value.size() != 1 || !value.contains("hex") || !value.at("hex").is_string()) return false;
  const auto& digits = value.at("hex").get_ref<const std::string&>();
  return digits.size() % 2 == 0 && digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

// By name; user properties by their own names as well, but those of a message: a server has to keep their order. [MQTT-3.3.2-18] [MQTT-3.1.3-10]
void sort_by_name(json& properties, bool of_message) {
  const auto name = [](const json& property) { return property.is_array() && !property.empty() ? property[0] : json(); };
  const auto user_name = [&](const json& property) { return !of_message && name(property) == "user_property" ? name(property.back()) : json(); };
  const auto before = [&](const json& a, const json& b) { return std::pair(name(a), user_name(a)) < std::pair(name(b), user_name(b)); };
  for (auto it = properties.begin(); it != properties.end(); ++it)  // those of one name stay in order
    std::rotate(std::upper_bound(properties.begin(), it, *it, before), it, it + 1);
}

}  // namespace

answer decode_answer(const std::string& line) {
  return read(line, [](const json& content, answer& out) {
    if (!content.contains("packets") || !content.at("packets").is_array()) out.broken = "the answer has no list of packets";
    else out.packets = content.at("packets");
    if (!content.contains("error")) out.broken = "the answer has no \"error\"";
    if (const auto pending = number_in(content, "pending")) out.pending = *pending;
  });
}

answer encode_answer(const std::string& line) {
  return read(line, [](const json& content, answer& out) {
    if (const std::string hex = text_in(content, "hex"); content.contains("hex")) out.hex = hex;
    if (!out.hex && !out.error) out.broken = "the answer has neither \"hex\" nor \"error\"";
  });
}

json normal_form(const json& packet, bool order_matters) {
  if (is_hex(packet)) return bytes_of(packet.at("hex").get<std::string>());
  if (!packet.is_structured()) return packet;
  json out = packet;
  for (auto it = out.begin(); it != out.end(); ++it) *it = normal_form(*it, order_matters);
  if (!out.is_object() || !out.contains("properties")) return out;
  json& properties = out["properties"];
  if (properties.empty()) out.erase("properties");
  else if (!order_matters && properties.is_array()) sort_by_name(properties, out.contains("payload"));
  return out;
}

std::string shown(const json& value) {
  std::string out = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (out.size() > much_text) out = out.substr(0, much_text) + "…";
  return out;
}

std::string shown(const reported_error& error) {
  std::string out = error.error_class.empty() ? "an error" : error.error_class;
  if (error.offset) out += " at " + std::to_string(*error.offset);
  if (!error.rule.empty()) out += ", " + error.rule;
  if (!error.statement.empty()) out += ", " + error.statement;
  if (error.reason_code) out += ", code " + std::to_string(*error.reason_code);
  if (!error.thrown.empty()) out += ", thrown as " + error.thrown;
  if (!error.message.empty()) out += ": " + error.message.substr(0, much_text);
  return out;
}

}  // namespace mqttspan::conformance
