// Plays: which probes, in what order, and what is told of them; for brokers and clients alike, whose rows differ.
#pragma once

#include <algorithm>
#include <cstdio>
#include <deque>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <mqttspan/posix/loop.hpp>

#include "../report/result.hpp"
#include "cited.hpp"
#include "peer.hpp"
#include "session.hpp"
#include "usage_error.hpp"

namespace mqttspan::conformance {

/// A probe in one version.
template <class Probe>
struct play_of {
  const Probe* what;
  protocol_version version;
};

/// Short, and of letters and digits, since it stands in client ids.
std::string number_text(std::size_t n);

/// How far a run is, on standard error: over the line before on a terminal, else every five seconds.
class run_progress {
 public:
  explicit run_progress(std::size_t all) noexcept : all_(all) {}
  void show(std::size_t done, std::size_t fails, instant now, bool is_last);
  void count(std::size_t all) noexcept { all_ = all; }

 private:
  std::size_t all_;
  instant next_{};
};

/// The play's result, of which nothing is known yet.
template <class Probe>
result result_of(const play_of<Probe>& p) {
  result out;
  out.id = p.what->id(p.version);
  out.check = p.what->check;
  out.title = p.what->title;
  out.version = to_string(p.version);
  out.statements = ids_of(p.what->statements, p.version);
  return out;
}

template <class Probe>
result skipped(const play_of<Probe>& p, std::string why) {
  result out = result_of(p);
  out.found = verdict::skip;
  out.reason = std::move(why);
  return out;
}

/// Leaves those of the result's statements that stand in `broken`; all of them where none does.
void narrow(result& r, std::string_view broken);

/// The verdict that a play came to; inconclusive if it has not ended in the time that it had.
void conclude(result& r, session& s, task<>& body, bool has_ended, milliseconds at_most);

/// A probe that judges nobody tells what it saw.
void only_record(result& r, const session& s);

/// What waits longest begins first, so that all of it waits together.
template <class Play>
std::deque<Play> longest_first(const std::vector<Play>& plays) {
  std::list<Play> sorted(plays.begin(), plays.end());  // a list's sort is stable; std::stable_sort of libstdc++ 12 is a warning of clang 19
  sorted.sort([](const Play& a, const Play& b) { return a.what->seconds > b.what->seconds; });
  return {sorted.begin(), sorted.end()};
}

/// The probes of `all` in the peer's versions. `only` has recipes or ids of results, with '*' for anything; empty: all. Throws usage_error where none is left.
template <class Play, class Catalogue>
std::vector<Play> plays_of(const Catalogue& all, const peer& who, const std::vector<std::string>& only) {
  std::vector<Play> plays;
  for (const auto& p : all)
    for (const protocol_version version : who.versions) {
      const auto names_it = [&](const std::string& o) { return fits(o, p.check) || fits(o, p.id(version)); };
      if (p.statements.played_in(version) && (only.empty() || std::any_of(only.begin(), only.end(), names_it))) plays.push_back({&p, version});
    }
  if (plays.empty()) throw usage_error("no probe is called like that; --list shows them all");
  return plays;
}

template <class Play>
void list_probes(const std::vector<Play>& plays) {
  for (const Play& p : plays) std::printf("%-70s %s\n", p.what->id(p.version).c_str(), p.what->title.c_str());
}

/// In the order of the plays, whatever came to its end first.
template <class Play>
void sort_like(std::vector<result>& results, const std::vector<Play>& plays) {
  std::map<std::string, std::size_t> place;
  for (const Play& p : plays) place.emplace(p.what->id(p.version), place.size());
  std::sort(results.begin(), results.end(), [&](const result& a, const result& b) { return place[a.id] < place[b.id]; });
}

/// Behind them what was judged over all plays (B-MON, B-ERRCLOSE), as far as `only` names it.
inline void append_wanted(std::vector<result>& results, std::vector<result> judged, const std::vector<std::string>& only) {
  for (result& r : judged) {
    const auto names_it = [&r](const std::string& o) { return fits(o, r.check) || fits(o, r.id); };
    if (only.empty() || std::any_of(only.begin(), only.end(), names_it)) results.push_back(std::move(r));
  }
}

}  // namespace mqttspan::conformance
