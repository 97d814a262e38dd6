// Feeds a stream to a parser in every way it can be cut, and compares what comes out with the story that the whole of it tells.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stream_model.hpp"

namespace mqttspan::test {

/// How the events are taken out.
enum class pull : std::uint8_t { next, for_each, for_each_stopping, mixed };

/// The chunks' sizes; they are used in turn, and the last chunk takes what is left.
using cuts = std::vector<std::size_t>;

/// Feeds the stream once, each chunk in memory of its own that is overwritten and freed when it is used up. Empty, or what went wrong.
std::string feed(bytes_view stream, const story& expected, const stream_options& options, std::size_t carry_size, const cuts& sizes, pull how);

/// Feeds the stream whole, byte by byte, at every split (some of them where there are many), at random splits. Empty, or what went wrong first.
std::string feed_in_every_way(bytes_view stream, const stream_options& options, std::size_t carry_size, std::uint64_t seed = 1);

/// The same with fewer splits, for many streams.
std::string feed_in_some_ways(bytes_view stream, const stream_options& options, std::size_t carry_size, std::uint64_t seed);

}  // namespace mqttspan::test
