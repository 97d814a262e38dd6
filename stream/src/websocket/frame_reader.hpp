// Frames of the peer: takes them apart, judges them, hands out the payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <mqttspan/codec/bytes.hpp>

#include "frame.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

struct frame_limits {
  bool is_masked = true;               ///< whether the peer, a client, masks
  std::uint64_t max_frame_size = 0;
  std::uint64_t max_message_size = 0;  ///< 0: any
};

/// Streams: holds a frame's head and a control frame's payload, never a message. Between frames it holds nothing.
class frame_reader {
 public:
  explicit frame_reader(const frame_limits& limits) noexcept;
  ~frame_reader();
  frame_reader(const frame_reader&) = delete;
  frame_reader& operator=(const frame_reader&) = delete;

  /// Reads raw bytes up to a fault or a close, and puts the payload to the front of `out`; says how much that is. `out` has room for as many bytes as there are raw ones, and may
  /// begin where they do.
  std::size_t read(bytes_view raw, std::span<std::byte> out) noexcept;

  const frame_fault& fault() const noexcept { return fault_; }
  /// The status of the peer's close, `close_status::none` without one; nothing as long as there is no close.
  std::optional<std::uint16_t> close() const noexcept { return close_; }
  /// The reason in the peer's close.
  const std::string& close_reason() const noexcept { return close_reason_; }
  /// The payload of the latest ping since the last call.
  std::optional<std::string> take_ping() noexcept;

 private:
  struct flight;  // a frame that is being read; wslay's memory is four KiB
  static std::ptrdiff_t feed(std::uint8_t* into, std::size_t size, int flags, void* of) noexcept;
  bool take_off() noexcept;
  bool is_over() const noexcept { return fault_.status != 0 || close_; }
  bool read_on(std::span<std::byte> out, std::size_t& written) noexcept;
  void judge() noexcept;
  frame_fault fault_of_head() const noexcept;
  frame_fault fault_of_wslay() const noexcept;
  void end_frame() noexcept;
  void end_close() noexcept;

  frame_limits limits_;
  std::uint64_t message_size_ = 0;  // payload of the frames that have begun
  bool is_in_message_ = false;
  bool has_ping_ = false;
  std::optional<std::uint16_t> close_;
  frame_fault fault_;
  std::unique_ptr<flight> flight_;
  std::string ping_;
  std::string close_reason_;
};

}  // namespace mqttspan::detail
