// Packets changed at random, the same way everywhere for the same seed.
#pragma once

#include <cstdint>

#include "reference/reference.hpp"

namespace mqttspan::conformance::reference {

class mutator {
 public:
  explicit mutator(std::uint64_t seed) : state_(seed) {}

  std::size_t below(std::size_t bound);

  /// One to three changes behind the fixed header; most results have a Remaining Length that fits.
  bytes mutated(const bytes& packet);

 private:
  void change(bytes& body);
  std::uint8_t telling_byte();

  std::uint64_t state_;
};

/// first byte, Remaining Length, body
bytes with_length(std::uint8_t first, const bytes& body);
/// What stands behind the fixed header of a packet with a one-byte Remaining Length.
bytes body_of(const bytes& packet);

}  // namespace mqttspan::conformance::reference
