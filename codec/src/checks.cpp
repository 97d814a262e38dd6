#include "checks.hpp"

#include "scan.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {
namespace detail {
namespace {

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

code_set codes_of(packet_type type, sender from, leniency allow) noexcept {
  const packet_codes& codes = legal_codes.of[static_cast<unsigned>(type)];
  code_set legal = from == sender::client ? codes.by_client : codes.by_server;
  if (from == sender::any) legal.add(codes.by_client);
  if (type == packet_type::disconnect && has(allow, leniency::disconnect_bad_authentication_method)) legal.add(0x8C);  // [U5-3.14.2.1-c]
  return legal;
}

rule why_not(std::uint8_t code, packet_type type) noexcept {
  return codes_of(type, sender::any, leniency::none).has(code) ? rule::reason_code_from_wrong_side : rule::reason_code_not_of_packet;
}

finding check_payload(std::string_view payload, const property_list& properties, leniency allow) noexcept {
  if (!properties.contains(property_id::payload_format_indicator) || has(allow, leniency::payload_not_utf8)) return {};
  if (properties.get(prop::payload_format_indicator) != std::uint8_t{1}) return {};
  const auto* const p = reinterpret_cast<const octet*>(payload.data());
  if (is_plain_text(p, payload.size(), p + payload.size())) return {};
  return find_if_there(rule::payload_not_utf8, find_ill_formed_utf8(payload));
}

finding check_will_payload(std::string_view payload, protocol_version version, const property_list& properties, leniency allow) noexcept {
  if (version == protocol_version::v5) return check_payload(payload, properties, allow);
  if (version != protocol_version::v3_1 || has(allow, leniency::will_message_not_ascii)) return {};
  for (std::size_t i = 0; i < payload.size(); ++i)
    if (static_cast<unsigned char>(payload[i]) > 0x7F) return {rule::will_message_not_ascii, i};
  return {};
}

}  // namespace detail

bool is_legal(reason_code code, packet_type type, sender from) noexcept {
  return detail::codes_of(type, from, leniency::none).has(static_cast<std::uint8_t>(code));
}

}  // namespace mqttspan
