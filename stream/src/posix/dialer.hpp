// From an address to a connected socket, without waiting: names are looked up in a thread of their own, and the addresses found are tried one after the other, each with a head start.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include <mqttspan/posix/loop.hpp>
#include <mqttspan/posix/socket.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::posix {

/// One attempt to reach an address. As RFC 8305 wants it: the next address is tried when the one before has failed, or has not answered for a quarter of a second; the first that answers is taken.
class dialer final : private watcher {
 public:
  /// Called once, in a later turn of the loop: with a connected socket, or without one and why. It may destroy the dialer.
  using done = std::function<void(unique_fd, std::string why)>;

  /// Gives up after so many milliseconds; 0: when the system does.
  dialer(loop& where, address to, std::uint32_t timeout, done then);
  /// The same, with addresses that are known.
  dialer(loop& where, std::vector<socket_address> addresses, std::uint32_t timeout, done then);
  ~dialer();

 private:
  struct lookup;
  struct attempt;

  void on_ready(readiness) override;
  void on_time() override;
  void on_soon() override;

  void look_up();
  bool start_thread();
  void found(std::vector<socket_address> addresses, const std::string& why);
  void try_next();
  void answered(attempt& a);
  void set_time();
  void finish(unique_fd fd, std::string why);

  loop& loop_;
  address to_;
  done then_;
  instant next_try_;
  instant give_up_;
  bool has_limit_;
  std::shared_ptr<lookup> lookup_;
  std::vector<socket_address> addresses_;
  std::size_t tried_ = 0;
  std::list<attempt> attempts_;
  std::string last_error_;
};

}  // namespace mqttspan::posix
