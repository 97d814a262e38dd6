// The specifications' tables as data, in their own order, so that a person can compare them line by line.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "reference.hpp"

namespace mqttspan::conformance::reference {

// ---- Control packets: 3.1.1 tables 2.1 and 2.2, 5.0 tables 2-1 and 2-2
struct packet_row {
  unsigned type;
  const char* name;
  bool from_client;
  bool from_server;
  unsigned flags;  ///< the fixed lower nibble of the first byte in 3.1.1 and 5.0; PUBLISH has none
  protocol since;
};
const packet_row* packet_of_type(unsigned type);  ///< null for 0
const packet_row* packet_named(std::string_view name);
std::span<const packet_row> packet_table();

// ---- Fields: what a packet holds behind its fixed header, in wire order
enum class form {
  protocol_name, protocol_level, connect_flags, connack_flags, integer_16, packet_id, reason_code, properties, text, client_id, topic_name, will_topic,
  will_payload, binary, rest, subscriptions, topic_filters, reason_codes, count
};
enum class there { always, qos_above_0, will, user_name, password, may_end, may_end_before };
struct field_row {
  const char* packet;
  const char* versions;  ///< "all", "3.x", "5.0"
  const char* key;       ///< of the packet JSON
  form what;
  there when;
};
std::span<const field_row> field_table();
bool in_version(const field_row& row, protocol version);

// ---- Properties: 5.0 table 2-4
enum class property_type { byte, integer_16, integer_32, variable, text, topic, binary, pair };
struct property_row {
  unsigned id;
  const char* name;
  property_type type;
  std::uint32_t least;
  std::uint32_t most;
  const char* places;  ///< one letter a place, in the order of property_places()
};
enum class multiplicity { no, once, many };
struct property_rights {
  multiplicity times = multiplicity::no;
  bool from_client = true;
  bool from_server = true;
};
std::span<const property_row> property_table();
std::span<const char* const> property_places();  ///< the thirteen packets and "will"
const property_row* property_of_id(unsigned id);
const property_row* property_named(std::string_view name);
property_rights rights_of(const property_row& row, std::string_view place);

// ---- Reason codes: 5.0 table 2-6 with the tables of each packet; return codes of 3.x
struct reason_row {
  unsigned code;
  const char* name;
  const char* packets;  ///< one letter a packet, in the order of reason_packets()
};
struct reason_rights {
  bool listed = false;
  bool disputed = false;  ///< the tables contradict each other
  bool from_client = true;
  bool from_server = true;
};
std::span<const reason_row> reason_table();
std::span<const char* const> reason_packets();
reason_rights rights_of(unsigned code, std::string_view packet);

/// A CONNACK return code of 3.x and the reason code that means the same.
struct return_code_row {
  unsigned return_code;
  unsigned reason_code;
};
std::span<const return_code_row> return_code_table();

// ---- Rules
struct rule_row {
  const char* name;
  const char* classes;       ///< in 5.0: m malformed, p protocol error, u unsupported, l limit; two letters: the text leaves it open
  const char* classes_3_x;   ///< the same for 3.x
  const char* codes;         ///< 5.0 reason codes, hexadecimal
  const char* codes_3_x;     ///< return codes of CONNACK
  const char* policy;        ///< versions in which the text leaves open whether to refuse: "", "3.1", "5.0", "all"
  const char* in_3_1;        ///< statement
  const char* in_3_1_1;
  const char* in_5_0;
};
std::span<const rule_row> rule_table();
const rule_row& rule_named(std::string_view name);

/// The fault in full: what the table of rules says about it in that version. It is known at its offset.
fault make_fault(protocol version, std::string_view rule, std::size_t offset, bool policy = false);

}  // namespace mqttspan::conformance::reference
