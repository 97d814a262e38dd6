// PUBLISH, the packet that pays the rent: read in a straight line, without a call while everything is plain.
#pragma once

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>

#include "checks.hpp"
#include "frame.hpp"
#include "property.hpp"
#include "reader.hpp"

namespace mqttspan::detail {

// What a PUBLISH needs when it is not plain: the properties of 5.0 and the rules that rest on them.
fault decode_publish_properties(const frame& f, const octet* at, const parse_options& options, publish& out) noexcept;

// Judges a topic that is not plain. `field` is its length prefix.
fault judge_topic(const frame& f, const octet* field, std::size_t size, protocol_version version, const parse_options& options) noexcept;

// topic<2+n> packet_id<2>? properties<varint+n> payload<rest>
[[gnu::always_inline]] inline error decode_publish(const frame& f, protocol_version version, const parse_options& options, publish& out) noexcept {
  const auto fail = [](fault x) { return make_error(x.violated, x.offset, packet_type::publish); };
  const auto offset = [&f](const octet* p) { return static_cast<std::uint32_t>(p - f.packet); };
  const octet* at = f.body;
  const auto left = [&] { return static_cast<std::size_t>(f.end - at); };

  const unsigned first = *f.packet;
  if (left() < 2 || left() - 2 < load_be16(at)) return fail({rule::field_past_end, offset(at)});
  const std::size_t size = load_be16(at);
  out.topic = to_text(at + 2, size);
  const bool more = asks_more_of_text(options) || options.max_topic_levels != unlimited;
  if (!is_plain_name(at + 2, size) || more) [[unlikely]]
    if (const fault x = judge_topic(f, at, size, version, options); x.violated != rule::none) return fail(x);
  at += 2 + size;
  out.qos = static_cast<qos>(first >> 1 & 3);
  out.retain = (first & 1) != 0;
  out.dup = (first & 8) != 0;
  if (first & 6) {  // [MQTT-2.3.1-5] [MQTT-2.2.1-2]
    if (left() < 2) return fail({rule::field_past_end, offset(at)});
    out.packet_id = static_cast<std::uint16_t>(load_be16(at));
    if (out.packet_id == 0) return fail({rule::packet_id_is_zero, offset(at)});  // [MQTT-2.3.1-1] [U5-2.2.1-a]
    at += 2;
  }
  if (version == protocol_version::v5) {
    if (left() == 0 || *at != 0 || size == 0) [[unlikely]] {
      if (const fault x = decode_publish_properties(f, at, options, out); x.violated != rule::none) return fail(x);
      return {};
    }
    ++at;
  }
  out.payload = to_bytes(at, left());
  return {};
}

}  // namespace mqttspan::detail
