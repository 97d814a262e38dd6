#include "bad_packets.hpp"

namespace mqttspan::conformance::broker {

using namespace wire;

task<> closes_behind(session& s, bytes packet, codes suitable) {
  link& l = co_await join(s, "client");
  l.send(packet);
  co_await expect_close(s, l, suitable);
}

task<> refuses(session& s, bytes connect, codes suitable, std::uint8_t return_code) {
  link& l = co_await reach(s, "client");
  l.send(connect);
  co_await expect_refusal(s, l, suitable, return_code);
}

void add_bad_packets(catalogue& all, std::string_view check, std::span<const bad_packet> table) {
  for (const bad_packet& row : table)
    all.push_back({.check = std::string(check), .name = std::string(row.name), .title = std::string(row.title), .statements = row.statements,
                   .play = [&row](session& s) { return closes_behind(s, row.packet(s), row.suitable); }, .bad_packet = row.packet});
}

void add_bad_connects(catalogue& all, std::string_view check, std::span<const bad_packet> table) {
  for (const bad_packet& row : table)
    all.push_back({.check = std::string(check), .name = std::string(row.name), .title = std::string(row.title), .statements = row.statements,
                   .play = [&row](session& s) { return refuses(s, row.packet(s), row.suitable); }, .bad_packet = row.packet, .is_first_packet = true});
}

bytes connect_of(const session& s, unsigned flags, const bytes& behind, const bytes& properties) {
  connect_parts parts = parts_of(s.version());
  parts.flags |= flags;
  parts.properties = properties;
  parts.payload = text(s.client_id("client")) + behind;
  return connect_packet(with_credentials(s, std::move(parts)), s.version());
}

connect_parts with_credentials(const session& s, connect_parts parts) {
  if (!s.peer().user_name || (parts.flags & 0xC0) != 0) return parts;
  parts.flags |= 0x80;
  parts.payload += text(*s.peer().user_name);
  if (!s.peer().password) return parts;
  parts.flags |= 0x40;
  parts.payload += text(*s.peer().password);
  return parts;
}

task<std::uint16_t> receive_one(session& s, link& l, qos level) {
  const std::string topic = s.topic("one");
  const std::uint8_t granted = co_await subscribe_to(s, l, topic, level);
  if (granted != static_cast<std::uint8_t>(level)) s.inconclusive("the broker grants QoS " + std::to_string(granted) + " only");
  link& other = co_await join(s, "other");
  co_await publish_message(s, other, topic, "one", level);
  const received came = co_await expect<publish>(s, l);
  co_return came.as<publish>()->packet_id;
}

}  // namespace mqttspan::conformance::broker
