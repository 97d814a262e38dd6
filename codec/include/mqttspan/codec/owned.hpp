// The owning twin of a packet: one allocation that holds the packet's bytes, and the view into them.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/owning_pointer.hpp>
#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// Keeps a packet beyond the buffer it was parsed from. `P` is one of the fifteen, or `packet`. Movable; the views stay good when it moves.
/// Exactly one allocation; `no_space` where memory is out.
///
///     auto kept = owned<publish>::copy_of(message, protocol_version::v5);
///     if (kept) store.push_back(std::move(*kept));     // (*kept)->topic
template <class P>
class owned {
 public:
  owned() noexcept = default;
  /// Takes the memory over; `other` is empty then.
  owned(owned&& other) noexcept { *this = std::move(other); }
  /// Takes the memory over; `other` is empty then.
  owned& operator=(owned&& other) noexcept {
    memory_ = std::move(other.memory_);
    size_ = std::exchange(other.size_, 0);
    version_ = other.version_;
    view_ = std::exchange(other.view_, P{});
    return *this;
  }

  /// Encodes the packet into memory of its own and views it there. Errors as `generate`.
  static result<owned> copy_of(const P& original, protocol_version version, const generate_options& options = canonical) noexcept {
    const auto size = encoded_size(original, version, options);
    if (!size) return size.error();
    owned twin(*size);
    if (!twin.memory_) return error{.code = errc::no_space};
    const auto written = generate(original, version, twin.memory(), options);
    if (!written) return written.error();
    return view_into(std::move(twin), version, {.sender = options.sender, .allow = options.allow, .reject = options.reject});
  }

  /// Copies the packet at the front of `input` and views it there. Errors as `parse`.
  static result<owned> parse_copy(bytes_view input, protocol_version version, const parse_options& options = strict) noexcept {
    const auto original = parse_view(input, version, options);
    if (!original) return original.error();
    owned twin(original->size);
    if (!twin.memory_) return error{.code = errc::no_space};
    std::memcpy(twin.memory_.get(), input.data(), twin.size_);
    return view_into(std::move(twin), version, options);
  }

  /// Whether there is a packet: not so by default, and after a move.
  explicit operator bool() const noexcept { return static_cast<bool>(memory_); }
  /// The packet. Its views point into memory of this object.
  const P& operator*() const noexcept { return view_; }
  /// The same.
  const P* operator->() const noexcept { return &view_; }
  /// The version that the bytes are written in.
  protocol_version version() const noexcept { return version_; }
  /// The packet as it is on the wire.
  bytes_view bytes() const noexcept { return {memory_.get(), size_}; }

 private:
  explicit owned(std::size_t size) noexcept : memory_(new (std::nothrow) std::byte[size]), size_(size) {}
  std::span<std::byte> memory() const noexcept { return {memory_.get(), size_}; }

  static auto parse_view(bytes_view input, protocol_version version, const parse_options& options) noexcept {
    if constexpr (std::is_same_v<P, packet>) return parse(input, version, options);
    else return parse_as<P>(input, version, options);
  }
  // CONNECT names its own version.
  static const connect* as_connect(const packet& p) noexcept { return std::get_if<connect>(&p); }
  static const connect* as_connect(const connect& p) noexcept { return &p; }
  template <class Other>
  static const connect* as_connect(const Other&) noexcept {
    return nullptr;
  }

  static result<owned> view_into(owned&& twin, protocol_version version, const parse_options& options) noexcept {
    const auto view = parse_view(twin.bytes(), version, options);
    if (!view) return view.error();
    twin.view_ = view->packet;
    const connect* const c = as_connect(twin.view_);
    twin.version_ = c ? c->version : version;
    return std::move(twin);
  }

  detail::owning_pointer<std::byte[]> memory_;
  std::size_t size_ = 0;
  protocol_version version_{};
  P view_{};
};

}  // namespace mqttspan
