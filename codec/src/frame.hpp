// The fixed header: read it the quick way where it is usual, and name the fault where it is not.
#pragma once

#include <cstddef>
#include <cstdint>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/varint.hpp>

#include "reader.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// The lower four bits of the first byte: what 3.1.1 and 5.0 want there. PUBLISH has flags of its own. [MQTT-2.2.2-1] [MQTT-2.1.3-1]
constexpr std::uint8_t fixed_flags(packet_type type) noexcept {
  return type == packet_type::pubrel || type == packet_type::subscribe || type == packet_type::unsubscribe ? 2 : 0;
}
constexpr std::uint8_t usual_first_byte(packet_type type) noexcept {
  return static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4 | fixed_flags(type));
}

// Which packet types a side sends: bit per type. [U5-2.1.2-b] [U311-2.2.1-b] [U31-2.1-g]
constexpr unsigned types_sent_by(sender from, protocol_version version) noexcept {
  constexpr auto bit = [](packet_type type) { return 1u << static_cast<unsigned>(type); };
  constexpr unsigned client = bit(packet_type::connect) | bit(packet_type::subscribe) | bit(packet_type::unsubscribe) | bit(packet_type::pingreq);
  constexpr unsigned server = bit(packet_type::connack) | bit(packet_type::suback) | bit(packet_type::unsuback) | bit(packet_type::pingresp);
  constexpr unsigned old_disconnect = bit(packet_type::disconnect);  // only 5.0's servers send one
  if (from == sender::client) return 0xFFFFu & ~server;
  if (from == sender::server) return 0xFFFFu & ~client & ~(is_v5(version) ? 0 : old_disconnect);
  return 0xFFFFu;
}
MQTTSPAN_RARE_FOR_SIZE constexpr bool may_send(sender from, packet_type type, protocol_version version) noexcept {
  return (types_sent_by(from, version) >> static_cast<unsigned>(type) & 1) != 0;
}

// DUP without QoS and QoS 3 are not among the ten flag nibbles that a PUBLISH may have. [MQTT-3.3.1-2] [MQTT-3.3.1-4]
constexpr bool are_usual_publish_flags(unsigned flags) noexcept { return (0x3C3Fu >> flags & 1) != 0; }
constexpr bool is_usual_publish(unsigned first) noexcept {
  const unsigned flags = first ^ usual_first_byte(packet_type::publish);
  return flags < 16 && are_usual_publish_flags(flags);
}

// The first byte of each type but PUBLISH that needs no second look in 3.1.1 and 5.0; 0 where there is none.
struct first_byte_table {
  std::uint8_t of[16];
};
inline constexpr first_byte_table usual_first_bytes = [] {
  first_byte_table table{};
  for (unsigned type = 1; type < 16; ++type) table.of[type] = usual_first_byte(static_cast<packet_type>(type));
  return table;
}();
inline bool is_usual_first_byte(bytes_view input, protocol_version version) noexcept {
  const unsigned first = input.empty() ? 0u : std::to_integer<unsigned>(input[0]);
  return supports(version) && first != 0 && first == usual_first_bytes.of[first >> 4] && (first < 0xF0 || is_v5(version));
}

// A length that takes more bytes than it need, where that is an error. [MQTT-1.5.5-1] [U311-2.2.3-b]
constexpr bool is_length_too_long(const varint& length, protocol_version version, const parse_options& options) noexcept {
  if (length.is_minimal()) return false;
  return is_v5(version) ? !has(options.allow, leniency::non_minimal_lengths) : has(options.reject, strictness::non_minimal_lengths_in_3_x);
}

// What stands between the fixed header and the end of the packet.
struct frame {
  const octet* packet;
  const octet* body;
  const octet* end;
};

// Reads first byte and length, and checks them in wire order: type, direction, flags, length, size, completeness.
// CONNECT's flags wait for its version. `errc{}` in the answer means that all is well and `out` is set.
MQTTSPAN_API error read_frame(bytes_view input, protocol_version version, const parse_options& options, frame& out) noexcept;

// The length behind the first byte, in place; the fault is left to read_frame. False where anything is out of the ordinary.
[[gnu::always_inline]] inline bool read_usual_frame(bytes_view input, const parse_options& options, frame& out) noexcept {
  const auto* const p = reinterpret_cast<const octet*>(input.data());
  const std::size_t n = input.size();
  if (n < 2) return false;
  std::uint32_t length = p[1];
  if (length < 0x80) [[likely]] {
    const std::size_t size = 2 + length;
    if (size > n || size > options.max_packet_size) return false;
    out = {p, p + 2, p + size};
    return true;
  }
  std::uint32_t header = 2;
  std::uint32_t shift = 7;
  length &= 0x7F;
  std::uint32_t byte = 0;
  do {
    if (header == 5 || header == n) return false;
    byte = p[header++];
    length |= (byte & 0x7F) << shift;
    shift += 7;
  } while (byte >= 0x80);
  if (byte == 0) return false;
  if (n - header < length || header + length > options.max_packet_size) return false;
  out = {p, p + header, p + header + length};
  return true;
}

}  // namespace mqttspan::detail
