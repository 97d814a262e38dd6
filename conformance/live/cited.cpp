#include "cited.hpp"

#include <sstream>

namespace mqttspan::conformance {

std::vector<std::string> ids_of(const cited& statements, protocol_version version) {
  std::string_view all = statements.in(version);
  if (statements.only_records(version)) all.remove_prefix(1);
  std::istringstream words{std::string(all)};
  std::vector<std::string> ids;
  for (std::string id; words >> id;) ids.push_back(id);
  return ids;
}

}  // namespace mqttspan::conformance
