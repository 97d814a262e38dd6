// Well-formed UTF-8 across chunks.
#pragma once

#include <cstddef>
#include <cstdint>

#include <mqttspan/codec/utf8.hpp>
#include <mqttspan/stream/stream_parser.hpp>

#include "scan.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// What the first byte of a sequence asks of the others. Unicode 15, table 3-7; none are due where it cannot be first.
constexpr utf8_progress sequence_after(octet lead) noexcept {
  if (lead < 0xC2 || lead > 0xF4) return {};
  if (lead < 0xE0) return {1};
  if (lead < 0xF0) return {2, static_cast<std::uint8_t>(lead == 0xE0 ? 0xA0 : 0x80), static_cast<std::uint8_t>(lead == 0xED ? 0x9F : 0xBF)};
  return {3, static_cast<std::uint8_t>(lead == 0xF0 ? 0x90 : 0x80), static_cast<std::uint8_t>(lead == 0xF4 ? 0x8F : 0xBF)};
}

// How many of the n bytes at p go on with a well-formed text; the byte behind them, if there is one, makes it ill-formed.
// `begin`, the place of the sequence under way, is set anew where one begins here: `base` is the place of p.
inline std::size_t well_formed_prefix(utf8_progress& progress, const octet* p, std::size_t n, std::uint32_t base, std::uint32_t& begin) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    if (progress.due != 0) {
      if (p[i] < progress.low || p[i] > progress.high) return i;
      progress = {static_cast<std::uint8_t>(progress.due - 1)};
      continue;
    }
    i = end_of_ascii({reinterpret_cast<const char*>(p), n}, i);
    if (i == n) break;
    begin = base + static_cast<std::uint32_t>(i);
    progress = sequence_after(p[i]);
    if (progress.due == 0) return i;
  }
  return n;
}

}  // namespace mqttspan::detail
