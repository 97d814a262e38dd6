// What the slow part of the stream parser finds, for `next` and `for_each` to hand over.
#pragma once

#include <mqttspan/stream/stream_parser.hpp>

#include "frame.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {

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

// What was kept is handed over. It stays where it is until more bytes are gathered.
inline void stream_parser::empty_carry(std::size_t kept) noexcept {
  fill_ = wanted_ = carry_;
  origin_ += kept;
}
inline void stream_parser::refill_carry(std::size_t kept) noexcept {
  fill_ = wanted_ = carry_ + kept;
  origin_ -= kept;
}

// The front of what comes next is handed over: of what is kept, if there is any, else of the input.
inline void stream_parser::use_up(std::size_t size, std::size_t kept) noexcept {
  if (kept != 0) empty_carry(kept);
  else at_ += size;
}
// It was not.
inline void stream_parser::take_back(std::size_t size, std::size_t kept) noexcept {
  if (kept != 0) refill_carry(kept);
  else at_ -= size;
}

// Appends to the torn packet what it lacks. Whether it lacks nothing now.
inline bool stream_parser::gather() noexcept {
  const std::size_t left = input_left(), lacks = missing(), size = lacks < left ? lacks : left;
  detail::copy(reinterpret_cast<detail::octet*>(fill_), at_, size);
  fill_ += size;
  at_ += size;
  origin_ -= size;
  return size == lacks;
}

inline payload_chunk stream_parser::take_piece(std::size_t size) noexcept {
  used_ += static_cast<std::uint32_t>(size);
  payload_left_ -= static_cast<std::uint32_t>(size);
  if (payload_left_ == 0) state_ = state::end_of_payload;
  at_ += size;
  return {bytes_view(at_ - size, size), payload_left_};
}

// How many bytes the packet takes that begins with the n bytes at p, if all about its fixed header is usual and it is longer; else 0.
inline std::size_t stream_parser::usual_need(const std::byte* p, std::size_t n) const noexcept {
  const unsigned first = std::to_integer<unsigned>(*p);
  const bool is_publish = first >> 4 == static_cast<unsigned>(packet_type::publish);
  if (is_publish ? !detail::are_usual_publish_flags(first & 15) : first != usual_first_[first >> 4]) return 0;
  const std::uint32_t limit = is_publish ? parse_.max_packet_size : limit_of_[first >> 4];
  if (n == 1) return limit >= 2 ? 2 : 0;
  std::size_t size = 2 + std::to_integer<std::size_t>(p[1]);
  if (size >= 2 + 0x80) {
    const std::size_t second = n >= 3 ? std::to_integer<std::size_t>(p[2]) : 0;
    if (second == 0 || second >= 0x80) return 0;  // not there, or not minimal, or longer
    size = size + 1 + second * 0x80 - 0x80;
  }
  return size > n && size <= limit ? size : 0;
}

// Any packet but PUBLISH, whole, with the usual first byte and a length of one byte.
[[gnu::always_inline]] inline bool stream_parser::read_usual_control(const std::byte* p, const std::byte* end, detail::frame& out) const noexcept {
  const unsigned first = std::to_integer<unsigned>(*p);
  if (first != usual_first_[first >> 4] || end - p < 2) return false;
  const unsigned length = std::to_integer<unsigned>(p[1]);
  if (length >= 0x80 || static_cast<std::size_t>(end - p) < length + 2) return false;
  out = {detail::octets(p), detail::octets(p + 2), detail::octets(p + 2 + length)};
  return true;
}

}  // namespace mqttspan
