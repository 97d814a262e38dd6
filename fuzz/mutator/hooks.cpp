// libFuzzer's hooks, for targets whose input is a byte of settings and packets; with MQTTSPAN_SETTINGS=0 packets alone. Half of the calls are left to the engine's own mutations of bytes,
// where it lets them be called: the others do not.
#include <algorithm>
#include <cstring>

#include "mutator.hpp"

#ifndef MQTTSPAN_SETTINGS
#define MQTTSPAN_SETTINGS 1
#endif

extern "C" {
[[gnu::weak]] std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed);
std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* a, std::size_t size_a, const std::uint8_t* b, std::size_t size_b, std::uint8_t* out, std::size_t max_size, unsigned seed);
}

namespace {

constexpr std::size_t settings = MQTTSPAN_SETTINGS;  // bytes

std::string_view packets_in(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data) + settings, size - settings}; }

std::size_t put(const std::string& packets, std::uint8_t* out, std::size_t max_size) {
  const std::size_t size = std::min(packets.size(), max_size - settings);
  std::memcpy(out + settings, packets.data(), size);
  return size + settings;
}

}  // namespace

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  mqttspan::test::seeded_entropy choices(seed * 0x9E37'79B9'7F4A'7C15u + 1);
  const bool has_packets = size > settings && max_size > settings;
  if (LLVMFuzzerMutate && (!has_packets || choices.below(2) == 0)) return LLVMFuzzerMutate(data, size, max_size);
  if (!has_packets) return size;
  if (settings != 0 && choices.below(16) == 0) data[0] = static_cast<std::uint8_t>(choices.below(256));
  return put(mqttspan::fuzz::mutated(packets_in(data, size), choices), data, max_size);
}

std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* a, std::size_t size_a, const std::uint8_t* b, std::size_t size_b, std::uint8_t* out, std::size_t max_size, unsigned seed) {
  if (size_a == 0 || size_b == 0 || max_size <= settings) return 0;
  mqttspan::test::seeded_entropy choices(seed * 0x9E37'79B9'7F4A'7C15u + 1);
  if (settings != 0) out[0] = choices.below(2) == 0 ? a[0] : b[0];
  return put(mqttspan::fuzz::crossed(packets_in(a, size_a), packets_in(b, size_b), choices), out, max_size);
}
