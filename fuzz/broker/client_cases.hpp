// Cases for clients: what a server sends behind the CONNECT, good and bad.
#pragma once

#include <cstdint>

#include <mqttspan/codec/version.hpp>

#include "script.hpp"

namespace mqttspan::fuzz {

/// The case of that number, from the seed; the first packet is a CONNACK, mostly one that accepts.
script client_case(std::uint64_t seed, std::uint64_t number, protocol_version version);

}  // namespace mqttspan::fuzz
