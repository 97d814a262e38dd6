#include "client_cases.hpp"

#include "case_source.hpp"
#include "mutation.hpp"
#include "wire.hpp"

namespace mqttspan::fuzz {
namespace {

using conformance::wire::encoded;

constexpr packet_type from_servers[] = {packet_type::publish, packet_type::publish, packet_type::publish, packet_type::publish, packet_type::puback,   packet_type::pubrec,
                                        packet_type::pubrel,  packet_type::pubcomp, packet_type::suback,  packet_type::unsuback, packet_type::pingresp};

std::string valid_packet(test::packet_source& packets, test::entropy& choices, protocol_version version) {
  packet_type type = from_servers[choices.below(std::size(from_servers))];
  if (version == protocol_version::v5 && choices.below(20) == 0) type = choices.below(2) == 0 ? packet_type::disconnect : packet_type::auth;
  test::sample s = packets.next(type, version);
  while (s.from == sender::client) s = packets.next(type, version);
  return encoded(s.packet, version);
}

std::string changed(std::string packet, test::entropy& choices) {
  for (std::uint32_t times = 1 + choices.below(3); times > 0; --times) packet = mutated(packet, choices);
  return packet;
}

}  // namespace

script client_case(std::uint64_t seed, std::uint64_t number, protocol_version version) {
  test::seeded_entropy choices(mixed(mixed(seed) + number));
  test::packet_source packets(choices, choices.below(64) == 63 ? 140'000 : 300);
  script s{{version}, {{.bytes = encoded(connack{}, version)}}};
  if (choices.below(12) == 0) {
    const std::string other = encoded(packets.next(packet_type::connack, version).packet, version);
    s.steps.front().bytes = choices.below(2) == 0 ? other : changed(other, choices);
  }
  for (std::uint32_t times = 1 + choices.below(4); times > 0; --times) {
    std::string bytes = valid_packet(packets, choices, version);
    s.steps.push_back({.bytes = choices.below(3) == 0 ? changed(std::move(bytes), choices) : std::move(bytes)});
  }
  return s;
}

}  // namespace mqttspan::fuzz
