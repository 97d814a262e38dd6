// Tables of packets that must end a client's connection: most error probes are a row of such a table.
#pragma once

#include <span>
#include <string_view>

#include "../wire.hpp"
#include "catalogue.hpp"

namespace mqttspan::conformance::client {

/// A packet with one fault, for a client that is connected.
struct bad_packet {
  std::string_view name;
  std::string_view title;
  cited statements;
  wire::bytes (*packet)(const subject& t);
  codes suitable = malformed;
  duty in_5 = duty::should;
};

/// What the client must have sent for an answer to have a place.
enum class request { nothing, publish_1, publish_2, subscribe, unsubscribe };

/// The client asks for something, if need be, and gets `packet`, with the identifier of its request put in where there is "id" in it.
struct bad_answer {
  std::string_view name;
  std::string_view title;
  cited statements;
  request behind;
  wire::bytes (*packet)(const subject& t, unsigned id);
  codes suitable = malformed_or_protocol;
  duty in_5 = duty::should;
  bool behind_pubrec = false;  ///< with publish_2: PUBREC was sent, PUBREL came
};

/// A probe a row: sends the packet on a connection that was accepted, and expects the end of it.
void add_bad_packets(catalogue& all, std::string_view check, std::span<const bad_packet> table);
void add_bad_answers(catalogue& all, std::string_view check, std::span<const bad_answer> table);

/// What a driver must be told beforehand of that request, for `connect`.
json foreseen_request(const subject& t, request what);
/// The dialogues of those.
task<> closes_behind(subject& t, wire::bytes packet, codes suitable, duty in_5);
task<> closes_behind_answer(subject& t, bad_answer row);
/// Has the client ask; gives the identifier, not answered yet.
task<std::uint16_t> has_asked(subject& t, link& l, request what, bool behind_pubrec);

}  // namespace mqttspan::conformance::client
