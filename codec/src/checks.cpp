#include "checks.hpp"

#include "scan.hpp"

namespace mqttspan {
namespace detail {
namespace {

// Which codes a packet may carry: bit per code from 0x00 and from 0x80, by sender.
struct code_set {
  std::uint32_t low = 0;
  std::uint64_t high = 0;

  constexpr void add(std::uint8_t code) noexcept {
    if (code < 0x80) low |= 1u << code;
    else high |= std::uint64_t{1} << (code - 0x80);
  }
  constexpr bool has(std::uint8_t code) const noexcept {
    if (code < 32) return (low >> code & 1) != 0;
    return code >= 0x80 && code < 0x80 + 64 && (high >> (code - 0x80) & 1) != 0;
  }
};
struct packet_codes {
  code_set by_client, by_server;
};
struct code_table {
  packet_codes of[16];
};

constexpr code_table legal_codes = [] {
  constexpr unsigned none = 0, connack = 1u << 2, puback = 1u << 4, pubrec = 1u << 5, pubrel = 1u << 6, pubcomp = 1u << 7, suback = 1u << 9,
                     unsuback = 1u << 11, disconnect = 1u << 14, auth = 1u << 15;
  code_table table{};
  for (unsigned type = 0; type < 16; ++type) {
#define MQTTSPAN_REASON(name, value, text, client, server)        \
  if ((client) >> type & 1) table.of[type].by_client.add(value); \
  if ((server) >> type & 1) table.of[type].by_server.add(value);
#include <mqttspan/codec/reason_codes.inc>
#undef MQTTSPAN_REASON
  }
  return table;
}();

}  // namespace

rule check_reason_code(std::uint8_t code, packet_type type, sender from, leniency allow) noexcept {
  const packet_codes& codes = legal_codes.of[static_cast<unsigned>(type)];
  const bool client = codes.by_client.has(code), server = codes.by_server.has(code);
  if (!client && !server) {
    const bool forgiven = type == packet_type::disconnect && code == 0x8C && has(allow, leniency::disconnect_bad_authentication_method);
    return forgiven ? rule::none : rule::reason_code_not_of_packet;
  }
  if ((from == sender::client && !client) || (from == sender::server && !server)) return rule::reason_code_from_wrong_side;
  return rule::none;
}

finding check_payload(std::string_view payload, const property_list& properties, leniency allow) noexcept {
  if (!properties.contains(property_id::payload_format_indicator) || has(allow, leniency::payload_not_utf8)) return {};
  if (properties.get(prop::payload_format_indicator) != std::uint8_t{1}) return {};
  if (is_plain_text(reinterpret_cast<const octet*>(payload.data()), payload.size())) return {};
  return find_if_there(rule::payload_not_utf8, find_ill_formed_utf8(payload));
}

}  // namespace detail

bool is_legal(reason_code code, packet_type type, sender from) noexcept {
  return detail::check_reason_code(static_cast<std::uint8_t>(code), type, from, leniency::none) == rule::none;
}

}  // namespace mqttspan
