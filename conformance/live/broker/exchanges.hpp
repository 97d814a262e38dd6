// What the probes of QoS and flow control share: PUBLISH and its answers one by one, and sessions that outlast a connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../dialogue.hpp"
#include "../wire.hpp"
#include "catalogue.hpp"

namespace mqttspan::conformance::broker {

/// PUBLISH in the play's version; `inside` are properties without their length.
wire::bytes publish_of(const session& s, std::string_view topic, std::string_view payload, qos level, std::uint16_t packet_id, bool dup = false, const wire::bytes& inside = {});

/// PUBACK, PUBREC, PUBREL, PUBCOMP in their shortest form, which is good in every version.
wire::bytes puback_of(std::uint16_t packet_id);
wire::bytes pubrec_of(std::uint16_t packet_id);
wire::bytes pubrel_of(std::uint16_t packet_id);
wire::bytes pubcomp_of(std::uint16_t packet_id);

/// The next packet is a P with this identifier. A code that refuses is inconclusive.
template <class P>
task<> answered(session& s, link& l, std::uint16_t packet_id) {
  const received r = co_await expect<P>(s, l);
  const P& p = *r.as<P>();
  s.require(p.packet_id == packet_id, "expected packet identifier " + std::to_string(packet_id) + ", got " + in_words(*r, s.version()));
  if (is_error(p.reason_code)) s.inconclusive("the broker refuses: " + in_words(*r, s.version()));
}

/// What a PUBLISH of this level asks for, up to PUBACK or PUBCOMP.
task<> complete(session& s, link& l, std::uint16_t packet_id, qos level);

/// SUBSCRIBE; inconclusive where not this QoS is granted.
task<> subscribe_at(session& s, link& l, std::string topic, qos level);
/// A connection with a subscription.
task<link&> subscribed(session& s, std::string_view role, std::string topic, qos level);

/// The next packet, which must be a PUBLISH. Nothing is acknowledged.
task<message> next_message(session& s, link& l);
/// So many of them.
task<std::vector<message>> next_messages(session& s, link& l, std::size_t count);
/// What comes of so many messages while none is acknowledged. One comes; a broker may hold back the others.
task<std::vector<message>> next_in_flight(session& s, link& l, std::size_t count);
/// Answers messages of QoS 2 up to their end, all of them at a time. Gives those that came in between.
task<std::vector<message>> take_at_once(session& s, link& l, std::vector<message> all);
/// What came before a PINGRESP, messages alone. Nothing is acknowledged.
task<std::vector<message>> messages_so_far(session& s, link& l);
std::size_t count_of(const std::vector<message>& all, std::string_view payload);

/// The client whose session lasts a minute, or in 3.x until `forget`: its first connection, and later ones. `receive_maximum` 0: none is said.
task<link&> first_visit(session& s, std::uint16_t receive_maximum = 0);
task<link&> next_visit(session& s, std::string_view as = "return", std::uint16_t receive_maximum = 0);
/// Ends that session.
task<> forget_session(session& s);

/// A dialogue of B-QOSIN and B-QOSOUT: the broker's message and ours have one identifier at the same time.
task<> same_id_both_ways(session& s);

/// What the broker says in CONNACK, on a connection of its own that stays open.
struct welcome {
  link* connection = nullptr;
  std::uint32_t receive_maximum = 65'535;
  std::uint32_t topic_alias_maximum = 0;
  std::uint32_t maximum_packet_size = 0;  ///< 0: none
  std::uint32_t maximum_qos = 2;
  bool retain = true, wildcards = true, identifiers = true, shared = true;
  std::string text;  ///< in words
};
task<welcome> join_and_read(session& s, std::string_view role);

}  // namespace mqttspan::conformance::broker
