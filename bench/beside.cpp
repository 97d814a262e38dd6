#include "beside.hpp"

#include <algorithm>
#include <utility>

namespace mqttspan::bench {

namespace {

std::vector<beside>& linked() {
  static std::vector<beside> all;
  return all;
}

}  // namespace

const std::vector<beside>& besides() { return linked(); }

bool add_beside(beside codec) {
  auto& all = linked();
  all.insert(std::ranges::upper_bound(all, codec.name, {}, &beside::name), std::move(codec));
  return true;
}

}  // namespace mqttspan::bench
