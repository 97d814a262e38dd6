#include "peer_file.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "result.hpp"

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

// One for each id: a reason may have several.
template <class Entry>
void add_entries(std::vector<Entry>& all, const json& entry, Entry each) {
  const json& id = entry.at("id");
  each.reason = entry.at("reason").get<std::string>();
  for (const json& one : id.is_array() ? id : json::array({id})) {
    each.id = one.get<std::string>();
    all.push_back(each);
  }
}

peer_file file_of(const json& file) {
  if (file.value("format", "") != "mqttspan-peer/1") throw peer_file_error("\"format\" is not \"mqttspan-peer/1\"");
  only_these_keys(file, {"format", "name", "version", "target", "notes", "versions", "credentials", "lacks", "offers", "deviations", "not_tried"});
  peer_file p;
  p.name = file.value("name", p.name);
  p.version = file.value("version", p.version);
  p.target = file.value("target", p.target);
  if (file.contains("versions")) p.versions = versions_in(file["versions"]);
  if (file.contains("lacks")) p.lacks = file["lacks"].get<std::map<std::string, std::string>>();
  for (const json& u : file.value("not_tried", json::array())) add_entries(p.not_tried, u, untried{});
  p.offers = file.value("offers", json::object());
  if (file.contains("credentials")) {
    p.user_name = file["credentials"].at("user_name").get<std::string>();
    if (file["credentials"].contains("password")) p.password = file["credentials"]["password"].get<std::string>();
  }
  for (const json& d : file.value("deviations", json::array())) {
    only_these_keys(d, {"id", "seen", "reason"});
    add_entries(p.deviations, d, known_deviation{.id = {}, .seen = d.value("seen", ""), .reason = {}});
  }
  return p;
}

}  // namespace

peer_file parse_peer_file(std::string_view text) {
  try {
    return file_of(json::parse(text));
  } catch (const json::exception& e) {
    throw peer_file_error(e.what());
  }
}

std::string_view peer_file::reason_not_to_try(std::string_view id) const {
  const auto found = std::find_if(not_tried.begin(), not_tried.end(), [id](const untried& u) { return fits(u.id, id); });
  return found == not_tried.end() ? std::string_view() : std::string_view(found->reason);
}

peer_file read_peer_file(const std::string& path) {
  if (path.empty()) return {};
  std::ifstream in(path, std::ios::binary);
  if (!in) throw peer_file_error("cannot read " + path);
  try {
    return parse_peer_file(std::string(std::istreambuf_iterator<char>(in), {}));
  } catch (const peer_file_error& e) {
    throw peer_file_error(path + ": " + e.what());
  }
}

bool known_deviation::is(const result& of) const { return fits(id, of.id) && (seen.empty() || fits(seen, of.reason)); }

const known_deviation* peer_file::deviation(const result& of) const {
  const auto found = std::find_if(deviations.begin(), deviations.end(), [&of](const known_deviation& d) { return d.is(of); });
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
