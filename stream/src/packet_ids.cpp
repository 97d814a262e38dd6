#include <mqttspan/stream/packet_ids.hpp>

#include <bit>

namespace mqttspan::inline MQTTSPAN_ABI {

packet_ids::packet_ids(std::span<entry> memory) noexcept {
  move_to(memory);
  clear();
}

void packet_ids::move_to(std::span<entry> memory) noexcept {
  places_ = memory;
  const unsigned bits = static_cast<unsigned>(std::bit_width(memory.size())) - 1;
  shift_ = static_cast<std::uint8_t>(!memory.empty() && bits < 16 ? 16 - bits : 0);
}

void packet_ids::grow_into(std::span<entry> larger) noexcept {
  const std::span<entry> old = places_;
  move_to(larger);
  for (entry& e : old) {
    if (e.id == 0) continue;
    std::size_t at = home(e.id);
    while (places_[at].id != 0) at = (at + 1) & mask();
    places_[at] = e;
    e = {};
  }
}

std::uint16_t packet_ids::next_free() noexcept {
  if (size_ >= capacity() || size_ == 65'535) return 0;
  do last_ = static_cast<std::uint16_t>(last_ % 65'535u + 1);
  while (find(last_));
  return last_;
}

// What stands behind the freed place moves up, unless that were in front of its home.
void packet_ids::close_up(std::size_t hole) noexcept {
  for (std::size_t at = (hole + 1) & mask(); places_[at].id != 0; at = (at + 1) & mask()) {
    if (((at - home(places_[at].id)) & mask()) < ((at - hole) & mask())) continue;
    places_[hole] = places_[at];
    hole = at;
  }
  places_[hole] = {};
}

void packet_ids::clear() noexcept {
  for (entry& e : places_) e = {};
  size_ = 0;
}

}  // namespace mqttspan
