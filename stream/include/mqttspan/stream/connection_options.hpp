// How a connection behaves, and how much memory it takes.
#pragma once

#include <cstdint>

#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/strictness.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// Which topics get an alias by themselves when they are published in 5.0 and the peer takes aliases.
enum class alias_policy : std::uint8_t {
  none,         ///< none: only aliases that the caller sets
  first_come,   ///< the first ones, up to the maximum, for good
  least_recent  ///< each; the one that was least recently used makes room
};

/// What to do with an acknowledgement for nothing in flight, where the specifications are silent. @spec [U311-4.3-b] [U5-4.3.2-a]
enum class stray_acknowledgement : std::uint8_t { ignore, close };

/// How a connection behaves, and how much memory it takes. The sizes make one block: allocated by the constructor, or lent by a `connection_memory`.
struct connection_options {
  parse_options parse{};                                        ///< strictness and limits of what is read; `sender` is set by the role. `max_packet_size` is announced in 5.0
  setting<leniency, leniency::none> allow{};                    ///< for what is sent
  setting<strictness, strictness::none> reject{};               ///< for what is sent
  std::uint32_t max_connect_size = 65'536;                      ///< server: bytes of the CONNECT
  std::uint32_t carry_size = 16'384;                            ///< bytes kept of a torn packet; a longer PUBLISH is streamed, another packet is too large
  std::uint32_t output_size = 65'536;                           ///< bytes that wait to be sent, at most
  std::uint32_t high_water = 32'768;                            ///< from here on `send` says `over_high_water`
  std::uint16_t receive_maximum = 256;                          ///< messages with QoS 1 and 2 that the peer may have in flight, else the connection ends; announced in 5.0
  std::uint16_t unannounced_maximum = 16'384;                   ///< the same in 3.x, where the peer cannot be told; those above `receive_maximum` take memory of their own, up to 48 bytes each
  std::uint16_t send_maximum = 64;                              ///< messages with QoS 1 and 2 that we have in flight at most, whatever the peer takes
  std::uint16_t max_requests = 16;                              ///< SUBSCRIBE and UNSUBSCRIBE waiting for an answer, in each direction
  std::uint16_t topic_alias_maximum = 0;                        ///< aliases that the peer may use; announced in 5.0
  std::uint16_t max_sent_aliases = 16;                          ///< aliases that we use at most
  alias_policy aliases = alias_policy::none;                    ///< for what we send
  bool auto_acknowledge = true;                                 ///< answer PUBLISH, PUBREC and PUBREL, at the next call of `next_event`, unless the caller has answered before
  bool auto_ping = true;                                        ///< client: PINGREQ when keep alive asks for it; server: PINGRESP
  bool ordered_acknowledgements = true;                         ///< refuse to acknowledge messages in another order than they came [MQTT-4.6.0-2]
  stray_acknowledgement stray = stray_acknowledgement::ignore;  ///< what to do with an acknowledgement for nothing in flight
  std::uint32_t connect_timeout = 10'000;                       ///< milliseconds to wait for CONNECT (server) or CONNACK (client); 0: for ever
  std::uint32_t ping_timeout = 0;                               ///< client: milliseconds to wait for PINGRESP; 0: as long as the keep alive
};

}  // namespace mqttspan
