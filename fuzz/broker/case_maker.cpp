// What the families of cases have in common: names, and valid packets that are kept from doing harm to the run itself.
#include "case_source.hpp"
#include "mutation.hpp"
#include "wire.hpp"

namespace mqttspan::fuzz {
namespace {

using conformance::wire::encoded;

constexpr packet_type from_clients[] = {packet_type::publish,   packet_type::publish, packet_type::publish,     packet_type::subscribe, packet_type::subscribe, packet_type::unsubscribe,
                                        packet_type::puback,    packet_type::pubrec,  packet_type::pubrel,      packet_type::pubcomp,   packet_type::pingreq};
constexpr std::uint16_t ids[] = {1, 1, 2, 2, 3, 255, 256, 32'768, 65'535};
constexpr std::string_view topic_ends[] = {"", "/a", "/a/b", "/b", "/", "//"};
constexpr std::string_view filter_ends[] = {"", "/a", "/a/b", "/+", "/#", "/+/b", "/+/#", "/a/#"};

}  // namespace

std::string case_maker::topic() const { return prefix() + std::string(any(topic_ends)); }

std::string case_maker::filter() const {
  if (one_in(200)) return one_in(2) ? "#" : "+/+";  // everybody's traffic
  return prefix() + std::string(any(filter_ends));
}

std::uint16_t case_maker::packet_id() const { return any(ids); }

std::string case_maker::connect(std::string_view role) const {
  return encoded(mqttspan::connect{.version = version, .keep_alive = 0, .client_id = client_id(role)}, version);
}

std::string case_maker::valid_packet() const {
  test::sample s = packets.next(one_in(50) && v5() ? packet_type::auth : any(from_clients), version);
  while (s.from == sender::server) s = packets.next(type_of(s.packet), version);
  std::string name;
  if (auto* const p = std::get_if<publish>(&s.packet); p && (p->retain || one_in(2))) name = topic(), p->topic = name;  // retained ones are few
  subscription wish;
  if (auto* const p = std::get_if<subscribe>(&s.packet); p && !one_in(4)) {
    wish = p->subscriptions.size() != 0 ? *p->subscriptions.begin() : subscription{};
    name = filter();
    wish.topic_filter = name;
    p->subscriptions = std::span<const subscription>(&wish, 1);
    return encoded(s.packet, version);
  }
  return encoded(s.packet, version);
}

std::string case_maker::valid_connect() const {
  test::sample s = packets.next(packet_type::connect, version);
  auto& c = std::get<mqttspan::connect>(s.packet);
  std::string id = "mfs" + std::to_string(below(64)), name = topic();
  if (!c.clean_start || one_in(2)) c.client_id = id;  // sessions that stay are few
  if (c.will) c.will->topic = name;
  return encoded(s.packet, version);
}

std::string case_maker::changed(std::string packet) const {
  for (std::uint32_t times = 1 + below(3); times > 0; --times) packet = mutated(packet, choices);
  return packet;
}

}  // namespace mqttspan::fuzz
