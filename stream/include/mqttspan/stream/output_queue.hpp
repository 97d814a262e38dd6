// Bytes that wait for the transport: a bounded queue whose front is contiguous, and into which one payload may be borrowed.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

#include <mqttspan/codec/bytes.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// The queue behind `connection::output`. In twice its limit of memory it never moves more bytes than have left it, so its cost is linear.
///
///     memory   |  gone  | waiting ahead | waiting behind |   free   |
///                       begin_          ^ borrowed payload
///
/// Invariant: what waits is at most half of the memory.
class output_queue {
 public:
  output_queue() noexcept = default;
  /// `memory` must outlive this.
  explicit output_queue(std::span<std::byte> memory) noexcept : memory_(memory) {}

  /// Bytes that may wait in our own memory.
  std::size_t limit() const noexcept { return memory_.size() / 2; }
  /// Bytes in our own memory, the borrowed ones left out.
  std::size_t kept() const noexcept { return end_ - begin_; }
  /// Bytes that wait, the borrowed ones included.
  std::size_t size() const noexcept { return kept() + borrowed_.size(); }
  /// Bytes that may be added.
  std::size_t space() const noexcept { return limit() - kept(); }
  /// Whether a payload is borrowed and not yet consumed.
  bool is_borrowing() const noexcept { return !borrowed_.empty(); }

  /// The first piece: what is ahead of a borrowed payload, the payload, or all.
  bytes_view front() const noexcept {
    if (borrowed_.empty()) return memory_.subspan(begin_, kept());
    return ahead_ != 0 ? bytes_view(memory_.subspan(begin_, ahead_)) : borrowed_;
  }

  /// `space()` bytes to write to, all in one piece; what was written is entered by `commit`.
  std::span<std::byte> tail() noexcept {
    if (memory_.size() - end_ < space()) {
      std::memmove(memory_.data(), memory_.data() + begin_, kept());
      end_ -= begin_;
      begin_ = 0;
    }
    return memory_.subspan(end_, space());
  }
  /// So many bytes of `tail()` were written: they wait now.
  void commit(std::size_t size) noexcept { end_ += size; }

  /// Puts a payload behind all that waits. Only while none is borrowed.
  void borrow(bytes_view payload) noexcept {
    borrowed_ = payload;
    ahead_ = kept();
  }

  /// Takes bytes from the front; at most `front().size()`.
  void consume(std::size_t size) noexcept {
    if (borrowed_.empty() || ahead_ != 0) {
      begin_ += size;
      if (!borrowed_.empty()) ahead_ -= size;
    } else {
      borrowed_ = borrowed_.subspan(size);
    }
    if (begin_ == end_) begin_ = end_ = 0;
  }

 private:
  std::span<std::byte> memory_;
  bytes_view borrowed_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t ahead_ = 0;  // of what waits, how much is ahead of the borrowed payload
};

}  // namespace mqttspan
