// The public entry points of one packet type, written once: a packet's source defines decode and emit, and then names its type here.
#pragma once

#include "decode.hpp"
#include "encode.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// DUP on PUBREL, SUBSCRIBE and UNSUBSCRIBE: a meaning in 3.1 only.
template <class Reader>
bool is_dup_of_v3_1(const Reader& in) noexcept { return is_v3_1(in.version()) && (*in.packet() & 8) != 0; }

template <class P>
constexpr unsigned first_byte_with_dup(const P& p, const encode_context& c) noexcept {
  return usual_first_byte(P::type) | (p.dup && is_v3_1(c.version) ? 8u : 0u);
}
constexpr unsigned first_byte(const pubrel& p, const encode_context& c) noexcept { return first_byte_with_dup(p, c); }
constexpr unsigned first_byte(const subscribe& p, const encode_context& c) noexcept { return first_byte_with_dup(p, c); }
constexpr unsigned first_byte(const unsubscribe& p, const encode_context& c) noexcept { return first_byte_with_dup(p, c); }

template <class P>
rule check_dup(const P& p, const encode_context& c) noexcept {
  return p.dup && !is_v3_1(c.version) && !c.leaves_out() ? rule::field_not_in_version : rule::none;
}
inline rule check_header(const pubrel& p, const encode_context& c) noexcept { return check_dup(p, c); }
inline rule check_header(const subscribe& p, const encode_context& c) noexcept { return check_dup(p, c); }
inline rule check_header(const unsubscribe& p, const encode_context& c) noexcept { return check_dup(p, c); }

}  // namespace mqttspan::detail

#define MQTTSPAN_ENTRY_POINTS(P)                                                                                                                    \
  namespace mqttspan::inline MQTTSPAN_ABI {                                                                                                         \
  MQTTSPAN_BY_ADDRESS(P)                                                                                                                            \
  template <>                                                                                                                                       \
  detail::fault detail::parse_body<P>(const std::byte* start, const std::byte* body, const std::byte* end, protocol_version version,                \
                                      const parse_options& options, P& out) noexcept {                                                              \
    if constexpr (is_built_for_speed) {                                                                                                             \
      quick_reader in(octets(start), octets(body), octets(end), version, options);                                                                  \
      if (!asks_more_of_text(options) && decode_all(in, out)) [[likely]] return {};                                                                 \
      return judge_body(start, body, end, version, options, out);                                                                                   \
    } else {                                                                                                                                        \
      return decode_frame({octets(start), octets(body), octets(end)}, version, options, &out, decode_by_address<P>);                                \
    }                                                                                                                                               \
  }                                                                                                                                                 \
  template <>                                                                                                                                       \
  result<parsed_as<P>> detail::parse_as<P>(bytes_view input, protocol_version version, const parse_options& options) noexcept {                     \
    return detail::parse_control<P>(input, version, options);                                                                                       \
  }                                                                                                                                                 \
  result<std::size_t> detail::encoded_size(const P& p, protocol_version version, const generate_options& options) noexcept {                        \
    return detail::sized(p, {detail::version_of(p, version), options});                                                                             \
  }                                                                                                                                                 \
  result<std::span<std::byte>> detail::generate(const P& p, protocol_version version, std::span<std::byte> out, const generate_options& options) noexcept { \
    return detail::encode<detail::extent::packet>(p, {detail::version_of(p, version), options}, out);                                               \
  }                                                                                                                                                 \
  result<fitted> detail::generate_within(const P& p, protocol_version version, std::span<std::byte> out, const generate_options& options) noexcept { \
    return detail::encode_within(p, {detail::version_of(p, version), options}, out);                                                                \
  }                                                                                                                                                 \
  }
