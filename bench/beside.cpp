#include "beside.hpp"

#include <algorithm>
#include <utility>

namespace mqttspan::bench {

std::vector<beside>& besides() {
  static std::vector<beside> all;
  return all;
}

bool add_beside(beside codec) {
  auto& all = besides();
  all.insert(std::ranges::upper_bound(all, codec.name, {}, &beside::name), std::move(codec));
  return true;
}

}  // namespace mqttspan::bench
