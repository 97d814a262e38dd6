// The one place with vector code: are all bytes of a string plain? Plain means that nothing more need be asked; what is not plain is judged
// by text.cpp, out of line. SSE2 where the target has it by default, eight bytes at a time in general registers elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__) && !defined(MQTTSPAN_PORTABLE_SCAN)
#include <emmintrin.h>
#define MQTTSPAN_SSE2_SCAN 1
#endif

namespace mqttspan::detail {

using octet = unsigned char;

template <class T>
inline T load(const octet* p) noexcept {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

#ifdef MQTTSPAN_SSE2_SCAN

// Sixteen bytes. A mask is a block too: 0xFF where the property holds.
struct block {
  static constexpr std::size_t size = 16;
  __m128i bytes;

  static block at(const octet* p) noexcept { return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))}; }
  // All of 1 to 15 bytes, some of them twice.
  static block ends(const octet* p, std::size_t n) noexcept {
    if (n >= 8) return {_mm_set_epi64x(load<long long>(p + n - 8), load<long long>(p))};
    if (n >= 4) return {_mm_set_epi32(load<int>(p + n - 4), load<int>(p), load<int>(p + n - 4), load<int>(p))};
    const auto mix = static_cast<int>(p[0] | static_cast<unsigned>(p[n / 2]) << 8 | static_cast<unsigned>(p[n - 1]) << 16 |
                                      static_cast<unsigned>(p[0]) << 24);
    return {_mm_set1_epi32(mix)};
  }
  block operator&(block other) const noexcept { return {_mm_and_si128(bytes, other.bytes)}; }
  bool all() const noexcept { return _mm_movemask_epi8(bytes) == 0xFFFF; }

  // 0x01 to 0x7F: as signed numbers, above 0
  block ascii() const noexcept { return {_mm_cmpgt_epi8(bytes, _mm_setzero_si128())}; }
  // ascii, and neither '#' (0x23) nor '+' (0x2B), which differ in one bit
  block name() const noexcept {
    const __m128i wild = _mm_cmpeq_epi8(_mm_and_si128(bytes, _mm_set1_epi8(static_cast<char>(0xF7))), _mm_set1_epi8(0x23));
    return {_mm_andnot_si128(wild, ascii().bytes)};
  }
};

#else

struct block {
  static constexpr std::size_t size = 8;
  static constexpr std::uint64_t ones = 0x0101'0101'0101'0101, tops = 0x8080'8080'8080'8080;
  std::uint64_t bytes;

  static block at(const octet* p) noexcept { return {load<std::uint64_t>(p)}; }
  static block ends(const octet* p, std::size_t n) noexcept {
    if (n >= 4) return {std::uint64_t{load<std::uint32_t>(p + n - 4)} << 32 | load<std::uint32_t>(p)};
    return {(p[0] | std::uint64_t{p[n / 2]} << 8 | std::uint64_t{p[n - 1]} << 16 | std::uint64_t{p[0]} << 24) * 0x1'0000'0001};
  }
  block operator&(block other) const noexcept { return {bytes & other.bytes}; }
  bool all() const noexcept { return (bytes & tops) == tops; }

  // In a mask only the top bit of each byte counts. A byte below 0x80 has its top bit clear, and keeps it clear less one unless it is 0;
  // a borrow from a zero byte can only make the byte above it look worse, so that the text goes to text.cpp.
  block ascii() const noexcept { return {~bytes & ~(bytes - ones)}; }
  block name() const noexcept {
    const std::uint64_t wild = (bytes & (ones * 0xF7)) ^ (ones * 0x23);
    return {ascii().bytes & ~(wild - ones)};
  }
};

#endif

// Whether `judge` holds for each of the n bytes.
template <class Judge>
[[gnu::always_inline]] inline bool all_of(const octet* p, std::size_t n, Judge judge) noexcept {
  if (n < block::size) return n == 0 || judge(block::ends(p, n)).all();
  const octet* const last = p + n - block::size;
  block good = judge(block::at(last));
  for (; p < last; p += block::size) good = good & judge(block::at(p));
  return good.all();
}

// No byte above 0x7F, no U+0000.
[[gnu::always_inline]] inline bool is_plain_text(const octet* p, std::size_t n) noexcept {
  return all_of(p, n, [](block b) { return b.ascii(); });
}

// A topic name that is plain text, is not empty and has no wildcard. The length keeps 3.1's bound of 32,767 characters.
[[gnu::always_inline]] inline bool is_plain_name(const octet* p, std::size_t n) noexcept {
  return n - 1 < 32'767 && all_of(p, n, [](block b) { return b.name(); });
}

#ifdef MQTTSPAN_SSE2_SCAN

// Which bytes of up to 64 are what; bit i for byte i.
struct filter_bits {
  std::uint64_t slash = 0, plus = 0, hash = 0, other = 0;  // other: not plain text

  void add(__m128i b, std::size_t at) noexcept {
    const auto bits = [at](__m128i mask) { return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(mask))} << at; };
    slash |= bits(_mm_cmpeq_epi8(b, _mm_set1_epi8('/')));
    plus |= bits(_mm_cmpeq_epi8(b, _mm_set1_epi8('+')));
    hash |= bits(_mm_cmpeq_epi8(b, _mm_set1_epi8('#')));
    other |= bits(_mm_cmpgt_epi8(_mm_set1_epi8(1), b));
  }
};

// A topic filter of plain text, not beginning with '$', whose wildcards stand where they may. [MQTT-4.7.1-1] [MQTT-4.7.1-2]
inline bool is_plain_filter(const octet* p, std::size_t n) noexcept {
  if (n - 8 > 64 - 8 || p[0] == '$') return n != 0 && p[0] != '$' && is_plain_name(p, n);
  filter_bits bits;
  if (n < 16) {
    // the second half may overlap the first: the same bytes give the same bits
    const std::uint64_t low = 0xFF;
    filter_bits tail;
    bits.add(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)), 0);
    tail.add(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p + n - 8)), 0);
    bits.slash |= (tail.slash & low) << (n - 8);
    bits.plus |= (tail.plus & low) << (n - 8);
    bits.hash |= (tail.hash & low) << (n - 8);
    bits.other = ((bits.other | tail.other) & low);
  } else {
    for (std::size_t at = 0; at + 16 < n; at += 16) bits.add(block::at(p + at).bytes, at);
    bits.add(block::at(p + n - 16).bytes, n - 16);
  }
  const std::uint64_t last = std::uint64_t{1} << (n - 1);
  const std::uint64_t opens = bits.slash << 1 | 1, closes = bits.slash >> 1 | last;
  return (bits.other | (bits.plus & ~(opens & closes)) | (bits.hash & ~(opens & last))) == 0;
}

#else

inline bool is_plain_filter(const octet* p, std::size_t n) noexcept { return n != 0 && p[0] != '$' && is_plain_name(p, n); }

#endif

}  // namespace mqttspan::detail
