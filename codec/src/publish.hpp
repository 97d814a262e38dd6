// PUBLISH, the packet that pays the rent: read in a straight line while everything is usual.
#pragma once

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>

#include "frame.hpp"
#include "property.hpp"

namespace mqttspan::detail {

// The properties of 5.0 at the front of [at, end), and the payload behind them. False where decode has to judge.
[[gnu::noinline]] MQTTSPAN_API bool read_usual_properties(const octet* at, const octet* end, const parse_options& options, publish& out) noexcept;

// topic<2+n> packet_id<2>? properties<varint+n> payload<rest>, fixed header included.
// False where anything is out of the ordinary, with `out` in any state: then read_frame and decode judge, which know every rule.
[[gnu::always_inline]] inline bool read_usual_publish(bytes_view input, protocol_version version, const parse_options& options, publish& out,
                                                      std::size_t& size) noexcept {
  frame f;
  if (!read_usual_frame(input, options, f)) return false;
  const unsigned first = *f.packet;
  if (first >> 4 != static_cast<unsigned>(packet_type::publish) || !are_usual_publish_flags(first & 15)) return false;
  const octet* const topic = f.body;
  const auto left = static_cast<std::size_t>(f.end - topic);
  if (left < 2) return false;
  const std::size_t topic_size = load_be16(topic);
  if (left - 2 < topic_size || asks_more_of_text(options) || is_long_for_v3_1(text_kind::topic_name, topic_size, version)) return false;
  const octet* at = topic + 2 + topic_size;
  if (!is_plain_name(topic + 2, topic_size, f.end) && (topic_size != 0 || version != protocol_version::v5)) return false;
  out.topic = to_text(topic + 2, topic_size);
  out.qos = static_cast<qos>(first >> 1 & 3);
  out.retain = (first & 1) != 0;
  out.dup = (first & 8) != 0;
  if (first & 6) {
    if (f.end - at < 2) return false;
    out.packet_id = static_cast<std::uint16_t>(load_be16(at));
    if (out.packet_id == 0) return false;
    at += 2;
  }
  size = static_cast<std::size_t>(f.end - f.packet);
  if (version == protocol_version::v5) {
    if (at == f.end || *at != 0 || topic_size == 0) [[unlikely]] return read_usual_properties(at, f.end, options, out);
    ++at;
  }
  out.payload = to_bytes(at, static_cast<std::size_t>(f.end - at));
  return true;
}

}  // namespace mqttspan::detail
