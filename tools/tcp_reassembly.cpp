#include "tcp_reassembly.hpp"

namespace mqttspan {

void tcp_reassembly::open(std::uint32_t sequence) {
  if (!first_) first_ = sequence + 1;
}

bool tcp_reassembly::is_other_opening(std::uint32_t sequence) const { return first_ && *first_ != sequence + 1; }

void tcp_reassembly::segment(std::uint32_t sequence, bytes_view payload, const sink& deliver) {
  if (payload.empty()) return;
  if (!first_) first_ = sequence;
  // Sequence numbers wrap at 2^32: measure from the next one expected, to either side.
  const std::uint32_t expected = *first_ + static_cast<std::uint32_t>(delivered_);
  const std::int64_t ahead = static_cast<std::int32_t>(sequence - expected);
  if (ahead > 0) {
    auto& piece = held_[delivered_ + static_cast<std::uint64_t>(ahead)];
    if (piece.size() < payload.size()) piece.assign(payload.begin(), payload.end());
    return;
  }
  const auto old = static_cast<std::uint64_t>(-ahead);
  if (old >= payload.size()) return;
  const bytes_view fresh = payload.subspan(static_cast<std::size_t>(old));
  delivered_ += fresh.size();
  deliver(fresh);
  release(deliver);
}

std::size_t tcp_reassembly::held_back() const {
  std::size_t bytes = 0;
  for (const auto& [position, piece] : held_) bytes += piece.size();
  return bytes;
}

void tcp_reassembly::release(const sink& deliver) {
  while (!held_.empty() && held_.begin()->first <= delivered_) {
    const auto [position, piece] = std::move(*held_.begin());
    held_.erase(held_.begin());
    const std::uint64_t old = delivered_ - position;
    if (old >= piece.size()) continue;
    const bytes_view fresh = bytes_view(piece).subspan(static_cast<std::size_t>(old));
    delivered_ += fresh.size();
    deliver(fresh);
  }
}

}  // namespace mqttspan
