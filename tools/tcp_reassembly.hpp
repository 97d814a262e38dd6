// One direction of a TCP connection put back into order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include <mqttspan/codec/bytes.hpp>

namespace mqttspan {

/// Takes segments in the order of the capture and gives their bytes in the order of the stream, each byte once.
///
///     stream:  0 ... delivered_ | gap | held | gap | held
///
/// Invariant: every held piece begins behind delivered_. Where the SYN was not captured the stream begins with the first segment seen.
class tcp_reassembly {
 public:
  using sink = std::function<void(bytes_view)>;

  /// The SYN: data begins behind `sequence`.
  void open(std::uint32_t sequence);
  /// Whether this SYN is not the one that opened the stream: a new connection between the same ports.
  bool is_other_opening(std::uint32_t sequence) const;
  /// A segment's payload. Retransmitted bytes are dropped, early ones are held.
  void segment(std::uint32_t sequence, bytes_view payload, const sink& deliver);

  /// Bytes delivered so far.
  std::uint64_t delivered() const { return delivered_; }
  /// Bytes that are held behind a gap which nothing has filled.
  std::size_t held_back() const;

 private:
  void release(const sink& deliver);

  std::optional<std::uint32_t> first_;  // sequence number of the stream's byte 0
  std::uint64_t delivered_ = 0;
  std::map<std::uint64_t, std::vector<std::byte>> held_;
};

}  // namespace mqttspan
