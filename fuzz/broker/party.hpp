// One connection of a script: sends bytes, reads everything that comes by the strictest rules, answers what is to be answered. Lean, since thousands live a second:
// what `conformance::link` writes down in words, a replay writes down once there is something to tell.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/posix/loop.hpp>
#include <mqttspan/posix/socket.hpp>

#include "expectation.hpp"
#include "monitor.hpp"

namespace mqttspan::fuzz {

/// What a party is to do, for all of a run.
struct party_options {
  posix::socket_address at{};  ///< of a broker
  bool of_client = false;  ///< the peer is a client: it has connected already, and waits to be adopted
  std::function<posix::unique_fd()> adopt{};  ///< gives its connection
  bool keeps_log = false;  ///< what came, in words, for reports
};

class party final : private posix::watcher {
 public:
  /// `changed` is called when something came, or the connection ended; it may not destroy the party.
  party(posix::loop& loop, const party_options& how, protocol_version version, std::function<void()>& changed);
  ~party();

  /// Connects, if need be.
  void send(std::string_view bytes);
  /// Asks whether the peer is there: a PINGREQ, which a broker answers; a client acknowledges a message.
  void ping();
  /// Ends its half of the stream.
  void end();
  /// Resets the connection.
  void abort();

  /// Who it is and what it is owed, by what it has sent.
  const stream_reader& sent() const noexcept { return reader_; }
  std::size_t pings() const noexcept { return pings_; }
  std::size_t pongs() const noexcept { return pongs_; }
  bool is_answered() const noexcept { return pongs_ >= pings_; }
  bool is_connected() const noexcept { return fd_ && !connecting_; }
  bool has_ended() const noexcept { return ended_; }  ///< by the peer, or after `end` and `abort`
  bool was_refused() const noexcept { return refused_; }  ///< nobody listens
  bool has_garbled() const noexcept { return garbled_; }
  bool ended_by_us() const noexcept { return ended_by_us_; }
  std::size_t bytes_received() const noexcept { return received_; }
  std::size_t bytes_unsent() const noexcept { return out_.size(); }
  const std::vector<conformance::finding>& objections() const noexcept { return monitor_->findings; }
  /// With a log: what came, packet by packet, in words.
  const std::vector<std::string>& log() const noexcept { return log_; }
  /// With a log: "closed" where the peer has ended it; else the answers, sorted, without messages and PINGRESP: "CONNACK ok, SUBACK ok fail".
  std::string shape() const;

 private:
  void on_ready(posix::readiness ready) override;
  void connect();
  void read_all();
  void take_apart();
  void hear(const packet& p, std::size_t size);
  void note(const packet& p);
  void answer(const publish& p);
  void serve(const packet& p);
  void heard_from(std::uint16_t id);
  void reply(const packet& p);
  void write(std::string_view bytes);
  void flush();
  void want();
  void close();

  posix::loop& loop_;
  const party_options& how_;
  std::function<void()>& changed_;
  stream_reader reader_;
  std::unique_ptr<conformance::monitor> monitor_;
  posix::unique_fd fd_;
  std::string in_, out_;
  std::vector<std::string> log_, answers_;
  std::map<std::uint16_t, unsigned> like_questions_;  // to a client: messages that were sent with an identifier as questions have
  std::size_t pings_ = 0, pongs_ = 0, received_ = 0;
  bool connecting_ = false, ended_ = false, refused_ = false, garbled_ = false, was_met_ = false, ending_ = false, ended_by_us_ = false;
};

}  // namespace mqttspan::fuzz
