// The packets with lists: SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK.
#include "entry.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

// filter<2+n> options<1>. [U5-3.8.3-b] [U311-3.8.3-a]
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void read_subscription(Reader& in, bool lax) noexcept {
  const std::string_view filter = in.template text<text_kind::topic_filter>();
  const octet* const field = in.at();
  const unsigned options = in.byte();
  const rule r = check_subscription_options(options, filter, in.version(), lax);
  in.check(r, field);
}

template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void read_item(Reader& in, const subscription*, bool lax) noexcept { read_subscription(in, lax); }
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void read_item(Reader& in, const std::string_view*, bool) noexcept { in.template text<text_kind::topic_filter>(); }

// The items up to the packet's end, at least one.
template <class T, class Reader>
MQTTSPAN_INLINE_FOR_SPEED wire_list<T> read_filters(Reader& in) noexcept {
  const bool lax = in.is_lax_v3_1();
  const octet* const begin = in.at();
  if (in.left() == 0) in.fail(rule::no_topic_filter, begin);  // [MQTT-3.8.3-3] [5.0/MQTT-3.8.3-2] [MQTT-3.10.3-2]
  std::uint32_t count = 0;
  while (in.left() != 0) {
    if (++count > in.options().max_topic_filters) in.fail(rule::too_many_topic_filters, in.at());
    else read_item(in, static_cast<const T*>(nullptr), lax);
  }
  return wire_list<T>::from_validated(reinterpret_cast<const std::byte*>(begin), count, in.version());
}

// Whether each of n codes grants a QoS, or reports success: so much is good in every version.
MQTTSPAN_INLINE_FOR_SPEED bool are_plain_codes(const octet* p, std::size_t n, packet_type type) noexcept {
  return all_of(p, n, p + n, [limit = static_cast<octet>(type == packet_type::suback ? 3 : 1)](block b) { return b.below(limit); });
}

// How many of the n codes at p the packet may carry, up to the first that it may not.
[[gnu::noinline]] std::size_t count_legal_codes(const octet* p, std::size_t n, packet_type type, protocol_version version, const parse_options& options) noexcept {
  const bool v5 = is_v5(version), lax = is_lax(version, options.reject);
  const code_set legal = v5 ? codes_of(type, options.sender, options.allow) : code_set{};
  std::size_t at = 0;
  while (at < n && (v5 ? legal.has(p[at]) : is_return_code_of_suback(p[at], lax))) ++at;
  return at;
}

// code<1> up to the packet's end, at least one
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED wire_list<reason_code> read_reason_codes(Reader& in, packet_type type) noexcept {
  const octet* const begin = in.at();
  const std::size_t count = in.left();
  const bool plain = is_built_for_speed && are_plain_codes(begin, count, type);
  const std::size_t legal = plain ? count : count_legal_codes(begin, count, type, in.version(), in.options());
  if (count == 0) in.fail(rule::no_reason_code, begin);  // [U5-3.9.3-a] [U5-3.11.3-a] [U311-2.4-a]
  else if (legal == count) in.skip(count);
  else in.fail(in.is_v5() ? why_not(begin[legal], type) : rule::reason_code_not_of_packet, begin + legal);  // [MQTT-3.9.3-2] [MQTT-3.11.3-2]
  return wire_list<reason_code>::from_validated(reinterpret_cast<const std::byte*>(begin), static_cast<std::uint32_t>(count), in.version());
}

template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit_reason_codes(Sink& out, const wire_list<reason_code>& codes, packet_type type) noexcept {
  const encode_context& c = out.context();
  const code_set legal = out.is_v5() ? codes_of(type, c.options.sender, c.options.allow) : code_set{};
  out.require(!codes.empty(), rule::no_reason_code);
  for (const reason_code code : codes) {
    const auto value = static_cast<std::uint8_t>(code);
    const bool good = out.is_v5() ? legal.has(value) : is_return_code_of_suback(value, false);
    if (!good) [[unlikely]] out.check(out.is_v5() ? why_not(value, type) : rule::reason_code_not_of_packet);
    out.byte(value);
  }
}

// The codes of a 5.0 UNSUBACK in 3.x: they may go unsaid if asked for, but not a refusal. [U311-7.1-a]
bool may_be_left_out(const wire_list<reason_code>& codes, const encode_context& c) noexcept {
  if (!codes.empty() && !c.leaves_out()) return false;
  for (const reason_code code : codes)
    if (is_error(code)) return false;
  return true;
}

template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit_subscription(Sink& out, const subscription& s) noexcept {
  out.template text<text_kind::topic_filter>(s.topic_filter);
  const bool has_qos_only = is_built_for_speed && !s.no_local && !s.retain_as_published && s.retain_handling == retain_handling::send;
  if (has_qos_only && static_cast<unsigned>(s.qos) < 3) [[likely]] return out.byte(static_cast<unsigned>(s.qos));  // good in every version
  const auto capped = [](unsigned value) { return value < 3 ? value : 3u; };
  unsigned options = capped(static_cast<unsigned>(s.qos)) | (s.no_local ? 4u : 0u) | (s.retain_as_published ? 8u : 0u) |
                     capped(static_cast<unsigned>(s.retain_handling)) << 4;
  const protocol_version version = out.context().version;
  if (!out.is_v5()) {
    out.require_in_version(options < 4);
    options &= 3;
  }
  out.check(check_subscription_options(options, s.topic_filter, version, false));
  out.byte(options);
}

}  // namespace

// packet_id<2> properties<varint+n>? {filter<2+n> options<1>}+
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader& in, subscribe& out) noexcept {
  out.dup = is_dup_of_v3_1(in);
  out.packet_id = in.packet_id();
  if (in.is_v5()) out.properties = read_properties(in, property_place::subscribe);
  if (in.failed()) return;
  out.subscriptions = read_filters<subscription>(in);
}
template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const subscribe& p) noexcept {
  out.packet_id(p.packet_id);
  out.properties(p.properties, property_place::subscribe);
  out.require(!p.subscriptions.empty(), rule::no_topic_filter);
  for (const subscription& s : p.subscriptions) emit_subscription(out, s);
}

// packet_id<2> properties<varint+n>? {code<1>}+
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader& in, suback& out) noexcept {
  out.packet_id = in.packet_id();
  if (in.is_v5()) out.properties = read_properties(in, property_place::suback);
  if (!in.failed()) out.reason_codes = read_reason_codes(in, packet_type::suback);
}
template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const suback& p) noexcept {
  out.packet_id(p.packet_id);
  out.properties(p.properties, property_place::suback);
  emit_reason_codes(out, p.reason_codes, packet_type::suback);
}

// packet_id<2> properties<varint+n>? {filter<2+n>}+
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader& in, unsubscribe& out) noexcept {
  out.dup = is_dup_of_v3_1(in);
  out.packet_id = in.packet_id();
  if (in.is_v5()) out.properties = read_properties(in, property_place::unsubscribe);
  if (!in.failed()) out.topic_filters = read_filters<std::string_view>(in);
}
template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const unsubscribe& p) noexcept {
  out.packet_id(p.packet_id);
  out.properties(p.properties, property_place::unsubscribe);
  out.require(!p.topic_filters.empty(), rule::no_topic_filter);
  for (const std::string_view filter : p.topic_filters) out.template text<text_kind::topic_filter>(filter);
}

// packet_id<2>, and in 5.0: properties<varint+n> {code<1>}+
template <class Reader>
MQTTSPAN_INLINE_FOR_SPEED void decode(Reader& in, unsuback& out) noexcept {
  out.packet_id = in.packet_id();
  if (!in.is_v5()) return;
  out.properties = read_properties(in, property_place::unsuback);
  if (!in.failed()) out.reason_codes = read_reason_codes(in, packet_type::unsuback);
}
template <class Sink>
MQTTSPAN_INLINE_FOR_SPEED void emit(Sink& out, const unsuback& p) noexcept {
  out.packet_id(p.packet_id);
  out.properties(p.properties, property_place::unsuback);
  if (out.is_v5()) emit_reason_codes(out, p.reason_codes, packet_type::unsuback);
  else out.require(may_be_left_out(p.reason_codes, out.context()), rule::field_not_in_version);
}

}  // namespace mqttspan::detail

MQTTSPAN_ENTRY_POINTS(subscribe)
MQTTSPAN_ENTRY_POINTS(suback)
MQTTSPAN_ENTRY_POINTS(unsubscribe)
MQTTSPAN_ENTRY_POINTS(unsuback)
