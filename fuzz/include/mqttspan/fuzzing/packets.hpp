// Packets for those who fuzz their own handlers: valid ones, made of an engine's bytes, and changes to their bytes. HANDLERS.md shows it in use.
#pragma once

#include "generators.hpp"
#include "mutator.hpp"

namespace mqttspan::fuzzing {

/// Where choices come from: an engine's bytes, a seed.
/// @{
using test::byte_entropy;
using test::entropy;
using test::seeded_entropy;
/// @}

/// A valid packet with its version, its sender and the memory behind its views; and what makes them. The same choices give the same packets on every machine.
/// @{
using test::packet_source;
using test::sample;
/// @}

/// Changes a stream of packets by structure, or crosses two: for an engine's custom mutator. Link `mqttspan::fuzzing_mutator` to have libFuzzer's hooks ready.
/// @{
using fuzz::crossed;
using fuzz::mutated;
/// @}

}  // namespace mqttspan::fuzzing
