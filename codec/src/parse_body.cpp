// The decoders, for those who have read the fixed header themselves.
#include <mqttspan/codec/parse.hpp>

#include <bit>

#include "decode.hpp"

namespace mqttspan::detail {

static_assert(sizeof(body_fault) == sizeof(fault) && offsetof(body_fault, offset) == offsetof(fault, offset));

namespace {

const octet* octets(const std::byte* p) noexcept { return reinterpret_cast<const octet*>(p); }

template <class P>
[[gnu::always_inline]] inline fault read_body(frame f, protocol_version version, const parse_options& options, P& out) noexcept {
  if constexpr (is_built_for_speed && P::type != packet_type::publish) {
    if (!asks_more_of_text(options) && decode_usual(f.packet, f.body, f.end, version, options, out)) [[likely]] return {};
    out = P();
  }
  return decode_packet(f.packet, f.body, f.end, version, options, out);
}

}  // namespace

#define MQTTSPAN_PACKET(P)                                                                                                                    \
  template <>                                                                                                                                \
  body_fault parse_body<P>(const std::byte* packet, const std::byte* body, const std::byte* end, protocol_version version,                   \
                           const parse_options& options, P& out) noexcept {                                                                  \
    return std::bit_cast<body_fault>(read_body({octets(packet), octets(body), octets(end)}, version, options, out));                         \
  }
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET

}  // namespace mqttspan::detail
