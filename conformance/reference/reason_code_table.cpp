#include <algorithm>
#include <array>

#include "tables.hpp"

namespace mqttspan::conformance::reference {
namespace {

constexpr std::array packets = {"connack", "puback", "pubrec", "pubrel", "pubcomp", "suback", "unsuback", "disconnect", "auth"};

// A letter a packet: - not listed, x listed, c from clients only, s from servers only,
// b listed for servers only, while 3.3.4 tells a client to send it, so either side may; ? listed in table 2-6 and not in the packet's own.
constexpr std::array<reason_row, 43> reasons = {{
    //                                                C  P  P  P  P  S  U  D  A
    //                                                O  U  U  U  U  U  N  I  U
    //                                                N  B  B  B  B  B  S  S  T
    //                                                N  A  R  R  C  A  U  C  H
    //                                                A  C  E  E  O  C  B  O
    //                                                C  K  C  L  M  K  A  N
    //                                                K           P     C  N
    {0x00, "success",                                "x  x  x  x  x  x  x  x  s"},
    {0x01, "granted_qos_1",                          "-  -  -  -  -  x  -  -  -"},
    {0x02, "granted_qos_2",                          "-  -  -  -  -  x  -  -  -"},
    {0x04, "disconnect_with_will_message",           "-  -  -  -  -  -  -  c  -"},
    {0x10, "no_matching_subscribers",                "-  s  s  -  -  -  -  -  -"},
    {0x11, "no_subscription_existed",                "-  -  -  -  -  -  x  -  -"},
    {0x18, "continue_authentication",                "-  -  -  -  -  -  -  -  x"},
    {0x19, "re_authenticate",                        "-  -  -  -  -  -  -  -  c"},
    {0x80, "unspecified_error",                      "x  x  x  -  -  x  x  x  -"},
    {0x81, "malformed_packet",                       "x  -  -  -  -  -  -  x  -"},
    {0x82, "protocol_error",                         "x  -  -  -  -  -  -  x  -"},
    {0x83, "implementation_specific_error",          "x  x  x  -  -  x  x  x  -"},
    {0x84, "unsupported_protocol_version",           "x  -  -  -  -  -  -  -  -"},
    {0x85, "client_identifier_not_valid",            "x  -  -  -  -  -  -  -  -"},
    {0x86, "bad_user_name_or_password",              "x  -  -  -  -  -  -  -  -"},
    {0x87, "not_authorized",                         "x  x  x  -  -  x  x  s  -"},
    {0x88, "server_unavailable",                     "x  -  -  -  -  -  -  -  -"},
    {0x89, "server_busy",                            "x  -  -  -  -  -  -  s  -"},
    {0x8A, "banned",                                 "x  -  -  -  -  -  -  -  -"},
    {0x8B, "server_shutting_down",                   "-  -  -  -  -  -  -  s  -"},
    {0x8C, "bad_authentication_method",              "x  -  -  -  -  -  -  ?  -"},
    {0x8D, "keep_alive_timeout",                     "-  -  -  -  -  -  -  s  -"},
    {0x8E, "session_taken_over",                     "-  -  -  -  -  -  -  s  -"},
    {0x8F, "topic_filter_invalid",                   "-  -  -  -  -  x  x  s  -"},
    {0x90, "topic_name_invalid",                     "x  x  x  -  -  -  -  x  -"},
    {0x91, "packet_identifier_in_use",               "-  x  x  -  -  x  x  -  -"},
    {0x92, "packet_identifier_not_found",            "-  -  -  x  x  -  -  -  -"},
    {0x93, "receive_maximum_exceeded",               "-  -  -  -  -  -  -  x  -"},
    {0x94, "topic_alias_invalid",                    "-  -  -  -  -  -  -  x  -"},
    {0x95, "packet_too_large",                       "x  -  -  -  -  -  -  x  -"},
    {0x96, "message_rate_too_high",                  "-  -  -  -  -  -  -  x  -"},
    {0x97, "quota_exceeded",                         "x  x  x  -  -  x  -  x  -"},
    {0x98, "administrative_action",                  "-  -  -  -  -  -  -  x  -"},
    {0x99, "payload_format_invalid",                 "x  x  x  -  -  -  -  x  -"},
    {0x9A, "retain_not_supported",                   "x  -  -  -  -  -  -  s  -"},
    {0x9B, "qos_not_supported",                      "x  -  -  -  -  -  -  b  -"},
    {0x9C, "use_another_server",                     "x  -  -  -  -  -  -  s  -"},
    {0x9D, "server_moved",                           "x  -  -  -  -  -  -  s  -"},
    {0x9E, "shared_subscriptions_not_supported",     "-  -  -  -  -  x  -  s  -"},
    {0x9F, "connection_rate_exceeded",               "x  -  -  -  -  -  -  s  -"},
    {0xA0, "maximum_connect_time",                   "-  -  -  -  -  -  -  s  -"},
    {0xA1, "subscription_identifiers_not_supported", "-  -  -  -  -  x  -  s  -"},
    {0xA2, "wildcard_subscriptions_not_supported",   "-  -  -  -  -  x  -  s  -"},
}};

constexpr std::array<return_code_row, 6> return_codes = {{
    {0, 0x00},  // accepted
    {1, 0x84},  // unacceptable protocol version
    {2, 0x85},  // identifier rejected
    {3, 0x88},  // server unavailable
    {4, 0x86},  // bad user name or password
    {5, 0x87},  // not authorized
}};

}  // namespace

std::span<const reason_row> reason_table() { return reasons; }

std::span<const char* const> reason_packets() { return packets; }

reason_rights rights_of(unsigned code, std::string_view packet) {
  const auto row = std::find_if(reasons.begin(), reasons.end(), [&](const reason_row& r) { return r.code == code; });
  if (row == reasons.end()) return {};
  const auto column = std::find(packets.begin(), packets.end(), packet) - packets.begin();
  switch (std::string_view(row->packets).at(static_cast<std::size_t>(column) * 3)) {
    case 'x':
    case 'b': return {.listed = true};
    case 'c': return {.listed = true, .from_client = true, .from_server = false};
    case 's': return {.listed = true, .from_client = false, .from_server = true};
    case '?': return {.disputed = true};
    default: return {};
  }
}

std::span<const return_code_row> return_code_table() { return return_codes; }

}  // namespace mqttspan::conformance::reference
