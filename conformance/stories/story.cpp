#include "story.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <span>
#include <string_view>

#include "json_text.hpp"

namespace mqttspan::conformance {
namespace {

using names = std::span<const std::string_view>;

constexpr std::string_view file_keys[] = {"format", "version", "about", "count", "stories"};
constexpr std::string_view story_keys[] = {"id", "title", "role", "version", "statements", "options", "steps", "note"};
constexpr std::string_view step_keys[] = {"from", "bytes", "send", "close", "time", "event", "expect", "events", "refused", "closes", "deadline", "state", "note"};

void check_keys(const packet_json& object, names known, const std::string& where) {
  if (!object.is_object()) throw story_error(where + " is no object");
  for (const auto& item : object.items())
    if (std::find(known.begin(), known.end(), item.key()) == known.end()) throw story_error(where + ": \"" + item.key() + "\" is not in the format");
}

std::string text(const packet_json& object, const char* key, const std::string& where) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_string()) throw story_error(where + ": \"" + key + "\" is no text");
  return it->get<std::string>();
}

const packet_json& list(const packet_json& object, const char* key, const std::string& where) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_array()) throw story_error(where + ": \"" + key + "\" is no list");
  return *it;
}

// Each step is one of: bytes of the peer's, a packet or a close of the user's, time, an event of the transport.
void check_step(const packet_json& step, const std::string& where) {
  check_keys(step, step_keys, where);
  std::size_t acts = 0;
  for (const char* const key : {"bytes", "send", "close", "time", "event"}) acts += step.contains(key);
  if (acts != 1) throw story_error(where + ": a step is one of bytes, send, close, time, event");
  const std::string from = step.contains("from") ? text(step, "from", where) : "";
  const std::string needed = step.contains("bytes") ? "peer" : step.contains("send") || step.contains("close") ? "user" : "";
  if (from != needed) throw story_error(where + ": \"from\" must be \"" + needed + "\"");
}

story read_story(const packet_json& object, const std::string& version, const std::string& about, const std::string& file) {
  check_keys(object, story_keys, file);
  story s;
  s.id = text(object, "id", file);
  const std::string where = file + ": " + s.id;
  s.about = about;
  s.title = text(object, "title", where);
  s.version = text(object, "version", where);
  s.role = text(object, "role", where);
  if (s.version != version || !s.id.starts_with(version + "/story/")) throw story_error(where + ": is of another version than its file");
  if (s.role != "client" && s.role != "server") throw story_error(where + ": \"role\" is client or server");
  for (const packet_json& statement : list(object, "statements", where)) s.statements.push_back(statement.get<std::string>());
  s.options = object.value("options", packet_json::object());
  for (const packet_json& step : list(object, "steps", where)) {
    check_step(step, where + ", step " + std::to_string(s.steps.size() + 1));
    s.steps.push_back(step);
  }
  if (s.steps.empty()) throw story_error(where + ": has no steps");
  return s;
}

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw story_error(path + ": cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::vector<story> read_story_file(const std::string& path) {
  packet_json file;
  try {
    file = parse_json(content_of(path));
  } catch (const json_text_error& e) {
    throw story_error(path + ": " + e.what());
  }
  check_keys(file, file_keys, path);
  if (text(file, "format", path) != "mqtt-stories/1") throw story_error(path + ": \"format\" must be \"mqtt-stories/1\"");
  std::vector<story> stories;
  for (const packet_json& object : list(file, "stories", path)) {
    stories.push_back(read_story(object, text(file, "version", path), text(file, "about", path), path));
    if (stories.size() > 1 && stories[stories.size() - 2].id >= stories.back().id) throw story_error(path + ": " + stories.back().id + " is not in order");
  }
  if (file.value("count", std::size_t{0}) != stories.size()) throw story_error(path + ": \"count\" is not " + std::to_string(stories.size()));
  return stories;
}

std::vector<story> read_stories(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
    if (entry.path().extension() == ".json") paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  std::vector<story> all;
  std::set<std::string> ids;
  for (const std::string& path : paths)
    for (story& s : read_story_file(path)) {
      if (!ids.insert(s.id).second) throw story_error(path + ": " + s.id + " is there twice");
      all.push_back(std::move(s));
    }
  if (all.empty()) throw story_error(folder + ": no stories");
  return all;
}

}  // namespace mqttspan::conformance
