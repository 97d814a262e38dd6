#include "known.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include "clean_text.hpp"

namespace mqttspan::conformance {

bool is_tried_in(const run& r, const known_deviation& of) {
  return std::any_of(r.results.begin(), r.results.end(), [&of](const result& each) {
    return each.found != verdict::skip && each.found != verdict::inconclusive && fits(of.id, each.id);
  });
}

std::size_t settle(run& r, const peer_file& who, const destinations& where, const was_tried& tried) {
  std::set<const known_deviation*> seen;
  std::size_t known = 0, unknown = 0;
  for (result& each : r.results) {
    if (each.found != verdict::fail) continue;
    for (const known_deviation& d : who.deviations)
      if (d.is(each)) seen.insert(&d);
    const known_deviation* const why = who.deviation(each);
    ++(why ? known : unknown);
    if (why) each.known = why->reason;
  }
  write_run(r, where);
  if (known != 0) std::printf("%zu of %zu fails are known deviations\n", known, known + unknown);
  for (const known_deviation& d : who.deviations) {
    const std::string name = d.seen.empty() ? d.id : d.id + " (" + d.seen + ")";
    if (!seen.contains(&d) && tried(d)) std::printf("gone: the known deviation %s: %s\n", clean_text(name).c_str(), clean_text(d.reason).c_str());
  }
  return unknown;
}

}  // namespace mqttspan::conformance
