#include "by_check.hpp"

#include <cstddef>
#include <unordered_map>

namespace mqttspan::conformance {

std::vector<check_results> by_check(const run& r) {
  std::vector<check_results> out;
  std::unordered_map<std::string_view, std::size_t> places;
  for (const result& one : r.results) {
    const auto [place, is_new] = places.try_emplace(one.check, out.size());
    if (is_new) out.push_back({one.check, {}, {}});
    check_results& of = out[place->second];
    of.counts.add(one.found);
    of.results.push_back(&one);
  }
  return out;
}

}  // namespace mqttspan::conformance
