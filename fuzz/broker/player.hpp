// Plays one script, and says what came of it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mqttspan/posix/loop.hpp>

#include "party.hpp"
#include "script.hpp"

namespace mqttspan::fuzz {

/// What is wrong with what a peer did, by what it is called in reports.
struct objection {
  std::string id;         ///< "F-CLOSE/3.1.1/PUBLISH/qos_3", "B-MON/5.0/layout"
  std::string title;      ///< for people
  std::string statement;  ///< of the version; may be empty

  friend bool operator==(const objection&, const objection&) = default;
};

/// What came of a script.
struct outcome {
  bool was_played = false;  ///< to its end, as far as the peer let it
  bool is_silent = false;   ///< somebody waited in vain
  bool was_refused = false; ///< nobody listens
  std::size_t marks = 0;    ///< cases that were answered, or whose connection the peer ended
  bool was_cut = false;     ///< the peer ended a connection before the last mark
  bool was_owed = false;    ///< silence: all that was sent was good, so that an answer was owed
  std::string waited_for;   ///< silence: the packet behind which it was
  protocol_version version = protocol_version::v3_1_1;  ///< of that party
  std::vector<objection> objections;
  std::vector<std::string> heard;  ///< with a log: what came, "publisher: PUBACK …"
  std::vector<std::string> shape;  ///< by party: "closed", or what was answered, sorted, without messages
};

/// Plays while it lives. What is pipelined: all that one party sends in a row.
class player final : private posix::watcher {
 public:
  /// `grace`: how long a peer that answers behind a wrong packet has for closing nevertheless. `ended` is called from the loop, once; it may not destroy the player.
  player(posix::loop& loop, const party_options& how, script what, std::int64_t grace, std::function<void(player&)> ended);
  ~player();

  void start();
  /// Somebody has waited too long, which the owner knows.
  void give_up();

  const script& what() const noexcept { return what_; }
  bool has_ended() const noexcept { return has_ended_; }
  /// When something was sent, came or ended last.
  instant last_progress() const noexcept { return progress_; }
  const outcome& result() const noexcept { return outcome_; }

 private:
  void on_ready(posix::readiness) override {}
  void on_time() override;
  void on_soon() override;
  void advance();
  bool take_step();
  bool is_settled(std::size_t party);
  bool is_settled_at_end(std::size_t party);
  void count_marks();
  void finish();
  void judge(std::size_t party);
  std::optional<objection> closing_due(const party& p) const;

  posix::loop& loop_;
  const party_options& how_;
  script what_;
  std::int64_t grace_;
  std::function<void(player&)> ended_;
  std::function<void()> changed_;
  std::vector<std::unique_ptr<party>> parties_;
  std::vector<char> asked_;              // by party: a PINGREQ of ours is on its way
  std::vector<std::size_t> mark_pings_;  // with one party: by mark, the PINGREQ that it is
  std::size_t at_ = 0;
  std::size_t current_ = 0;
  std::size_t news_ = 0;  // PINGRESPs and ends: traffic alone is no progress
  instant progress_{};
  bool has_ended_ = false;
  bool in_grace_ = false;
  bool grace_is_over_ = false;
  outcome outcome_;
};

}  // namespace mqttspan::fuzz
