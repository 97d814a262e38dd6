// What a program wants to hear of its connections.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/version.hpp>
#include <mqttspan/stream/connection.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::posix {

class endpoint;

/// Why an endpoint has closed.
struct closing {
  ending mqtt{};                  ///< as the connection saw it
  protocol_version version{};     ///< what was spoken
  std::string transport{};        ///< what the transport had to say, where that was the reason: "the peer reset the connection"
  const publish* will = nullptr;  ///< server: what the client wanted published now that it is gone without DISCONNECT; null: nothing. Good until the handler returns. @spec [5.0/MQTT-3.1.2-8]
  std::uint32_t will_delay = 0;   ///< seconds that the will is to wait, where the session outlives the connection. @spec 5.0 §3.1.3.2.2

  /// Whether it ended as one side wanted: DISCONNECT, `close`. A byte stream that just ends is not in good order, though servers of 3.x have no other way.
  MQTTSPAN_API bool is_in_order() const noexcept;
  /// All of it in one line.
  MQTTSPAN_API std::string text() const;
};

/// Called by endpoints; each may be empty. A handler may do anything to any endpoint: send, close, pause; or destroy its client or server. It must not throw, nor assign to the handler that is running.
/// What packets and events show is good until the handler returns.
struct handlers {
  /// What is called: with the endpoint, and with what it has seen.
  template <class... Seen>
  using callback = std::function<void(endpoint&, const Seen&...)>;

  callback<> connected;  ///< the byte stream is there: accepted, or connected to. First; not where it was closed before

/// A packet, by its type: `connect`, `connack`, … `auth`. Without a handler for `connect`, and for `other`, a server accepts everybody.
#define MQTTSPAN_PACKET(P) callback<mqttspan::P> P;
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  callback<mqttspan::packet> other;  ///< each packet whose own handler is empty

  callback<mqttspan::publish_begin> publish_begin;  ///< a PUBLISH above `endpoint_options::gather`, in pieces: its head, …
  callback<mqttspan::payload_chunk> payload_chunk;  ///< … each piece of its payload, …
  callback<mqttspan::publish_end> publish_end;      ///< … and its end

  callback<> readable;  ///< in pull mode: `next` may have something, or more
  callback<> drained;   ///< after `send` or `deliver` have said `over_high_water`: there is room again
  callback<closing> error;  ///< it closes because something went wrong; `close` follows
  callback<closing> close;  ///< the last call for this endpoint, exactly once
};

}  // namespace mqttspan::posix
