// A packet taken apart: which bytes are which field, down to single bits, as far as the bytes can be read, right or wrong.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan {

/// One line of a dissection: a field with its bytes, some bits of the byte above, or a heading or remark without bytes.
struct dissected {
  unsigned depth = 0;
  std::size_t offset = 0;
  std::size_t size = 0;  ///< bytes covered; 0 for bits, headings and remarks
  std::string bits{};    ///< ".... 001.": which bits of the byte above
  std::string field{};   ///< "packet identifier"
  std::string value{};   ///< "7"; empty for headings
};

/// Takes apart a packet, to which all of `bytes` belong. The rows that have bytes cover all of them, in order, each once: what stands behind
/// a break in the structure comes as one row that says so. Does not judge. CONNECT is read by the level that it names.
std::vector<dissected> dissect(bytes_view bytes, protocol_version version);

}  // namespace mqttspan
