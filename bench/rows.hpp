// Everything that is measured, as a flat list: packets by our codec, stream parser and connection, texts and topics, and codecs beside ours. What measures goes through it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mqttspan::bench {

/// An operation on a workload.
struct row {
  std::string workload;   ///< "W1" … "W8", "utf8", "topics"
  std::string version;    ///< "3.1.1", "5.0", or "-"
  std::string operation;  ///< "parse_as", "decode toy", "decode floor" …
  std::size_t items = 0;  ///< packets, texts, pairs: in one pass
  std::size_t bytes = 0;  ///< of them
  std::function<std::uint64_t()> run{};    ///< one pass
  std::function<std::uint64_t()> floor{};  ///< one pass of what it is compared with; null for a floor
  bool is_ours = true;                   ///< not a codec beside ours

  std::string name() const { return workload + (version == "-" ? "" : "-" + version) + "/" + operation; }
};

/// All rows, each floor in front of those that need it; a floor that serves one operation alone is called as that is, and "floor". Every operation has been asked first, and has given its floor's answer or written the stream's bytes;
/// where one did not, that is said on standard error, and there are no rows.
std::vector<row> all_rows();

/// The rows of texts and topics. Their answers are known beforehand: what the operation must say.
std::vector<row> text_rows();

}  // namespace mqttspan::bench
