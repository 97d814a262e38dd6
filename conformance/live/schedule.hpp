// Plays probes against a broker, many at a time, and finds out which one was too much for it.
//
// Behind each probe a canary connection is asked for a PINGRESP; only then does the probe's result count. When the canary is gone, so is the broker: all
// probes that were under way, or not yet confirmed, are suspects. They are played again one by one as soon as the broker is back (or was started anew), and
// the one behind which the canary goes again has done it.
//
// Fails are played again at the end, one at a time, unless they are of the kind that an error was sent and nothing happened: what others did at the same time
// must not count. A fail that does not come again is inconclusive.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "meta.hpp"
#include "play.hpp"
#include "probe.hpp"

namespace mqttspan::conformance {

using play = play_of<probe>;

struct schedule_options {
  std::size_t window = 24;            ///< plays at a time; those that only wait for time do not count
  std::string nonce{};                ///< letters and digits that no other run has
  monitor_maker make_monitor{};
  std::function<bool()> restart{};    ///< starts the broker anew; not set: one waits until it is back
  bool progress = false;              ///< to standard error
};

/// The broker does not answer, or is gone for good.
struct unreachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class schedule final : private posix::watcher {
 public:
  schedule(posix::loop& loop, const peer& who, std::vector<play> plays, schedule_options options);
  ~schedule();

  /// Plays all. Throws unreachable.
  std::vector<result> run();
  const tally& found() const noexcept { return tally_; }

 private:
  struct running;
  struct change {
    schedule& of;
    bool await_ready() const noexcept { return !of.ended_.empty(); }
    void await_suspend(std::coroutine_handle<> h) noexcept { of.waiter_ = h; }
    void await_resume() const noexcept {}
  };
  task<> supervise();
  task<bool> canary_sings();
  task<bool> sings_within(milliseconds at_most);
  task<> recover();
  task<> play_waiting();
  task<> replay(std::vector<play> suspects);
  task<> play_fails_again();
  task<bool> confirm_ended();
  void fill();
  void start(const play& p);
  std::vector<play> give_up();
  void keep(running& r);
  void keep_again(result again);
  void leave_out_what_is_lacking();
  result judge(running& r) const;
  void show_progress(bool is_last);

  void on_ready(posix::readiness) override {}
  void on_time() override;
  void on_soon() override;

  posix::loop& loop_;
  const peer& peer_;
  schedule_options options_;
  std::deque<play> waiting_;
  std::vector<std::unique_ptr<running>> running_, ended_;
  std::unique_ptr<session> canary_;
  link* canary_link_ = nullptr;
  std::coroutine_handle<> waiter_;
  std::vector<result> results_;
  tally tally_;
  std::vector<play> doubtful_;
  std::map<std::string, std::string> announced_;  // capabilities that the broker does without
  bool is_again_ = false;
  std::size_t number_ = 0, fails_ = 0;
  run_progress progress_;
};

}  // namespace mqttspan::conformance
