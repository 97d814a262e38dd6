// What a program reads of a packet, for every operation that hands packets over.
#pragma once

#include <mqttspan/codec/packet.hpp>

#include "checksum.hpp"

namespace mqttspan::bench {

// The fields of a packet, each once, through the public interface as a program would read them.
// Out of line and by value, so that the sum itself stays in a register.
[[gnu::noinline]] inline std::uint64_t sum_of(const property_list& properties) noexcept {
  checksum sum;
  for (const property& p : properties) {
    sum.integer(static_cast<std::uint64_t>(p.id()));
    switch (p.type()) {
      case property_type::string: sum.text(p.text()); break;
      case property_type::binary: sum.bytes(p.binary()); break;
      case property_type::string_pair: sum.text(p.name()), sum.text(p.text()); break;
      default: sum.integer(p.integer());
    }
  }
  return sum.value();
}

inline void add(checksum& sum, const property_list& properties) noexcept {
  if (!properties.empty()) sum.integer(sum_of(properties));
}

inline void add(checksum& sum, const connect& p) noexcept {
  sum.integer(static_cast<std::uint64_t>(p.version) + p.clean_start + p.keep_alive);
  add(sum, p.properties);
  sum.text(p.client_id);
  if (p.will) {
    sum.integer(static_cast<std::uint64_t>(p.will->qos) + p.will->retain);
    add(sum, p.will->properties);
    sum.text(p.will->topic);
    sum.bytes(p.will->payload);
  }
  if (p.user_name) sum.text(*p.user_name);
  if (p.password) sum.bytes(*p.password);
}

// Inline beside parse as well: a call would cost it ten instructions that are not the codec's.
[[gnu::always_inline]] inline void add(checksum& sum, const publish& p) noexcept {
  sum.text(p.topic);
  sum.integer(static_cast<std::uint64_t>(p.packet_id) + static_cast<std::uint64_t>(p.qos) + p.retain + p.dup);
  sum.bytes(p.payload);
  add(sum, p.properties);
}

// The floor reads no reason code where the packet has none: its default is 0 and adds nothing.
inline void add(checksum& sum, const puback& p) noexcept {
  sum.integer(static_cast<std::uint64_t>(p.packet_id) + static_cast<std::uint64_t>(p.reason_code));
  add(sum, p.properties);
}

inline void add(checksum& sum, const subscribe& p) noexcept {
  sum.integer(p.packet_id);
  add(sum, p.properties);
  for (const subscription& s : p.subscriptions) {
    sum.text(s.topic_filter);
    sum.integer(static_cast<std::uint64_t>(s.qos) + s.no_local + s.retain_as_published + static_cast<std::uint64_t>(s.retain_handling));
  }
}

inline void add(checksum& sum, const suback& p) noexcept {
  sum.integer(p.packet_id);
  add(sum, p.properties);
  for (const reason_code code : p.reason_codes) sum.integer(static_cast<std::uint64_t>(code));
}

inline void add(checksum&, const pingresp&) noexcept {}

}  // namespace mqttspan::bench
