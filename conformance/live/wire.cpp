#include "wire.hpp"

#include <stdexcept>

#include <mqttspan/codec/generate.hpp>

#include "hex.hpp"

namespace mqttspan::conformance::wire {

bytes u8(unsigned value) { return bytes(1, static_cast<char>(value & 0xFF)); }
bytes u16(unsigned value) { return u8(value >> 8) + u8(value); }
bytes u32(std::uint32_t value) { return u16(value >> 16) + u16(value & 0xFFFF); }

bytes varint(std::uint32_t value, unsigned width) {
  bytes out;
  do {
    const unsigned digit = value & 0x7F;
    value >>= 7;
    out += u8(digit | (value != 0 || out.size() + 1 < width ? 0x80u : 0u));
  } while (value != 0 || out.size() < width);
  return out;
}

bytes text(std::string_view value) { return u16(static_cast<unsigned>(value.size())).append(value); }

bytes hex(std::string_view digits) {
  const std::vector<std::byte> read = from_hex_dump(digits);
  return bytes(as_text(read));
}

bytes framed(unsigned first, std::string_view body) { return misframed(first, static_cast<std::int64_t>(body.size()), body); }

bytes misframed(unsigned first, std::int64_t remaining_length, std::string_view body) {
  return (u8(first) + varint(static_cast<std::uint32_t>(remaining_length))).append(body);
}

bytes properties(protocol_version version, std::string_view inside) {
  if (version != protocol_version::v5) return {};
  return varint(static_cast<std::uint32_t>(inside.size())).append(inside);
}

bytes user_property(std::string_view name, std::string_view value) { return u8(0x26) + text(name) + text(value); }

bytes encoded(const packet& p, protocol_version version) {
  const auto size = encoded_size(p, version);
  bytes out(size.value_or(0), '\0');
  const auto written = generate(p, version, as_writable_bytes(out.data(), out.size()));
  if (!size || !written) throw std::logic_error("a probe's own packet is not legal: " + std::string(text_of(size ? written.error() : size.error())));
  return out;
}

connect_parts parts_of(protocol_version version) {
  connect_parts parts;
  parts.name = version == protocol_version::v3_1 ? "MQIsdp" : "MQTT";
  parts.level = static_cast<unsigned>(version);
  return parts;
}

bytes connect_packet(const connect_parts& p, protocol_version version) {
  return framed(0x10, text(p.name) + u8(p.level) + u8(p.flags) + u16(p.keep_alive) + properties(version, p.properties) + p.payload);
}

}  // namespace mqttspan::conformance::wire
