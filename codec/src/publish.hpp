// PUBLISH, the packet that pays the rent: read in a straight line while everything is usual.
#pragma once

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>

#include "checks.hpp"
#include "frame.hpp"
#include "property_scan.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// How far the straight line came.
struct publish_progress {
  bool is_done;
  const octet* properties = nullptr;  // where the straight line found properties, which read_usual_rest goes on with; null where decode has to judge
};

// topic<2+n> packet_id<2>? properties<varint+n> payload<rest>, fixed header included; makes no call.
// Where anything is out of the ordinary, `out` is in any state: then read_frame and decode judge, which know every rule.
[[gnu::always_inline]] inline publish_progress read_usual_publish(bytes_view input, protocol_version version, const parse_options& options,
                                                                  publish& out, std::size_t& size) noexcept {
  constexpr publish_progress odd{false};
  frame f;
  if (!supports(version) || !read_usual_frame(input, options, f)) return odd;
  const unsigned first = *f.packet;
  if (!is_usual_publish(first)) return odd;
  const octet* const topic = f.body;
  const auto left = static_cast<std::size_t>(f.end - topic);
  if (left < 2) return odd;
  const std::size_t topic_size = load_be16(topic);
  if (left - 2 < topic_size || asks_more_of_text(options)) return odd;
  const octet* at = topic + 2 + topic_size;
  if (topic_size - 1 < longest_name_of_v3_1) [[likely]] {
    if (!is_plain_name(topic + 2, topic_size, f.end)) return odd;
  } else if (topic_size != 0 || !is_v5(version)) {
    return odd;
  }
  out.topic = to_text(topic + 2, topic_size);
  out.qos = static_cast<qos>(first >> 1 & 3);
  out.retain = (first & 1) != 0;
  out.dup = (first & 8) != 0;
  if (first & 6) {
    if (f.end - at < 2) return odd;
    out.packet_id = static_cast<std::uint16_t>(load_be16(at));
    if (out.packet_id == 0) return odd;
    at += 2;
  }
  size = static_cast<std::size_t>(f.end - f.packet);
  if (is_v5(version)) {
    if (at == f.end || *at != 0 || topic_size == 0) [[unlikely]] return {false, at};
    ++at;
  }
  out.payload = to_bytes(at, static_cast<std::size_t>(f.end - at));
  return {true};
}

// The properties of 5.0 at the front of [at, end), and the payload behind them. False where decode has to judge.
MQTTSPAN_INLINE_FOR_SPEED bool read_usual_rest(const octet* at, const octet* end, const parse_options& options, publish& out) noexcept {
  out.properties = walk_usual_properties(at, end, rules_of(property_place::publish, options.sender), options.max_user_properties);
  if (!is_on_wire(out.properties)) return false;
  if (out.topic.empty() && !out.properties.contains(property_id::topic_alias)) return false;
  const auto* const payload = reinterpret_cast<const octet*>(wire_end_of(out.properties));
  out.payload = to_bytes(payload, static_cast<std::size_t>(end - payload));
  if (!out.properties.contains(property_id::payload_format_indicator)) [[likely]] return true;
  return check_payload(as_text(out.payload), out.properties, options.allow).violated == rule::none;
}

// The same, for the stream layer.
[[gnu::noinline]] MQTTSPAN_API bool read_properties_and_payload(const octet* at, const octet* end, const parse_options& options, publish& out) noexcept;

}  // namespace mqttspan::detail
