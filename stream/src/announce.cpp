#include "announce.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

announced read_announced(const property_list& properties, const announced& absent) noexcept {
  announced a = absent;
  for (const property& p : properties) {
    const std::uint32_t value = p.integer();
    switch (p.id()) {
      case property_id::maximum_packet_size: a.maximum_packet_size = value < max_packet_length ? value : max_packet_length; break;
      case property_id::receive_maximum: a.receive_maximum = static_cast<std::uint16_t>(value); break;
      case property_id::topic_alias_maximum: a.topic_alias_maximum = static_cast<std::uint16_t>(value); break;
      case property_id::maximum_qos: a.maximum_qos = static_cast<qos>(value); break;
      case property_id::retain_available: a.retain_available = value != 0; break;
      case property_id::wildcard_subscription_available: a.wildcard_subscription_available = value != 0; break;
      case property_id::subscription_identifier_available: a.subscription_identifier_available = value != 0; break;
      case property_id::shared_subscription_available: a.shared_subscription_available = value != 0; break;
      case property_id::request_problem_information: a.request_problem_information = value != 0; break;
      case property_id::request_response_information: a.request_response_information = value != 0; break;
      case property_id::session_expiry_interval: a.session_expiry_interval = value; break;
      default: break;
    }
  }
  return a;
}

rule complete(completed_properties& properties, const property_list& given, const connection_options& options) noexcept {
  if (!properties.append(given)) return rule::too_many_user_properties;
  struct limit {
    property_id id;
    std::uint32_t kept;    // what the connection has
    std::uint32_t absent;  // what its absence says
  };
  const limit limits[] = {{property_id::receive_maximum, options.receive_maximum, 65'535},
                          {property_id::topic_alias_maximum, options.topic_alias_maximum, 0},
                          {property_id::maximum_packet_size, options.parse.max_packet_size, max_packet_length}};
  for (const limit& l : limits) {
    if (given.contains(l.id)) {
      for (const property& p : given)
        if (p.id() == l.id && p.integer() > l.kept && l.kept != max_packet_length) return rule::announced_more_than_kept;
    } else if (l.kept != l.absent && !properties.add(property(l.id, l.kept))) {
      return rule::too_many_user_properties;
    }
  }
  return rule::none;
}

rule check_available(const subscribe& p, const announced& server) noexcept {
  if (!server.subscription_identifier_available && p.properties.contains(prop::subscription_identifier)) return rule::subscription_identifier_not_available;
  if (server.wildcard_subscription_available && server.shared_subscription_available) return rule::none;
  for (const subscription& s : p.subscriptions) {
    if (!server.shared_subscription_available && s.topic_filter.starts_with("$share/")) return rule::share_not_available;
    if (!server.wildcard_subscription_available && s.topic_filter.find_first_of("+#") != std::string_view::npos) return rule::wildcard_not_available;
  }
  return rule::none;
}

}  // namespace mqttspan::detail
