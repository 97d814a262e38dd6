// One packet to bytes of its own.
#pragma once

#include <stdexcept>
#include <vector>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/generate.hpp>

namespace mqttspan {

/// A packet that generate refuses; `what` is the description.
struct encoding_error : std::runtime_error {
  encoding_error(const error& e, protocol_version version);
  error cause;
};

/// The packet's bytes. Throws encoding_error.
std::vector<std::byte> encode(const packet& p, protocol_version version, const generate_options& options = canonical);

}  // namespace mqttspan
