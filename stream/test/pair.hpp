// Two connections over a fake link with a fake clock, and the smallest applications that make sense of them: stores, redelivery, acknowledgement.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/stream/connection.hpp>

#include "generators.hpp"
#include "wire_monitor.hpp"

namespace mqttspan::test {

/// How the link hands over what it has.
enum class chunks : std::uint8_t { whole, bytes, random };

struct application_options {
  protocol_version version = protocol_version::v5;
  bool acknowledges_itself = false;  ///< the application, not the connection
  bool is_hasty = false;             ///< the client publishes before it has the CONNACK
  bool says_again = false;           ///< 3.x: delivers again also on the same connection
  std::uint16_t keep_alive = 0;
  connection_options line{};
};

/// What one application has to say, and what became of it.
struct message {
  std::string text;
  mqttspan::qos qos{};
  std::uint16_t packet_id = 0;
  bool is_sent = false;
  bool is_done = false;
  bool is_due_again = false;  ///< with DUP
};

/// A client or a server, over as many connections as it takes.
class endpoint {
 public:
  endpoint(sender self, const application_options& options) : self_(self), options_(options), monitor_(self, options.version) {
    options_.line.auto_acknowledge = !options.acknowledges_itself;
    memory_ = std::make_unique<connection_memory>(options_.line);
  }

  void publish(std::string text, mqttspan::qos q) { outbox.push_back({std::move(text), q}); }
  void open(instant now);
  /// The connection is lost.
  void lose(instant now);
  /// Takes what the peer has sent as far as the connection wants it, and says how much that was.
  std::size_t take(bytes_view input, instant now);
  /// Reads, answers, sends, until nothing more happens.
  void run(instant now);
  bool has_ended() const { return has_ended_; }
  bool is_idle() const;

  connection& line() { return *line_; }
  const wire_monitor& monitor() const { return monitor_; }
  std::size_t ends_told() const { return ends_told_; }
  const struct ending& ending() const { return ending_; }

  std::vector<message> outbox;
  std::vector<std::string> inbox;
  std::vector<session_entry> session;
  std::string wire;  ///< bytes on their way to the peer

 private:
  struct pending {
    packet_type answer;
    std::uint16_t packet_id;
    std::string text;  ///< is taken over by the answer
  };

  void handle(const connection_event& e, instant now);
  void handle_connack(bool session_present);
  void deliver(const mqttspan::publish& p, std::string text);
  void finish(std::uint16_t id, bool by_puback);
  void act(instant now);
  bool answer(const pending& p, instant now);
  void send_messages(instant now);
  void flush(instant now);
  void tell_monitor();

  sender self_;
  application_options options_;
  std::unique_ptr<connection_memory> memory_;
  std::unique_ptr<connection> line_;
  wire_monitor monitor_;
  std::deque<pending> pending_;
  std::string input_, piece_;
  mqttspan::publish begun_{};
  std::size_t input_told_ = 0, ends_told_ = 0;
  struct ending ending_{};
  bool has_session_ = false, has_ended_ = true, may_send_ = false;
  bool is_open_ = false;  // has the session, since CONNECT
};

/// The two of them, and what lies between.
class pair {
 public:
  struct cut {
    bool is_to_server = true;
    std::size_t after = SIZE_MAX;  ///< bytes, in that direction, since the link is up
    bool loses_other_way = true;   ///< what is on its way in the other direction is lost as well
  };

  pair(const application_options& of_client, const application_options& of_server, chunks how, std::uint64_t seed = 1)
      : client(sender::client, of_client), server(sender::server, of_server), how_(how), random_(seed) {}

  /// A new connection; the old one, if there is one, is lost.
  void connect(const cut& next);
  void connect() { connect(cut{}); }
  /// Until nothing moves, or the link is cut: then false.
  bool run();
  /// Time passes, with timers, while nothing is said.
  void wait(std::int64_t milliseconds);
  std::size_t carried(bool to_server) const { return carried_[to_server]; }
  /// How many bytes had gone that way at the end of each packet; for cuts between packets.
  const std::vector<std::size_t>& packet_ends(bool to_server) const { return packet_ends_[to_server]; }

  endpoint client, server;
  instant now{1'000};

 private:
  bool carry(endpoint& from, endpoint& to, bool to_server, bool& moved);
  void lose();

  chunks how_;
  seeded_entropy random_;
  cut cut_{};
  std::size_t carried_[2]{};
  std::vector<std::size_t> packet_ends_[2];
  bool is_up_ = false;
};

}  // namespace mqttspan::test
