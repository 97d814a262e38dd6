// What a fuzz target is made of: an entry point that any engine calls with bytes, truths that must hold, and a note of what was seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <mqttspan/codec/bytes.hpp>

/// The entry point: libFuzzer, AFL++, Honggfuzz and `replay` call it. Returns 0 for an input worth keeping, -1 for one that is not to come into a corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace mqttspan::fuzz {

/// A truth. Where it does not hold, it is printed and the program aborts, which every engine reports with the input.
void require(bool holds, const char* truth);

/// Notes what an input showed: verdicts, offsets, sizes; never addresses or times. Replays of one corpus must end with the same `observed()` on every
/// machine, with every compiler and sanitizer.
void observe(std::uint64_t value) noexcept;
void observe(bytes_view bytes) noexcept;
std::uint64_t observed() noexcept;

inline bytes_view input_of(const std::uint8_t* data, std::size_t size) { return as_bytes(std::span(data, size)); }

}  // namespace mqttspan::fuzz
