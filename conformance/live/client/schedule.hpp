// Plays probes against a client: with a driver many at a time, each with a process of its own; without one after the other, as the client connects.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "../meta.hpp"
#include "../play.hpp"
#include "catalogue.hpp"

namespace mqttspan::conformance::client {

using play = play_of<probe>;

struct schedule_options {
  std::string command{};              ///< the driver; empty: the client connects by itself
  posix::socket_address at{};         ///< port 0: with a driver each play listens at a port of its own
  std::size_t window = 8;             ///< plays at a time
  milliseconds wait{30'000};          ///< for a client that connects by itself, until it comes again
  milliseconds at_most{1'800'000};    ///< for all of a run with such a client
  std::string nonce{};                ///< letters and digits that no other run has
  bool progress = false;              ///< to standard error
};

class schedule final : private posix::watcher {
 public:
  schedule(posix::loop& loop, const peer& who, std::vector<play> plays, schedule_options options);
  ~schedule();

  std::vector<result> run();
  const tally& found() const noexcept { return tally_; }
  /// Whether anybody could be examined.
  bool anybody_came() const noexcept { return !options_.command.empty() || !seen_.empty(); }

 private:
  struct running;
  enum class arrival_of { a_client, nobody, too_late, interrupted };
  static std::deque<play> gentle_first(const std::vector<play>& plays);
  void run_driven();
  void run_waiting();
  arrival_of wait_for_client(protocol_version& version);
  bool takes(int fd, protocol_version& version);
  bool has_play_of(protocol_version version) const;
  bool is_done() const;
  void play_next_of(protocol_version version);
  void give_up(arrival_of why);
  void say(const std::string& what);
  void fill();
  bool set_aside(const play& p);
  void start(const play& p);
  result judge(running& r) const;
  void keep(running& r);
  void show_progress(bool is_last);

  void on_ready(posix::readiness) override {}
  void on_time() override;
  void on_soon() override;

  posix::loop& loop_;
  const peer& peer_;
  schedule_options options_;
  std::deque<play> waiting_;
  std::set<protocol_version> seen_;   // in which clients came by themselves
  std::optional<instant> began_;
  std::string said_;
  bool may_stay_away_ = false;        // the client, behind the last probe
  std::unique_ptr<listener> shared_;  // where there is one port for all
  std::vector<std::unique_ptr<running>> running_;
  std::vector<result> results_;
  tally tally_;
  std::size_t number_ = 0, fails_ = 0, aside_ = 0;
  run_progress progress_;
};

}  // namespace mqttspan::conformance::client
