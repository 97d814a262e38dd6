#include "target.hpp"

#include <cstdio>
#include <cstdlib>

namespace mqttspan::fuzz {
namespace {

// FNV-1a, by words: the same on every machine.
std::uint64_t seen = 0xCBF2'9CE4'8422'2325;

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
  for (const std::byte b : bytes) observe(std::to_integer<std::uint64_t>(b));
}

std::uint64_t observed() noexcept { return seen; }

}  // namespace mqttspan::fuzz
