// The lower transport as OpenSSL's BIO.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <mqttspan/stream/transport.hpp>

#include "handles.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

/// The lower transport and what could not be written to it yet. OpenSSL's writing always succeeds, so that a record that is stuck half way never stands in the way of another one, of close_notify
/// least of all. Does not move while there is a BIO of it.
class lower_link {
 public:
  explicit lower_link(any_transport lower) noexcept : lower_(std::move(lower)) {}

  /// For the BIO. -1: see `wants`, `has_ended`.
  int read(std::span<std::byte> into) noexcept;
  /// For the BIO. Takes all, or -1 where too much waits already.
  int write(bytes_view from) noexcept;

  /// Writes what waits. `moved`: nothing does any more.
  progress flush() noexcept;
  /// Reads what is there, for nobody. False: there will be no more.
  bool drop_input() noexcept;
  /// Shuts the lower transport down; what is written from now on is dropped.
  transfer shut_down() noexcept;

  bool has_ended() const noexcept { return last_read_ == progress::end; }
  bool has_read_failed() const noexcept { return last_read_ == progress::failed; }
  bool has_write_failed() const noexcept { return last_write_ == progress::failed; }
  /// What the lower transport wants before it can be read.
  progress read_wants() const noexcept { return last_read_; }
  /// Bytes have come since `is_fresh` was taken last.
  bool is_fresh() const noexcept { return is_fresh_; }
  void set_stale() noexcept { is_fresh_ = false; }

  const any_transport& lower() const noexcept { return lower_; }
  /// The first bytes of the peer.
  std::span<const std::byte> first_bytes() const noexcept { return {first_bytes_.data(), first_size_}; }

 private:
  static constexpr std::size_t most_waiting = 65'536;  // the answers to what a peer sends that does not read
  void keep_first(std::span<const std::byte> bytes) noexcept;
  // How many were taken.
  std::size_t write_through(bytes_view from) noexcept;

  any_transport lower_;
  std::vector<std::byte> waiting_;  // from `gone_` on; without memory where nothing waits
  std::size_t gone_ = 0;
  progress last_read_ = progress::wants_read;
  progress last_write_ = progress::moved;
  bool is_shut_ = false;
  bool is_fresh_ = false;
  std::array<std::byte, 4> first_bytes_{};
  std::size_t first_size_ = 0;
};

bio_method_handle make_lower_bio_method() noexcept;
/// Null where there is no memory. Borrows `link`.
BIO* make_lower_bio(const BIO_METHOD* method, lower_link& link) noexcept;

}  // namespace mqttspan::detail
