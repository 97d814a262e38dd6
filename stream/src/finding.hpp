// What the slow part of the stream parser finds, for `next` and `for_each` to hand over.
#pragma once

#include <mqttspan/stream/stream_parser.hpp>

#include "frame.hpp"

namespace mqttspan {

struct stream_parser::finding {
  enum class what : std::uint8_t {
    nothing,  // more input is needed, or the stream is broken
    whole,    // a packet: `frame`
    head,     // of a PUBLISH in pieces: `begin`
    piece,    // of its payload: `chunk`
    end       // of it
  };

  finding() noexcept : none{} {}

  what found = what::nothing;
  detail::frame frame;
  std::size_t size = 0;  // bytes of the whole packet
  union {
    char none;
    publish_begin begin;
    payload_chunk chunk;
  };

  packet_type type() const noexcept { return static_cast<packet_type>(*frame.packet >> 4); }
  bytes_view bytes() const noexcept { return detail::to_bytes(frame.packet, size); }
};

namespace detail {

inline const octet* octets(const std::byte* p) noexcept { return reinterpret_cast<const octet*>(p); }
inline const std::byte* bytes(const octet* p) noexcept { return reinterpret_cast<const std::byte*>(p); }

}  // namespace detail

// Any packet but PUBLISH, whole, with the usual first byte and a length of one byte.
[[gnu::always_inline]] inline bool stream_parser::read_usual_control(const std::byte* p, const std::byte* end, detail::frame& out) const noexcept {
  const unsigned first = std::to_integer<unsigned>(*p);
  if (first != usual_first_[first >> 4] || end - p < 2) return false;
  const unsigned length = std::to_integer<unsigned>(p[1]);
  if (length >= 0x80 || static_cast<std::size_t>(end - p) - 2 < length || length + 2 > limit_of_[first >> 4]) return false;
  out = {detail::octets(p), detail::octets(p + 2), detail::octets(p + 2 + length)};
  return true;
}

}  // namespace mqttspan
