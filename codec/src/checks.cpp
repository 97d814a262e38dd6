#include "checks.hpp"

#include "property.hpp"
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
#ifdef MQTTSPAN_BUILT_FOR_SIZE
  friend constexpr bool operator==(packed_codes, packed_codes) = default;
  constexpr bool has(std::uint8_t code) const noexcept {
    const unsigned bit = code < 0x80 ? code : code - 0x80u + failures;
    return bit < 64 && (code >= 0x80 || bit < failures) && (bits_ >> bit & 1) != 0;
  }
#else
  constexpr code_set unpacked() const noexcept { return {static_cast<std::uint32_t>(bits_ & ((1u << failures) - 1)), bits_ >> failures}; }
#endif

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

#ifdef MQTTSPAN_BUILT_FOR_SIZE

// The same, each set there once: four bits a side say which one, the client's below.
struct shared_code_table {
  packed_codes sets[11];
  std::uint8_t of[16];

  constexpr std::uint8_t find_or_add(packed_codes wanted, unsigned& count) noexcept {
    unsigned i = 0;
    while (i < count && !(sets[i] == wanted)) ++i;
    if (i == count) sets[count++] = wanted;
    return static_cast<std::uint8_t>(i);
  }
};
constexpr shared_code_table shared_codes = [] {
  shared_code_table table{};
  unsigned count = 1;  // the first has no code
  for (unsigned type = 0; type < 16; ++type)
    table.of[type] = static_cast<std::uint8_t>(table.find_or_add(legal_codes.of[type].by_client, count) | table.find_or_add(legal_codes.of[type].by_server, count) << 4);
  return table;
}();

}  // namespace

bool is_code_of(std::uint8_t code, packet_type type, sender from, leniency allow) noexcept {
  const unsigned which = shared_codes.of[static_cast<unsigned>(type)];
  if (from != sender::server && shared_codes.sets[which & 15].has(code)) return true;
  if (from != sender::client && shared_codes.sets[which >> 4].has(code)) return true;
  return code == 0x8C && type == packet_type::disconnect && has(allow, leniency::disconnect_bad_authentication_method);  // [U5-3.14.2.1-c]
}

#else

}  // namespace

code_set codes_of(packet_type type, sender from, leniency allow) noexcept {
  const packet_codes& codes = legal_codes.of[static_cast<unsigned>(type)];
  packed_codes legal = from == sender::client ? codes.by_client : codes.by_server;
  if (from == sender::any) legal.add(codes.by_client);
  if (type == packet_type::disconnect && has(allow, leniency::disconnect_bad_authentication_method)) legal.add(0x8C);  // [U5-3.14.2.1-c]
  return legal.unpacked();
}
#endif

rule why_not(std::uint8_t code, packet_type type) noexcept {
  return codes_of(type, sender::any, leniency::none).has(code) ? rule::reason_code_from_wrong_side : rule::reason_code_not_of_packet;
}

#ifdef MQTTSPAN_BUILT_FOR_SIZE
// Whether the payload calls itself text.
static bool says_text(const property_list& properties) noexcept {
  property_walk walk(properties);
  property_fields p;
  while (walk.next(p))
    if (p.id == property_id::payload_format_indicator) return static_cast<std::uint8_t>(p.integer) == 1;
  return false;
}
#endif

finding check_payload(std::string_view payload, const property_list& properties, leniency allow) noexcept {
  if (!properties.contains(property_id::payload_format_indicator) || has(allow, leniency::payload_not_utf8)) return {};
#ifdef MQTTSPAN_BUILT_FOR_SIZE
  if (!says_text(properties)) return {};
#else
  if (properties.get(prop::payload_format_indicator) != std::uint8_t{1}) return {};
#endif
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
