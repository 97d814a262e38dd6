// Packets compare field by field.
#include <mqttspan/codec/packet.hpp>

#include <cstring>

namespace mqttspan::inline MQTTSPAN_ABI {
namespace {

bool same(bytes_view a, bytes_view b) noexcept { return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0); }

bool same(const std::optional<bytes_view>& a, const std::optional<bytes_view>& b) noexcept {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

template <class P>
bool same_acknowledgement(const P& a, const P& b) noexcept {
  return a.packet_id == b.packet_id && a.reason_code == b.reason_code && a.properties == b.properties;
}

}  // namespace

bool operator==(const will& a, const will& b) noexcept {
  return a.topic == b.topic && same(a.payload, b.payload) && a.properties == b.properties && a.qos == b.qos && a.retain == b.retain;
}

bool operator==(const connect& a, const connect& b) noexcept {
  const bool wills = a.will.has_value() == b.will.has_value() && (!a.will || *a.will == *b.will);
  const bool users = a.user_name.has_value() == b.user_name.has_value() && (!a.user_name || *a.user_name == *b.user_name);
  return a.version == b.version && a.clean_start == b.clean_start && a.keep_alive == b.keep_alive && a.bridge == b.bridge &&
         a.client_id == b.client_id && wills && users && same(a.password, b.password) && a.properties == b.properties;
}

bool operator==(const connack& a, const connack& b) noexcept {
  return a.session_present == b.session_present && a.reason_code == b.reason_code && a.properties == b.properties;
}

bool operator==(const publish& a, const publish& b) noexcept {
  return a.topic == b.topic && same(a.payload, b.payload) && a.properties == b.properties && a.packet_id == b.packet_id && a.qos == b.qos &&
         a.retain == b.retain && a.dup == b.dup;
}

bool operator==(const puback& a, const puback& b) noexcept { return same_acknowledgement(a, b); }
bool operator==(const pubrec& a, const pubrec& b) noexcept { return same_acknowledgement(a, b); }
bool operator==(const pubrel& a, const pubrel& b) noexcept { return same_acknowledgement(a, b) && a.dup == b.dup; }
bool operator==(const pubcomp& a, const pubcomp& b) noexcept { return same_acknowledgement(a, b); }

bool operator==(const subscribe& a, const subscribe& b) noexcept {
  return a.packet_id == b.packet_id && a.dup == b.dup && a.subscriptions == b.subscriptions && a.properties == b.properties;
}

bool operator==(const suback& a, const suback& b) noexcept {
  return a.packet_id == b.packet_id && a.reason_codes == b.reason_codes && a.properties == b.properties;
}

bool operator==(const unsubscribe& a, const unsubscribe& b) noexcept {
  return a.packet_id == b.packet_id && a.dup == b.dup && a.topic_filters == b.topic_filters && a.properties == b.properties;
}

bool operator==(const unsuback& a, const unsuback& b) noexcept {
  return a.packet_id == b.packet_id && a.reason_codes == b.reason_codes && a.properties == b.properties;
}

bool operator==(const disconnect& a, const disconnect& b) noexcept { return a.reason_code == b.reason_code && a.properties == b.properties; }
bool operator==(const auth& a, const auth& b) noexcept { return a.reason_code == b.reason_code && a.properties == b.properties; }

}  // namespace mqttspan
