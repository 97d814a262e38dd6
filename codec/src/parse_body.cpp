// The decoders, for those who have read the fixed header themselves.
#include <mqttspan/codec/parse.hpp>

#include <bit>

#include "decode.hpp"

namespace mqttspan::detail {

static_assert(sizeof(body_fault) == sizeof(fault) && offsetof(body_fault, offset) == offsetof(fault, offset));

#define MQTTSPAN_PACKET(P)                                                                                                                    \
  template <>                                                                                                                                \
  body_fault parse_body<P>(const std::byte* packet, const std::byte* body, const std::byte* end, protocol_version version,                   \
                           const parse_options& options, P& out) noexcept {                                                                  \
    const auto octets = [](const std::byte* p) { return reinterpret_cast<const octet*>(p); };                                                \
    return std::bit_cast<body_fault>(decode_packet(octets(packet), octets(body), octets(end), version, options, out));                       \
  }
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET

}  // namespace mqttspan::detail
