#include <algorithm>
#include <set>

#include "fields.hpp"
#include "text_rules.hpp"

namespace mqttspan::conformance::reference {
namespace {

json read_text(wire_reader& in, findings& found) {
  const std::size_t field = in.at();
  const std::string text = in.counted();
  check_text(text, field, found);
  return text_json(text);
}

// Response Topic: a topic name. That it may not be empty is our reading, 3.3.2.3.5 does not say so.
json read_topic(wire_reader& in, findings& found) {
  const std::size_t field = in.at();
  const std::string topic = in.counted();
  check_topic(topic, field, {nullptr, "response_topic_has_wildcard"}, found);
  if (topic.empty()) found.add("topic_name_empty", field, true);
  return text_json(topic);
}

json read_number(const property_row& row, wire_reader& in, findings& found) {
  const std::size_t field = in.at();
  const unsigned value = row.type == property_type::byte         ? in.byte()
                         : row.type == property_type::integer_16 ? in.integer(2)
                         : row.type == property_type::integer_32 ? in.integer(4)
                                                                 : in.variable();
  const bool fits = row.least <= value && value <= row.most;
  if (!fits) found.add(row.id == 0x23 ? "topic_alias_is_zero" : "property_out_of_range", field);
  return value;
}

json read_value(const property_row& row, wire_reader& in, findings& found) {
  if (row.type == property_type::text) return read_text(in, found);
  if (row.type == property_type::topic) return read_topic(in, found);
  if (row.type == property_type::binary) return binary_json(in.counted());
  if (row.type != property_type::pair) return read_number(row, in, found);
  json name = read_text(in, found);
  json value = read_text(in, found);
  return json::array({std::move(name), std::move(value)});
}

void check_rights(const property_row& row, std::string_view place, std::size_t at, std::map<unsigned, std::size_t>& seen, packet_reading& reading) {
  const property_rights rights = rights_of(row, place);
  if (rights.times == multiplicity::no) return reading.found.add("property_not_allowed", at);
  const bool wrong_side = (reading.sender == origin::client && !rights.from_client) || (reading.sender == origin::server && !rights.from_server);
  if (wrong_side) reading.found.add("property_from_wrong_side", at);
  const bool first = seen.emplace(row.id, at).second;
  if (!first && rights.times == multiplicity::once) reading.found.add("property_duplicate", at);
}

// What only the whole block tells.
void check_block(std::string_view place, std::size_t field, const std::map<unsigned, std::size_t>& seen, packet_reading& reading) {
  const std::size_t end = reading.in.at();
  constexpr unsigned method = 0x15;
  constexpr unsigned data = 0x16;
  constexpr unsigned alias = 0x23;
  if (place == "auth" && !seen.contains(method)) reading.found.add_late("authentication_method_missing", field, end);
  if (seen.contains(data) && !seen.contains(method)) {
    if (place == "connect") reading.found.add_late("authentication_data_without_method", seen.at(data), end);
    if (place == "connack") reading.found.open("CONNACK has Authentication Data without an Authentication Method");
  }
  if (place != "publish" || reading.value.at("topic") != "" || seen.contains(alias)) return;
  reading.found.add_late("topic_name_empty_without_alias", reading.topic_field, end);
}

}  // namespace

void read_properties(const field_row& row, packet_reading& reading) {
  const std::string_view place = row.when == there::will ? "will" : reading.packet->name;
  const std::size_t field = reading.in.at();
  const std::size_t size = reading.in.variable();
  if (size > reading.in.left()) reading.found.add_and_stop("property_length_past_end", field);
  wire_reader block = reading.in.part(size, "property_past_end");
  std::map<unsigned, std::size_t> seen;
  json list = json::array();
  while (block.left() > 0) {
    const std::size_t at = block.at();
    const property_row* property = property_of_id(block.variable());
    if (property == nullptr) reading.found.add_and_stop("property_unknown", at);
    check_rights(*property, place, at, seen, reading);
    list.push_back(json::array({property->name, read_value(*property, block, reading.found)}));
  }
  check_block(place, field, seen, reading);
  reading.value[row.key] = std::move(list);
}

json text_json(const std::string& text) { return ill_formed_at(text) == std::string::npos ? json(text) : binary_json(text); }

json binary_json(const std::string& data) {
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : data) {
    const unsigned byte = static_cast<unsigned char>(c);
    hex += digits[byte / 16];
    hex += digits[byte % 16];
  }
  return {{"hex", hex}};
}

}  // namespace mqttspan::conformance::reference
