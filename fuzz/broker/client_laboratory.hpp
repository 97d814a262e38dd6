// Where a client is played with: its process, the port it connects to, one script at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <mqttspan/posix/loop.hpp>
#include <mqttspan/posix/socket.hpp>

#include "client/driver.hpp"
#include "journal.hpp"
#include "laboratory.hpp"

namespace mqttspan::fuzz {

struct client_options {
  std::string start;   ///< shell command of a client that connects to $MQTT_HOST, $MQTT_PORT by itself
  std::string driver;  ///< shell command of a driver, as the conformance harness has them
  protocol_version version = protocol_version::v3_1_1;  ///< that a driver is asked for
  posix::socket_address at{};
  std::int64_t patience = 1'000;   ///< milliseconds for an answer
  std::int64_t coming = 10'000;    ///< milliseconds for a client to connect
};

class client_laboratory final : private posix::watcher {
 public:
  /// Listens. Throws usage_error where the address cannot be had.
  client_laboratory(posix::loop& loop, const client_options& how);
  ~client_laboratory();

  /// Else nobody starts it again.
  bool is_started_by_us() const { return !how_.start.empty() || !how_.driver.empty(); }
  posix::address where() const { return posix::socket_address::of_socket(listening_.get()).name(); }
  /// The version of the CONNECT that comes first. Throws unreachable where none comes.
  protocol_version version_of_client();
  /// Plays it on the next connection. Throws unreachable where none comes.
  examination examine(const script& s);
  /// Like `laboratory`.
  unsigned confirm(const script& s, const symptom& wanted);

 private:
  void on_ready(posix::readiness) override;
  void on_time() override {}
  bool accept_next();
  void begin();
  void end();
  bool has_ended() const { return process_ && process_->has_ended(); }
  bool wait(std::int64_t at_most, const std::function<bool()>& done);
  void await_client();
  std::string complaint();

  posix::loop& loop_;
  client_options how_;
  conformance::journal log_;
  posix::unique_fd listening_, next_;
  std::string errors_;  // a file: what the process says on standard error
  std::size_t read_ = 0;
  party_options joining_;
  std::unique_ptr<conformance::client::driver> process_;
};

}  // namespace mqttspan::fuzz
