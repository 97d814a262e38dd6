// The vectors as pack.py has packed them, read where they lie; the layout stands there.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::portable {

using octet = unsigned char;

/// Big-endian, byte by byte: the same on every machine.
inline std::uint32_t take(const octet*& at, int size) noexcept {
  std::uint32_t value = 0;
  while (size-- > 0) value = value << 8 | *at++;
  return value;
}

inline std::string_view take_text(const octet*& at) noexcept {
  const std::size_t size = take(at, 1);
  const auto* const text = reinterpret_cast<const char*>(at);
  at += size;
  return {text, size};
}

/// Bytes as units and how often each is repeated.
class packed_bytes {
 public:
  packed_bytes() noexcept = default;
  explicit packed_bytes(const octet*& at) noexcept : parts_(at) {
    for (auto parts = take(at, 1); parts > 0; --parts) at += 3, at += take(at, 2);
  }

  /// Writes them to the front of `out`, which has room for the largest.
  bytes_view unpack(std::span<std::byte> out) const noexcept {
    const octet* at = parts_;
    std::byte* to = out.data();
    for (auto parts = take(at, 1); parts > 0; --parts) {
      const auto times = take(at, 3), size = take(at, 2);
      for (auto i = times; i > 0; --i) to = std::transform(at, at + size, to, [](octet o) { return std::byte{o}; });
      at += size;
    }
    return {out.data(), to};
  }

 private:
  const octet* parts_ = nullptr;
};

enum class expectation : std::uint8_t { valid, incomplete, malformed, protocol_error, unsupported, either, refused };  // in pack.py's order

struct vector {
  std::string_view id;  ///< until the next vector is read
  protocol_version version;
  mqttspan::sender sender;
  expectation expected;
  bool has_fault, is_canonical, is_reencoded;
  packed_bytes bytes;
  std::string_view rule{};     ///< has_fault: its name,
  std::uint32_t offset = 0;    ///< and where
  packed_bytes reencoded{};    ///< is_reencoded: what an encoder writes
};

class packed_vectors {
 public:
  explicit packed_vectors(const octet* packed) noexcept : at_(packed), count_(take(at_, 4)), left_out_(take(at_, 4)), largest_(take(at_, 4)) {}

  std::uint32_t count() const noexcept { return count_; }
  std::uint32_t left_out() const noexcept { return left_out_; }
  std::uint32_t largest() const noexcept { return largest_; }  ///< in bytes
  const octet* at() const noexcept { return at_; }             ///< behind what was read

  vector next() noexcept {
    const auto shared = take(at_, 1);
    const std::string_view rest = take_text(at_);
    std::copy(rest.begin(), rest.end(), id_.begin() + shared);
    const auto version = take(at_, 1), sender = take(at_, 1), expected = take(at_, 1), facts = take(at_, 1);
    vector v{.id = {id_.data(), shared + rest.size()},
             .version = static_cast<protocol_version>(version),
             .sender = static_cast<mqttspan::sender>(sender),
             .expected = static_cast<expectation>(expected),
             .has_fault = (facts & 1) != 0,
             .is_canonical = (facts & 2) != 0,
             .is_reencoded = (facts & 4) != 0,
             .bytes = packed_bytes(at_)};
    if (v.has_fault) v.rule = take_text(at_), v.offset = take(at_, 4);
    if (v.is_reencoded) v.reencoded = packed_bytes(at_);
    return v;
  }

 private:
  const octet* at_;
  std::uint32_t count_, left_out_, largest_;
  std::array<char, 512> id_{};
};

}  // namespace mqttspan::portable
