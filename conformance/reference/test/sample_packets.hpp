// Good packets of every type and version, to start mutations from.
#pragma once

#include <string>
#include <vector>

#include "reference/reference.hpp"

namespace mqttspan::conformance::reference {

struct sample {
  protocol version;
  const char* hex;  ///< digits, grouped by field
};

const std::vector<sample>& sample_packets();

/// Digits, with white space anywhere.
bytes from_hex(const std::string& digits);
std::string to_hex(std::span<const std::uint8_t> data);

}  // namespace mqttspan::conformance::reference
