// The MQTT connections of a capture: who is the client, which streams are not MQTT, what belongs together.
#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "capture.hpp"
#include "tcp_reassembly.hpp"

namespace mqttspan {
namespace {

enum class verdict { connect, undecided, other };

// A CONNECT begins 1x, Remaining Length, then the length and the letters of a protocol name: MQTT or MQIsdp.
verdict judge(bytes_view bytes) {
  if (bytes.empty()) return verdict::undecided;
  if (std::to_integer<unsigned>(bytes[0]) >> 4 != static_cast<unsigned>(packet_type::connect)) return verdict::other;
  std::size_t at = 1;
  while (at < bytes.size() && at < 5 && std::to_integer<unsigned>(bytes[at]) >= 0x80) ++at;
  if (at == 5) return verdict::other;
  if (at + 1 >= bytes.size()) return verdict::undecided;
  const std::string_view rest = as_text(bytes.subspan(at + 1));
  for (const std::string_view name : {std::string_view("\0\4MQTT", 6), std::string_view("\0\6MQIsdp", 8)}) {
    const std::size_t both = std::min(rest.size(), name.size());
    if (rest.substr(0, both) == name.substr(0, both)) return both == name.size() ? verdict::connect : verdict::undecided;
  }
  return verdict::other;
}

class connection {
 public:
  connection(std::size_t number, const tcp_segment& first, const reading& how, std::optional<std::uint16_t> server_port, connection_visitor& visitor)
      : number_(number),
        ends_{first.source, first.destination},
        conversation_(how, true),
        visitor_(visitor) {
    if (server_port && ends_[1].port == *server_port) settle(0);
    else if (server_port && ends_[0].port == *server_port) settle(1);
  }

  bool is_replaced_by(const tcp_segment& s) const { return s.syn && !s.ack && order_[side_of(s)].is_other_opening(s.sequence); }

  void take(const tcp_segment& s) {
    const std::size_t side = side_of(s);
    seconds_ = s.seconds;
    if (s.syn) order_[side].open(s.sequence);
    const std::uint32_t start = s.sequence + (s.syn ? 1u : 0u);
    order_[side].segment(start, s.payload, [&](bytes_view bytes) { deliver(side, bytes); });
  }

  void finish() {
    if (!streams_[0]) {
      if (order_[0].delivered() + order_[1].delivered() > 0) visitor_.not_mqtt(number_, ends_[0], ends_[1]);
      return;
    }
    for (std::size_t side : {client_, 1 - client_}) {
      streams_[side]->finish();
      if (const std::size_t bytes = order_[side].held_back(); bytes > 0)
        visitor_.gap({.connection = number_, .seconds = seconds_, .from = sender_of(side), .offset = order_[side].delivered()}, bytes);
    }
  }

 private:
  std::size_t side_of(const tcp_segment& s) const { return s.source == ends_[0] ? 0 : 1; }
  sender sender_of(std::size_t side) const { return side == client_ ? sender::client : sender::server; }

  void deliver(std::size_t side, bytes_view bytes) {
    if (streams_[side]) return streams_[side]->push(bytes, seconds_);
    if (not_mqtt_) return;
    early_[side].insert(early_[side].end(), bytes.begin(), bytes.end());
    const verdict verdicts[] = {judge(early_[0]), judge(early_[1])};
    if (verdicts[side] == verdict::connect) settle(side);
    else if (verdicts[0] == verdict::other && verdicts[1] == verdict::other) give_up();
  }

  void settle(std::size_t client) {
    client_ = client;
    visitor_.connection(number_, ends_[client], ends_[1 - client]);
    for (std::size_t side : {client, 1 - client}) streams_[side] = std::make_unique<packet_stream>(conversation_, visitor_, sender_of(side), number_);
    for (std::size_t side : {client, 1 - client}) streams_[side]->push(std::exchange(early_[side], {}), seconds_);
  }

  void give_up() {
    not_mqtt_ = true;
    early_[0] = {};
    early_[1] = {};
  }

  std::size_t number_;
  endpoint ends_[2];
  conversation conversation_;
  connection_visitor& visitor_;
  tcp_reassembly order_[2];
  std::vector<std::byte> early_[2];  // what came before it was clear who is the client
  std::unique_ptr<packet_stream> streams_[2];
  std::size_t client_ = 0;
  double seconds_ = 0;
  bool not_mqtt_ = false;
};

}  // namespace

bool looks_like_capture(bytes_view bytes) {
  constexpr std::string_view magics[] = {"\xA1\xB2\xC3\xD4", "\xD4\xC3\xB2\xA1", "\xA1\xB2\x3C\x4D", "\x4D\x3C\xB2\xA1", "\x0A\x0D\x0D\x0A"};
  return std::any_of(std::begin(magics), std::end(magics), [&](std::string_view magic) { return as_text(bytes).starts_with(magic); });
}

std::size_t visit_capture(bytes_view capture, const reading& how, std::optional<std::uint16_t> server_port, connection_visitor& visitor) {
  using ends = std::pair<endpoint, endpoint>;
  std::map<ends, std::unique_ptr<connection>> open;
  std::vector<std::unique_ptr<connection>> replaced;
  std::vector<connection*> all;
  const auto take = [&](const tcp_segment& s) {
    auto& found = open[std::minmax(s.source, s.destination)];
    if (found && found->is_replaced_by(s)) replaced.push_back(std::move(found));
    if (!found) {
      found = std::make_unique<connection>(all.size() + 1, s, how, server_port, visitor);
      all.push_back(found.get());
    }
    found->take(s);
  };
  const auto finish = [&] {
    for (connection* c : all) c->finish();
  };
  try {
    const std::size_t fragments = for_each_segment(capture, take);
    finish();
    return fragments;
  } catch (const capture_error&) {
    finish();
    throw;
  }
}

}  // namespace mqttspan
