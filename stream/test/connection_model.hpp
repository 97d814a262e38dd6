// What a connection ought to do, said as simply as possible: maps and lists, no tables, one step at a time.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mqttspan/stream/connection.hpp>

namespace mqttspan::test {

/// Something that happens to a connection: its own side sends a packet, or the peer does, or time passes, or the caller closes.
struct happening {
  enum class kind : std::uint8_t { ours, theirs, wait, close };
  kind what{};
  packet_type type{};            ///< that we or they send
  std::uint16_t id = 0;
  mqttspan::qos qos{};
  bool dup = false;
  bool flag = false;             ///< clean start, session present
  mqttspan::reason_code code{};
  std::uint16_t count = 1;       ///< of filters or codes
  std::uint16_t alias = 0;
  bool has_topic = true;
  std::uint16_t receive_maximum = 0;  ///< in CONNECT and CONNACK; 0: not said
  bool only_qos_1 = false;            ///< in CONNACK
  bool has_method = false;            ///< in CONNECT, CONNACK and AUTH
  std::uint16_t keep_alive = 0;
  std::uint32_t milliseconds = 0;
};
std::ostream& operator<<(std::ostream&, const happening&);

/// What comes of it.
struct outcome {
  rule refused = rule::none;             ///< of what we send
  std::uint16_t id = 0;                  ///< that it got
  std::vector<std::string> events{};     ///< for the caller
  std::vector<packet_type> written{};    ///< beside what we send
  friend bool operator==(const outcome&, const outcome&) = default;
};
std::ostream& operator<<(std::ostream&, const outcome&);

/// The limits that the model and the connection share.
struct model_limits {
  static constexpr std::uint16_t send_maximum = 3, receive_maximum = 2, requests = 2, aliases = 2;
  static constexpr std::int64_t connect_timeout = 10'000;
};

class model {
 public:
  model(sender self, protocol_version version, bool automatic, std::vector<session_entry> session);

  /// Whether the model can tell what comes of it. What a client sends behind its CONNECT waits for the CONNACK: that is left to other tests.
  bool knows(const happening& h) const;
  outcome step(const happening& h);

  sender self() const { return self_; }
  protocol_version version() const { return version_; }
  bool automatic() const { return automatic_; }
  const std::vector<session_entry>& session() const { return session_; }
  connection_phase phase() const { return phase_; }
  std::size_t quota() const;
  /// What belongs to the session.
  std::map<std::pair<bool, std::uint16_t>, exchange> kept() const;

 private:
  struct exchange_under_way {
    exchange at;
    bool resumed = false;
    std::uint16_t count = 0;
  };
  using ids = std::map<std::uint16_t, exchange_under_way>;
  enum class turn : std::uint8_t { absent, settled, server, client };

  bool v5() const { return version_ == protocol_version::v5; }
  bool is_client() const { return self_ == sender::client; }
  void say(outcome& o, const happening& h);
  rule why_not(const happening& h);
  rule why_no_publish(const happening& h) const;
  rule why_no_auth(bool by_client, reason_code code) const;
  void turn_after(bool by_client, reason_code code);
  void hear(outcome& o, const happening& h);
  rule wrong_now(const happening& h) const;
  rule hear_connack(outcome& o, const happening& h);
  rule hear_publish(outcome& o, const happening& h);
  rule hear_acknowledgement(outcome& o, const happening& h);
  rule hear_request(outcome& o, const happening& h);
  void pass(outcome& o, std::int64_t milliseconds);
  void start(bool session_present, outcome& o);
  void end(outcome& o, ending::cause why, rule broken);
  void answer(outcome& o, packet_type type, std::uint16_t id);
  std::uint16_t fresh_id();
  static std::size_t messages(const ids& all);
  static std::size_t requests(const ids& all);
  exchange ours_at(std::uint16_t id) const { return ours_.count(id) ? ours_.at(id).at : exchange::none; }
  exchange theirs_at(std::uint16_t id) const { return theirs_.count(id) ? theirs_.at(id).at : exchange::none; }

  sender self_;
  protocol_version version_;
  bool automatic_;
  std::vector<session_entry> session_;
  connection_phase phase_ = connection_phase::fresh;
  turn turn_ = turn::absent;
  bool clean_ = true;
  std::uint16_t peer_receives_ = 65'535, keep_alive_ = 0, last_id_ = 0;
  bool only_qos_1_ = false;
  ids ours_, theirs_;
  std::vector<std::uint16_t> to_puback_, to_pubrec_, to_pubrel_;  // in the order in which they came
  std::map<std::uint16_t, bool> aliases_;
  std::int64_t now_ = 0, opened_ = 0, sent_ = 0, heard_ = 0;
  std::optional<std::int64_t> pinged_;
};

}  // namespace mqttspan::test
