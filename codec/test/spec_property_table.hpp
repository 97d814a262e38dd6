// The properties of 5.0 as its table 2-4 and sections 3.1 to 3.15 give them, and packets to put them into.
// Written from the specification; the library's own table is not looked at.
#pragma once

#include <string>
#include <string_view>

#include "spec_bytes.hpp"

namespace mqttspan::spec {

// Fourteen places, one letter each: C CONNECT, W will, c CONNACK, P PUBLISH, 4 to 7 PUBACK PUBREC PUBREL PUBCOMP,
// S SUBSCRIBE, s SUBACK, U UNSUBSCRIBE, u UNSUBACK, D DISCONNECT, A AUTH.
inline constexpr std::string_view places = "CWcP4567SsUuDA";

struct property_spec {
  unsigned id;
  const char* name;
  char type;              // 1 2 4 bytes, v variable byte integer, s string, b binary, p pair of strings
  const char* where;      // places
  const char* values;     // what an integer may be: "0/1", "not 0", "any"
};

inline constexpr property_spec property_table[] = {
    {0x01, "payload_format_indicator", '1', "WP", "0/1"},
    {0x02, "message_expiry_interval", '4', "WP", "any"},
    {0x03, "content_type", 's', "WP", ""},
    {0x08, "response_topic", 's', "WP", ""},
    {0x09, "correlation_data", 'b', "WP", ""},
    {0x0B, "subscription_identifier", 'v', "PS", "not 0"},
    {0x11, "session_expiry_interval", '4', "CcD", "any"},
    {0x12, "assigned_client_identifier", 's', "c", ""},
    {0x13, "server_keep_alive", '2', "c", "any"},
    {0x15, "authentication_method", 's', "CcA", ""},
    {0x16, "authentication_data", 'b', "CcA", ""},
    {0x17, "request_problem_information", '1', "C", "0/1"},
    {0x18, "will_delay_interval", '4', "W", "any"},
    {0x19, "request_response_information", '1', "C", "0/1"},
    {0x1A, "response_information", 's', "c", ""},
    {0x1C, "server_reference", 's', "cD", ""},
    {0x1F, "reason_string", 's', "c4567suDA", ""},
    {0x21, "receive_maximum", '2', "Cc", "not 0"},
    {0x22, "topic_alias_maximum", '2', "Cc", "any"},
    {0x23, "topic_alias", '2', "P", "not 0"},
    {0x24, "maximum_qos", '1', "c", "0/1"},
    {0x25, "retain_available", '1', "c", "0/1"},
    {0x26, "user_property", 'p', "CWcP4567SsUuDA", ""},
    {0x27, "maximum_packet_size", '4', "Cc", "not 0"},
    {0x28, "wildcard_subscription_available", '1', "c", "0/1"},
    {0x29, "subscription_identifier_available", '1', "c", "0/1"},
    {0x2A, "shared_subscription_available", '1', "c", "0/1"},
};

inline const property_spec* property_row(unsigned id) {
  for (const property_spec& row : property_table)
    if (row.id == id) return &row;
  return nullptr;
}

inline bool allowed(const property_spec& row, char place) { return std::string_view(row.where).find(place) != std::string_view::npos; }
inline bool repeats(const property_spec& row, char place) { return row.type == 'p' || (row.id == 0x0B && place == 'P'); }

/// The wire form of an integer value, by the property's type.
inline bytes integer_value(const property_spec& row, std::uint32_t value) {
  switch (row.type) {
    case '1': return u8(value);
    case '2': return u16(value);
    case '4': return u32(value);
    default: return vbi(value);
  }
}

/// A property with a value that is good everywhere.
inline bytes good_property(const property_spec& row) {
  switch (row.type) {
    case 's':
    case 'b': return u8(row.id) + str("x");
    case 'p': return u8(row.id) + str("n") + str("x");
    default: return u8(row.id) + integer_value(row, 1);
  }
}

struct placed {
  bytes wire;
  std::size_t at;  // where the first property begins
};

/// A packet that is good but for what `properties` may do to it. AUTH needs an Authentication Method, Authentication Data in CONNECT too:
/// it is put behind the properties unless they have one, or `bare` is asked for.
inline placed packet_with(char place, const bytes& properties, bool bare = false) {
  bytes all = properties;
  const unsigned first_id = properties.empty() ? 0 : static_cast<unsigned char>(properties.front());
  const bool needs_method = place == 'A' || (place == 'C' && first_id == 0x16);
  if (needs_method && first_id != 0x15 && !bare) all += u8(0x15) + str("m");
  unsigned first_byte = 0;
  bytes before, after;
  switch (place) {
    case 'C': first_byte = 0x10; before = str("MQTT") + hex("05 02 003C"); after = str("a"); break;
    case 'W': first_byte = 0x10; before = str("MQTT") + hex("05 06 003C 00") + str("a"); after = str("t") + str("p"); break;
    case 'c': first_byte = 0x20; before = hex("00 00"); break;
    case 'P': first_byte = 0x30; before = str("t"); after = "p"; break;
    case 'S': first_byte = 0x82; before = u16(1); after = str("f") + u8(0); break;
    case 's': first_byte = 0x90; before = u16(1); after = u8(0); break;
    case 'U': first_byte = 0xA2; before = u16(1); after = str("f"); break;
    case 'u': first_byte = 0xB0; before = u16(1); after = u8(0); break;
    case 'D': first_byte = 0xE0; before = u8(0); break;
    case 'A': first_byte = 0xF0; before = u8(0x18); break;
    default: first_byte = place == '6' ? 0x62 : 0x10 * static_cast<unsigned>(place - '0'); before = u16(1) + u8(0); break;
  }
  placed result{packet_of(first_byte, before + block(all) + after), 0};
  result.at = result.wire.size() - after.size() - all.size();
  return result;
}

}  // namespace mqttspan::spec
