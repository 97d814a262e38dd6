#include <mqttspan/codec/answer.hpp>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/packet.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {
namespace {

constexpr bool is_fault_of_peer(errc code) noexcept {
  return code == errc::malformed || code == errc::protocol_violation || code == errc::unsupported_version || code == errc::packet_too_large ||
         code == errc::quota_exceeded;
}

// Which errors of a 3.x CONNECT are worth a return code: 1 for a level nobody speaks, 2 for a client identifier, and none for a malformed packet.
// A foreign protocol name may mean a foreign protocol: nothing we write would be read. [3.1.1/MQTT-3.1.2-1] [3.1.1/MQTT-3.1.4-1]
constexpr bool has_return_code(const error& e) noexcept {
  return e.violated == rule::protocol_level_unsupported || e.reason == reason_code::client_identifier_not_valid;
}

// A code that the packet may carry: what CONNECT alone is refused with has no place in a DISCONNECT.
reason_code sayable(reason_code reason, packet_type in, sender self) noexcept {
  return is_legal(reason, in, self) ? reason : reason_code::protocol_error;
}

}  // namespace

answer answer_to(const error& e, protocol_version version, sender self, phase now) noexcept {
  const bool first_is_no_connect = e.code == errc::wrong_state && self == sender::server && now == phase::before_connack;  // [MQTT-3.1.0-1]
  if (!is_fault_of_peer(e.code) && !first_is_no_connect) return {answer::kind::nothing, {}, version};
  const answer close{answer::kind::close, {}, version};
  const bool v5 = detail::is_v5(version);
  if (self == sender::server && now == phase::before_connack) {
    const bool answerable = e.in == packet_type::connect && e.violated != rule::protocol_name_unknown && (v5 || has_return_code(e));
    return answerable ? answer{answer::kind::connack, v5 ? sayable(e.reason, packet_type::connack, self) : e.reason, version} : close;  // [5.0/MQTT-3.14.0-1]
  }
  // A client may send DISCONNECT as soon as it has sent CONNECT. [U5-4.13.1-a]
  return v5 ? answer{answer::kind::disconnect, sayable(e.reason, packet_type::disconnect, self), version} : close;
}

result<std::span<std::byte>> generate(const answer& a, std::span<std::byte> out) noexcept {
  switch (a.action) {
    case answer::kind::connack: return generate(connack{.reason_code = a.reason}, a.version, out);
    case answer::kind::disconnect: return generate(disconnect{.reason_code = a.reason}, a.version, out);
    case answer::kind::nothing:
    case answer::kind::close: break;
  }
  return out.first(0);
}

}  // namespace mqttspan
