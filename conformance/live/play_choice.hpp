// Which probes are played, in what order they are told: for brokers and clients alike, whose rows differ.
#pragma once

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "../report/result.hpp"
#include "peer.hpp"
#include "usage_error.hpp"

namespace mqttspan::conformance {

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
