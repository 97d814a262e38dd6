// Bytes as they stand on the wire, put together field by field: the way to make packets that no encoder would write.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/packet.hpp>

namespace mqttspan::conformance::wire {

/// Bytes, in a string, since strings can be joined with +.
using bytes = std::string;

bytes u8(unsigned value);
bytes u16(unsigned value);
bytes u32(std::uint32_t value);
/// A variable byte integer, in the shortest form, or filled up with 0x80 … 0x00 to `width` bytes.
bytes varint(std::uint32_t value, unsigned width = 0);
/// The text behind its two-byte length. Binary data is written alike.
bytes text(std::string_view value);
/// Hexadecimal digits, with white space where it helps to read.
bytes hex(std::string_view digits);
/// `first` byte, Remaining Length, `body`.
bytes framed(unsigned first, std::string_view body);
/// The same with a Remaining Length that says something else.
bytes misframed(unsigned first, std::int64_t remaining_length, std::string_view body);
/// 5.0: the properties behind their length. 3.x: nothing.
bytes properties(protocol_version version, std::string_view inside = {});
/// One user property.
bytes user_property(std::string_view name, std::string_view value);

/// Our encoder's bytes, for packets that are good. Throws std::logic_error where it refuses.
bytes encoded(const packet& p, protocol_version version);

/// What a CONNECT is made of, each part open to be broken.
struct connect_parts {
  bytes name;                ///< without its length
  unsigned level = 0;
  unsigned flags = 0x02;     ///< Clean Start
  unsigned keep_alive = 0;
  bytes properties{};        ///< 5.0: without their length
  bytes payload{};           ///< all of it, the client id first
};
/// Name and level of the version.
connect_parts parts_of(protocol_version version);
/// CONNECT of these parts.
bytes connect_packet(const connect_parts& parts, protocol_version version);

}  // namespace mqttspan::conformance::wire
