// Where packets end in a stream of them, however it is cut into pieces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include <mqttspan/codec/bytes.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

/// Follows fixed headers, and judges nothing: behind a Remaining Length that never ends, no end is seen any more.
class packet_ends {
 public:
  /// Takes bytes from the front of `piece` up to the end of the packet under way, all of them where it does not end here; says how many.
  std::size_t take(bytes_view piece) noexcept {
    std::size_t taken = 0;
    while (taken != piece.size() && is_in_head_) hear_head(piece[taken++]);
    if (is_in_head_) return taken;
    const std::size_t more = std::min(left_, piece.size() - taken);
    left_ -= more;
    if (left_ == 0) *this = {};
    return taken + more;
  }

 private:
  void hear_head(std::byte b) noexcept {
    constexpr int bits_of_four = 28;
    if (shift_ < 0) {  // the type and the flags
      shift_ = 0;
      return;
    }
    left_ |= static_cast<std::size_t>(b & std::byte{0x7F}) << shift_;
    shift_ += 7;
    is_in_head_ = (b & std::byte{0x80}) != std::byte{0};
    if (!is_in_head_ || shift_ < bits_of_four) return;
    is_in_head_ = false;
    left_ = std::numeric_limits<std::size_t>::max();
  }

  bool is_in_head_ = true;
  int shift_ = -1;
  std::size_t left_ = 0;  // of the packet's body
};

}  // namespace mqttspan::detail
