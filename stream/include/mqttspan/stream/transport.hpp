// What carries the bytes of a connection: TCP, TLS, WebSocket, a pipe in memory. Never blocks, never throws; errors are values.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/owning_pointer.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// What came of an attempt to move bytes.
enum class progress : std::uint8_t {
  moved,        ///< `size` bytes, at least one; of `shut_down`: done, `size` is 0
  wants_read,   ///< nothing now; try again when the lowest transport has something to read
  wants_write,  ///< nothing now; try again when the lowest transport can be written to
  end,          ///< of reading: the peer has ended its stream in good order; of `shut_down`: never
  failed        ///< for good: `failure()` says why
};

/// The outcome of an attempt to move bytes, and how many they were.
struct transfer {
  progress outcome = progress::wants_read;  ///< what came of it
  std::size_t size = 0;                     ///< bytes that were moved; 0 but for `moved`

  /// The same outcome and size.
  friend constexpr bool operator==(const transfer&, const transfer&) noexcept = default;
};

namespace detail {
// Apart from `transport`, because whether a class that is made from an `any_transport` is movable must not depend on whether it is a transport.
template <class T>
concept moves_bytes = requires(T t, const T& c, std::span<std::byte> into, bytes_view from) {
  { t.read_some(into) } noexcept -> std::same_as<transfer>;
  { t.write_some(from) } noexcept -> std::same_as<transfer>;
  { t.shut_down() } noexcept -> std::same_as<transfer>;
  { c.has_pending() } noexcept -> std::same_as<bool>;
  { c.failure() } noexcept -> std::same_as<std::string_view>;
};
}  // namespace detail

/// A stream of bytes in both directions. Reading may want to write and the other way around, as TLS does when it shakes hands; handshakes happen inside `read_some` and
/// `write_some`, and nothing moves before they are done.
///
/// `read_some`: reads at least one byte into the span, which is not empty. `write_some`: takes at least one of the bytes, which are some; after `wants_…` it is called
/// again with bytes that begin with the same ones, maybe at another address. `shut_down`: says that we have written all, as well as the transport can say that; to be repeated until it is `moved` or
/// `failed`. Reading is still possible behind it, writing is not. `has_pending`: bytes can be read that the lowest transport does not show as readable. `failure`: after `failed`, why, in words; good as long
/// as the transport. The destructor closes, at once and without a word.
template <class T>
concept transport = std::movable<T> && detail::moves_bytes<T>;

/// Any transport, owned: what lets them be stacked, WebSocket over TLS over TCP, as a URL says. One allocation, one indirect call each.
class any_transport {
 public:
  /// Nothing: not to be used until something is moved into it.
  any_transport() noexcept = default;
  /// Takes a transport.
  template <class T>
    requires(!std::same_as<T, any_transport>) && detail::moves_bytes<T>
  any_transport(T t) : held_(new model<T>(std::move(t))) {}

  /// As `transport` says, of the one inside.
  /// @{
  transfer read_some(std::span<std::byte> into) noexcept { return held_->read_some(into); }
  transfer write_some(bytes_view from) noexcept { return held_->write_some(from); }
  transfer shut_down() noexcept { return held_->shut_down(); }
  bool has_pending() const noexcept { return held_->has_pending(); }
  std::string_view failure() const noexcept { return held_->failure(); }
  /// @}

  /// Whether there is one inside.
  explicit operator bool() const noexcept { return static_cast<bool>(held_); }

 private:
  struct interface {
    virtual ~interface() = default;
    virtual transfer read_some(std::span<std::byte> into) noexcept = 0;
    virtual transfer write_some(bytes_view from) noexcept = 0;
    virtual transfer shut_down() noexcept = 0;
    virtual bool has_pending() const noexcept = 0;
    virtual std::string_view failure() const noexcept = 0;
  };
  template <class T>
  struct model final : interface {
    explicit model(T t) : held(std::move(t)) {}
    transfer read_some(std::span<std::byte> into) noexcept override { return held.read_some(into); }
    transfer write_some(bytes_view from) noexcept override { return held.write_some(from); }
    transfer shut_down() noexcept override { return held.shut_down(); }
    bool has_pending() const noexcept override { return held.has_pending(); }
    std::string_view failure() const noexcept override { return held.failure(); }
    T held;
  };

  detail::owning_pointer<interface> held_;
};
static_assert(transport<any_transport>);

}  // namespace mqttspan
