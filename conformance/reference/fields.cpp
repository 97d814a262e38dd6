#include "fields.hpp"

#include <algorithm>
#include <array>

#include "text_rules.hpp"

namespace mqttspan::conformance::reference {
namespace {

constexpr unsigned user_name_flag = 0x80;
constexpr unsigned password_flag = 0x40;
constexpr unsigned will_retain_flag = 0x20;
constexpr unsigned will_flag = 0x04;
constexpr unsigned clean_start_flag = 0x02;
constexpr unsigned reserved_flag = 0x01;

using reader_function = void (*)(const field_row&, packet_reading&);

// ---- CONNECT

struct protocol_row {
  const char* name;
  unsigned level;
  protocol version;
};
constexpr std::array<protocol_row, 3> protocols = {{
    {"MQIsdp", 3, protocol::v3_1},
    {"MQTT", 4, protocol::v3_1_1},
    {"MQTT", 5, protocol::v5},
}};

void read_protocol_name(const field_row& row, packet_reading& reading) {
  const std::size_t field = reading.in.at();
  const std::string name = reading.in.counted();
  if (name != "MQTT" && name != "MQIsdp") reading.found.add_and_stop("protocol_name_unknown", field);
  reading.value[row.key] = name;
}

// The rules for the fixed header, and for all that follows, are those of this version.
void read_protocol_level(const field_row& row, packet_reading& reading) {
  const std::size_t field = reading.in.at();
  const unsigned level = reading.in.byte();
  const json& name = reading.value.at("protocol_name");
  const auto known = std::find_if(protocols.begin(), protocols.end(), [&](const protocol_row& p) { return name == p.name && level == p.level; });
  if (known == protocols.end()) reading.found.add_and_stop("protocol_level_unsupported", field);
  reading.found.version_is(known->version);
  reading.value[row.key] = name_of(known->version);
  check_fixed_header(reading);
}

void check_connect_flags(unsigned flags, std::size_t at, findings& found) {
  const bool old = found.version() == protocol::v3_1;  // 3.1 does not use bit 0, and disregards Will QoS and Will Retain without a will
  const unsigned will_qos = flags / 8 % 4;
  if ((flags & reserved_flag) != 0 && !old) found.add("connect_flag_reserved", at);
  if ((flags & will_flag) != 0) {
    if (will_qos == 3) found.add("will_qos_3", at);
  } else if (!old) {
    if (will_qos != 0) found.add("will_qos_without_will", at);
    if ((flags & will_retain_flag) != 0) found.add("will_retain_without_will", at);
  }
  const bool password_alone = (flags & (user_name_flag | password_flag)) == password_flag;
  if (password_alone && found.version() != protocol::v5) found.add("password_without_user_name", at);
}

void read_connect_flags(const field_row&, packet_reading& reading) {
  const std::size_t at = reading.in.at();
  const unsigned flags = reading.in.byte();
  check_connect_flags(flags, at, reading.found);
  reading.connect_flags = flags;
  reading.value["clean_start"] = (flags & clean_start_flag) != 0;
  if ((flags & will_flag) == 0) return;
  reading.value["will.qos"] = flags / 8 % 4;
  reading.value["will.retain"] = (flags & will_retain_flag) != 0;
}

void read_client_id(const field_row& row, packet_reading& reading) {
  const std::size_t field = reading.in.at();
  const std::string id = reading.in.counted();
  const protocol version = reading.found.version();
  check_text(id, field, reading.found);
  const std::size_t size = characters(id);
  if (version == protocol::v3_1 && (id.empty() || size > 23)) reading.found.add("client_id_length", field);
  const bool clean = (reading.connect_flags & clean_start_flag) != 0;
  if (version == protocol::v3_1_1 && id.empty() && !clean) reading.found.add("client_id_empty_without_clean_session", field);
  reading.value[row.key] = text_json(id);
}

void read_will_topic(const field_row& row, packet_reading& reading) {
  const std::size_t field = reading.in.at();
  const std::string topic = reading.in.counted();
  check_topic(topic, field, {"will_topic_empty", "will_topic_has_wildcard"}, reading.found);
  reading.value[row.key] = text_json(topic);
}

// Payload Format Indicator 1 makes the payload text, though no string: U+0000 is fine there.
void check_payload_format(const std::string& payload, std::size_t at, const std::string& properties, packet_reading& reading) {
  const auto found = reading.value.find(properties);
  if (found == reading.value.end()) return;
  const json says_text = json::array({"payload_format_indicator", 1});
  if (std::find(found->second.begin(), found->second.end(), says_text) == found->second.end()) return;
  if (const std::size_t bad = ill_formed_at(payload); bad != std::string::npos) reading.found.add("payload_not_utf8", at + bad);
}

void read_will_payload(const field_row& row, packet_reading& reading) {
  const std::size_t field = reading.in.at();
  const std::string payload = reading.in.counted();
  if (reading.found.version() == protocol::v3_1) {
    const auto bad = std::find_if(payload.begin(), payload.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7F; });
    if (bad != payload.end()) reading.found.add("will_message_not_ascii", field + 2 + static_cast<std::size_t>(bad - payload.begin()));
  }
  check_payload_format(payload, field + 2, "will.properties", reading);
  reading.value[row.key] = binary_json(payload);
}

// ---- CONNACK and reason codes

void read_connack_flags(const field_row&, packet_reading& reading) {
  const std::size_t at = reading.in.at();
  const unsigned flags = reading.in.byte();
  if (reading.found.version() == protocol::v3_1) return;  // reserved, unused
  if (flags > 1) reading.found.add("connack_flag_reserved", at);
  reading.value["session_present"] = flags % 2 == 1;
}

void check_reason_code(unsigned code, std::size_t at, packet_reading& reading) {
  const reason_rights rights = rights_of(code, reading.packet->name);
  const bool wrong_side = (reading.sender == origin::client && !rights.from_client) || (reading.sender == origin::server && !rights.from_server);
  if (!rights.listed) reading.found.add("reason_code_not_of_packet", at, rights.disputed);
  else if (wrong_side) reading.found.add("reason_code_from_wrong_side", at);
}

void read_return_code(packet_reading& reading) {
  const std::size_t at = reading.in.at();
  const unsigned code = reading.in.byte();
  const auto table = return_code_table();
  const auto row = std::find_if(table.begin(), table.end(), [&](const return_code_row& r) { return r.return_code == code; });
  if (row == table.end()) return reading.found.add("reason_code_not_of_packet", at);
  reading.value["return_code"] = code;
  reading.value["reason_code"] = row->reason_code;
}

void read_reason_code(const field_row& row, packet_reading& reading) {
  const std::size_t at = reading.in.at();
  const bool connack = reading.packet->type == 2;
  if (connack && reading.found.version() != protocol::v5) {
    read_return_code(reading);
  } else {
    const unsigned code = reading.in.byte();
    check_reason_code(code, at, reading);
    reading.value[row.key] = code;
  }
  if (!connack || !reading.value.contains("session_present") || reading.value.at("session_present") == false) return;
  const auto code = reading.value.find(row.key);  // a return code of 3.x that is not listed has none
  if (code == reading.value.end() || code->second != 0) reading.found.add_late("session_present_with_error", at - 1, at);
}

// 3.1 grants a QoS in the lower two bits and uses no others; brokers mean a failure by 0x80, as in 3.1.1.
unsigned read_granted(packet_reading& reading) {
  const std::size_t at = reading.in.at();
  const unsigned code = reading.in.byte();
  if (reading.found.version() == protocol::v5) {
    check_reason_code(code, at, reading);
    return code;
  }
  if (code == 0x80) {
    if (reading.found.version() == protocol::v3_1) reading.found.open("0x80 in a SUBACK means failure or QoS 0");
    return code;
  }
  const unsigned granted = reading.found.version() == protocol::v3_1 ? code % 4 : code;
  if (granted > 2) reading.found.add("reason_code_not_of_packet", at);
  return granted;
}

void read_reason_codes(const field_row& row, packet_reading& reading) {
  if (reading.in.left() == 0) reading.found.add("no_reason_code", reading.in.at());
  json codes = json::array();
  while (reading.in.left() > 0) codes.push_back(read_granted(reading));
  reading.value[row.key] = std::move(codes);
}

// ---- Lists of filters

void read_options_5_0(json& entry, unsigned options, bool shared, std::size_t at, findings& found) {
  const unsigned retain_handling = options / 16 % 4;
  const bool no_local = options / 4 % 2 == 1;
  if (options / 64 != 0) found.add("subscription_options_reserved", at);
  if (options % 4 == 3) found.add("subscription_qos_3", at);
  if (retain_handling == 3) found.add("retain_handling_3", at);
  if (no_local && shared) found.add("no_local_on_shared", at);
  entry["no_local"] = no_local;
  entry["retain_as_published"] = options / 8 % 2 == 1;
  entry["retain_handling"] = retain_handling;
}

json read_subscription(packet_reading& reading) {
  const std::size_t field = reading.in.at();
  const std::string filter = reading.in.counted();
  check_filter(filter, field, reading.found);
  const std::size_t at = reading.in.at();
  const unsigned options = reading.in.byte();
  json entry = {{"topic_filter", text_json(filter)}, {"qos", options % 4}};
  if (reading.found.version() == protocol::v5) {
    read_options_5_0(entry, options, is_shared(filter), at, reading.found);
    return entry;
  }
  // The upper six bits are reserved in 3.1.1, unused in 3.1.
  if (reading.found.version() == protocol::v3_1_1 && options / 4 != 0) reading.found.add("subscription_options_reserved", at);
  if (options % 4 == 3) reading.found.add("subscription_qos_reserved", at);
  return entry;
}

json read_filter(packet_reading& reading) {
  const std::size_t field = reading.in.at();
  const std::string filter = reading.in.counted();
  check_filter(filter, field, reading.found);
  return text_json(filter);
}

void read_list(const field_row& row, packet_reading& reading, json (*read_entry)(packet_reading&)) {
  if (reading.in.left() == 0) reading.found.add("no_topic_filter", reading.in.at());
  json entries = json::array();
  while (reading.in.left() > 0) entries.push_back(read_entry(reading));
  reading.value[row.key] = std::move(entries);
}

void read_subscriptions(const field_row& row, packet_reading& reading) { read_list(row, reading, read_subscription); }
void read_filters(const field_row& row, packet_reading& reading) { read_list(row, reading, read_filter); }

// ---- The rest

// An empty topic may lean on an alias in 5.0: the properties decide it.
void read_topic_name(const field_row& row, packet_reading& reading) {
  const std::size_t field = reading.in.at();
  const std::string topic = reading.in.counted();
  const bool five = reading.found.version() == protocol::v5;
  check_topic(topic, field, {five ? nullptr : "topic_name_empty", "topic_name_has_wildcard"}, reading.found);
  reading.topic_field = field;
  reading.value[row.key] = text_json(topic);
}

void read_packet_id(const field_row& row, packet_reading& reading) {
  const std::size_t at = reading.in.at();
  const unsigned id = reading.in.integer(2);
  if (id == 0) reading.found.add("packet_id_is_zero", at);
  reading.value[row.key] = id;
}

void read_integer(const field_row& row, packet_reading& reading) { reading.value[row.key] = reading.in.integer(2); }

void read_text(const field_row& row, packet_reading& reading) {
  const std::size_t field = reading.in.at();
  const std::string text = reading.in.counted();
  check_text(text, field, reading.found);
  reading.value[row.key] = text_json(text);
}

void read_binary(const field_row& row, packet_reading& reading) { reading.value[row.key] = binary_json(reading.in.counted()); }

void read_rest(const field_row& row, packet_reading& reading) {
  const std::size_t at = reading.in.at();
  const std::string payload = reading.in.take(reading.in.left());
  check_payload_format(payload, at, "properties", reading);
  reading.value[row.key] = binary_json(payload);
}

struct form_row {
  form what;
  reader_function read;
};
constexpr std::array forms = {
    form_row{form::protocol_name, read_protocol_name},
    form_row{form::protocol_level, read_protocol_level},
    form_row{form::connect_flags, read_connect_flags},
    form_row{form::connack_flags, read_connack_flags},
    form_row{form::integer_16, read_integer},
    form_row{form::packet_id, read_packet_id},
    form_row{form::reason_code, read_reason_code},
    form_row{form::properties, read_properties},
    form_row{form::text, read_text},
    form_row{form::client_id, read_client_id},
    form_row{form::topic_name, read_topic_name},
    form_row{form::will_topic, read_will_topic},
    form_row{form::will_payload, read_will_payload},
    form_row{form::binary, read_binary},
    form_row{form::rest, read_rest},
    form_row{form::subscriptions, read_subscriptions},
    form_row{form::topic_filters, read_filters},
    form_row{form::reason_codes, read_reason_codes},
};
static_assert(forms.size() == static_cast<std::size_t>(form::count));

// 3.1 says that Remaining Length decides whether a user name or password is there, whatever its flag says.
bool credential_is_there(unsigned flag, const packet_reading& reading) {
  const bool ended = reading.found.version() == protocol::v3_1 && reading.in.left() == 0;
  return (reading.connect_flags & flag) != 0 && !ended;
}

// A field that a short form leaves out has its default value.
bool short_form_has(const field_row& row, packet_reading& reading) {
  if (reading.in.left() > 0) return true;
  reading.value[row.key] = row.what == form::reason_code ? json(0) : json::array();
  if (reading.packet->type != 15) return false;
  reading.found.open("AUTH of Remaining Length 0 leaves out its Authentication Method");
  check_reason_code(0, reading.in.at(), reading);
  return false;
}

}  // namespace

bool is_there(const field_row& row, packet_reading& reading) {
  switch (row.when) {
    case there::qos_above_0: return reading.value.at("qos") != 0;
    case there::will: return (reading.connect_flags & will_flag) != 0;
    case there::user_name: return credential_is_there(user_name_flag, reading);
    case there::password: return credential_is_there(password_flag, reading);
    case there::may_end: return short_form_has(row, reading);
    case there::may_end_before: {
      const bool nothing_read = reading.in.at() == 2;
      if (nothing_read) reading.value[row.key] = json::array();
      return !nothing_read;
    }
    default: return true;
  }
}

void read_field(const field_row& row, packet_reading& reading) {
  const auto found = std::find_if(forms.begin(), forms.end(), [&](const form_row& f) { return f.what == row.what; });
  found->read(row, reading);
}

}  // namespace mqttspan::conformance::reference
