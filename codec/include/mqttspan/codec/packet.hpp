// The fifteen control packets: plain aggregates of views, one struct a packet for all versions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/property.hpp>
#include <mqttspan/codec/reason_code.hpp>
#include <mqttspan/codec/version.hpp>
#include <mqttspan/codec/wire_list.hpp>

/// Views in a packet point into the bytes that parse was given, or to whatever the caller put there for generate; nothing is owned.
/// Mind temporaries: `.topic = prefix + name` leaves a view of a string that is gone. Beside <sys/socket.h> write `mqttspan::connect`.
/// A field that a version lacks must be at its default when generate is asked for that version, or generate refuses the packet:
/// properties, reason codes other than success and subscription options in 3.x, `dup` outside PUBLISH in 3.1.1 and 5.0.
namespace mqttspan::inline MQTTSPAN_ABI {

/// What the server publishes when the client goes away without DISCONNECT. @spec 5.0 §3.1.2.5, §3.1.3.2 to §3.1.3.4
struct will {
  std::string_view topic{};               ///< where it is published; 1 to 65,535 bytes without wildcards
  bytes_view payload{};                   ///< 3.1: 7-bit ASCII
  mqttspan::qos qos = qos::at_most_once;  ///< of the message
  bool retain = false;                    ///< to be kept for later subscribers
  property_list properties{};             ///< 5.0
};

/// Opens a connection; client to server. Names its own version. @spec 5.0 §3.1
struct connect {
  static constexpr packet_type type = packet_type::connect;  ///< its number, for templates

  protocol_version version = protocol_version::v5;  ///< what the connection will speak
  bool clean_start = true;                          ///< 3.x calls it clean session
  std::uint16_t keep_alive = 60;                    ///< seconds; 0 switches the mechanism off
  bool bridge = false;                              ///< the bridge bit of the protocol level, 3.x: only with `leniency::bridge_levels`
  std::string_view client_id{};                     ///< 3.1: 1 to 23 characters; 3.1.1: empty only with clean_start
  std::optional<mqttspan::will> will{};             ///< what to publish when the client is gone
  std::optional<std::string_view> user_name{};      ///< who the client is, for the server's own checks
  std::optional<bytes_view> password{};             ///< 3.x: only beside a user name
  property_list properties{};                       ///< 5.0
};

/// Answers CONNECT; server to client. @spec 5.0 §3.2
struct connack {
  static constexpr packet_type type = packet_type::connack;  ///< its number, for templates

  bool session_present = false;  ///< 3.1.1 and 5.0; only with success
  mqttspan::reason_code reason_code = reason_code::success;  ///< 3.x: only codes that have a `return_code`
  property_list properties{};                                  ///< 5.0
};

/// Carries an application message; both ways. @spec 5.0 §3.3
struct publish {
  static constexpr packet_type type = packet_type::publish;  ///< its number, for templates

  std::string_view topic{};               ///< 5.0: may be empty beside a topic alias; who keeps the connection's aliases knows the name
  bytes_view payload{};                   ///< the message itself; any bytes, may be empty
  mqttspan::qos qos = qos::at_most_once;  ///< of the message
  bool retain = false;                    ///< to be kept for later subscribers
  bool dup = false;                       ///< sent before; only with QoS 1 and 2
  std::uint16_t packet_id = 0;            ///< 1 to 65,535 with QoS 1 and 2, 0 with QoS 0
  property_list properties{};             ///< 5.0
};

/// Acknowledges a QoS 1 PUBLISH; both ways. @spec 5.0 §3.4
struct puback {
  static constexpr packet_type type = packet_type::puback;  ///< its number, for templates

  std::uint16_t packet_id = 0;                               ///< 1 to 65,535
  mqttspan::reason_code reason_code = reason_code::success;  ///< 5.0
  property_list properties{};                                ///< 5.0
};

/// First answer to a QoS 2 PUBLISH; both ways. @spec 5.0 §3.5
struct pubrec {
  static constexpr packet_type type = packet_type::pubrec;  ///< its number, for templates

  std::uint16_t packet_id = 0;                               ///< 1 to 65,535
  mqttspan::reason_code reason_code = reason_code::success;  ///< 5.0
  property_list properties{};                                ///< 5.0
};

/// Answers PUBREC; both ways. @spec 5.0 §3.6
struct pubrel {
  static constexpr packet_type type = packet_type::pubrel;  ///< its number, for templates

  std::uint16_t packet_id = 0;                               ///< 1 to 65,535
  bool dup = false;                                          ///< 3.1: sent before
  mqttspan::reason_code reason_code = reason_code::success;  ///< 5.0
  property_list properties{};                                ///< 5.0
};

/// Ends a QoS 2 exchange; both ways. @spec 5.0 §3.7
struct pubcomp {
  static constexpr packet_type type = packet_type::pubcomp;  ///< its number, for templates

  std::uint16_t packet_id = 0;                               ///< 1 to 65,535
  mqttspan::reason_code reason_code = reason_code::success;  ///< 5.0
  property_list properties{};                                ///< 5.0
};

/// Asks for subscriptions; client to server. @spec 5.0 §3.8
struct subscribe {
  static constexpr packet_type type = packet_type::subscribe;  ///< its number, for templates

  std::uint16_t packet_id = 0;              ///< 1 to 65,535
  bool dup = false;                         ///< 3.1: sent before
  wire_list<subscription> subscriptions{};  ///< at least one
  property_list properties{};               ///< 5.0
};

/// Answers SUBSCRIBE with a code for each filter; server to client. @spec 5.0 §3.9
struct suback {
  static constexpr packet_type type = packet_type::suback;  ///< its number, for templates

  std::uint16_t packet_id = 0;                      ///< 1 to 65,535
  wire_list<mqttspan::reason_code> reason_codes{};  ///< at least one; 3.x: granted QoS 0 to 2, or 0x80 for failure
  property_list properties{};                       ///< 5.0
};

/// Ends subscriptions; client to server. @spec 5.0 §3.10
struct unsubscribe {
  static constexpr packet_type type = packet_type::unsubscribe;  ///< its number, for templates

  std::uint16_t packet_id = 0;                  ///< 1 to 65,535
  bool dup = false;                             ///< 3.1: sent before
  wire_list<std::string_view> topic_filters{};  ///< at least one
  property_list properties{};                   ///< 5.0
};

/// Answers UNSUBSCRIBE; server to client. @spec 5.0 §3.11
struct unsuback {
  static constexpr packet_type type = packet_type::unsuback;  ///< its number, for templates

  std::uint16_t packet_id = 0;                      ///< 1 to 65,535
  wire_list<mqttspan::reason_code> reason_codes{};  ///< 5.0: at least one, one for each filter; none in 3.x
  property_list properties{};                       ///< 5.0
};

/// Shows that the client is alive; client to server. @spec 5.0 §3.12
struct pingreq {
  static constexpr packet_type type = packet_type::pingreq;  ///< its number, for templates
};

/// Answers PINGREQ; server to client. @spec 5.0 §3.13
struct pingresp {
  static constexpr packet_type type = packet_type::pingresp;  ///< its number, for templates
};

/// Ends the connection; client to server, in 5.0 both ways. @spec 5.0 §3.14
struct disconnect {
  static constexpr packet_type type = packet_type::disconnect;  ///< its number, for templates

  mqttspan::reason_code reason_code = reason_code::normal_disconnection;  ///< 5.0
  property_list properties{};                                               ///< 5.0
};

/// A step of enhanced authentication; both ways, 5.0 only. Needs an Authentication Method, unless the code is success and it has no properties
/// at all, which the specification both allows and forbids. @spec 5.0 §3.15
struct auth {
  static constexpr packet_type type = packet_type::auth;  ///< its number, for templates

  mqttspan::reason_code reason_code = reason_code::success;  ///< how far the exchange has come
  property_list properties{};                                ///< with the method and its data
};

/// Any packet. The alternative's index is the packet type less one.
using packet = std::variant<connect, connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback, unsubscribe, unsuback, pingreq, pingresp,
                            disconnect, auth>;

/// The type of the packet inside.
constexpr packet_type type_of(const packet& p) noexcept { return static_cast<packet_type>(p.index() + 1); }

namespace detail {
template <class P, class Variant>
inline constexpr bool is_alternative = false;
template <class P, class... Packets>
inline constexpr bool is_alternative<P, std::variant<Packets...>> = (std::is_same_v<P, Packets> || ...);

// The four that acknowledge a PUBLISH or each other.
template <class P>
inline constexpr bool is_ack = std::is_same_v<P, puback> || std::is_same_v<P, pubrec> || std::is_same_v<P, pubrel> || std::is_same_v<P, pubcomp>;

}  // namespace detail

/// One of the fifteen.
template <class P>
concept control_packet = detail::is_alternative<P, packet>;

static_assert(std::is_trivially_copyable_v<packet>);
static_assert(sizeof(void*) != 8 || (sizeof(publish) == 56 && sizeof(connect) == 152 && sizeof(packet) == 160));

/// Equal field by field, views by what they show. A list compares by its items, whether they are the caller's or on the wire.
/// @{
MQTTSPAN_API bool operator==(const will&, const will&) noexcept;
MQTTSPAN_API bool operator==(const connect&, const connect&) noexcept;
MQTTSPAN_API bool operator==(const connack&, const connack&) noexcept;
MQTTSPAN_API bool operator==(const publish&, const publish&) noexcept;
MQTTSPAN_API bool operator==(const puback&, const puback&) noexcept;
MQTTSPAN_API bool operator==(const pubrec&, const pubrec&) noexcept;
MQTTSPAN_API bool operator==(const pubrel&, const pubrel&) noexcept;
MQTTSPAN_API bool operator==(const pubcomp&, const pubcomp&) noexcept;
MQTTSPAN_API bool operator==(const subscribe&, const subscribe&) noexcept;
MQTTSPAN_API bool operator==(const suback&, const suback&) noexcept;
MQTTSPAN_API bool operator==(const unsubscribe&, const unsubscribe&) noexcept;
MQTTSPAN_API bool operator==(const unsuback&, const unsuback&) noexcept;
MQTTSPAN_API bool operator==(const disconnect&, const disconnect&) noexcept;
MQTTSPAN_API bool operator==(const auth&, const auth&) noexcept;
constexpr bool operator==(const pingreq&, const pingreq&) noexcept { return true; }
constexpr bool operator==(const pingresp&, const pingresp&) noexcept { return true; }
/// @}

}  // namespace mqttspan
