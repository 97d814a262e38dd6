// Any packet, and packets that must fit the peer's Maximum Packet Size.
#include <mqttspan/codec/generate.hpp>

#include "encode.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {
namespace {

constexpr error no_value{.code = errc::invalid_argument};  // a variant without one

template <class R, class Call>
R dispatch(const packet& p, Call call) noexcept {
  switch (type_of(p)) {
#define MQTTSPAN_PACKET(P) \
  case packet_type::P: return call(*std::get_if<P>(&p));
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  }
  return no_value;
}

}  // namespace

result<std::size_t> encoded_size(const packet& p, protocol_version version, const generate_options& options) noexcept {
  if constexpr (detail::is_built_for_speed) return dispatch<result<std::size_t>>(p, [&](const auto& typed) { return encoded_size(typed, version, options); });
  const auto [typed, emit, own_version] = detail::address_of(p, version);
  if (!emit) return no_value;
  return detail::size_one(typed, own_version, options, emit);
}

result<std::span<std::byte>> generate(const packet& p, protocol_version version, std::span<std::byte> out, const generate_options& options) noexcept {
  if constexpr (detail::is_built_for_speed)
    return dispatch<result<std::span<std::byte>>>(p, [&](const auto& typed) { return generate(typed, version, out, options); });
  const auto [typed, emit, own_version] = detail::address_of(p, version);
  if (!emit) return no_value;
  return detail::generate_one(typed, own_version, out, options, emit);
}

result<fitted> generate_within(const packet& p, protocol_version version, std::span<std::byte> out, const generate_options& options) noexcept {
  if constexpr (detail::is_built_for_speed) return dispatch<result<fitted>>(p, [&](const auto& typed) { return generate_within(typed, version, out, options); });
  const auto [typed, emit, own_version] = detail::address_of(p, version);
  if (!emit) return no_value;
  return detail::generate_one_within(typed, own_version, out, options, emit);
}

}  // namespace mqttspan
