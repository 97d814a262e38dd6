// Frames of ours.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <mqttspan/codec/bytes.hpp>

#include "frame.hpp"

struct wslay_frame_context;

namespace mqttspan::inline MQTTSPAN_ABI::detail {

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

/// Writes whole frames, one behind the other. No masks: a server's frames.
class frame_writer {
 public:
  frame_writer(mask_source* masks, std::span<std::byte> out) noexcept : masks_(masks), out_(out) {}
  frame_writer(const frame_writer&) = delete;
  frame_writer& operator=(const frame_writer&) = delete;
  ~frame_writer();

  /// False: out of memory or randomness. There is room for `max_frame_head` bytes and the payload.
  bool put(std::uint8_t opcode, bytes_view payload) noexcept;

  std::size_t size() const noexcept { return size_; }
  /// How long a payload may still be.
  std::size_t room() const noexcept { return out_.size() - size_ > max_frame_head ? out_.size() - size_ - max_frame_head : 0; }

 private:
  static std::ptrdiff_t append(const std::uint8_t* bytes, std::size_t size, int flags, void* to) noexcept;
  static int draw_mask(std::uint8_t* mask, std::size_t size, void* to) noexcept;

  mask_source* masks_;
  std::span<std::byte> out_;
  std::size_t size_ = 0;
  wslay_frame_context* context_ = nullptr;  // made with the first frame
};

}  // namespace mqttspan::detail
