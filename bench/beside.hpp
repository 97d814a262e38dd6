// What somebody writes to put another codec beside ours: one file, with two functions and a `beside` that names them. beside/toy.cpp is one.
// cmake -DMQTTSPAN_BENCH_BESIDE="theirs.cpp;other.cpp" compiles files from elsewhere; -DMQTTSPAN_BENCH_BESIDE_LIBRARIES=… links what they need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "checksum.hpp"
#include "workloads.hpp"

namespace mqttspan::bench {

/// A codec beside ours. Its rows are called "decode NAME" and "generate NAME", and stand beside our floors. Nobody is measured before it has given the right answers.
struct beside {
  std::string name;

  /// Null where the codec does not know the version or the packets of the stream; else what decodes the packets of the stream, one after the other, reads each of their fields once, and answers with
  /// the `checksum` over them (fields.hpp shows for our packets what is a field), or with `refused`. What is made here is made before the clock runs. The stream outlives the function.
  std::function<std::uint64_t()> (*decoder)(const workload& stream) = nullptr;

  /// The same for writing: what writes the packets of the stream, from its own structs that were prepared here, back to back into `out`, which is as long as the stream. Answers with the bytes written.
  std::function<std::uint64_t(std::span<std::byte> out)> (*generator)(const workload& stream) = nullptr;
};

/// Those that were linked, in the order of their names.
const std::vector<beside>& besides();

/// `const bool known = add_beside({…});` at namespace scope puts a codec into the tables.
bool add_beside(beside codec);

}  // namespace mqttspan::bench
