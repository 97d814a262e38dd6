// One field of a packet after the other, as the table of fields lists them.
#pragma once

#include <map>
#include <string>

#include "wire_reader.hpp"

namespace mqttspan::conformance::reference {

/// What a packet holds, by the key of the packet JSON; those of the will as "will.topic".
using values = std::map<std::string, json>;

/// One packet while it is read.
struct packet_reading {
  const packet_row* packet;
  unsigned first;  ///< byte of the packet
  origin sender;
  wire_reader in;
  findings& found;
  values value;
  unsigned connect_flags;
  std::size_t topic_field;  ///< offset of PUBLISH's topic
  bool minimal;             ///< whether Remaining Length is as short as it can be
};

/// Flags and Remaining Length by the rules of the version that has been found: for CONNECT its own.
void check_fixed_header(packet_reading& reading);

bool is_there(const field_row& row, packet_reading& reading);
void read_field(const field_row& row, packet_reading& reading);

/// properties: length<varint> then id<varint> value, as often as they fit. `place`: a packet's name or "will".
void read_properties(const field_row& row, packet_reading& reading);

/// Text as JSON: a string, or {"hex":…} where it is no UTF-8.
json text_json(const std::string& text);
json binary_json(const std::string& data);

}  // namespace mqttspan::conformance::reference
