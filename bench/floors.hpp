// The least that anybody must do: what the figures of a codec are divided by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "workloads.hpp"

namespace mqttspan::bench {

/// Copies the bytes packet by packet. Answers with their number, as do `frame` and `assemble`.
std::size_t copy(const workload& work, std::span<std::byte> out) noexcept;

/// Fixed header and remaining length only: steps from packet to packet.
std::size_t frame(const workload& work) noexcept;

/// Hand-written decoder of the workloads' packet types: bounds-checked views of every field, an ASCII test of the strings eight
/// bytes at a time, and no other validation. Answers with the `checksum` over all fields, or `refused`.
std::uint64_t decode(const workload& work) noexcept;

/// The same for a stream that comes in chunks: whole packets in place, the others gathered in a buffer. The chunks' sizes are used in turn.
std::uint64_t decode_chunks(const workload& work, std::span<const std::uint16_t> sizes) noexcept;

/// A packet that was taken apart beforehand, so that writing it is nothing but copying.
/// PUBLISH: header up to the topic, topic, packet id and properties where there are any, payload. All others: fixed header, body.
struct pieces {
  bytes_view piece[4];
  std::size_t count;
};

/// Takes the packets apart. Views point into `work`.
std::vector<pieces> take_apart(const workload& work);

/// The generate floor: memcpy of the pieces into `out`, back to back.
std::size_t assemble(std::span<const pieces> packets, std::span<std::byte> out) noexcept;

}  // namespace mqttspan::bench
