// Frames of ours.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <mqttspan/codec/bytes.hpp>

#include "frame.hpp"

namespace mqttspan::detail {

/// Random masks, drawn some at a time.
class mask_source {
 public:
  /// False where the system has no randomness to give.
  bool next(std::uint8_t* mask) noexcept;
  /// Whether the last call has said so.
  bool is_dry() const noexcept { return is_dry_; }

 private:
  std::array<std::uint8_t, 64> drawn_{};
  std::size_t left_ = 0;
  bool is_dry_ = false;
};

/// Writes a whole frame and says how long it is; 0: out of memory or randomness. `out` has room for `max_frame_head` bytes and the payload. No masks: a server's frame.
std::size_t write_frame(std::uint8_t opcode, bytes_view payload, mask_source* masks, std::span<std::byte> out) noexcept;

}  // namespace mqttspan::detail
