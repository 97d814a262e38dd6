// The stream layer's rows of the table of contenders, and their floors.
#pragma once

#include "contenders.hpp"

namespace mqttspan::bench {

/// The whole stream pushed at once.
pass for_each_pass(const subject&);
pass next_pass(const subject&);

/// W8 in chunks of 1460 bytes, of 1 to 64 bytes by chance (xorshift64 of seed 42), of one byte.
pass for_each_1460_pass(const subject&);
pass for_each_1_to_64_pass(const subject&);
pass for_each_1_pass(const subject&);

/// W3 in chunks of 4096 bytes, its payloads in pieces.
pass for_each_piece_pass(const subject&);

/// PUBLISH in chunks of 4096 bytes through a client's connection, which acknowledges.
pass receive_pass(const subject&);

/// Their floors.
std::uint64_t decode_1460(subject&);
std::uint64_t decode_1_to_64(subject&);
std::uint64_t decode_1(subject&);

}  // namespace mqttspan::bench
