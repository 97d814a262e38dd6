// A transport in memory: two ends in one process, for tests and for connections between parts of a program.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/owning_pointer.hpp>
#include <mqttspan/stream/transport.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// One end of a pipe whose two directions hold `capacity` bytes each. What one end writes the other reads; an end that is destroyed is the end of the stream for the other,
/// whose writing then fails. Not for two threads.
class memory_pipe {
 public:
  /// The two ends.
  static std::pair<memory_pipe, memory_pipe> make(std::size_t capacity = 65'536) {
    detail::owning_pointer<direction> there(new direction(capacity)), back(new direction(capacity));
    direction *const out = there.release(), *const in = back.release();
    return {memory_pipe(in, out), memory_pipe(out, in)};
  }
  /// An end moves; the other one does not notice.
  /// @{
  memory_pipe(memory_pipe&& other) noexcept : in_(std::exchange(other.in_, nullptr)), out_(std::exchange(other.out_, nullptr)) {}
  memory_pipe& operator=(memory_pipe&& other) noexcept {
    std::swap(in_, other.in_);
    std::swap(out_, other.out_);
    return *this;
  }
  /// @}
  ~memory_pipe() {
    if (out_) out_->is_ended = true, leave(out_);
    if (in_) in_->is_abandoned = true, leave(in_);
  }

  /// As `transport` says.
  /// @{
  transfer read_some(std::span<std::byte> into) noexcept {
    if (in_->size == 0) return {in_->is_ended ? progress::end : progress::wants_read};
    const std::size_t size = least(into.size(), in_->size, in_->capacity - in_->begin);
    std::memcpy(into.data(), in_->bytes.get() + in_->begin, size);
    in_->begin = (in_->begin + size) % in_->capacity;
    in_->size -= size;
    return {progress::moved, size};
  }
  transfer write_some(bytes_view from) noexcept {
    if (out_->is_ended || out_->is_abandoned) return {progress::failed};
    if (out_->size == out_->capacity) return {progress::wants_write};
    const std::size_t at = (out_->begin + out_->size) % out_->capacity;
    const std::size_t size = least(from.size(), out_->capacity - out_->size, out_->capacity - at);
    std::memcpy(out_->bytes.get() + at, from.data(), size);
    out_->size += size;
    return {progress::moved, size};
  }
  transfer shut_down() noexcept {
    out_->is_ended = true;
    return {progress::moved};
  }
  bool has_pending() const noexcept { return in_->size != 0 || in_->is_ended; }
  std::string_view failure() const noexcept { return "the other end of the pipe is gone"; }
  /// @}

 private:
  // A ring: `size` bytes from `begin`.
  struct direction {
    explicit direction(std::size_t room) : bytes(new std::byte[room]), capacity(room) {}
    detail::owning_pointer<std::byte[]> bytes;
    std::size_t capacity;
    std::size_t begin = 0;
    std::size_t size = 0;
    bool is_ended = false;      // nothing more will be written
    bool is_abandoned = false;  // nothing more will be read
    int ends = 2;               // that have not left it
  };
  memory_pipe(direction* in, direction* out) noexcept : in_(in), out_(out) {}
  static void leave(direction* d) noexcept {
    if (--d->ends == 0) delete d;
  }
  static std::size_t least(std::size_t a, std::size_t b, std::size_t c) noexcept { return a < b ? (a < c ? a : c) : (b < c ? b : c); }

  direction* in_;
  direction* out_;
};
static_assert(transport<memory_pipe>);

}  // namespace mqttspan
