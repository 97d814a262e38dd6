// Packets with their bytes and their JSON, written by hand from the three specifications.
#pragma once

#include <string>
#include <vector>

#include <mqttspan/codec/version.hpp>

namespace mqttspan::test {

struct sample {
  protocol_version version;
  std::string hex;   ///< white space between the fields
  std::string json;  ///< keys in the order of the specification of the format
};

/// Every packet type in every version that has it, every property; each in its shortest form.
const std::vector<sample>& samples();

/// Legal bytes that nobody need write, and bytes that no specification allows.
const std::vector<sample>& odd_samples();

/// The bytes, as a string.
std::string raw(const std::string& hex);

}  // namespace mqttspan::test
