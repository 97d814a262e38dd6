// Where one script is played at a time, on a peer that is well: confirms findings, and finds out who did it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <mqttspan/posix/loop.hpp>

#include "finding.hpp"
#include "party.hpp"
#include "player.hpp"
#include "target.hpp"

namespace mqttspan::fuzz {

/// The peer is gone, and does not come back.
struct unreachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// How long to wait, in milliseconds.
struct patience {
  std::int64_t answer = 500;   ///< for a PINGRESP while the witness has one; longer where the witness is slow
  std::int64_t anybody = 2'000;  ///< for any answer at all
  std::int64_t grace = 40;     ///< for an end that comes behind a PINGRESP
};

/// What a play has come to.
struct examination {
  std::vector<symptom> symptoms;
  std::vector<std::string> heard;
  std::vector<std::string> shape;  ///< by party, for comparisons: "closed", or what was answered, without messages
  std::string last_words;

  bool shows(const symptom& s) const;
};

/// What a player objects to, as a symptom.
symptom symptom_of(const objection& o);

/// A play that takes more memory than that each time, and gives it not back, leaks.
inline constexpr double least_leak_kib = 4;

class laboratory {
 public:
  laboratory(posix::loop& loop, target& peer, protocol_version witness_version, const patience& how_long);

  /// Starts the peer, or sees whether it is there. Throws unreachable.
  void open();
  /// Plays it alone. A peer that does not survive is started anew. Throws unreachable.
  examination examine(const script& s);
  /// Whether its one party has a CONNACK that accepts. For the time before `open`.
  bool accepts(const script& s);
  /// Plays it until it has been shown three times, `shown` already; how often it was. Ends early where it does not show.
  unsigned confirm(const script& s, const symptom& wanted, unsigned shown = 0);
  /// Which of the scripts shows it on a new peer, alone or all up to it together: it did so once. Nothing where none does.
  std::optional<script> culprit(const std::vector<script>& suspects, const symptom& wanted);
  /// How much more memory it takes by and by, in KiB a play, by the least of so many rounds behind the first one; 0 where that is not known.
  double growth(const script& s, unsigned plays, unsigned rounds = 3);
  /// A peer that is as new: where memory of earlier plays would tell.
  void renew(bool is_stuck);

  /// What ended it: empty while it is well.
  std::string crash();
  /// Whether the player waits in vain: `hang`, `stall`, or nothing yet.
  std::optional<oracle> silence(const player& p) const;
  fuzz::witness& witness() noexcept { return witness_; }
  const fuzz::witness& witness() const noexcept { return witness_; }
  target& peer() noexcept { return peer_; }
  posix::loop& loop() noexcept { return loop_; }
  const party_options& connecting() const noexcept { return plain_; }

 private:
  std::optional<oracle> play(player& p);
  std::optional<oracle> settle();
  symptom of_silence(oracle what, const player& p) const;
  void run_together(const std::vector<script>& all);

  posix::loop& loop_;
  target& peer_;
  party_options plain_, logging_;
  patience how_long_;
  fuzz::witness witness_;
};

}  // namespace mqttspan::fuzz
