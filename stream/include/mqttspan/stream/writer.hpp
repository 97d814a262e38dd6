// Many packets into one buffer, or into a list of pieces for one gathering write. No allocation, memory of the caller's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// Packs packets back to back into one buffer.
class packet_writer {
 public:
  /// Borrows `out` for its life.
  explicit packet_writer(std::span<std::byte> out, protocol_version version, const generate_options& options = canonical) noexcept
      : out_(out), options_(options), version_(version) {}

  /// Writes the packet behind the others. A CONNECT sets the version for what follows. Errors are those of `generate`, `no_space` among them; then nothing
  /// is added.
  template <control_packet P>
  result<void> add(const P& p) noexcept {
    const auto written = generate(p, version_, out_.subspan(size_), options_);
    if (!written) return written.error();
    size_ += written->size();
    if constexpr (P::type == packet_type::connect) version_ = p.version;
    return {};
  }
  /// The same for a packet whose type is known at run time only.
  MQTTSPAN_API result<void> add(const packet& p) noexcept;

  /// Forgets what was written: the buffer is empty again.
  void clear() noexcept { size_ = 0; }
  /// For the side that writes no CONNECT. Takes effect with the next packet.
  void set_version(protocol_version version) noexcept { version_ = version; }

  /// All that was written. Points into `out`.
  bytes_view bytes() const noexcept { return out_.first(size_); }
  /// Bytes that were written.
  std::size_t size() const noexcept { return size_; }
  /// Bytes of `out` that are free.
  std::size_t space_left() const noexcept { return out_.size() - size_; }
  /// The version that the next packet is written in.
  protocol_version version() const noexcept { return version_; }

 private:
  std::span<std::byte> out_;
  std::size_t size_ = 0;
  generate_options options_;
  protocol_version version_;
};

/// Packs packets into a list of views for one gathering write (writev): payloads stay where they are, and all else is written to `heads`.
///
///     heads   [ packet packet head | head packet | … free ]
///     parts   [ ───────────────────┐ ┌ payload ┐ ┌──────── …        sent from the front by consume
///
/// Invariant: a part is never empty; two neighbours never continue each other, as they would be one.
class gather_writer {
 public:
  /// Borrows `heads` and `parts` for its life. A payload of at most `copy_payload_up_to` bytes is copied to `heads`, which saves an entry.
  explicit gather_writer(std::span<std::byte> heads, std::span<bytes_view> parts, protocol_version version, const generate_options& options = canonical,
                         std::size_t copy_payload_up_to = 0) noexcept
      : heads_(heads), parts_(parts), copy_payload_up_to_(copy_payload_up_to), options_(options), version_(version) {}

  /// Adds the packet behind the others: at most two entries for a PUBLISH, one for any other. The payload of a PUBLISH must stay where it is until it is
  /// consumed. A CONNECT sets the version for what follows. Errors are those of `generate`; `no_space` where `heads` or `parts` is full.
  /// After an error nothing is added.
  template <control_packet P>
  result<void> add(const P& p) noexcept {
    if (!has_entries(1)) return mqttspan::error{.code = errc::no_space, .in = P::type};
    const auto written = generate(p, version_, heads_.subspan(used_), options_);
    if (!written) return written.error();
    keep(written->size());
    if constexpr (P::type == packet_type::connect) version_ = p.version;
    return {};
  }
  /// The same for a PUBLISH, whose payload stays where it is.
  MQTTSPAN_API result<void> add(const publish& p) noexcept;
  /// The same for a packet whose type is known at run time only.
  MQTTSPAN_API result<void> add(const packet& p) noexcept;

  /// The first `n` bytes are sent; `n` is at most `size()`. Room is used anew once everything is sent.
  MQTTSPAN_API void consume(std::size_t n) noexcept;
  /// Forgets everything.
  void clear() noexcept { first_ = last_ = used_ = size_ = 0; }
  /// For the side that writes no CONNECT. Takes effect with the next packet.
  void set_version(protocol_version version) noexcept { version_ = version; }

  /// What is to be sent, in order. Points into `heads` and to payloads; good until the next `add`, `consume` or `clear`.
  std::span<const bytes_view> parts() const noexcept { return parts_.subspan(first_, last_ - first_); }
  /// Bytes of all parts.
  std::size_t size() const noexcept { return size_; }
  /// Whether nothing is left to be sent.
  bool empty() const noexcept { return size_ == 0; }
  /// The version that the next packet is written in.
  protocol_version version() const noexcept { return version_; }

 private:
  // Whether the last part ends where the next head begins: then it is a head itself, as no payload lies among the heads.
  bool continues_last() const noexcept { return last_ != first_ && parts_[last_ - 1].data() + parts_[last_ - 1].size() == heads_.data() + used_; }
  // Room for that many entries, the first of them a head.
  bool has_entries(std::size_t count) const noexcept { return parts_.size() - last_ + (continues_last() ? 1u : 0u) >= count; }
  MQTTSPAN_API void keep(std::size_t size) noexcept;

  std::span<std::byte> heads_;
  std::span<bytes_view> parts_;
  std::size_t first_ = 0;  // of the entries that are not sent
  std::size_t last_ = 0;   // behind the last one
  std::size_t used_ = 0;   // bytes of heads
  std::size_t size_ = 0;
  std::size_t copy_payload_up_to_;
  generate_options options_;
  protocol_version version_;
};

}  // namespace mqttspan
