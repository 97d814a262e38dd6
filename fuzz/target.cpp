#include "target.hpp"

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace mqttspan::fuzz {
namespace {

// FNV-1a, by words: the same on every machine.
std::uint64_t seen = 0xCBF2'9CE4'8422'2325;

// Up to eight bytes, the first the lowest.
std::uint64_t word_of(bytes_view bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data(), bytes.size());
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

}  // namespace

void require(bool holds, const char* truth) {
  if (holds) return;
  std::fprintf(stderr, "it does not hold that %s\n", truth);
  std::abort();
}

void observe(std::uint64_t value) noexcept {
  seen = (seen ^ value) * 0x0000'0100'0000'01B3;
  seen ^= seen >> 29;
}

void observe(bytes_view bytes) noexcept {
  observe(bytes.size());
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) observe(word_of(bytes.first(8)));
  if (!bytes.empty()) observe(word_of(bytes));
}

std::uint64_t observed() noexcept { return seen; }

}  // namespace mqttspan::fuzz
