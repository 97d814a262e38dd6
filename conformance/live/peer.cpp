#include "peer.hpp"

#include <algorithm>

namespace mqttspan::conformance {
namespace {

using nlohmann::json;

std::vector<protocol_version> versions_in(const json& list) {
  std::vector<protocol_version> found;
  for (const json& name : list) {
    const auto version = version_named(name.get<std::string>());
    if (!version) throw peer_file_error("\"versions\" has \"" + name.get<std::string>() + "\"; there are 3.1, 3.1.1 and 5.0");
    found.push_back(*version);
  }
  return found;
}

void only_these_keys(const json& object, const std::vector<std::string_view>& known) {
  for (const auto& entry : object.items())
    if (std::find(known.begin(), known.end(), entry.key()) == known.end()) throw peer_file_error("unknown key \"" + entry.key() + "\"");
}

peer peer_of(const json& file) {
  if (file.value("format", "") != "mqttspan-peer/1") throw peer_file_error("\"format\" is not \"mqttspan-peer/1\"");
  only_these_keys(file, {"format", "name", "version", "notes", "versions", "credentials", "lacks", "offers", "deviations"});
  peer p;
  p.name = file.value("name", p.name);
  p.version = file.value("version", p.version);
  if (file.contains("versions")) p.versions = versions_in(file["versions"]);
  if (file.contains("lacks")) p.lacks = file["lacks"].get<std::map<std::string, std::string>>();
  p.offers = file.value("offers", json::object());
  if (file.contains("credentials")) {
    p.user_name = file["credentials"].at("user_name").get<std::string>();
    if (file["credentials"].contains("password")) p.password = file["credentials"]["password"].get<std::string>();
  }
  for (const json& d : file.value("deviations", json::array()))
    p.deviations.push_back({d.at("id").get<std::string>(), d.at("reason").get<std::string>()});
  return p;
}

}  // namespace

peer read_peer(std::string_view text) {
  try {
    return peer_of(json::parse(text));
  } catch (const json::exception& e) {
    throw peer_file_error(e.what());
  }
}

const known_deviation* peer::deviation(std::string_view id) const {
  const auto found = std::find_if(deviations.begin(), deviations.end(), [id](const known_deviation& d) { return fits(d.id, id); });
  return found == deviations.end() ? nullptr : &*found;
}

bool fits(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (text.substr(0, star) != pattern.substr(0, star)) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t at = star; at <= text.size(); ++at)
    if (fits(rest, text.substr(at))) return true;
  return false;
}

}  // namespace mqttspan::conformance
