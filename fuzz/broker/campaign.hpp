// A run against a broker: many cases at a time, and whatever is odd is looked at alone.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "case_source.hpp"
#include "finding.hpp"
#include "laboratory.hpp"
#include "limits.hpp"
#include "memory.hpp"
#include "peer.hpp"
#include "player.hpp"

namespace mqttspan::fuzz {

/// A deviation has a tenth of `minimize_time`.
struct campaign_options : limits {
  std::size_t window = 32;             ///< scripts at a time
  std::size_t cases_together = 12;     ///< on one connection
  bool progress = true;                ///< a line on standard error
  std::vector<std::string> profile;    ///< families of cases
};

struct campaign_result {
  std::vector<finding> findings;
  std::uint64_t cases = 0, made = 0, hash = 0, connections = 0;
  double seconds = 0;         ///< of playing
  std::size_t not_repeated = 0;  ///< what was odd once, and not again
  std::string gone{};            ///< why the run ended early: the peer is gone for good
};

class campaign final {
 public:
  /// Borrows all of them.
  campaign(laboratory& lab, const conformance::peer& who, const campaign_options& how);

  /// Throws unreachable.
  campaign_result run();

 private:
  struct job {
    std::unique_ptr<player> plays;
    std::vector<fuzz_case> cases;
  };
  struct suspicion {
    symptom what;
    fuzz::script script;
    std::uint64_t first_case;
  };
  struct lane {
    script steps;
    std::vector<fuzz_case> cases;
  };

  bool is_over();
  bool has_enough() const;
  void fill();
  bool take_case();
  void add_to_lane(fuzz_case c);
  void launch(lane l);
  void launch_lanes();
  void collect();
  void take_result(job& j);
  void look_for_silence();
  void look_at_peer();
  void died(const symptom& what);
  std::vector<script> suspects() const;
  void suspect(const symptom& what, const script& s, std::uint64_t first_case);
  void examine_suspicions();
  void look_at_memory(bool at_end);
  bool keep(finding f, bool is_minimised);
  void keep_unrepeated(const symptom& what, std::uint64_t first_case);
  void minimise_deviations();
  finding* find(const std::string& id);
  void show_progress(bool is_last);
  double now() const;

  laboratory& lab_;
  const conformance::peer& peer_;
  campaign_options how_;
  case_source source_;
  std::map<protocol_version, lane> lanes_;
  std::deque<fuzz_case> again_;
  std::vector<job> running_;
  std::deque<script> recent_;      // the last first: all since the last look at the peer, and more
  std::size_t since_look_ = 0;
  std::deque<suspicion> suspicions_;
  std::map<std::string, std::size_t> seen_;  // ids of suspicions: how often
  memory_watch memory_;
  campaign_result result_;
  std::size_t deaths_ = 0;
  instant begun_{}, next_look_{}, next_weighing_{}, next_line_{};
};

}  // namespace mqttspan::fuzz
