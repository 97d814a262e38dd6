// Tables of packets that must end a connection: most error probes are a row of such a table.
#pragma once

#include <span>
#include <string_view>

#include "../dialogue.hpp"
#include "../wire.hpp"
#include "catalogue.hpp"

namespace mqttspan::conformance::broker {

/// A packet with one fault.
struct bad_packet {
  std::string_view name;
  std::string_view title;
  cited statements;
  wire::bytes (*packet)(const session& s);  ///< made for each play anew, with names of its own
  codes suitable = malformed;
};

/// A probe a row: sends the packet on a connection that was accepted, and expects the end of it.
void add_bad_packets(catalogue& all, std::string_view check, std::span<const bad_packet> table);
/// A probe a row: sends the packet, which is a CONNECT, as the first one, and expects a refusal or the end.
void add_bad_connects(catalogue& all, std::string_view check, std::span<const bad_packet> table);

/// The dialogues of those.
task<> closes_behind(session& s, wire::bytes packet, codes suitable);
task<> refuses(session& s, wire::bytes connect, codes suitable, std::uint8_t return_code = 0);

/// A CONNECT with a client id of the play's own: `flags` beside Clean Start, `behind` the client id, `properties` of 5.0 without their length.
wire::bytes connect_of(const session& s, unsigned flags = 0, const wire::bytes& behind = {}, const wire::bytes& properties = {});

/// The parts with the peer file's credentials at the end, where there are any and the flags announce none: else the broker would have a reason of its own to refuse.
wire::connect_parts with_credentials(const session& s, wire::connect_parts parts);

/// Has the broker send a QoS 1 or 2 message on this connection, and gives its packet id; nothing of it is acknowledged yet.
task<std::uint16_t> receive_one(session& s, link& l, qos level);

}  // namespace mqttspan::conformance::broker
