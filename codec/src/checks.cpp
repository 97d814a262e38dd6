#include "checks.hpp"

#include "scan.hpp"
#include "text.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {
namespace detail {
namespace {

// A set in one word, as the table keeps it: codes from 0x00 to 0x1C, and from 0x80 to 0xA2 behind them.
class packed_codes {
 public:
  constexpr void add(std::uint8_t code) noexcept { bits_ |= std::uint64_t{1} << (code < 0x80 ? code : code - 0x80u + failures); }
  constexpr void add(packed_codes other) noexcept { bits_ |= other.bits_; }
  constexpr code_set unpacked() const noexcept { return {static_cast<std::uint32_t>(bits_ & ((1u << failures) - 1)), bits_ >> failures}; }

 private:
  static constexpr unsigned failures = 0x1D;
  std::uint64_t bits_ = 0;
};
struct packet_codes {
  packed_codes by_client, by_server;
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
  packed_codes legal = from == sender::client ? codes.by_client : codes.by_server;
  if (from == sender::any) legal.add(codes.by_client);
  if (type == packet_type::disconnect && has(allow, leniency::disconnect_bad_authentication_method)) legal.add(0x8C);  // [U5-3.14.2.1-c]
  return legal.unpacked();
}

rule why_not(std::uint8_t code, packet_type type) noexcept {
  return codes_of(type, sender::any, leniency::none).has(code) ? rule::reason_code_from_wrong_side : rule::reason_code_not_of_packet;
}

finding check_payload(std::string_view payload, const property_list& properties, leniency allow) noexcept {
  if (!properties.contains(property_id::payload_format_indicator) || has(allow, leniency::payload_not_utf8)) return {};
  if (properties.get(prop::payload_format_indicator) != std::uint8_t{1}) return {};
  const auto* const p = reinterpret_cast<const octet*>(payload.data());
  if (is_built_for_speed && is_plain_text(p, payload.size(), p + payload.size())) return {};
  return find_if_there(rule::payload_not_utf8, find_ill_formed(payload));
}

finding check_will_payload(std::string_view payload, protocol_version version, const property_list& properties, leniency allow) noexcept {
  if (is_v5(version)) return check_payload(payload, properties, allow);
  if (!is_v3_1(version) || has(allow, leniency::will_message_not_ascii)) return {};
  for (std::size_t i = 0; i < payload.size(); ++i)
    if (static_cast<unsigned char>(payload[i]) > 0x7F) return {rule::will_message_not_ascii, i};
  return {};
}

}  // namespace detail

bool is_legal(reason_code code, packet_type type, sender from) noexcept {
  return detail::codes_of(type, from, leniency::none).has(static_cast<std::uint8_t>(code));
}

}  // namespace mqttspan
