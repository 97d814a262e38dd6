#include <mqttspan/codec/parse.hpp>

#include "decode.hpp"
#include "checks.hpp"
#include "publish.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {
namespace detail {
namespace {

// [MQTT-2.2.2-2] [U5-2.1.3-a]; what 3.1 does not use, it does not check [U31-2.1-a]. DUP keeps the meaning that 3.1 gives it.
rule check_flags(packet_type type, unsigned flags, protocol_version version, const parse_options& options) noexcept {
  if (type == packet_type::connect) return rule::none;  // by its own version, once that is read
  if (type == packet_type::publish) {
    if ((flags >> 1 & 3) == 3) return rule::qos_3;  // [MQTT-3.3.1-4]
    if (!are_usual_publish_flags(flags) && !has(options.allow, leniency::dup_with_qos_0)) return rule::dup_with_qos_0;  // [MQTT-3.3.1-2]
    return rule::none;
  }
  if (is_lax(version, options.reject)) return rule::none;
  if (is_v3_1(version) && fixed_flags(type) != 0) flags &= 7;
  return flags == fixed_flags(type) ? rule::none : rule::fixed_header_flags;
}

rule check_first_byte(unsigned first, protocol_version version, const parse_options& options) noexcept {
  const auto type = static_cast<packet_type>(first >> 4);
  if (!supports(version) && type != packet_type::connect) return rule::protocol_level_unsupported;
  if (type == packet_type{} || (type == packet_type::auth && !is_v5(version))) return rule::packet_type_reserved;  // [U5-2.1.2-a]
  if (!may_send(options.sender, type, version)) return rule::packet_from_wrong_side;  // [U5-2.1.2-b]
  return check_flags(type, first & 15, version, options);
}

}  // namespace

#ifdef MQTTSPAN_BUILT_FOR_SIZE

// By peek, which knows the length.
error read_frame(bytes_view input, protocol_version version, const parse_options& options, frame& out) noexcept {
  const octet* const p = octets(input.data());
  if (!input.empty())
    if (const rule r = check_first_byte(p[0], version, options); r != rule::none) return error_of(r, 0, static_cast<packet_type>(p[0] >> 4));
  const auto header = peek(input);
  if (!header) return header.error();
  const packet_type type = header->type;
  const std::size_t size = header->packet_size();
  if (type != packet_type::connect && is_length_too_long({header->remaining_length, static_cast<std::uint8_t>(header->header_size - 1)}, version, options))
    return error_of(rule::variable_byte_integer_not_minimal, 1, type);
  if (size > options.max_packet_size) return error_of(rule::packet_too_large, 1, type);  // [U5-2.1.4-b]
  out = {p, p + header->header_size, p + size};
  error e{.in = type};
  if (size > input.size()) e.code = errc::incomplete, e.offset = static_cast<std::uint32_t>(size);
  return e;
}

#else

error read_frame(bytes_view input, protocol_version version, const parse_options& options, frame& out) noexcept {
  if (input.empty()) return {.code = errc::incomplete, .offset = 2};
  const auto* const p = reinterpret_cast<const octet*>(input.data());
  const auto type = static_cast<packet_type>(p[0] >> 4);
  const auto incomplete = [type](std::size_t needed) { return error{.code = errc::incomplete, .in = type, .offset = static_cast<std::uint32_t>(needed)}; };
  if (const rule r = check_first_byte(p[0], version, options); r != rule::none) return make_error(r, 0, type);
  const auto length = decode_varint(input.subspan(1));
  if (!length) return length.error().code == errc::incomplete ? incomplete(input.size() + 1) : make_error(length.error().violated, 1, type);
  if (type != packet_type::connect && is_length_too_long(*length, version, options)) return make_error(rule::variable_byte_integer_not_minimal, 1, type);
  const std::size_t size = 1u + length->size + length->value;
  if (size > options.max_packet_size) return make_error(rule::packet_too_large, 1, type);  // [U5-2.1.4-b]
  if (size > input.size()) return incomplete(size);
  out = {p, p + 1 + length->size, p + size};
  return {.in = type};
}

#endif

namespace {

// What is no PUBLISH, or not a usual one.
[[gnu::noinline]] void parse_any(result<parsed>& out, bytes_view input, protocol_version version, const parse_options& options) noexcept {
  frame f;
  const auto type = static_cast<packet_type>(input.empty() ? 0u : std::to_integer<unsigned>(input[0]) >> 4);
  const bool is_usual =
      is_built_for_speed && is_usual_first_byte(input, version) && may_send(options.sender, type, version) && read_usual_frame(input, options, f);
  if (!is_usual) [[unlikely]] {
    if (const error e = read_frame(input, version, options, f); e.code != errc{}) {
      out = e;
      return;
    }
  }
  out->size = static_cast<std::size_t>(f.end - f.packet);
  const fault x = parse_by_type(type, out->packet, f, version, options);
  if (x.violated != rule::none) [[unlikely]] out = error_of(x.violated, x.offset, type);
}

// Goes on at the properties of the packet, which is whole.
[[gnu::noinline]] void finish(result<parsed>& out, const octet* properties, const std::byte* packet, const parse_options& options) noexcept {
  const auto* const end = reinterpret_cast<const octet*>(packet) + out->size;
  if (!read_usual_rest(properties, end, options, *std::get_if<publish>(&out->packet))) [[unlikely]]
    parse_any(out, {packet, out->size}, protocol_version::v5, options);
}

}  // namespace
}  // namespace detail

result<fixed_header> peek(bytes_view input) noexcept {
  if (input.empty()) return error{.code = errc::incomplete, .offset = 2};
  const auto first = std::to_integer<std::uint8_t>(input[0]);
  const auto type = static_cast<packet_type>(first >> 4);
  if (type == packet_type{}) return detail::error_of(rule::packet_type_reserved, 0, type);  // [U5-2.1.2-a]
#ifdef MQTTSPAN_BUILT_FOR_SIZE
  const auto* const p = detail::octets(input.data());
  const detail::varint_read length = detail::read_long_varint(p + 1, p + input.size(), false);
  if (length.violated == rule::none) return fixed_header{type, static_cast<std::uint8_t>(first & 15), static_cast<std::uint8_t>(1 + length.size), length.value};
  if (length.violated != rule::field_past_end) return detail::error_of(length.violated, 1, type);
  return error{.code = errc::incomplete, .in = type, .offset = static_cast<std::uint32_t>(input.size() + 1)};
#else
  const auto length = decode_varint(input.subspan(1));
  if (!length && length.error().code == errc::incomplete)
    return error{.code = errc::incomplete, .in = type, .offset = static_cast<std::uint32_t>(input.size() + 1)};
  if (!length) return make_error(length.error().violated, 1, type);
  return fixed_header{type, static_cast<std::uint8_t>(first & 15), static_cast<std::uint8_t>(1 + length->size), length->value};
#endif
}

result<parsed> parse(bytes_view input, protocol_version version, const parse_options& options) noexcept {
  using namespace detail;
  result<parsed> out{uninitialized{}};
  publish_progress read{false};
  if (is_built_for_speed && !input.empty() && is_usual_publish(std::to_integer<unsigned>(input[0]))) [[likely]] {
    std::construct_at(&out->packet, std::in_place_type<publish>);
    read = read_usual_publish(input, version, options, *std::get_if<publish>(&out->packet), out->size);
  }
  if (read.properties) finish(out, read.properties, input.data(), options);
  else if (!read.is_done) [[unlikely]] parse_any(out, input, version, options);
  return out;
}

connect_inspection inspect_connect(bytes_view input) noexcept {
  using namespace detail;
  connect_inspection seen;
  const auto header = peek(input);
  if (!header || header->type != packet_type::connect) return seen;
  const auto* const p = reinterpret_cast<const octet*>(input.data());
  const std::size_t size = header->packet_size() < input.size() ? header->packet_size() : input.size();
#if MQTTSPAN_HAS_OPTIONS
  const parse_options lenient{.allow = leniency::non_minimal_lengths | leniency::ill_formed_utf8};
#else
  constexpr const parse_options& lenient = strict;
#endif
  reader in(p, p + header->header_size, p + size, protocol_version::v5, lenient);
  const bytes_view name = in.binary();
  if (in.failed()) return seen;
  seen.protocol_name = as_text(name);
  if (in.left() >= 1) seen.protocol_level = in.byte();
  if (in.left() >= 1) seen.clean_start = (in.byte() & connect_flag::clean_start) != 0;
  if (in.left() < 2) return seen;
  seen.keep_alive = in.two_byte();
  if (seen.version() == protocol_version::v5) {
    const std::uint32_t properties = in.variable_byte();
    if (in.failed() || in.left() < properties) return seen;
    in.skip_to(in.at() + properties);
  }
  const bytes_view client_id = in.binary();
  if (!in.failed()) seen.client_id = as_text(client_id);
  return seen;
}

}  // namespace mqttspan
