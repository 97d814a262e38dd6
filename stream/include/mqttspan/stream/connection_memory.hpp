// Working memory that many connections share: only those that have something under way hold a block of it.
#pragma once

#include <cstddef>

#include <mqttspan/codec/config.hpp>
#include <mqttspan/stream/connection_options.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

namespace detail {

// The parts of a connection's block, one behind the other.
struct memory_layout {
  std::size_t ours;    // entries
  std::size_t theirs;  // entries
  std::size_t carry;
  std::size_t output;  // twice the limit: output_queue.hpp

  explicit memory_layout(const connection_options& options) noexcept;
  MQTTSPAN_API std::size_t ids() const noexcept;  // bytes of the entries
  std::size_t total() const noexcept { return ids() + carry + output; }
};

}  // namespace detail

/// Lends blocks of memory to connections with equal options. A connection without anything under way needs none, so ten thousand quiet connections and a few
/// busy ones live with a few blocks; the block that was given back last is lent first, as it is the one in the cache.
/// One for each thread: it takes no locks. Must outlive its connections.
///
/// Invariant: in a block that is not lent all places for identifiers are free, so lending one again costs a few instructions.
class connection_memory {
 public:
  /// Allocates nothing yet. Up to `kept_blocks` blocks that are not lent are kept; more are freed as they come back.
  MQTTSPAN_API explicit connection_memory(const connection_options& options = {}, std::size_t kept_blocks = 32) noexcept;
  MQTTSPAN_API ~connection_memory();
  connection_memory(const connection_memory&) = delete;
  connection_memory& operator=(const connection_memory&) = delete;

  /// Of all its connections.
  const connection_options& options() const noexcept { return options_; }
  /// Bytes of a block.
  std::size_t block_size() const noexcept { return parts_.total(); }
  /// Blocks that connections hold now.
  std::size_t lent() const noexcept { return lent_; }
  /// Blocks that wait to be lent.
  std::size_t kept() const noexcept { return kept_; }

 private:
  friend class connection;
  std::byte* lend() noexcept;  // null where memory is out
  void take_back(std::byte* block) noexcept;
  std::byte* pop() noexcept;
  std::byte* link(std::byte* block) const noexcept { return block + parts_.ids() + parts_.carry; }  // in the output, which need not be clean

  connection_options options_;
  detail::memory_layout parts_;
  std::size_t most_kept_;
  std::size_t kept_ = 0;
  std::size_t lent_ = 0;
  std::byte* last_ = nullptr;  // given back; each points to the one before
};

}  // namespace mqttspan
