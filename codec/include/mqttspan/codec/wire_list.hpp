// The lists of SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK: the caller's items, or bytes that parse has validated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/reason_code.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// What becomes of retained messages at subscribe. The value 3 is forbidden. @spec 5.0 §3.8.3.1, [U5-3.8.3.1-b]
enum class retain_handling : std::uint8_t { send = 0, send_if_new = 1, do_not_send = 2 };

/// The SUBACK code that grants this QoS.
constexpr reason_code granted(qos q) noexcept { return static_cast<reason_code>(q); }

/// One entry of a SUBSCRIBE. The three options behind `qos` exist in 5.0 only and must be at their defaults in 3.x. @spec 5.0 §3.8.3.1
struct subscription {
  std::string_view topic_filter{};                                    ///< which topics: a filter with or without wildcards
  mqttspan::qos qos = qos::at_most_once;                              ///< the highest QoS at which the server may send
  bool no_local = false;                                              ///< do not send me what I published; not on a shared subscription [MQTT-3.8.3-4]
  bool retain_as_published = false;                                   ///< keep the RETAIN flag of forwarded messages
  mqttspan::retain_handling retain_handling = retain_handling::send;  ///< which retained messages to send at once

  /// The same filter, the same options.
  friend constexpr bool operator==(const subscription&, const subscription&) = default;
};

namespace detail {

inline std::string_view load_string(const std::byte* p) noexcept { return {reinterpret_cast<const char*>(p + 2), load_be16(p)}; }

// How one validated item of each list is read, and how many bytes it takes. 3.1 leaves the upper bits of its QoS bytes unused;
// brokers mean failure by a SUBACK's 0x80 even there.
template <class T>
struct wire_item;

template <>
struct wire_item<std::string_view> {
  static std::string_view read(const std::byte* p, protocol_version) noexcept { return load_string(p); }
  static std::size_t size(const std::byte* p) noexcept { return 2 + load_be16(p); }
};

template <>
struct wire_item<subscription> {
  static subscription read(const std::byte* p, protocol_version version) noexcept {
    const std::string_view filter = load_string(p);
    const auto options = std::to_integer<unsigned>(p[2 + filter.size()]);
    if (!is_v5(version)) return {.topic_filter = filter, .qos = static_cast<qos>(options & 3)};
    return {filter, static_cast<qos>(options & 3), (options & 4) != 0, (options & 8) != 0, static_cast<retain_handling>(options >> 4 & 3)};
  }
  static std::size_t size(const std::byte* p) noexcept { return 3 + load_be16(p); }
};

template <>
struct wire_item<reason_code> {
  static reason_code read(const std::byte* p, protocol_version version) noexcept {
    const auto code = std::to_integer<std::uint8_t>(*p);
    return static_cast<reason_code>(is_v3_1(version) && code != 0x80 ? code & 3 : code);
  }
  static std::size_t size(const std::byte*) noexcept { return 1; }
};
}  // namespace detail

template <class T>
class wire_list;

}  // namespace mqttspan

// Its iterators outlive it: they point into what it borrows.
template <class T>
inline constexpr bool std::ranges::enable_borrowed_range<mqttspan::wire_list<T>> = true;

namespace mqttspan::inline MQTTSPAN_ABI {

/// A list of `T` that owns nothing: it borrows either the caller's items or the packet's bytes, which must outlive it.
/// Iteration reads each item once and yields it by value; `size` is O(1), there is no index. Construct from an lvalue array,
/// vector or span; a temporary does not compile. Assign when the items are final: the list keeps their address and number.
template <class T>
class wire_list {
 public:
  /// Walks over the items: a `std::input_iterator` that yields values, whose sentinel is `std::default_sentinel`.
  class iterator {
   public:
    /// What `std::input_iterator` asks for.
    /// @{
    using value_type = T;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    T operator*() const noexcept { return is_on_wire() ? detail::wire_item<T>::read(wire_, version_) : *item_; }
    iterator& operator++() noexcept {
      if (is_on_wire()) wire_ += detail::wire_item<T>::size(wire_);
      else ++item_;
      --left_;
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.left_ == b.left_; }
    friend bool operator==(const iterator& a, std::default_sentinel_t) noexcept { return a.left_ == 0; }
    /// @}

   private:
    friend class wire_list;
    bool is_on_wire() const noexcept { return version_ != protocol_version{}; }
    union {
      const T* item_ = nullptr;
      const std::byte* wire_;
    };
    std::uint32_t left_ = 0;
    protocol_version version_{};  // of the bytes; 0 where the items are the caller's
  };

  constexpr wire_list() noexcept {}  // not defaulted: clang would refuse `const wire_list<T> none;`
  /// Borrows the caller's items.
  constexpr wire_list(std::span<const T> items) noexcept : items_(items.data()), size_(static_cast<std::uint32_t>(items.size())) {}
  /// Borrows the caller's array, vector or other contiguous container.
  template <class Container>
    requires requires(const Container& c) { std::span<const T>(c); }
  constexpr wire_list(const Container& items) noexcept : wire_list(std::span<const T>(items)) {}
  template <class Container>
    requires(!std::ranges::enable_borrowed_range<Container>) && requires(const Container& c) { std::span<const T>(c); }
  wire_list(const Container&&) = delete;  // name the container first: the list would outlive its items
  template <std::size_t N>
  wire_list(T (&&)[N]) = delete;                 // name the array first: the list would outlive its items
  wire_list(std::initializer_list<T>) = delete;  // name the array first: the list would outlive its items

  /// Bytes that parse has validated. Not for user code: nothing checks them here.
  static constexpr wire_list from_validated(const std::byte* wire, std::uint32_t count, protocol_version version) noexcept {
    wire_list list;
    list.wire_ = wire;
    list.size_ = count;
    list.version_ = static_cast<std::uint32_t>(version);
    return list;
  }

  /// How many items there are.
  constexpr std::size_t size() const noexcept { return size_; }
  /// Whether there are none.
  constexpr bool empty() const noexcept { return size_ == 0; }
  /// The first item.
  iterator begin() const noexcept {
    iterator it;
    if (version_ == 0) it.item_ = items_;
    else it.wire_ = wire_;
    it.left_ = size_;
    it.version_ = static_cast<protocol_version>(version_);
    return it;
  }
  /// Behind the last one.
  std::default_sentinel_t end() const noexcept { return {}; }
  /// The first item; the list must not be empty.
  T front() const noexcept { return *begin(); }

  /// Same items in the same order, wherever they are kept.
  friend bool operator==(const wire_list& a, const wire_list& b) noexcept {
    if (a.size() != b.size()) return false;
    for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y)
      if (!(*x == *y)) return false;
    return true;
  }

 private:
  union {
    const T* items_ = nullptr;
    const std::byte* wire_;
  };
  std::uint32_t size_ = 0;
  std::uint32_t version_ = 0;  // of the bytes; 0 where the items are the caller's. As wide as its place: padding would make copies stall
};

}  // namespace mqttspan
