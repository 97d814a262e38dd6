// Plays probes against a client: with a driver many at a time, each with a process of its own; without one after the other, as the client connects.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
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
  milliseconds wait{30'000};          ///< for a client that connects by itself
  std::string nonce{};                ///< letters and digits that no other run has
  bool progress = false;              ///< to standard error
};

class schedule final : private posix::watcher {
 public:
  schedule(posix::loop& loop, const peer& who, std::vector<play> plays, schedule_options options);
  ~schedule();

  std::vector<result> run();
  const tally& found() const noexcept { return tally_; }

 private:
  struct running;
  void run_driven();
  void run_waiting();
  bool wait_for_client(protocol_version& version);
  bool play_next_of(protocol_version version);
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
  std::unique_ptr<listener> shared_;  // where there is one port for all
  std::vector<std::unique_ptr<running>> running_;
  std::vector<result> results_;
  tally tally_;
  std::size_t number_ = 0, fails_ = 0;
  run_progress progress_;
};

}  // namespace mqttspan::conformance::client
