#include <mqttspan/posix/message.hpp>

#include <utility>

namespace mqttspan::inline MQTTSPAN_ABI::posix {

message::message(const publish& original) : view_(original) {
  view_.packet_id = 0;
  view_.dup = false;
  constexpr property_id own[] = {property_id::topic_alias, property_id::subscription_identifier};
  if (!original.properties.contains(own[0]) && !original.properties.contains(own[1])) return;
  for (const property& p : original.properties)
    if (p.id() != own[0] && p.id() != own[1]) properties_.push_back(p);
  view_.properties = properties_;
}

std::shared_ptr<const owned<publish>> message::keep() {
  if (kept_) return kept_;
  publish numbered = view_;
  if (numbered.qos != qos::at_most_once) numbered.packet_id = 1;  // a place; who sends it puts its own there
  auto copy = owned<publish>::copy_of(numbered, protocol_version::v5, {.allow = leniency::ill_formed_utf8 | leniency::payload_not_utf8});
  if (!copy) return nullptr;
  kept_ = std::make_shared<const owned<publish>>(std::move(*copy));
  return kept_;
}

}  // namespace mqttspan::posix
