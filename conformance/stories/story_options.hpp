// The options of a story as those of our connection.
#pragma once

#include <stdexcept>
#include <vector>

#include <mqttspan/stream/connection.hpp>

#include "packet_json.hpp"

namespace mqttspan::conformance {

/// A request that nobody can carry out.
struct bad_request : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The options without "session". Throws bad_request for an unknown name or value.
connection_options options_from(const packet_json& options);

/// What "session" says was in flight; throws bad_request.
std::vector<session_entry> session_from(const packet_json& session);

/// What is in flight, the same way.
packet_json session_of(const connection& c);

}  // namespace mqttspan::conformance
