// Subscribes, and writes what comes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "message_format.hpp"
#include "peer_session.hpp"
#include "text_output.hpp"

namespace mqttspan {

/// What mqtt_sub is to ask for, and what it does with it.
struct subscribe_options {
  std::vector<std::string> topics{};         ///< -t
  std::vector<std::string> unsubscribe{};    ///< -U
  std::vector<std::string> filter_out{};     ///< -T
  unsigned qos = 0;
  std::uint64_t count = 0;                   ///< -C; 0: without end
  double seconds = 0;                        ///< -W; 0: for ever
  bool only_fresh = false;                   ///< -R
  bool only_subscribe = false;               ///< -E
  bool no_local = false;
  bool retain_as_published = false;
  bool json = false;                         ///< -F json
  std::optional<message_format> format{};    ///< each other form, ends of lines included
};

/// Does all of that in a session.
class subscriber final : private posix::watcher {
 public:
  /// Borrows everything. Throws usage_error where there can be no such subscription.
  subscriber(peer_session& session, const subscribe_options& options);
  ~subscriber();

 private:
  void on_ready(posix::readiness) override {}
  void on_time() override;

  void check_all() const;
  void start();
  void answered(const suback& answer);
  void answered(const unsuback& answer);
  void take(const publish& message);
  bool is_wanted(const publish& message) const;
  void write(const publish& message);
  void acknowledge_last(const publish& message);
  void leave_if_done();

  peer_session& session_;
  const subscribe_options& options_;
  std::vector<subscription> wishes_;
  std::vector<std::string_view> farewells_;
  text_output out_;
  std::uint64_t seen_ = 0;
  bool is_subscribed_ = false;
  bool is_unsubscribed_ = false;
};

}  // namespace mqttspan
