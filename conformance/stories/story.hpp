// Stories for connections, format mqtt-stories/1, as they stand in conformance/vectors/stories/.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "packet_json.hpp"

namespace mqttspan::conformance {

/// A dialogue with one connection: what its peer and its user do, how the time passes, and what comes of it. README.md describes the members.
struct story {
  std::string id;     ///< "5.0/story/0104"; never used again for another story
  std::string about;  ///< the group that it belongs to: "opening", "qos-2"
  std::string title;
  std::string version;
  std::string role;  ///< who is under test: "client" or "server"
  std::vector<std::string> statements;  ///< ids, of that version
  packet_json options;
  std::vector<packet_json> steps;
};

/// A file that is not mqtt-stories/1: what, and where.
struct story_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The stories of one file. Throws story_error; keys that the format does not have are errors, too.
std::vector<story> read_story_file(const std::string& path);

/// The stories of all *.json files of a folder, by name of file. Throws story_error, also where an id stands twice or there is none at all.
std::vector<story> read_stories(const std::string& folder);

}  // namespace mqttspan::conformance
