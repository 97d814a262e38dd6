#include <algorithm>
#include <array>

#include "tables.hpp"

namespace mqttspan::conformance::reference {
namespace {

constexpr std::array places = {"connect",     "connack", "publish",     "puback",   "pubrec",     "pubrel", "pubcomp", "subscribe",
                               "suback",      "unsubscribe", "unsuback", "disconnect", "auth", "will"};

constexpr auto byte = property_type::byte;
constexpr auto two_bytes = property_type::integer_16;
constexpr auto four_bytes = property_type::integer_32;
constexpr auto variable = property_type::variable;
constexpr auto text = property_type::text;
constexpr auto topic = property_type::topic;
constexpr auto binary = property_type::binary;
constexpr auto pair = property_type::pair;

constexpr std::uint32_t max_variable = 268'435'455;
constexpr std::uint32_t max_32 = 0xFFFF'FFFF;

// A letter a place: - not here, x once, * as often as wanted, c once and from clients only, S often and from servers only.
constexpr std::array<property_row, 27> properties = {{
    //                                                                              C  C  P  P  P  P  P  S  S  U  U  D  A  W
    //                                                                              O  O  U  U  U  U  U  U  U  N  N  I  U  I
    //                                                                              N  N  B  B  B  B  B  B  B  S  S  S  T  L
    //                                                                              N  N  L  A  R  R  C  S  A  U  U  C  H  L
    //                                                                              E  A  I  C  E  E  O  C  C  B  B  O
    //                                                                              C  C  S  K  C  L  M  R  K  S  A  N
    // id    name                                 type        least most            T  K  H           P  I     C  C
    {0x01, "payload_format_indicator",            byte,       0,    1,            "-  -  x  -  -  -  -  -  -  -  -  -  -  x"},
    {0x02, "message_expiry_interval",             four_bytes, 0,    max_32,       "-  -  x  -  -  -  -  -  -  -  -  -  -  x"},
    {0x03, "content_type",                        text,       0,    0,            "-  -  x  -  -  -  -  -  -  -  -  -  -  x"},
    {0x08, "response_topic",                      topic,      0,    0,            "-  -  x  -  -  -  -  -  -  -  -  -  -  x"},
    {0x09, "correlation_data",                    binary,     0,    0,            "-  -  x  -  -  -  -  -  -  -  -  -  -  x"},
    {0x0B, "subscription_identifier",             variable,   1,    max_variable, "-  -  S  -  -  -  -  x  -  -  -  -  -  -"},
    {0x11, "session_expiry_interval",             four_bytes, 0,    max_32,       "x  x  -  -  -  -  -  -  -  -  -  c  -  -"},
    {0x12, "assigned_client_identifier",          text,       0,    0,            "-  x  -  -  -  -  -  -  -  -  -  -  -  -"},
    {0x13, "server_keep_alive",                   two_bytes,  0,    0xFFFF,       "-  x  -  -  -  -  -  -  -  -  -  -  -  -"},
    {0x15, "authentication_method",               text,       0,    0,            "x  x  -  -  -  -  -  -  -  -  -  -  x  -"},
    {0x16, "authentication_data",                 binary,     0,    0,            "x  x  -  -  -  -  -  -  -  -  -  -  x  -"},
    {0x17, "request_problem_information",         byte,       0,    1,            "x  -  -  -  -  -  -  -  -  -  -  -  -  -"},
    {0x18, "will_delay_interval",                 four_bytes, 0,    max_32,       "-  -  -  -  -  -  -  -  -  -  -  -  -  x"},
    {0x19, "request_response_information",        byte,       0,    1,            "x  -  -  -  -  -  -  -  -  -  -  -  -  -"},
    {0x1A, "response_information",                text,       0,    0,            "-  x  -  -  -  -  -  -  -  -  -  -  -  -"},
    {0x1C, "server_reference",                    text,       0,    0,            "-  x  -  -  -  -  -  -  -  -  -  x  -  -"},
    {0x1F, "reason_string",                       text,       0,    0,            "-  x  -  x  x  x  x  -  x  -  x  x  x  -"},
    {0x21, "receive_maximum",                     two_bytes,  1,    0xFFFF,       "x  x  -  -  -  -  -  -  -  -  -  -  -  -"},
    {0x22, "topic_alias_maximum",                 two_bytes,  0,    0xFFFF,       "x  x  -  -  -  -  -  -  -  -  -  -  -  -"},
    {0x23, "topic_alias",                         two_bytes,  1,    0xFFFF,       "-  -  x  -  -  -  -  -  -  -  -  -  -  -"},
    {0x24, "maximum_qos",                         byte,       0,    1,            "-  x  -  -  -  -  -  -  -  -  -  -  -  -"},
    {0x25, "retain_available",                    byte,       0,    1,            "-  x  -  -  -  -  -  -  -  -  -  -  -  -"},
    {0x26, "user_property",                       pair,       0,    0,            "*  *  *  *  *  *  *  *  *  *  *  *  *  *"},
    {0x27, "maximum_packet_size",                 four_bytes, 1,    max_32,       "x  x  -  -  -  -  -  -  -  -  -  -  -  -"},
    {0x28, "wildcard_subscription_available",     byte,       0,    1,            "-  x  -  -  -  -  -  -  -  -  -  -  -  -"},
    {0x29, "subscription_identifier_available",   byte,       0,    1,            "-  x  -  -  -  -  -  -  -  -  -  -  -  -"},
    {0x2A, "shared_subscription_available",       byte,       0,    1,            "-  x  -  -  -  -  -  -  -  -  -  -  -  -"},
}};

}  // namespace

std::span<const property_row> property_table() { return properties; }

std::span<const char* const> property_places() { return places; }

const property_row* property_of_id(unsigned id) {
  const auto found = std::find_if(properties.begin(), properties.end(), [&](const property_row& row) { return row.id == id; });
  return found == properties.end() ? nullptr : &*found;
}

const property_row* property_named(std::string_view name) {
  const auto found = std::find_if(properties.begin(), properties.end(), [&](const property_row& row) { return row.name == name; });
  return found == properties.end() ? nullptr : &*found;
}

property_rights rights_of(const property_row& row, std::string_view place) {
  const auto column = std::find(places.begin(), places.end(), place) - places.begin();
  switch (std::string_view(row.places).at(static_cast<std::size_t>(column) * 3)) {
    case 'x': return {.times = multiplicity::once};
    case '*': return {.times = multiplicity::many};
    case 'c': return {.times = multiplicity::once, .from_client = true, .from_server = false};
    case 'S': return {.times = multiplicity::many, .from_client = false, .from_server = true};
    default: return {};
  }
}

}  // namespace mqttspan::conformance::reference
