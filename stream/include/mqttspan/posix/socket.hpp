// Sockets that never block: TCP and Unix-domain, as addresses and as a transport.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/config.hpp>
#include <mqttspan/stream/transport.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::posix {

/// A file descriptor that is closed with its owner.
class unique_fd {
 public:
  unique_fd() noexcept = default;
  /// Takes the descriptor; -1: none.
  explicit unique_fd(int fd) noexcept : fd_(fd) {}
  /// Takes the descriptor of the other.
  /// @{
  unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  unique_fd& operator=(unique_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  /// @}
  MQTTSPAN_API ~unique_fd();

  /// The descriptor; -1 where there is none.
  int get() const noexcept { return fd_; }
  /// Gives the descriptor away, open.
  int release() noexcept { return std::exchange(fd_, -1); }
  /// Whether there is a descriptor.
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// Where to connect to, or to listen at.
struct address {
  std::string host{};        ///< a name, an IPv4 or IPv6 address without brackets; listening: empty is all of the machine's addresses
  std::uint16_t port = 1883; ///< listening: 0 takes a free one
  std::string path{};        ///< not empty: a Unix-domain socket, and host and port do not count

  /// "example.org:1883", "[::1]:1883", "/run/mqtt.sock".
  MQTTSPAN_API std::string text() const;
  /// Equal in all three.
  friend bool operator==(const address&, const address&) = default;
};

/// An address as the system has it: one host name has several.
struct socket_address {
  alignas(8) std::byte bytes[128]{};  ///< a sockaddr_storage
  std::uint32_t size = 0;             ///< bytes of it that count; 0: there is none

  /// The address that a socket is bound to; empty where there is none.
  MQTTSPAN_API static socket_address of_socket(int fd) noexcept;
  /// The address of its peer; empty where there is none.
  MQTTSPAN_API static socket_address of_peer(int fd) noexcept;
  /// Host and port, or path, as numbers.
  MQTTSPAN_API address name() const;
  /// AF_INET, AF_INET6, AF_UNIX; 0 where there is none.
  MQTTSPAN_API int family() const noexcept;
  /// The same bytes.
  friend bool operator==(const socket_address& a, const socket_address& b) noexcept { return a.size == b.size && std::memcmp(a.bytes, b.bytes, a.size) == 0; }
};

/// What needs no name server: numbers, "localhost" (both loopback addresses), Unix-domain paths. Empty for all else. `passive`: to listen at.
MQTTSPAN_API std::vector<socket_address> resolve_at_once(const address& where, bool passive = false);
/// The same for any name; may block for long. `why` says what failed where nothing is found.
MQTTSPAN_API std::vector<socket_address> resolve(const address& where, std::string& why, bool passive = false);

/// Begins to connect; the descriptor is ready to write when it is done, and `connect_error` says how it went. Without a descriptor: `errno` says why.
MQTTSPAN_API unique_fd start_connecting(const socket_address& to) noexcept;
/// 0 where the socket is connected, else an `errno`.
MQTTSPAN_API int connect_error(int fd) noexcept;
/// A listening socket; without a descriptor, `errno` says why. A Unix-domain socket that nobody listens at any more is replaced.
MQTTSPAN_API unique_fd listen_at(const socket_address& at, int backlog = 1024) noexcept;
/// The words for an `errno`.
MQTTSPAN_API std::string error_text(int number);

/// A connected stream socket as a transport; switches off Nagle's delay, and keep-alive on, where it is TCP.
class socket_transport {
 public:
  /// Takes the descriptor.
  MQTTSPAN_API explicit socket_transport(unique_fd fd) noexcept;
  /// Moves the descriptor.
  /// @{
  socket_transport(socket_transport&&) noexcept = default;
  socket_transport& operator=(socket_transport&&) noexcept = default;
  /// @}

  /// What to watch.
  int fd() const noexcept { return fd_.get(); }

  /// As `transport` says.
  /// @{
  MQTTSPAN_API transfer read_some(std::span<std::byte> into) noexcept;
  MQTTSPAN_API transfer write_some(bytes_view from) noexcept;
  MQTTSPAN_API transfer shut_down() noexcept;
  bool has_pending() const noexcept { return false; }
  MQTTSPAN_API std::string_view failure() const noexcept;
  /// @}

 private:
  transfer failed() noexcept;

  unique_fd fd_;
  int error_ = 0;
};
static_assert(transport<socket_transport>);

}  // namespace mqttspan::posix
