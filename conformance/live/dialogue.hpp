// The steps that dialogues with a broker are made of. Each that is awaited ends the probe with a verdict where the broker does not play along.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/packet.hpp>

#include "session.hpp"

namespace mqttspan::conformance {

/// 5.0: the reason codes that suit an error. Beside them no code at all is right, since sending one is never a must.
class codes {
 public:
  template <class... Code>
  constexpr explicit codes(Code... code) noexcept : codes_{static_cast<std::uint8_t>(code)...}, size_(sizeof...(code)) {}
  bool has(std::uint8_t code) const noexcept;
  std::string text() const;

 private:
  std::array<std::uint8_t, 8> codes_;
  std::size_t size_;
};
inline constexpr codes malformed(0x81);
inline constexpr codes protocol_error(0x82);
inline constexpr codes malformed_or_protocol(0x81, 0x82);

/// CONNECT with what most probes want: a client id of the play's own, clean, no keep alive, the peer file's credentials. To be changed as a probe likes;
/// what its packet's views point to must live until it is sent. Stays where it is.
struct greeting {
  greeting(const session& s, std::string_view role);
  greeting(const greeting&) = delete;
  greeting& operator=(const greeting&) = delete;

  mqttspan::connect packet;
  std::vector<property> properties;  ///< put into the packet when it is sent
  std::deque<std::string> texts;     ///< for texts that the packet views

 private:
  std::string client_id_;
};

/// A TCP connection, and nothing sent yet.
task<link&> reach(session& s, std::string_view role);
/// A connection on which a CONNECT was accepted. A refusal is inconclusive: other probes judge CONNECT.
task<link&> join(session& s, std::string_view role);
task<link&> join(session& s, std::string_view role, greeting& hello);
/// Sends the CONNECT and gives the CONNACK, whatever it says.
task<received> greet(session& s, link& l, greeting& hello);

/// The next packet. A closed connection, or silence, fails: `what` says what was awaited.
task<received> hear(session& s, link& l, std::string_view what);
/// The next packet, which must be a P.
template <control_packet P>
task<received> expect(session& s, link& l);

/// Behind an error: the connection must end. A DISCONNECT before that may say why; another code than these is no breach, only information.
/// With `probing` a PINGREQ is sent where the broker does nothing; switch it off where it would become part of the broken packet.
task<> expect_close(session& s, link& l, codes suitable, bool probing = true);
/// Behind a bad CONNECT, without CONNACK so far: the connection must end, with or without a CONNACK that refuses. 3.x: `return_code` is what suits it;
/// 0: no CONNACK should come at all.
task<> expect_refusal(session& s, link& l, codes suitable, std::uint8_t return_code = 0);
/// Waits for the end of a connection that should end without further ado: takeover, DISCONNECT. What came before it.
task<std::vector<received>> until_closed(session& s, link& l, milliseconds at_most = patience);

/// Waits a moment for the broker to close behind our DISCONNECT, and closes where it does not.
task<> until_gone(session& s, link& l);
/// DISCONNECT, and `until_gone`: behind it the broker has dealt with all that was sent.
task<> leave(session& s, link& l);

/// The bytes that come up to the end of a connection with `keep_raw`, or within that time; whether it has ended says the link.
task<std::string> raw_until_closed(session& s, link& l, milliseconds at_most);

/// PINGREQ, and what came up to its PINGRESP: all that the broker did before. Fails without PINGRESP.
task<std::vector<received>> ping(session& s, link& l);

/// SUBSCRIBE that must be granted. Gives the granted QoS. A refusal is inconclusive.
task<std::uint8_t> subscribe_to(session& s, link& l, std::string topic_filter, qos at_most);
/// A message, with all that its QoS asks for.
struct message {
  std::string topic;
  std::string payload;
  mqttspan::qos qos = qos::at_most_once;
  bool retain = false;
  bool dup = false;
  std::uint16_t packet_id = 0;
  std::vector<std::string> user_properties{};  ///< "name=value", in order
  std::string bytes{};                         ///< as it came: for all else
};
message message_of(const received& r);
/// Publishes, and goes through the exchange as far as PUBACK or PUBCOMP. Packets of others in between are lost: use a connection that only publishes.
task<> publish_message(session& s, link& l, const message& m);
task<> publish_message(session& s, link& l, std::string topic, std::string payload, qos q = qos::at_most_once, bool retain = false);
/// Answers what a message asks for: PUBACK, or PUBREC and, in answer to PUBREL, PUBCOMP. Reads on until that exchange is over, and keeps the messages that come.
task<std::vector<message>> messages_until(session& s, link& l, std::string topic, std::string payload);

/// Whether the packet is there among them.
template <control_packet P>
bool has(const std::vector<received>& all) {
  for (const received& r : all)
    if (r.as<P>()) return true;
  return false;
}

#define MQTTSPAN_PACKET(P) extern template task<received> expect<P>(session&, link&);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET

}  // namespace mqttspan::conformance
