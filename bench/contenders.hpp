// Everything that is measured, as one table: a new operation, entry point or foreign codec is one row of it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include <mqttspan/codec/packet.hpp>

#include "floors.hpp"
#include "workloads.hpp"

namespace mqttspan::bench {

/// A workload with everything that is prepared before the clock runs. Points into itself: movable, not copyable.
struct subject {
  explicit subject(workload w);
  subject(subject&&) noexcept = default;
  subject(const subject&) = delete;

  workload work;
  std::vector<pieces> parts;
  std::vector<packet> packets;                         ///< what generate is given; property and item arrays are the caller's
  std::tuple<std::vector<connect>, std::vector<publish>, std::vector<puback>, std::vector<subscribe>, std::vector<suback>> typed;
  std::span<std::byte> out;                            ///< written back to back, like a send buffer; as long as the stream
  std::vector<std::byte> memory;                       ///< behind `out`
  std::vector<std::vector<property>> properties;       ///< behind `packets`, as are the next two
  std::vector<std::vector<subscription>> subscriptions;
  std::vector<std::vector<reason_code>> reason_codes;
};

/// One pass over all packets of the subject.
using pass = std::uint64_t (*)(subject&);

enum class direction : std::uint8_t { read, write };

struct contender {
  std::string_view operation;     ///< "parse_as", "generate" …
  direction way;                  ///< reads are compared with the decode floor, writes with the generate floor
  pass (*pass_for)(const subject&);  ///< null where the operation does not exist for the subject
  pass floor = nullptr;              ///< of its own
};

/// All operations, floors apart.
std::span<const contender> contenders();

/// What an operation is compared with: its own floor, or that of its direction.
pass floor_of(const contender&);
pass floor_of(direction);

/// Whether a pass reads the same fields as the floor, or writes the same bytes; for every contender, before anything is measured.
bool agrees(const contender&, subject&);

}  // namespace mqttspan::bench
