// The adapter protocol: one JSON object a line in, one out.
#pragma once

#include <string>

namespace mqttspan::conformance::reference {

/// The answer to one request line, without its line feed. Never throws: a request that makes no sense is answered with an error of the class "bad_request".
std::string answer(const std::string& line);

}  // namespace mqttspan::conformance::reference
