#include <algorithm>
#include <array>

#include "tables.hpp"

namespace mqttspan::conformance::reference {
namespace {

constexpr bool yes = true;
constexpr bool no = false;

constexpr std::array<packet_row, 15> packets = {{
    // type name          client server flags   since
    {1, "connect",        yes,   no,    0b0000, protocol::v3_1},
    {2, "connack",        no,    yes,   0b0000, protocol::v3_1},
    {3, "publish",        yes,   yes,   0b0000, protocol::v3_1},
    {4, "puback",         yes,   yes,   0b0000, protocol::v3_1},
    {5, "pubrec",         yes,   yes,   0b0000, protocol::v3_1},
    {6, "pubrel",         yes,   yes,   0b0010, protocol::v3_1},
    {7, "pubcomp",        yes,   yes,   0b0000, protocol::v3_1},
    {8, "subscribe",      yes,   no,    0b0010, protocol::v3_1},
    {9, "suback",         no,    yes,   0b0000, protocol::v3_1},
    {10, "unsubscribe",   yes,   no,    0b0010, protocol::v3_1},
    {11, "unsuback",      no,    yes,   0b0000, protocol::v3_1},
    {12, "pingreq",       yes,   no,    0b0000, protocol::v3_1},
    {13, "pingresp",      no,    yes,   0b0000, protocol::v3_1},
    {14, "disconnect",    yes,   no,    0b0000, protocol::v3_1},  // from servers too in 5.0: see direction_fits
    {15, "auth",          yes,   yes,   0b0000, protocol::v5},
}};

constexpr std::array field_rows = {
    // packet              versions key                form                  there when
    field_row{"connect",     "all", "protocol_name",   form::protocol_name,  there::always},
    field_row{"connect",     "all", "version",         form::protocol_level, there::always},
    field_row{"connect",     "all", "flags",           form::connect_flags,  there::always},
    field_row{"connect",     "all", "keep_alive",      form::integer_16,     there::always},
    field_row{"connect",     "5.0", "properties",      form::properties,     there::always},
    field_row{"connect",     "all", "client_id",       form::client_id,      there::always},
    field_row{"connect",     "5.0", "will.properties", form::properties,     there::will},
    field_row{"connect",     "all", "will.topic",      form::will_topic,     there::will},
    field_row{"connect",     "all", "will.payload",    form::will_payload,   there::will},
    field_row{"connect",     "all", "user_name",       form::text,           there::user_name},
    field_row{"connect",     "all", "password",        form::binary,         there::password},

    field_row{"connack",     "all", "flags",           form::connack_flags,  there::always},
    field_row{"connack",     "all", "reason_code",     form::reason_code,    there::always},
    field_row{"connack",     "5.0", "properties",      form::properties,     there::always},

    field_row{"publish",     "all", "topic",           form::topic_name,     there::always},
    field_row{"publish",     "all", "packet_id",       form::packet_id,      there::qos_above_0},
    field_row{"publish",     "5.0", "properties",      form::properties,     there::always},
    field_row{"publish",     "all", "payload",         form::rest,           there::always},

    field_row{"puback",      "all", "packet_id",       form::packet_id,      there::always},
    field_row{"puback",      "5.0", "reason_code",     form::reason_code,    there::may_end},
    field_row{"puback",      "5.0", "properties",      form::properties,     there::may_end},

    field_row{"pubrec",      "all", "packet_id",       form::packet_id,      there::always},
    field_row{"pubrec",      "5.0", "reason_code",     form::reason_code,    there::may_end},
    field_row{"pubrec",      "5.0", "properties",      form::properties,     there::may_end},

    field_row{"pubrel",      "all", "packet_id",       form::packet_id,      there::always},
    field_row{"pubrel",      "5.0", "reason_code",     form::reason_code,    there::may_end},
    field_row{"pubrel",      "5.0", "properties",      form::properties,     there::may_end},

    field_row{"pubcomp",     "all", "packet_id",       form::packet_id,      there::always},
    field_row{"pubcomp",     "5.0", "reason_code",     form::reason_code,    there::may_end},
    field_row{"pubcomp",     "5.0", "properties",      form::properties,     there::may_end},

    field_row{"subscribe",   "all", "packet_id",       form::packet_id,      there::always},
    field_row{"subscribe",   "5.0", "properties",      form::properties,     there::always},
    field_row{"subscribe",   "all", "subscriptions",   form::subscriptions,  there::always},

    field_row{"suback",      "all", "packet_id",       form::packet_id,      there::always},
    field_row{"suback",      "5.0", "properties",      form::properties,     there::always},
    field_row{"suback",      "all", "reason_codes",    form::reason_codes,   there::always},

    field_row{"unsubscribe", "all", "packet_id",       form::packet_id,      there::always},
    field_row{"unsubscribe", "5.0", "properties",      form::properties,     there::always},
    field_row{"unsubscribe", "all", "topic_filters",   form::topic_filters,  there::always},

    field_row{"unsuback",    "all", "packet_id",       form::packet_id,      there::always},
    field_row{"unsuback",    "5.0", "properties",      form::properties,     there::always},
    field_row{"unsuback",    "5.0", "reason_codes",    form::reason_codes,   there::always},

    field_row{"disconnect",  "5.0", "reason_code",     form::reason_code,    there::may_end},
    field_row{"disconnect",  "5.0", "properties",      form::properties,     there::may_end},

    // Remaining Length 0 leaves out both; no sentence lets the properties go alone.
    field_row{"auth",        "5.0", "reason_code",     form::reason_code,    there::may_end},
    field_row{"auth",        "5.0", "properties",      form::properties,     there::may_end_before},
};

}  // namespace

std::span<const packet_row> packet_table() { return packets; }

const packet_row* packet_of_type(unsigned type) {
  const auto found = std::find_if(packets.begin(), packets.end(), [&](const packet_row& row) { return row.type == type; });
  return found == packets.end() ? nullptr : &*found;
}

const packet_row* packet_named(std::string_view name) {
  const auto found = std::find_if(packets.begin(), packets.end(), [&](const packet_row& row) { return row.name == name; });
  return found == packets.end() ? nullptr : &*found;
}

std::span<const field_row> field_table() { return field_rows; }

bool in_version(const field_row& row, protocol version) {
  const std::string_view versions = row.versions;
  return versions == "all" || (versions == "5.0") == (version == protocol::v5);
}

}  // namespace mqttspan::conformance::reference
