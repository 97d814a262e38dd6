// The ways in which one packet is shown to a decoder. Its verdict must be the same in all of them.
#pragma once

#include <string>
#include <vector>

#include "test_vector.hpp"

namespace mqttspan::conformance {

struct presentation {
  enum class kind : unsigned char { whole, byte_by_byte, split, between_neighbours };
  kind how = kind::whole;
  std::size_t at = 0;          ///< of a split: bytes in its first half
  bool from_server = false;  ///< of neighbours: whose they are
};

/// All of them for a curated vector; of a family's case whole, byte by byte, one split and with neighbours.
/// Above 128 bytes not every split is made: those near the ends and some between; above 4 KiB three, above 256 KiB none, as with neighbours it is split in
/// half in any case. Above 16 KiB "byte by byte" means a thousand pieces, the first of single bytes. `from_server`: neighbours of a packet that either side
/// may send are a server's.
std::vector<presentation> presentations_of(const test_vector& v, bool from_server);

/// The chunks as hex, so as they are handed over one by one.
std::vector<std::string> chunks_of(const test_vector& v, const presentation& how);

/// The packets that stand before and behind it, in that presentation: arrays of values. Nothing comes before CONNECT and CONNACK, nothing behind DISCONNECT.
struct neighbours {
  nlohmann::json before = nlohmann::json::array();
  nlohmann::json behind = nlohmann::json::array();
  std::string hex_before;
  std::string hex_behind;
};
neighbours neighbours_of(const test_vector& v, bool from_server);

/// "whole", "byte by byte", "split at 7", "between neighbours".
std::string to_string(const presentation& how);

}  // namespace mqttspan::conformance
