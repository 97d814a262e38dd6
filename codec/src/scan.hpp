// The one place with vector code: are all bytes of a string plain? Plain means that nothing more need be asked; what is not plain is judged
// by text.cpp, out of line. SSE2 or NEON where the target has it by default, eight bytes at a time in general registers elsewhere.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <mqttspan/codec/config.hpp>

#if defined(__SSE2__) && !defined(MQTTSPAN_PORTABLE_SCAN)
#include <emmintrin.h>
#define MQTTSPAN_SSE2_SCAN 1
#define MQTTSPAN_VECTOR_SCAN 1
#elif defined(__AARCH64EL__) && defined(__ARM_NEON) && !defined(MQTTSPAN_PORTABLE_SCAN)
#include <arm_neon.h>
#define MQTTSPAN_NEON_SCAN 1
#define MQTTSPAN_VECTOR_SCAN 1
#endif

namespace mqttspan::inline MQTTSPAN_ABI::detail {

using octet = unsigned char;

template <class T>
inline T load(const octet* p) noexcept {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

// Numbers as they stand on the wire: the most significant byte first. Spelled so that compilers see one store and a swap.
inline void store_be16(octet* p, std::uint32_t value) noexcept {
  const auto swapped = static_cast<std::uint16_t>(std::endian::native == std::endian::little ? (value & 0xFF) << 8 | (value >> 8 & 0xFF) : value);
  std::memcpy(p, &swapped, sizeof swapped);
}
inline void store_be32(octet* p, std::uint32_t value) noexcept {
  if constexpr (std::endian::native == std::endian::little)
    value = value << 24 | (value & 0xFF00) << 8 | (value >> 8 & 0xFF00) | value >> 24;
  std::memcpy(p, &value, sizeof value);
}

#ifdef MQTTSPAN_SSE2_SCAN

// Sixteen bytes. A mask is a block too: 0xFF where the property holds.
struct block {
  static constexpr std::size_t size = 16;
  __m128i bytes;

  static block at(const octet* p) noexcept { return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))}; }
  void store(octet* p) const noexcept { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), bytes); }
  // All of 1 to 15 bytes, some of them twice.
  static block ends(const octet* p, std::size_t n) noexcept {
    if (n >= 8) return {_mm_set_epi64x(load<long long>(p + n - 8), load<long long>(p))};
    if (n >= 4) return {_mm_set_epi32(load<int>(p + n - 4), load<int>(p), load<int>(p + n - 4), load<int>(p))};
    const auto mix = static_cast<int>(p[0] | static_cast<unsigned>(p[n / 2]) << 8 | static_cast<unsigned>(p[n - 1]) << 16 |
                                      static_cast<unsigned>(p[0]) << 24);
    return {_mm_set1_epi32(mix)};
  }
  block operator&(block other) const noexcept { return {_mm_and_si128(bytes, other.bytes)}; }
  // Of a mask, bit i for byte i.
  std::uint32_t bits() const noexcept { return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes)); }
  bool all() const noexcept { return bits() == 0xFFFF; }
  // For how many bytes from the first on, 0 to 16. The mask of 16 bits leaves ones above them.
  unsigned prefix() const noexcept { return static_cast<unsigned>(__builtin_ctz(~bits())); }

  // 0x01 to 0x7F: as signed numbers, above 0
  block ascii() const noexcept { return {_mm_cmpgt_epi8(bytes, _mm_setzero_si128())}; }
  // 0x20 to 0x7E: behind 0x7F, signed numbers go on below 0
  block printable() const noexcept { return {_mm_cmpgt_epi8(_mm_add_epi8(bytes, _mm_set1_epi8(1)), _mm_set1_epi8(0x20))}; }
  // below a limit of 1 to 0x7F
  block below(octet limit) const noexcept { return {_mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(static_cast<char>(limit - 1))), bytes)}; }
  // '#' (0x23) and '+' (0x2B), which differ in one bit
  block wild() const noexcept { return {_mm_cmpeq_epi8(_mm_and_si128(bytes, _mm_set1_epi8(static_cast<char>(0xF7))), _mm_set1_epi8(0x23))}; }
  // ascii, and not wild
  block name() const noexcept { return {_mm_andnot_si128(wild().bytes, ascii().bytes)}; }
};

#elif defined(MQTTSPAN_NEON_SCAN)

// The same sixteen bytes.
struct block {
  static constexpr std::size_t size = 16;
  uint8x16_t bytes;

  static block at(const octet* p) noexcept { return {vld1q_u8(p)}; }
  void store(octet* p) const noexcept { vst1q_u8(p, bytes); }
  static block ends(const octet* p, std::size_t n) noexcept {
    if (n >= 8) return {vcombine_u8(vld1_u8(p), vld1_u8(p + n - 8))};
    if (n >= 4) {
      const uint64x1_t both = vcreate_u64(std::uint64_t{load<std::uint32_t>(p + n - 4)} << 32 | load<std::uint32_t>(p));
      return {vreinterpretq_u8_u64(vcombine_u64(both, both))};
    }
    const std::uint32_t mix = p[0] | std::uint32_t{p[n / 2]} << 8 | std::uint32_t{p[n - 1]} << 16 | std::uint32_t{p[0]} << 24;
    return {vreinterpretq_u8_u32(vdupq_n_u32(mix))};
  }
  block operator&(block other) const noexcept { return {vandq_u8(bytes, other.bytes)}; }
  std::uint32_t bits() const noexcept {
    const uint8x8_t bit = vcreate_u8(0x80'40'20'10'08'04'02'01);
    const uint8x16_t own = vandq_u8(bytes, vcombine_u8(bit, bit));
    return vaddv_u8(vget_low_u8(own)) | std::uint32_t{vaddv_u8(vget_high_u8(own))} << 8;
  }
  bool all() const noexcept { return vminvq_u8(bytes) == 0xFF; }
  // Of a mask, four bits a byte are one word.
  unsigned prefix() const noexcept {
    const std::uint64_t good = vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(bytes), 4)), 0);
    return static_cast<unsigned>(std::countr_one(good)) / 4;
  }

  block ascii() const noexcept { return {vcgtq_s8(vreinterpretq_s8_u8(bytes), vdupq_n_s8(0))}; }
  block printable() const noexcept { return {vcgtq_s8(vreinterpretq_s8_u8(vaddq_u8(bytes, vdupq_n_u8(1))), vdupq_n_s8(0x20))}; }
  block below(octet limit) const noexcept { return {vcltq_u8(bytes, vdupq_n_u8(limit))}; }
  block wild() const noexcept { return {vceqq_u8(vandq_u8(bytes, vdupq_n_u8(0xF7)), vdupq_n_u8(0x23))}; }
  block name() const noexcept { return {vbicq_u8(ascii().bytes, wild().bytes)}; }
};

#else

struct block {
  static constexpr std::size_t size = 8;
  static constexpr std::uint64_t ones = 0x0101'0101'0101'0101, tops = 0x8080'8080'8080'8080;
  std::uint64_t bytes;

  static block at(const octet* p) noexcept { return {load<std::uint64_t>(p)}; }
  void store(octet* p) const noexcept { std::memcpy(p, &bytes, sizeof bytes); }
  static block ends(const octet* p, std::size_t n) noexcept {
    if (n >= 4) return {std::uint64_t{load<std::uint32_t>(p + n - 4)} << 32 | load<std::uint32_t>(p)};
    return {(p[0] | std::uint64_t{p[n / 2]} << 8 | std::uint64_t{p[n - 1]} << 16 | std::uint64_t{p[0]} << 24) * 0x1'0000'0001};
  }
  block operator&(block other) const noexcept { return {bytes & other.bytes}; }
  bool all() const noexcept { return (bytes & tops) == tops; }
  // For how many bytes from the first on, 0 to 8. The order of bytes in a word is the machine's.
  unsigned prefix() const noexcept {
    const std::uint64_t others = ~bytes & tops;
    return static_cast<unsigned>(std::endian::native == std::endian::little ? std::countr_zero(others) : std::countl_zero(others)) / 8;
  }

  // In a mask only the top bit of each byte counts. What is added to the lower seven bits reaches it, and never the next byte.
  static constexpr std::uint64_t low_bits_and(std::uint64_t word, std::uint64_t added) noexcept { return (word & ~tops) + ones * added; }
  block ascii() const noexcept { return {~bytes & low_bits_and(bytes, 0x7F)}; }
  // 0x20 to 0x7E
  block printable() const noexcept { return {~bytes & low_bits_and(bytes, 0x60) & ~low_bits_and(bytes, 1)}; }
  // below a limit of 1 to 0x7F
  block below(octet limit) const noexcept { return {~bytes & ~low_bits_and(bytes, 0x80u - limit)}; }
  block name() const noexcept {
    const std::uint64_t wild = (bytes & (ones * 0xF7)) ^ (ones * 0x23);
    return {ascii().bytes & (wild | low_bits_and(wild, 0x7F))};
  }
};

#endif

// Whether `judge` holds for each of the n bytes at p. Bytes up to `end` may be read, and are not judged: most strings are shorter than a block and
// have other fields behind them, so that one load sees them whole.
template <class Judge>
[[gnu::always_inline]] inline bool all_of(const octet* p, std::size_t n, const octet* end, Judge judge) noexcept {
  if (n <= block::size && static_cast<std::size_t>(end - p) >= block::size) [[likely]] return judge(block::at(p)).prefix() >= n;
  if (n < block::size) return n == 0 || judge(block::ends(p, n)).all();
  const octet* const last = p + n - block::size;
  block good = judge(block::at(last)) & judge(block::at(p));
  if (n <= 2 * block::size) return good.all();
  for (p += block::size; p < last; p += block::size) good = good & judge(block::at(p));
  return good.all();
}

// No byte above 0x7F, no U+0000.
[[gnu::always_inline]] inline bool is_plain_text(const octet* p, std::size_t n, const octet* end) noexcept {
  return all_of(p, n, end, [](block b) { return b.ascii(); });
}

// Whether a text is plain and fits into a block, all of which may be read.
[[gnu::always_inline]] inline bool is_short_plain_text(const octet* p, std::size_t n) noexcept { return block::at(p).ascii().prefix() >= n; }

// A topic name that is plain text, is not empty and has no wildcard. Its length is for is_long_for_v3_1.
[[gnu::always_inline]] inline bool is_plain_name(const octet* p, std::size_t n, const octet* end) noexcept {
  return n != 0 && all_of(p, n, end, [](block b) { return b.name(); });
}

// Copies fewer bytes than a block has.
[[gnu::always_inline]] inline void copy_small(octet* to, const octet* p, std::size_t n) noexcept {
  if (n >= 8) {
    const auto head = load<std::uint64_t>(p), tail = load<std::uint64_t>(p + n - 8);
    std::memcpy(to, &head, 8);
    std::memcpy(to + n - 8, &tail, 8);
  } else if (n >= 4) {
    const auto head = load<std::uint32_t>(p), tail = load<std::uint32_t>(p + n - 4);
    std::memcpy(to, &head, 4);
    std::memcpy(to + n - 4, &tail, 4);
  } else if (n > 0) {
    to[0] = p[0];
    to[n / 2] = p[n / 2];
    to[n - 1] = p[n - 1];
  }
}

// Copies n bytes and says whether `judge` holds for each of them: one pass over the text.
template <class Judge>
[[gnu::always_inline]] inline bool copy_all_of(octet* to, const octet* p, std::size_t n, Judge judge) noexcept {
  if (n < block::size) {
    copy_small(to, p, n);
    return n == 0 || judge(block::ends(p, n)).all();
  }
  const block head = block::at(p), tail = block::at(p + n - block::size);
  head.store(to);
  block good = judge(head) & judge(tail);
  for (std::size_t at = block::size; at + block::size < n; at += block::size) {
    const block middle = block::at(p + at);
    middle.store(to + at);
    good = good & judge(middle);
  }
  tail.store(to + n - block::size);
  return good.all();
}

// Most payloads and binaries of MQTT are shorter than a call is long.
inline constexpr std::size_t longest_inline_copy = 4 * block::size;

[[gnu::always_inline]] inline void copy(octet* to, const void* from, std::size_t n) noexcept {
  const auto* const p = static_cast<const octet*>(from);
  if (n > longest_inline_copy) {
    std::memcpy(to, p, n);
  } else if (n < block::size) {
    copy_small(to, p, n);
  } else {
    const block tail = block::at(p + n - block::size);
    for (std::size_t at = 0; at + block::size < n; at += block::size) block::at(p + at).store(to + at);
    tail.store(to + n - block::size);
  }
}

#ifdef MQTTSPAN_VECTOR_SCAN

// Whether wildcards are whole levels, and '#' the last one: bit i of `wild`, which is not 0, for byte i of n. [MQTT-4.7.1-1] [MQTT-4.7.1-2]
[[gnu::always_inline]] inline bool are_well_placed(const octet* p, std::size_t n, std::uint32_t wild) noexcept {
  do {
    const auto at = static_cast<std::size_t>(__builtin_ctz(wild));
    if (at != 0 && p[at - 1] != '/') return false;
    if (at == n - 1) return true;
    if (p[at] == '#' || p[at + 1] != '/') return false;
    wild &= wild - 1;
  } while (wild != 0);
  return true;
}

// A topic filter of plain text, not beginning with '$', whose wildcards stand where they may.
// Without a wildcard any length is quickly seen, with one most of up to 32 bytes.
[[gnu::always_inline]] inline bool is_plain_filter(const octet* p, std::size_t n, const octet* end) noexcept {
  if (n == 0 || p[0] == '$') return false;
  std::uint32_t wild = 0;
  if (n >= 16 && n <= 32) {
    const block head = block::at(p), tail = block::at(p + n - 16);  // bytes that both have give the same bits twice
    if (!(head.ascii() & tail.ascii()).all()) return false;
    wild = head.wild().bits() | tail.wild().bits() << (n - 16);
  } else if (n < 16 && static_cast<std::size_t>(end - p) >= 16) {
    const block all = block::at(p);
    if (all.ascii().prefix() < n) return false;
    wild = all.wild().bits() & ((1u << n) - 1);
  } else if (n >= 8 && n < 16) {
    const block both = block::ends(p, n);  // bytes 0 to 7, and the last eight
    if (!both.ascii().all()) return false;
    wild = (both.wild().bits() & 0xFF) | both.wild().bits() >> 8 << (n - 8);
  } else {
    return is_plain_name(p, n, end);
  }
  return wild == 0 || are_well_placed(p, n, wild);
}

#else

inline bool is_plain_filter(const octet* p, std::size_t n, const octet* end) noexcept { return n != 0 && p[0] != '$' && is_plain_name(p, n, end); }

#endif

}  // namespace mqttspan::detail
