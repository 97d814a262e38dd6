// Names and texts, in an object of their own: a program that prints nothing does not link them.
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/property.hpp>
#include <mqttspan/codec/reason_code.hpp>
#include <mqttspan/codec/rule.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan {

std::string_view to_string(protocol_version version) noexcept {
  switch (version) {
    case protocol_version::v3_1: return "3.1";
    case protocol_version::v3_1_1: return "3.1.1";
    case protocol_version::v5: return "5.0";
  }
  return {};
}

std::optional<protocol_version> version_named(std::string_view name) noexcept {
  for (const protocol_version version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5})
    if (name == to_string(version)) return version;
  return std::nullopt;
}

std::string_view to_string(packet_type type) noexcept {
  switch (type) {
    case packet_type::connect: return "CONNECT";
    case packet_type::connack: return "CONNACK";
    case packet_type::publish: return "PUBLISH";
    case packet_type::puback: return "PUBACK";
    case packet_type::pubrec: return "PUBREC";
    case packet_type::pubrel: return "PUBREL";
    case packet_type::pubcomp: return "PUBCOMP";
    case packet_type::subscribe: return "SUBSCRIBE";
    case packet_type::suback: return "SUBACK";
    case packet_type::unsubscribe: return "UNSUBSCRIBE";
    case packet_type::unsuback: return "UNSUBACK";
    case packet_type::pingreq: return "PINGREQ";
    case packet_type::pingresp: return "PINGRESP";
    case packet_type::disconnect: return "DISCONNECT";
    case packet_type::auth: return "AUTH";
  }
  return "reserved";
}

std::string_view to_string(sender from) noexcept {
  switch (from) {
    case sender::any: return "any";
    case sender::client: return "client";
    case sender::server: return "server";
  }
  return {};
}

std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::incomplete: return "incomplete";
    case errc::malformed: return "malformed";
    case errc::protocol_violation: return "protocol_violation";
    case errc::unsupported_version: return "unsupported_version";
    case errc::packet_too_large: return "packet_too_large";
    case errc::no_space: return "no_space";
    case errc::invalid_argument: return "invalid_argument";
    case errc::quota_exceeded: return "quota_exceeded";
    case errc::wrong_state: return "wrong_state";
  }
  return {};
}

std::string_view to_string(reason_code code) noexcept {
  switch (code) {
#define MQTTSPAN_REASON(name, ...) \
  case reason_code::name: return #name;
#include <mqttspan/codec/reason_codes.inc>
#undef MQTTSPAN_REASON
  }
  return {};
}

std::string_view text_of(reason_code code, packet_type type) noexcept {
  if (code == reason_code::success && type == packet_type::suback) return "granted QoS 0";
  if (code == reason_code::success && type == packet_type::disconnect) return "normal disconnection";
  switch (code) {
#define MQTTSPAN_REASON(name, value, text, ...) \
  case reason_code::name: return text;
#include <mqttspan/codec/reason_codes.inc>
#undef MQTTSPAN_REASON
  }
  return {};
}

std::string_view to_string(property_id id) noexcept {
  switch (id) {
#define MQTTSPAN_PROPERTY(name, ...) \
  case property_id::name: return #name;
#include <mqttspan/codec/properties.inc>
#undef MQTTSPAN_PROPERTY
  }
  return {};
}

std::optional<property_id> property_named(std::string_view name) noexcept {
#define MQTTSPAN_PROPERTY(row, ...) \
  if (name == #row) return property_id::row;
#include <mqttspan/codec/properties.inc>
#undef MQTTSPAN_PROPERTY
  return std::nullopt;
}

std::string_view to_string(rule r) noexcept {
  switch (r) {
    case rule::none: return "none";
#define MQTTSPAN_RULE(name, ...) \
  case rule::name: return #name;
#include <mqttspan/codec/rules.inc>
#undef MQTTSPAN_RULE
  }
  return {};
}

std::string_view text_of(rule r) noexcept {
  switch (r) {
    case rule::none: return {};
#define MQTTSPAN_RULE(name, code, reason, text, ...) \
  case rule::name: return text;
#include <mqttspan/codec/rules.inc>
#undef MQTTSPAN_RULE
  }
  return {};
}

rule rule_named(std::string_view name) noexcept {
#define MQTTSPAN_RULE(row, ...) \
  if (name == #row) return rule::row;
#include <mqttspan/codec/rules.inc>
#undef MQTTSPAN_RULE
  return rule::none;
}

}  // namespace mqttspan
