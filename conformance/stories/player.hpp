// Plays stories against any connection that speaks the story adapter's protocol (README.md), and says how each went.
#pragma once

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "result.hpp"
#include "story.hpp"

namespace mqttspan::conformance {

/// Hands a request to the adapter and gives its answer, each a line without its line feed. May throw adapter_gone.
using story_adapter = std::function<std::string(const std::string& request)>;

/// The adapter has ended, or does not answer.
struct adapter_gone : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Plays one story; `chunk` bytes of the peer's arrive together, 0: those of a step.
/// strict_pass: also as the specification only recommends. skip: the adapter cannot; inconclusive: the adapter, or the story, is at fault, not the connection.
/// Lets adapter_gone through.
result play(const story& s, const story_adapter& ask, std::size_t chunk = 0);

/// Plays each story twice, by steps and byte by byte; the worse result counts. An adapter that has gone makes the rest inconclusive.
/// `told` is called after each story, for progress.
std::vector<result> play_all(const std::vector<story>& stories, const story_adapter& ask, const std::function<void(const result&)>& told = {});

}  // namespace mqttspan::conformance
