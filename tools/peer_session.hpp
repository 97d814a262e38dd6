// One connection to a server, from the first attempt to the exit status.
#pragma once

#include <functional>
#include <string>

#include <mqttspan/posix/client.hpp>
#include <mqttspan/posix/loop.hpp>

#include "peer_options.hpp"

namespace mqttspan {

/// The exit codes of mqtt_pub and mqtt_sub.
enum class exit_status : int {
  done = 0,
  connection = 1,  ///< there was none, or it was lost; or standard input or output failed
  timeout = 27,    ///< -W, as mosquitto_sub has it
  refused = 255    ///< wrong usage, or the server has said no
};

/// Connects, says CONNECT, keeps the exit status and says on standard error what went wrong.
class peer_session {
 public:
  /// Borrows the options. Throws usage_error.
  peer_session(const peer_options& options, const posix::endpoint_options& how);
  peer_session(const peer_session&) = delete;
  peer_session& operator=(const peer_session&) = delete;

  std::function<void()> accepted;     ///< the server has accepted us
  std::function<void()> interrupted;  ///< SIGINT or SIGTERM; `leave` follows

  posix::endpoint& server() { return *client_; }
  posix::handlers& on() { return client_.on; }
  posix::loop& loop() { return loop_; }
  const peer_options& options() const { return options_; }

  /// Runs until the connection is over.
  exit_status run();
  /// DISCONNECT, and the end.
  void leave();
  /// Sets what run will return, unless it is set.
  void fail(exit_status status);
  /// The same, and says why.
  void fail(exit_status status, const std::string& why);
  /// "refused: 0x87 not authorized: what", and the status of a refusal. `in`: the packet that said so; `properties`: its reason string.
  void refuse(reason_code code, packet_type in, const property_list& properties, const std::string& what = {});
  bool is_leaving() const { return is_leaving_; }

 private:
  void connect();
  void answer(const connack& answer);
  void closed(const posix::closing& why);
  void say(const std::string& text) const;

  const peer_options& options_;
  posix::loop loop_;
  posix::client client_;
  exit_status status_ = exit_status::done;
  bool is_accepted_ = false;
  bool is_leaving_ = false;
  bool is_over_ = false;
};

}  // namespace mqttspan
