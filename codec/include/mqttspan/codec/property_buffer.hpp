// Properties to edit: a fixed number of places, no heap.
#pragma once

#include <cstddef>

#include <mqttspan/codec/property.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// Up to `Capacity` properties that can be added, replaced and removed; hand it to a packet's `properties` when it is final.
/// The buffer must outlive the packet, and what its properties borrow must outlive the buffer.
///
///     property_buffer<16> properties;
///     if (!properties.append(message.properties)) return;    // more than 16
///     properties.erase(property_id::topic_alias);
///     if (!properties.set(prop::message_expiry_interval(30))) return;
///     message.properties = properties;
template <std::size_t Capacity>
class property_buffer {
 public:
  /// Adds behind the last one. False, and nothing changed, where the buffer is full.
  [[nodiscard]] constexpr bool add(const property& p) noexcept {
    if (size_ == Capacity) return false;
    items_[size_++] = p;
    return true;
  }
  /// Adds all, in order. False, and nothing changed, where they do not fit.
  [[nodiscard]] constexpr bool append(const property_list& list) noexcept {
    const std::size_t before = size_;
    for (const property& p : list)
      if (!add(p)) return size_ = before, false;
    return true;
  }
  /// Replaces the first of the same identifier, or adds. False where the buffer is full.
  [[nodiscard]] constexpr bool set(const property& p) noexcept {
    for (std::size_t i = 0; i < size_; ++i)
      if (items_[i].id() == p.id()) return items_[i] = p, true;
    return add(p);
  }
  /// Removes all of that identifier, keeps the others in order, and says how many went. Linear.
  constexpr std::size_t erase(property_id id) noexcept {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < size_; ++i)
      if (items_[i].id() != id) items_[kept++] = items_[i];
    const std::size_t erased = size_ - kept;
    size_ = kept;
    return erased;
  }
  /// Removes all.
  constexpr void clear() noexcept { size_ = 0; }

  /// The properties, in order: a contiguous range, as `property_list` takes it.
  /// @{
  constexpr const property* data() const noexcept { return items_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr const property* begin() const noexcept { return items_; }
  constexpr const property* end() const noexcept { return items_ + size_; }
  /// @}

 private:
  property items_[Capacity]{};
  std::size_t size_ = 0;
};

}  // namespace mqttspan
