#include "entry.hpp"

#include <cstring>

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

// The two protocol names with their lengths, as on the wire.
inline constexpr octet mqtt[] = {0, 4, 'M', 'Q', 'T', 'T'};
inline constexpr octet mqisdp[] = {0, 6, 'M', 'Q', 'I', 's', 'd', 'p'};
inline constexpr unsigned bridge_bit = 0x80;

constexpr bool is_known_level(unsigned level, bool old_name) noexcept {
  return (old_name ? level == 3 : level == 4 || level == 5) && supports(static_cast<protocol_version>(level));
}

// name<2+n> level<1>. [MQTT-3.1.2-1] [MQTT-3.1.2-2] [U31-3.1-a]
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void read_version(Reader& in, connect& out) noexcept {
  const octet* const field = in.at();
  if (is_built_for_speed && in.left() > sizeof mqtt && std::memcmp(field, mqtt, sizeof mqtt) == 0 && is_known_level(field[sizeof mqtt], false)) [[likely]] {
    out.version = static_cast<protocol_version>(field[sizeof mqtt]);
    in.adopt(out.version);
    return in.skip_to(field + sizeof mqtt + 1);
  }
  const std::size_t name_size = in.binary().size();
  if (in.failed()) return;
  const bool old_name = name_size == 6 && std::memcmp(field, mqisdp, sizeof mqisdp) == 0;
  const bool new_name = name_size == 4 && std::memcmp(field, mqtt, sizeof mqtt) == 0;
  if (!old_name && !new_name) return in.fail(rule::protocol_name_unknown, field);
  const octet* const level_field = in.at();
  unsigned level = in.byte();
  if (in.failed()) return;
  if ((level & bridge_bit) && has(in.options().allow, leniency::bridge_levels) && (level & 0x7F) < 5) {
    out.bridge = true;
    level &= 0x7F;
  }
  if (!is_known_level(level, old_name)) return in.fail(rule::protocol_level_unsupported, level_field);
  out.version = static_cast<protocol_version>(level);
  in.adopt(out.version);
}

// What the fixed header must look like turns on the version, which stands behind it. [MQTT-2.2.2-2] [MQTT-1.5.5-1]
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void check_fixed_header(Reader& in, const octet* body) noexcept {
  if ((*in.packet() & 15) != 0 && !in.is_lax_v3_1()) return in.fail(rule::fixed_header_flags, in.packet());
  const varint length{static_cast<std::uint32_t>(in.end() - body), static_cast<std::uint8_t>(body - in.packet() - 1)};
  if (is_length_too_long(length, in.version(), in.options())) in.fail(rule::variable_byte_integer_not_minimal, in.packet() + 1);
}

// Saves the call where it would find nothing.
constexpr bool is_will_payload_checked(protocol_version version, const property_list& properties) noexcept {
  return is_v3_1(version) || (supports(protocol_version::v5) && properties.contains(property_id::payload_format_indicator));
}

// properties<varint+n>? topic<2+n> message<2+n>
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void read_will(Reader& in, unsigned flags, std::optional<will>& out) noexcept {
  const property_list properties = in.is_v5() ? read_properties(in, property_place::will) : property_list();
  const std::string_view topic = in.template text<text_kind::will_topic>();
  const octet* const field = in.at();
  const bytes_view payload = in.binary();
  if (in.failed()) return;
  if (is_will_payload_checked(in.version(), properties)) {
    const finding f = check_will_payload(as_text(payload), in.version(), properties, in.options().allow);
    in.check(f.violated, field + 2 + f.offset);
  }
  will& w = out.emplace();  // in place: a copy of the whole would be made with rep movs
  w.topic = topic;
  w.payload = payload;
  w.qos = static_cast<qos>(flags >> connect_flag::will_qos_shift & 3);
  w.retain = (flags & connect_flag::will_retain) != 0;
  w.properties = properties;
}

// user_name<2+n>? password<2+n>?  In 3.1 the packet's end wins over the flags. [U31-3.1-c]
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void read_credentials(Reader& in, unsigned flags, connect& out) noexcept {
  const auto is_there = [&](unsigned flag) { return (flags & flag) != 0 && !(in.is_lax_v3_1() && in.left() == 0); };
  if (is_there(connect_flag::user_name)) out.user_name.emplace(in.template text<text_kind::string>());  // [MQTT-3.1.3-11] [MQTT-3.1.2-19]
  if (is_there(connect_flag::password)) out.password.emplace(in.binary());                     // [MQTT-3.1.2-21]
}

unsigned flags_of(const connect& p) noexcept {
  unsigned flags = p.clean_start ? connect_flag::clean_start : 0;
  if (p.will) {
    const unsigned will_qos = static_cast<unsigned>(p.will->qos) < 3 ? static_cast<unsigned>(p.will->qos) : 3;
    flags |= connect_flag::will | will_qos << connect_flag::will_qos_shift | (p.will->retain ? connect_flag::will_retain : 0);
  }
  if (p.user_name) flags |= connect_flag::user_name;
  if (p.password) flags |= connect_flag::password;
  return flags;
}

}  // namespace

// name<2+n> level<1> flags<1> keep_alive<2> properties<varint+n>? client_id<2+n> will? user_name? password?
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader& in, connect& out) noexcept {
  const octet* const body = in.at();
  read_version(in, out);
  if (in.failed()) return;
  check_fixed_header(in, body);
  const octet* field = in.at();
  const unsigned flags = in.byte();
  in.check(check_connect_flags(flags, in.version(), in.is_lax_v3_1()), field);
  out.clean_start = (flags & connect_flag::clean_start) != 0;
  out.keep_alive = in.two_byte();
  if (in.is_v5()) out.properties = read_properties(in, property_place::connect);
  field = in.at();
  out.client_id = in.template text<text_kind::string>();  // [MQTT-3.1.3-3] [MQTT-3.1.3-4]
  in.check(check_client_id(out.client_id, out.clean_start, in.version(), in.options().allow), field);
  if (flags & connect_flag::will) read_will(in, flags, out.will);  // [MQTT-3.1.2-9]
  read_credentials(in, flags, out);
}

template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const connect& p) noexcept {
  const leniency allow = out.context().options.allow;
  if (is_v3_1(p.version)) out.bytes(mqisdp);
  else out.bytes(mqtt);
  out.require(!p.bridge || (!out.is_v5() && has(allow, leniency::bridge_levels)), rule::protocol_level_unsupported);
  out.byte(static_cast<unsigned>(p.version) | (p.bridge ? bridge_bit : 0));
  const unsigned flags = flags_of(p);
  out.check(check_connect_flags(flags, p.version, false));
  out.byte(flags);
  out.two_byte(p.keep_alive);
  out.properties(p.properties, property_place::connect);
  out.check(check_client_id(p.client_id, p.clean_start, p.version, allow));
  out.template text<text_kind::string>(p.client_id);
  if (p.will) {
    out.properties(p.will->properties, property_place::will);
    out.template text<text_kind::will_topic>(p.will->topic);
    if (is_will_payload_checked(p.version, p.will->properties)) {
      const finding f = check_will_payload(as_text(p.will->payload), p.version, p.will->properties, allow);
      out.check(f.violated, 2 + f.offset);
    }
    out.binary(p.will->payload);
  }
  if (p.user_name) out.template text<text_kind::string>(*p.user_name);
  if (p.password) out.binary(*p.password);
}

rule check_header(const connect& p, const encode_context&) noexcept {
  const bool known = p.version == protocol_version::v3_1 || p.version == protocol_version::v3_1_1 || p.version == protocol_version::v5;
  return known ? rule::none : rule::protocol_level_unsupported;
}

}  // namespace mqttspan::detail

MQTTSPAN_ENTRY_POINTS(connect)

namespace mqttspan::inline MQTTSPAN_ABI {

result<std::span<std::byte>> generate(const connect& p, std::span<std::byte> out, const generate_options& options) noexcept {
  return generate(p, p.version, out, options);
}

}  // namespace mqttspan
