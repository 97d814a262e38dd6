// SUBSCRIBE with all that it can say, and what comes because of it.
#pragma once

#include <string>
#include <vector>

#include "../dialogue.hpp"

namespace mqttspan::conformance::broker {

/// One filter, and how it is subscribed to. The options behind `at_most` are for 5.0.
struct asked {
  std::string topic_filter{};
  qos at_most = qos::at_most_once;
  bool no_local = false;
  bool as_published = false;
  retain_handling handling = retain_handling::send;
  std::uint32_t identifier = 0;  ///< Subscription Identifier; 0: none
};

/// Subscribes, waits for SUBACK and for so many messages (retained ones: they may come before it), and looks whether there are more.
/// Gives all messages. A refusal is inconclusive.
task<std::vector<message>> subscribe_and_gather(session& s, link& l, const asked& one, std::size_t expected);

/// Reads messages, and answers them, until there are so many or nothing comes for a while.
task<std::vector<message>> gather(session& s, link& l, std::size_t expected, milliseconds silence = milliseconds(3'000));

/// The SUBSCRIBE as bytes, for several filters.
std::string subscribe_packet(const session& s, unsigned packet_id, const std::vector<asked>& filters);

}  // namespace mqttspan::conformance::broker
