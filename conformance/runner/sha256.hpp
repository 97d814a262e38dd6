// SHA-256 (FIPS 180-4), for the fingerprints of expanded families. Not for secrets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mqttspan::conformance {

class sha256 {
 public:
  void add(std::string_view bytes);
  /// 64 lower-case digits. Ends it: nothing may be added afterwards.
  std::string finish();

 private:
  void add_block(const unsigned char* block);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> held_{};
  std::size_t held_size_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace mqttspan::conformance
