// Requests in JSON, of a conformance harness or of the inspector's page: their fields, and faults as answers tell them.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <mqttspan/codec/error.hpp>

#include "packet_json.hpp"

namespace mqttspan {

/// A request that nobody can carry out.
struct bad_request : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The fields of a request. Throw bad_request.
/// @{
const packet_json& field(const packet_json& request, const char* key);
std::string text_field(const packet_json& request, const char* key);
/// "sender"; any where it is not there.
sender sender_field(const packet_json& request);
/// "version"; nothing for "auto".
std::optional<protocol_version> version_field(const packet_json& request);
/// @}

/// Class, offset, rule, statement (if there is one) and reason code.
packet_json fault_json(const error& e, std::string_view statement);

}  // namespace mqttspan
