// Inputs of the targets that read packets: a byte of settings, then the packets' bytes. One layout for all of them, so that seeds and the mutator serve them all.
//
//     bits 0, 1  version: 3.1, 3.1.1, 5.0, 5.0; where a target is for one version it is left out of account
//     bits 2, 3  sender: any, client, server, any
//     bit 4      all leniencies      bit 5  all further strictnesses
//     bit 6      three filters, user properties and topic levels at the most      bit 7  packets of 64 bytes at the most
#pragma once

#include <vector>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>

#include "target.hpp"

namespace mqttspan::fuzz {

struct packet_input {
  protocol_version version;
  parse_options options;
  bytes_view bytes;
};

/// `input` is not empty.
inline packet_input packet_input_of(bytes_view input) {
  constexpr protocol_version versions[] = {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5, protocol_version::v5};
  constexpr sender senders[] = {sender::any, sender::client, sender::server, sender::any};
  const auto settings = std::to_integer<unsigned>(input.front());
  packet_input in{versions[settings & 3], {.sender = senders[settings >> 2 & 3]}, input.subspan(1)};
  if ((settings & 0x10) != 0) in.options.allow = static_cast<leniency>(~0u);
  constexpr strictness all = strictness::control_characters | strictness::noncharacters | strictness::v3_1_as_v3_1_1 | strictness::non_minimal_lengths_in_3_x;
  if ((settings & 0x20) != 0) in.options.reject = all;
  if ((settings & 0x40) != 0) in.options.max_topic_filters = in.options.max_user_properties = in.options.max_topic_levels = 3;
  if ((settings & 0x80) != 0) in.options.max_packet_size = 64;
  return in;
}

/// The version of a packet: CONNECT names its own.
inline protocol_version version_of(const packet& p, protocol_version otherwise) {
  const auto* const hello = std::get_if<connect>(&p);
  return hello ? hello->version : otherwise;
}

/// What generate writes, into memory of exactly the size that `encoded_size` tells. It must write it.
inline std::vector<std::byte> generated(const packet& p, protocol_version version, const generate_options& how) {
  const auto size = encoded_size(p, version, how);
  require(size.has_value(), "a packet that was read has a size");
  std::vector<std::byte> out(*size);
  const auto written = generate(p, version, out, how);
  require(written.has_value() && written->size() == *size, "a packet that was read can be written, in the size that was told");
  return out;
}

inline void observe(const error& e) noexcept {
  observe(static_cast<std::uint64_t>(e.code) << 56 | static_cast<std::uint64_t>(e.violated) << 48 | static_cast<std::uint64_t>(e.in) << 40 |
          static_cast<std::uint64_t>(e.reason) << 32 | e.offset);
}

}  // namespace mqttspan::fuzz
