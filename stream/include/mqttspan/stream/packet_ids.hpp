// Packet identifiers in flight, and what each of them waits for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// What a packet identifier is in use for, and how far its exchange has come. @spec 5.0 §2.2.1, §4.3
enum class exchange : std::uint8_t {
  none,         ///< the identifier is free
  publish_1,    ///< QoS 1 PUBLISH; PUBACK is to come
  publish_2,    ///< QoS 2 PUBLISH; PUBREC is to come
  received,     ///< QoS 2; PUBREC was said, PUBREL is to come
  released,     ///< QoS 2; PUBREL was said, PUBCOMP is to come
  subscribe,    ///< SUBSCRIBE; SUBACK is to come
  unsubscribe,  ///< UNSUBSCRIBE; UNSUBACK is to come
};
inline constexpr unsigned exchange_count = 7;  ///< for tables

/// Whether the exchange is about a message, and so counts against Receive Maximum; the others are requests.
constexpr bool is_message(exchange e) noexcept { return e >= exchange::publish_1 && e <= exchange::released; }

/// The identifiers that one side has in use: at most as many as the caller's memory has places for, none of them twice.
/// All operations take constant time: amortised for `next_free`, expected for the others.
///
/// An open-addressed table. Identifiers come in runs, and runs that lay side by side would grow into one another when the numbers come around;
/// so the home of an identifier is the top of its product with the golden ratio, which spreads a run evenly.
/// Invariant: from an entry's home to its place there is no free one.
///
///     places  | 5 | 2 |   | 4 | 1 | 9 |   |   |     8 places; 9 has its home where 1 is, and was moved on
class packet_ids {
 public:
  /// A place of the table.
  struct entry {
    std::uint16_t id = 0;             ///< 0: the place is free
    exchange state = exchange::none;  ///< what it waits for
    bool is_resumed = false;          ///< taken over from an earlier connection, and not said again on this one
    std::uint32_t order = 0;          ///< entries were begun in this order
    std::uint32_t answers = 0;        ///< of a request: how many reason codes its answer has
  };

  packet_ids() noexcept = default;
  /// `memory` must outlive this; its size is a power of two. Holds up to half as many identifiers.
  MQTTSPAN_API explicit packet_ids(std::span<entry> memory) noexcept;
  /// Goes on in other memory, all of whose places are free, or in none, where there is room for nothing. Only while no identifier is in use; their order stays.
  MQTTSPAN_API void move_to(std::span<entry> memory) noexcept;

  /// Memory that is enough for `count` identifiers, of which there are 65,535: a power of two, at least twice as many.
  static constexpr std::size_t places_for(std::size_t count) noexcept {
    std::size_t n = 4;
    while (n < 2 * count && n < 131'072) n *= 2;
    return n;
  }

  /// Takes the next identifier in the order 1 to 65,535 and around again, those in use left out. 0 where all places are taken. @spec [MQTT-2.2.1-3]
  MQTTSPAN_API std::uint16_t next_free() noexcept;

  /// Enters an identifier that is not in use. Null where there is no place, or for 0. The pointer is good until the next change.
  entry* insert(std::uint16_t id, exchange state) noexcept {
    if (id == 0 || size_ >= capacity()) return nullptr;
    std::size_t at = home(id);
    while (places_[at].id != 0) at = (at + 1) & mask();
    places_[at] = {.id = id, .state = state, .order = order_++};
    ++size_;
    return &places_[at];
  }

  /// The entry of an identifier in use, or null. Good until the next change.
  entry* find(std::uint16_t id) noexcept {
    if (size_ == 0 || id == 0) return nullptr;
    for (std::size_t at = home(id); places_[at].id != 0; at = (at + 1) & mask())
      if (places_[at].id == id) return &places_[at];
    return nullptr;
  }
  /// The same, to look at.
  const entry* find(std::uint16_t id) const noexcept { return const_cast<packet_ids*>(this)->find(id); }

  /// Goes on in larger memory, as the constructor wants it, all of it free. The old memory is all free then.
  MQTTSPAN_API void grow_into(std::span<entry> larger) noexcept;

  /// Frees an identifier. Nothing happens where it is not in use.
  void erase(std::uint16_t id) noexcept {
    if (entry* const e = find(id)) erase(*e);
  }
  /// The same, where its entry is at hand.
  void erase(entry& e) noexcept {
    const auto hole = static_cast<std::size_t>(&e - places_.data());
    if (places_[(hole + 1) & mask()].id != 0) close_up(hole);
    else e = {};
    --size_;
  }
  /// Frees all.
  MQTTSPAN_API void clear() noexcept;

  /// The first place where an identifier is looked for.
  std::size_t home(std::uint16_t id) const noexcept { return (id * 40'503u & 0xFFFF) >> shift_; }  // 2^16 / golden ratio, made odd: no two products are equal

  /// How many are in use.
  std::size_t size() const noexcept { return size_; }
  /// How many may be.
  std::size_t capacity() const noexcept { return places_.size() / 2; }

  /// All places, free ones too (`id` 0), in no order.
  std::span<const entry> places() const noexcept { return places_; }
  /// The same, to change what they wait for.
  std::span<entry> places() noexcept { return places_; }

 private:
  std::size_t mask() const noexcept { return places_.size() - 1; }
  MQTTSPAN_API void close_up(std::size_t hole) noexcept;

  std::span<entry> places_;
  std::size_t size_ = 0;
  std::uint32_t order_ = 0;
  std::uint16_t last_ = 0;
  std::uint8_t shift_ = 0;  // 16 less the bits of a place
};

}  // namespace mqttspan
