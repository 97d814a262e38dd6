// The packets that every measurement here runs on: the same bytes on every machine, built without the library.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::bench {

/// Packets of one kind, back to back, as a peer would send them.
struct workload {
  std::string name;          ///< "W1" … "W8"
  protocol_version version;  ///< 3.1.1 or 5.0
  std::vector<std::byte> bytes;
  std::vector<std::size_t> ends;  ///< where each packet ends in `bytes`

  std::size_t packets() const noexcept { return ends.size(); }
  std::size_t begin_of(std::size_t i) const noexcept { return i == 0 ? 0 : ends[i - 1]; }
  bytes_view packet(std::size_t i) const noexcept { return bytes_view(bytes).subspan(begin_of(i), ends[i] - begin_of(i)); }
  /// "W1-3.1.1": also the stream's file name.
  std::string title() const { return name + (version == protocol_version::v5 ? "-5.0" : "-3.1.1"); }
};

/// All workloads, 3.1.1 before 5.0; W4 exists in 5.0 only. README.md describes each of their bytes.
std::vector<workload> all_workloads();

/// One of them; empty bytes where there is no such workload.
workload make_workload(std::string_view name, protocol_version version);

}  // namespace mqttspan::bench
