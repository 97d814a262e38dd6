#include "publish.hpp"

#include "decode.hpp"
#include "encode.hpp"

namespace mqttspan {
namespace detail {

fault judge_topic(const frame& f, const octet* field, std::size_t size, protocol_version version, const parse_options& options) noexcept {
  const bool may_be_empty = version == protocol_version::v5;  // beside an alias, which comes later
  const finding found = check_text(may_be_empty ? text_kind::topic_name_or_alias : text_kind::topic_name, to_text(field + 2, size),
                                   {version, options.allow, options.reject, options.max_topic_levels});
  const octet* const where = size == 0 ? field : field + 2 + found.offset;
  return {found.violated, static_cast<std::uint32_t>(where - f.packet)};
}

fault decode_publish_properties(const frame& f, const octet* at, const parse_options& options, publish& out) noexcept {
  reader in(f.packet, at, f.end, protocol_version::v5, options);
  out.properties = read_properties(in, property_place::publish);
  if (in.failed()) return in.result();
  if (out.topic.empty() && !out.properties.contains(property_id::topic_alias))  // [U5-3.3.2.1-a]
    return {rule::topic_name_empty_without_alias, static_cast<std::uint32_t>(f.body - f.packet)};
  out.payload = to_bytes(in.at(), in.left());
  const finding x = check_payload(as_text(out.payload), out.properties, options.allow);
  return {x.violated, static_cast<std::uint32_t>(in.at() - f.packet + static_cast<std::ptrdiff_t>(x.offset))};
}

// topic<2+n> packet_id<2>? properties<varint+n> payload<rest>
template <class Sink>
[[gnu::always_inline]] inline void emit_head(Sink& out, const publish& p) noexcept {
  const bool may_be_empty = out.is_v5() && p.properties.contains(property_id::topic_alias);
  if (may_be_empty) out.template text<text_kind::topic_name_or_alias>(p.topic);
  else out.template text<text_kind::topic_name>(p.topic);
  if (p.qos != qos::at_most_once) out.packet_id(p.packet_id);
  else out.require(p.packet_id == 0, rule::packet_id_with_qos_0);  // [MQTT-2.3.1-5] [MQTT-2.2.1-2]
  out.properties(p.properties, property_place::publish);
}

template <class Sink>
void emit(Sink& out, const publish& p) noexcept {
  emit_head(out, p);
  out.payload(as_text(p.payload), p.properties);
}

constexpr unsigned first_byte(const publish& p, const encode_context&) noexcept {
  return 0x30u | (p.dup ? 8u : 0u) | static_cast<unsigned>(p.qos) << 1 | (p.retain ? 1u : 0u);
}

constexpr rule check_header(const publish& p, const encode_context& c) noexcept {
  if (static_cast<unsigned>(p.qos) > 2) return rule::qos_3;  // [MQTT-3.3.1-4]
  if (p.dup && p.qos == qos::at_most_once && !has(c.options.allow, leniency::dup_with_qos_0)) return rule::dup_with_qos_0;  // [MQTT-3.3.1-2]
  return rule::none;
}

}  // namespace detail

template <>
result<parsed_as<publish>> parse_as<publish>(bytes_view input, protocol_version version, const parse_options& options) noexcept {
  using namespace detail;
  result<parsed_as<publish>> out{std::in_place};
  frame f;
  const unsigned first = input.empty() ? 0u : std::to_integer<unsigned>(input[0]);
  error e{};
  if (first >> 4 != static_cast<unsigned>(packet_type::publish) || !are_usual_publish_flags(first & 15) || !read_usual_frame(input, options, f)) [[unlikely]]
    e = expect_type(read_frame(input, version, options, f), packet_type::publish);
  if (e.code == errc{}) e = decode_publish(f, version, options, out->packet);
  if (e.code == errc{}) out->size = static_cast<std::size_t>(f.end - f.packet);
  else out = e;
  return out;
}

template <>
result<std::size_t> encoded_size(const publish& p, protocol_version version, const generate_options& options) noexcept {
  return detail::sized(p, {version, options});
}

template <>
result<std::span<std::byte>> generate(const publish& p, protocol_version version, std::span<std::byte> out, const generate_options& options) noexcept {
  return detail::encode_packet(p, {version, options}, out);
}

template <>
result<fitted> generate_within(const publish& p, protocol_version version, std::span<std::byte> out, const generate_options& options) noexcept {
  return detail::encode_within(p, {version, options}, out);
}

result<std::span<std::byte>> generate_head(const publish& p, protocol_version version, std::span<std::byte> out, const generate_options& options) noexcept {
  using namespace detail;
  return encode(p, {version, options}, out, p.payload.size(), [&p](write_sink& sink) {
    emit_head(sink, p);
    sink.check_text_payload(as_text(p.payload), p.properties);
  });
}

}  // namespace mqttspan
