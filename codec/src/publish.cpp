#include "publish.hpp"

#include "entry.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {
namespace detail {

bool read_properties_and_payload(const octet* at, const octet* end, const parse_options& options, publish& out) noexcept {
  if constexpr (is_built_for_speed) return read_usual_rest(at, end, options, out);
  else return false;
}

// topic<2+n> packet_id<2>? properties<varint+n> payload<rest>
inline void decode(reader& in, publish& out) noexcept {
  const unsigned first = *in.packet();
  out.qos = static_cast<qos>(first >> 1 & 3);
  out.retain = (first & 1) != 0;
  out.dup = (first & 8) != 0;
  const octet* const topic = in.at();
  out.topic = in.is_v5() ? in.text<text_kind::topic_name_or_alias>() : in.text<text_kind::topic_name>();
  out.packet_id = out.qos != qos::at_most_once ? in.packet_id() : std::uint16_t{0};  // [MQTT-2.3.1-5] [MQTT-2.2.1-2]
  out.properties = in.is_v5() ? read_properties(in, property_place::publish) : property_list();
  if (in.failed()) return;
  if (out.topic.empty() && !out.properties.contains(property_id::topic_alias)) return in.fail(rule::topic_name_empty_without_alias, topic);  // [U5-3.3.2.1-a]
  out.payload = to_bytes(in.at(), in.left());
  if (in.is_v5()) {
    const finding x = check_payload(as_text(out.payload), out.properties, in.options().allow);
    in.check(x.violated, in.at() + x.offset);
  }
  in.skip(in.left());
}

// topic<2+n> packet_id<2>? properties<varint+n> payload<rest>
template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit_head(Sink& out, const publish& p) noexcept {
  if (out.is_v5()) {
    out.require(!p.topic.empty() || p.properties.contains(property_id::topic_alias), rule::topic_name_empty_without_alias);  // [U5-3.3.2.1-a]
    out.template text<text_kind::topic_name_or_alias>(p.topic);
  } else {
    out.template text<text_kind::topic_name>(p.topic);
  }
  if (p.qos != qos::at_most_once) out.packet_id(p.packet_id);
  else out.require(p.packet_id == 0, rule::packet_id_with_qos_0);  // [MQTT-2.3.1-5] [MQTT-2.2.1-2]
  out.properties(p.properties, property_place::publish);
  out.check_text_payload(as_text(p.payload), p.properties);
}

template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const publish& p) noexcept {
  emit_head(out, p);
  out.payload(p.payload);
}

constexpr unsigned first_byte(const publish& p, const encode_context&) noexcept {
  return 0x30u | (p.dup ? 8u : 0u) | static_cast<unsigned>(p.qos) << 1 | (p.retain ? 1u : 0u);
}

constexpr rule check_header(const publish& p, const encode_context& c) noexcept {
  if (static_cast<unsigned>(p.qos) > 2) return rule::qos_3;  // [MQTT-3.3.1-4]
  if (p.dup && p.qos == qos::at_most_once && !has(c.options.allow, leniency::dup_with_qos_0)) return rule::dup_with_qos_0;  // [MQTT-3.3.1-2]
  return rule::none;
}

#ifdef MQTTSPAN_BUILT_FOR_SIZE
void emit_head_by_address(compact_sink& out, const void* untyped) noexcept {
  const publish& p = *static_cast<const publish*>(untyped);
  out.begin(first_byte(p, out.context()), check_header(p, out.context()), ids_of(p));
  emit_head(out, p);
  out.payload_apart(p.payload);
}
#endif

template <>
fault parse_body<publish>(const std::byte* start, const std::byte* body, const std::byte* end, protocol_version version, const parse_options& options,
                          publish& out) noexcept {
  if constexpr (is_built_for_speed) return decode_packet(octets(start), octets(body), octets(end), version, options, out);
  else return decode_frame({octets(start), octets(body), octets(end)}, version, options, &out, decode_by_address<publish>);
}

namespace {

// Goes on at the properties of the packet, which is whole.
[[gnu::noinline, maybe_unused]] void finish(result<parsed_as<publish>>& out, const octet* properties, const std::byte* packet, const parse_options& options) noexcept {
  const auto* const end = reinterpret_cast<const octet*>(packet) + out->size;
  if (!read_usual_rest(properties, end, options, out->packet)) [[unlikely]] judge_control({packet, out->size}, protocol_version::v5, options, out);
}

}  // namespace
}  // namespace detail

MQTTSPAN_BY_ADDRESS(publish)

template <>
result<parsed_as<publish>> detail::parse_as<publish>(bytes_view input, protocol_version version, const parse_options& options) noexcept {
#ifdef MQTTSPAN_BUILT_FOR_SIZE
  return detail::parse_control<publish>(input, version, options);
#else
  result<parsed_as<publish>> out{std::in_place};
  const auto [is_done, properties] = detail::read_usual_publish(input, version, options, out->packet, out->size);
  if (properties) detail::finish(out, properties, input.data(), options);
  else if (!is_done) [[unlikely]] detail::judge_control(input, version, options, out);
  return out;
#endif
}

result<std::size_t> detail::encoded_size(const publish& p, protocol_version version, const generate_options& options) noexcept {
  return detail::sized(p, {version, options});
}

result<std::span<std::byte>> detail::generate(const publish& p, protocol_version version, std::span<std::byte> out, const generate_options& options) noexcept {
  return detail::encode<detail::extent::packet>(p, {version, options}, out);
}

result<fitted> detail::generate_within(const publish& p, protocol_version version, std::span<std::byte> out, const generate_options& options) noexcept {
  return detail::encode_within(p, {version, options}, out);
}

result<std::span<std::byte>> generate_head(const publish& p, protocol_version version, std::span<std::byte> out, const generate_options& options) noexcept {
  return detail::encode<detail::extent::head>(p, {version, options}, out);
}

}  // namespace mqttspan
