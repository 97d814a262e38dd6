// Errors as values: what is wrong, where, and which rule says so; and `result<T>`, a value or an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <mqttspan/codec/reason_code.hpp>
#include <mqttspan/codec/rule.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// The class of an error. The peer's fault (malformed … packet_too_large, quota_exceeded) and the caller's
/// (no_space, invalid_argument, wrong_state) are different codes; `incomplete` is nobody's.
enum class errc : std::uint8_t {
  incomplete = 1,       ///< the packet goes on behind the input: come back with at least `offset` bytes
  malformed,            ///< the bytes cannot be read as the packet they claim to be
  protocol_violation,   ///< readable, but the protocol forbids it
  unsupported_version,  ///< a CONNECT with a protocol name or level that nobody here speaks; a version that the build leaves out (`supports`)
  packet_too_large,     ///< above the limit, or above what MQTT can say
  no_space,             ///< the output is shorter than the packet
  invalid_argument,     ///< generate was given a packet that breaks a rule
  quota_exceeded,       ///< above one of the application's own limits
  wrong_state           ///< not the packet type that was asked for; where the protocol leaves no choice, as for a first packet, the peer's fault
};

/// "incomplete" … "wrong_state".
MQTTSPAN_API std::string_view to_string(errc) noexcept;

/// What went wrong. Eight bytes, compared by value. The first violation in wire order, however the bytes came in.
struct error {
  errc code{};             ///< the class
  rule violated{};         ///< `rule::none` for incomplete, no_space and wrong_state
  packet_type in{};        ///< the type that the first byte names; 0 where it names none
  reason_code reason{};    ///< the 5.0 reason code for it; `success` where nothing is to be answered
  std::uint32_t offset{};  ///< of the first wrong byte, or of the field that is wrong as a whole, from the packet's first byte.
                            ///< On generate: the place in the packet that would have been written; 0 for a string or binary that is too long.
                            ///< With `incomplete`: how many bytes the packet has at least, more than there were.

  /// Equal in all five.
  friend bool operator==(const error&, const error&) = default;
};
static_assert(sizeof(error) == 8 && std::is_trivially_copyable_v<error>);

namespace detail {
struct rule_class {
  errc code;
  reason_code reason;
};
inline constexpr rule_class rule_classes[] = {
    {errc::malformed, reason_code::malformed_packet},
#define MQTTSPAN_RULE(name, code, reason, ...) {errc::code, reason_code::reason},
#include <mqttspan/codec/rules.inc>
#undef MQTTSPAN_RULE
};
}  // namespace detail

/// How many rules there are; they are numbered 1 to this.
inline constexpr unsigned rule_count = sizeof detail::rule_classes / sizeof detail::rule_classes[0] - 1;

/// The error for a broken rule in received bytes, with the class and the 5.0 reason code of the rule's row.
constexpr error make_error(rule violated, std::size_t offset, packet_type in = packet_type{}) noexcept {
  const detail::rule_class& row = detail::rule_classes[static_cast<std::uint8_t>(violated)];
  return {row.code, violated, in, row.reason, static_cast<std::uint32_t>(offset)};
}

/// Enough room for every text that `describe` writes.
inline constexpr std::size_t max_description = 192;

/// Writes one line into `out`, cut to fit, and returns what was written:
/// `PUBLISH byte 4: topic name has a wildcard [MQTT-3.3.2-2]`.
MQTTSPAN_API std::string_view describe(const error&, protocol_version, std::span<char> out) noexcept;

/// Like the other, and with the packet's bytes at hand the statement is the property's own: a second Receive Maximum in CONNECT
/// is [U5-3.1.2.11.3-a]. `packet` starts at the packet's first byte.
MQTTSPAN_API std::string_view describe(const error&, protocol_version, std::span<const std::byte> packet, std::span<char> out) noexcept;

/// The phrase for an error without place and statement: "topic name has a wildcard", "output is too short for the packet".
MQTTSPAN_API std::string_view text_of(const error&) noexcept;

/// A description that brings its own memory.
struct description {
  char text[max_description];  ///< the line, without a terminator
  std::uint8_t size;           ///< bytes of it

  /// The line; points into this object.
  std::string_view view() const noexcept { return {text, size}; }
  /// The same, unasked: a log takes it as it is.
  operator std::string_view() const noexcept { return view(); }
};

/// `describe` for one line of code: `log(describe(e, version, packet))`.
inline description describe(const error& e, protocol_version version, std::span<const std::byte> bytes = {}) noexcept {
  description d;
  d.size = static_cast<std::uint8_t>(describe(e, version, bytes, std::span<char>(d.text)).size());
  return d;
}

/// The statement behind an error, as exact as the bytes allow: the property's own for duplicates and ranges.
MQTTSPAN_API std::string_view statement_id(const error&, protocol_version, std::span<const std::byte> packet) noexcept;

namespace detail {

struct uninitialized {};

// Trivially copyable values live in a union, so that a result is as cheap as a struct; owning values get a destructor.
template <class T, bool Trivial = std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>>
class result_storage {
 public:
  // A value to be filled in place: its members are at their defaults, or not there yet.
  explicit result_storage(std::in_place_t) noexcept : has_value_{true} { ::new (static_cast<void*>(&value_)) T; }
  explicit result_storage(uninitialized) noexcept : has_value_{true} {}
  constexpr result_storage(const T& value) noexcept : value_(value), has_value_{true} {}
  constexpr result_storage(const error& e) noexcept : error_(e), has_value_{false} {}

 protected:
  union {
    T value_;
    error error_;
  };
  bool has_value_;
};

template <class T>
class result_storage<T, false> {
 public:
  result_storage(T&& value) noexcept : value_(std::move(value)), has_value_{true} {}
  constexpr result_storage(const error& e) noexcept : error_(e), has_value_{false} {}
  result_storage(result_storage&& other) noexcept : value_(std::move(other.value_)), error_(other.error_), has_value_(other.has_value_) {}
  result_storage& operator=(result_storage&&) = delete;

 protected:
  T value_{};
  error error_{};
  bool has_value_;
};
}  // namespace detail

/// A value or an `error`, with the member names of `std::expected`. Nothing throws: `value`, `*` and `->` want a value to be there.
template <class T>
class [[nodiscard]] result : public detail::result_storage<T> {
  using storage = detail::result_storage<T>;

 public:
  using value_type = T;                ///< as in `std::expected`
  using error_type = mqttspan::error;  ///< as in `std::expected`
  using storage::storage;

  /// From now on an error.
  constexpr result& operator=(const mqttspan::error& e) noexcept
    requires std::is_trivially_copyable_v<T>
  {
    this->error_ = e;
    this->has_value_ = false;
    return *this;
  }

  /// Whether a value is there.
  /// @{
  constexpr bool has_value() const noexcept { return this->has_value_; }
  constexpr explicit operator bool() const noexcept { return this->has_value_; }
  /// @}

  /// The value, which must be there.
  /// @{
  constexpr T& value() & noexcept { return this->value_; }
  constexpr const T& value() const& noexcept { return this->value_; }
  constexpr T&& value() && noexcept { return std::move(this->value_); }
  constexpr T& operator*() & noexcept { return this->value_; }
  constexpr const T& operator*() const& noexcept { return this->value_; }
  constexpr T&& operator*() && noexcept { return std::move(this->value_); }
  constexpr T* operator->() noexcept { return &this->value_; }
  constexpr const T* operator->() const noexcept { return &this->value_; }
  /// @}
  /// The value, or `fallback` where there is none.
  template <class U>
  constexpr T value_or(U&& fallback) const& noexcept {
    return this->has_value_ ? this->value_ : static_cast<T>(std::forward<U>(fallback));
  }

  /// Wants an error to be there.
  constexpr const mqttspan::error& error() const noexcept { return this->error_; }
};

/// Success, or an `error`.
template <>
class [[nodiscard]] result<void> {
 public:
  /// Success.
  constexpr result() noexcept = default;
  /// Failure.
  constexpr result(const mqttspan::error& e) noexcept : error_(e) {}
  /// Whether it is success.
  /// @{
  constexpr bool has_value() const noexcept { return error_.code == errc{}; }
  constexpr explicit operator bool() const noexcept { return has_value(); }
  /// @}
  /// Wants an error to be there.
  constexpr const mqttspan::error& error() const noexcept { return error_; }

 private:
  mqttspan::error error_{};
};

}  // namespace mqttspan
