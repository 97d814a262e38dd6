// PUBLISH as it comes most of the time, in a straight line that makes no call. It only accepts: what is otherwise is for parse_as, which knows every rule.
#pragma once

#include <cstddef>
#include <cstdint>

#include <mqttspan/codec/packet.hpp>

#include "publish.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

enum class plain : std::uint8_t { no, yes, has_properties };

// The lower four bits of the first byte: a load is shorter than taking them apart.
struct publish_flags {
  mqttspan::qos qos;
  bool retain, dup;
};
struct publish_flags_table {
  publish_flags of[16];
};
inline constexpr publish_flags_table all_publish_flags = [] {
  publish_flags_table table{};
  for (unsigned flags = 0; flags < 16; ++flags) table.of[flags] = {static_cast<qos>(flags >> 1 & 3), (flags & 1) != 0, (flags & 8) != 0};
  return table;
}();

// The PUBLISH that begins at p (its type is known) and lies wholly in [p, end): of at most `limit` bytes, a length of at most three bytes, a plain topic name.
// `out` is as if made anew, but for `properties`, which stay as they are. `behind` is the packet's end.
// With has_properties, `rest` is where they begin: go on with read_properties_and_payload.
// topic<2+n> packet_id<2>? properties<varint+n> payload<rest>
[[gnu::always_inline]] inline plain read_plain_publish(const octet* p, const octet* end, std::uint32_t limit, protocol_version version, publish& out,
                                                       const octet*& behind, const octet*& rest) noexcept {
  const auto n = static_cast<std::size_t>(end - p);
  const unsigned flags = *p ^ 0x30u;
  if (n < 4 || !are_usual_publish_flags(flags)) return plain::no;  // [MQTT-3.3.1-2] [MQTT-3.3.1-4]
  const octet* topic = p + 4;
  std::size_t size = std::size_t{p[1]} + 2;
  if (p[1] >= 0x80) {
    std::size_t last = p[2];
    size += 1 - std::size_t{0x80} + (last << 7);
    ++topic;
    if (last >= 0x80) {
      last = p[3];
      size += 1 - (std::size_t{0x80} << 7) + (last << 14);
      ++topic;
    }
    if (last >= 0x80 || last == 0) return plain::no;  // [MQTT-1.5.5-1]
  }
  if (size > n || size > limit) return plain::no;
  behind = p + size;
  const auto left = behind - topic;
  if (left < 0) return plain::no;
  const std::size_t topic_size = load_be16(topic - 2);
  const octet* at = topic + topic_size;
  if (static_cast<std::size_t>(left) < topic_size) return plain::no;
  if (!is_plain_name(topic, topic_size, behind) && (topic_size != 0 || version != protocol_version::v5)) [[unlikely]] return plain::no;
  out.topic = to_text(topic, topic_size);
  out.qos = all_publish_flags.of[flags].qos;
  out.retain = all_publish_flags.of[flags].retain;
  out.dup = all_publish_flags.of[flags].dup;
  unsigned packet_id = 0;
  if (flags & 6) {
    if (behind - at < 2) [[unlikely]] return plain::no;
    packet_id = static_cast<unsigned>(load_be16(at));
    if (packet_id == 0) [[unlikely]] return plain::no;  // [MQTT-2.3.1-1] [U5-2.2.1-a]
    at += 2;
  }
  out.packet_id = static_cast<std::uint16_t>(packet_id);
  if (version == protocol_version::v5) {
    if (at == behind || *at != 0 || topic_size == 0) [[unlikely]] {
      rest = at;
      return plain::has_properties;
    }
    ++at;
  }
  out.payload = to_bytes(at, static_cast<std::size_t>(behind - at));
  return plain::yes;
}

}  // namespace mqttspan::detail
