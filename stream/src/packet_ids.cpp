#include <mqttspan/stream/packet_ids.hpp>

#include <bit>

namespace mqttspan {

packet_ids::packet_ids(std::span<entry> memory) noexcept : places_(memory) {
  const unsigned bits = static_cast<unsigned>(std::bit_width(memory.size())) - 1;
  shift_ = static_cast<std::uint8_t>(!memory.empty() && bits < 16 ? 16 - bits : 0);
  clear();
}

std::uint16_t packet_ids::next_free() noexcept {
  if (size_ >= capacity() || size_ == 65'535) return 0;
  do last_ = static_cast<std::uint16_t>(last_ % 65'535u + 1);
  while (find(last_));
  return last_;
}

packet_ids::entry* packet_ids::insert(std::uint16_t id, exchange state) noexcept {
  if (id == 0 || size_ >= capacity()) return nullptr;
  std::size_t at = home(id);
  while (places_[at].id != 0) at = (at + 1) & mask();
  places_[at] = {.id = id, .state = state, .order = order_++};
  ++size_;
  return &places_[at];
}

packet_ids::entry* packet_ids::find(std::uint16_t id) noexcept {
  if (size_ == 0 || id == 0) return nullptr;
  for (std::size_t at = home(id); places_[at].id != 0; at = (at + 1) & mask())
    if (places_[at].id == id) return &places_[at];
  return nullptr;
}

// What stands behind the freed place moves up, unless that were in front of its home.
void packet_ids::erase(entry& e) noexcept {
  auto hole = static_cast<std::size_t>(&e - places_.data());
  for (std::size_t at = (hole + 1) & mask(); places_[at].id != 0; at = (at + 1) & mask()) {
    if (((at - home(places_[at].id)) & mask()) < ((at - hole) & mask())) continue;
    places_[hole] = places_[at];
    hole = at;
  }
  places_[hole] = {};
  --size_;
}

void packet_ids::clear() noexcept {
  for (entry& e : places_) e = {};
  size_ = 0;
}

}  // namespace mqttspan
