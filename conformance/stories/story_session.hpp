// Our connection behind the story adapter's protocol.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace mqttspan::conformance {

/// Answers requests, one after the other; the connection that "open" made lives until the next "open".
class story_session {
 public:
  story_session();
  ~story_session();
  story_session(const story_session&) = delete;
  story_session& operator=(const story_session&) = delete;

  /// A line of JSON for a line of JSON; never throws for a bad request, but says so in the answer.
  std::string answer(std::string_view line);

 private:
  class opened;
  std::unique_ptr<opened> opened_;
};

}  // namespace mqttspan::conformance
