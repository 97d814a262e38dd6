// Fields are written as the table of fields lists them; then the bytes are decoded again. A packet that the decoder refuses, or reads otherwise, was none to send.
#include <algorithm>
#include <array>

#include "tables.hpp"
#include "wire_writer.hpp"

namespace mqttspan::conformance::reference {
namespace {

struct packet_writing {
  const packet_row* packet;
  protocol version;
  const json& value;
  wire_writer out;
};

using writer_function = void (*)(const field_row&, packet_writing&);

const json& will_of(const packet_writing& writing) { return writing.value.at("will"); }

/// The field's value; keys of the will are "will.topic".
json value_of(const field_row& row, const packet_writing& writing) {
  const std::string key = row.key;
  const std::string will = "will.";
  const json& from = key.starts_with(will) ? will_of(writing) : writing.value;
  const auto found = from.find(key.starts_with(will) ? key.substr(will.size()) : key);
  return found == from.end() ? json() : *found;
}

bool has(const packet_writing& writing, const char* key) { return writing.value.contains(key); }
json get(const json& from, const char* key) { return from.contains(key) ? from.at(key) : json(); }

void write_protocol_name(const field_row&, packet_writing& writing) { writing.out.counted(writing.version == protocol::v3_1 ? "MQIsdp" : "MQTT", "string_too_long"); }
void write_protocol_level(const field_row&, packet_writing& writing) { writing.out.integer(1, 3 + static_cast<unsigned>(writing.version)); }

unsigned bit(const json& value) { return flag(value) ? 1U : 0U; }

void write_connect_flags(const field_row&, packet_writing& writing) {
  unsigned flags = (has(writing, "user_name") ? 0x80U : 0U) | (has(writing, "password") ? 0x40U : 0U) | bit(get(writing.value, "clean_start")) << 1;
  if (has(writing, "will")) flags |= 0x04U | number(get(will_of(writing), "qos"), 3) << 3 | bit(get(will_of(writing), "retain")) << 5;
  writing.out.integer(1, flags);
}

void write_connack_flags(const field_row&, packet_writing& writing) {
  writing.out.integer(1, writing.version == protocol::v3_1 ? 0U : bit(get(writing.value, "session_present")));
}

void write_reason_code(const field_row& row, packet_writing& writing) {
  const bool wants_return_code = writing.packet->type == 2 && writing.version != protocol::v5;
  if (!wants_return_code) return writing.out.integer(1, number(value_of(row, writing), 0xFF));
  if (!has(writing, row.key)) return writing.out.integer(1, number(get(writing.value, "return_code"), 0xFF));
  const unsigned code = number(value_of(row, writing), 0xFF);
  const auto table = return_code_table();
  const auto found = std::find_if(table.begin(), table.end(), [&](const return_code_row& r) { return r.reason_code == code; });
  if (found == table.end()) throw not_encodable("no return code means this reason code", make_fault(writing.version, "reason_code_not_of_packet", 3));
  writing.out.integer(1, found->return_code);
}

void write_property(const json& entry, wire_writer& out) {
  if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string()) throw not_encodable("a property is a pair of name and value");
  const property_row* row = property_named(entry[0].get<std::string>());
  if (row == nullptr) throw not_encodable("no property is called " + entry[0].get<std::string>());
  out.variable(row->id);
  const json& value = entry[1];
  switch (row->type) {
    case property_type::byte: return out.integer(1, number(value, 0xFF));
    case property_type::integer_16: return out.integer(2, number(value, 0xFFFF));
    case property_type::integer_32: return out.integer(4, number(value, 0xFFFF'FFFF));
    case property_type::variable: return out.variable(number(value, 268'435'455));
    case property_type::binary: return out.counted(content(value), "binary_too_long");
    case property_type::pair: break;
    default: return out.counted(content(value), "string_too_long");
  }
  if (!value.is_array() || value.size() != 2) throw not_encodable("a user property is a pair of strings");
  out.counted(content(value[0]), "string_too_long");
  out.counted(content(value[1]), "string_too_long");
}

void write_properties(const field_row& row, packet_writing& writing) {
  wire_writer block(writing.version);
  for (const json& entry : value_of(row, writing)) write_property(entry, block);
  writing.out.variable(static_cast<unsigned>(block.result().size()));
  writing.out.append(block.result());
}

void write_text(const field_row& row, packet_writing& writing) { writing.out.counted(content(value_of(row, writing)), "string_too_long"); }
void write_binary(const field_row& row, packet_writing& writing) { writing.out.counted(content(value_of(row, writing)), "binary_too_long"); }
void write_integer(const field_row& row, packet_writing& writing) { writing.out.integer(2, number(value_of(row, writing), 0xFFFF)); }
void write_rest(const field_row& row, packet_writing& writing) { writing.out.raw(content(value_of(row, writing))); }

// reserved:2 retain_handling:2 retain_as_published:1 no_local:1 qos:2
void write_subscriptions(const field_row& row, packet_writing& writing) {
  for (const json& entry : value_of(row, writing)) {
    writing.out.counted(content(get(entry, "topic_filter")), "string_too_long");
    unsigned options = number(get(entry, "qos"), 3);
    options |= bit(get(entry, "no_local")) << 2 | bit(get(entry, "retain_as_published")) << 3 | number(get(entry, "retain_handling"), 3) << 4;
    writing.out.integer(1, options);
  }
}

void write_topic_filters(const field_row& row, packet_writing& writing) {
  for (const json& filter : value_of(row, writing)) writing.out.counted(content(filter), "string_too_long");
}

void write_reason_codes(const field_row& row, packet_writing& writing) {
  for (const json& code : value_of(row, writing)) writing.out.integer(1, number(code, 0xFF));
}

struct form_row {
  form what;
  writer_function write;
};
constexpr std::array forms = {
    form_row{form::protocol_name, write_protocol_name},
    form_row{form::protocol_level, write_protocol_level},
    form_row{form::connect_flags, write_connect_flags},
    form_row{form::connack_flags, write_connack_flags},
    form_row{form::integer_16, write_integer},
    form_row{form::packet_id, write_integer},
    form_row{form::reason_code, write_reason_code},
    form_row{form::properties, write_properties},
    form_row{form::text, write_text},
    form_row{form::client_id, write_text},
    form_row{form::topic_name, write_text},
    form_row{form::will_topic, write_text},
    form_row{form::will_payload, write_binary},
    form_row{form::binary, write_binary},
    form_row{form::rest, write_rest},
    form_row{form::subscriptions, write_subscriptions},
    form_row{form::topic_filters, write_topic_filters},
    form_row{form::reason_codes, write_reason_codes},
};
static_assert(forms.size() == static_cast<std::size_t>(form::count));

// Short forms: properties are left out where there are none, then a reason code of 0 as well; AUTH leaves out both or neither.
bool may_leave_out(const field_row& row, const packet_writing& writing) {
  const bool no_properties = get(writing.value, "properties").empty();
  const bool success = number(get(writing.value, "reason_code"), 0xFF) == 0;
  return no_properties && (success || (row.what == form::properties && row.when == there::may_end));
}

bool is_written(const field_row& row, const packet_writing& writing) {
  switch (row.when) {
    case there::qos_above_0: return number(get(writing.value, "qos"), 3) > 0;
    case there::will: return has(writing, "will");
    case there::user_name: return has(writing, "user_name");
    case there::password: return has(writing, "password");
    case there::may_end:
    case there::may_end_before: return !may_leave_out(row, writing);
    default: return true;
  }
}

unsigned first_byte(const packet_writing& writing) {
  const unsigned dup = bit(get(writing.value, "dup")) << 3;
  const bool publish = writing.packet->type == 3;
  unsigned flags = writing.packet->flags;
  if (publish) flags = dup | number(get(writing.value, "qos"), 3) << 1 | bit(get(writing.value, "retain"));
  if (writing.version == protocol::v3_1 && writing.packet->flags != 0) flags |= dup;
  return writing.packet->type * 16 | flags;
}

bytes write_packet(packet_writing& writing) {
  for (const field_row& row : field_table()) {
    if (std::string_view(row.packet) != writing.packet->name || !in_version(row, writing.version) || !is_written(row, writing)) continue;
    std::find_if(forms.begin(), forms.end(), [&](const form_row& f) { return f.what == row.what; })->write(row, writing);
  }
  const bytes& body = writing.out.result();
  if (body.size() > 268'435'455) throw not_encodable("Remaining Length is too large", make_fault(writing.version, "packet_too_large", 1));
  wire_writer whole(writing.version);
  whole.integer(1, first_byte(writing));
  whole.variable(static_cast<unsigned>(body.size()));
  whole.append(body);
  return whole.result();
}

bool is_default(const json& value) {
  return value.is_boolean() ? !value.get<bool>() : value.is_number() ? value == 0 : value.empty();
}
bool is_content(const json& value) { return value.is_string() || (value.is_object() && value.contains("hex")); }

/// The first key of `wanted` that `written` does not have with that value, as a JSON pointer; empty where all is there.
std::string difference(const json& wanted, const json& written, const std::string& path = "") {
  if (is_content(wanted) && is_content(written)) return content(wanted) == content(written) ? "" : path;
  if (wanted.is_array() && written.is_array() && wanted.size() == written.size()) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (const std::string at = difference(wanted[i], written[i], path + "/" + std::to_string(i)); !at.empty()) return at;
    }
    return "";
  }
  if (!wanted.is_object() || !written.is_object()) return wanted == written ? "" : path;
  for (const auto& item : wanted.items()) {
    const std::string below = path + "/" + item.key();
    if (!written.contains(item.key()) && is_default(item.value())) continue;
    if (!written.contains(item.key())) return below;
    if (const std::string at = difference(item.value(), written.at(item.key()), below); !at.empty()) return at;
  }
  return "";
}

void read_back(const packet_writing& writing, const bytes& written) {
  const decoded again = decode(writing.version, origin::any, written);
  if (!again.faults.empty()) throw not_encodable(again.faults.front().rule, again.faults.front());
  const std::string at = difference(writing.value, again.packet);
  if (at.empty()) return;
  const char* rule = at == "/packet_id" ? "packet_id_with_qos_0" : "field_not_in_version";
  throw not_encodable(at + " is not written in this packet", make_fault(writing.version, rule, 0));
}

protocol version_of(protocol asked, const json& packet) {
  if (packet.at("type") != "connect" || !packet.contains("version")) return asked;
  const auto version = protocol_named(content(packet.at("version")));
  if (!version) throw not_encodable("/version is no MQTT version");
  return *version;
}

}  // namespace

bytes encode(protocol asked, const json& packet) {
  if (!packet.is_object() || !packet.contains("type") || !packet.at("type").is_string()) throw not_encodable("a packet is an object with a type");
  const packet_row* row = packet_named(packet.at("type").get<std::string>());
  if (row == nullptr) throw not_encodable("no packet is called " + packet.at("type").get<std::string>());
  const protocol version = version_of(asked, packet);
  if (row->since > version) throw not_encodable("this version has no such packet", make_fault(version, "packet_not_in_version", 0));
  packet_writing writing{row, version, packet, wire_writer(version)};
  const bytes written = write_packet(writing);
  read_back(writing, written);
  return written;
}

}  // namespace mqttspan::conformance::reference
