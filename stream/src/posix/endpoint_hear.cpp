// What an endpoint hears, and whom it tells.
#include <mqttspan/posix/endpoint.hpp>

#include <utility>
#include <variant>
#include <vector>

#include "gathering.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::posix {
namespace {

template <class... Seen>
void call(const handlers::callback<Seen...>& handler, endpoint& e, const Seen&... seen) {
  if (handler) handler(e, seen...);
}

}  // namespace

void endpoint::tell_connected() {
  if (std::exchange(is_new_, false) && is_open()) call(group_->on.connected, *this);
}

void endpoint::tell_readable() {
  if (!group_->options.pull || is_asked_ || is_held() || !is_open()) return;
  if (std::exchange(is_news_, false)) call(group_->on.readable, *this);
}

void endpoint::take() {
  // The end is told also to those who are paused, and in pull mode: there is nothing left that they could ask for.
  const auto may_take = [this] {
    return state_ <= state::open && (connection_.phase() == connection_phase::ended || (!is_held() && !group_->options.pull));
  };
  while (may_take()) {
    const connection_event e = connection_.next_event();
    if (e.kind() == connection_event_kind::nothing) break;
    dispatch(e);
  }
}

connection_event endpoint::next() {
  const connection_event e = connection_.next_event();
  if (e.kind() == connection_event_kind::ended && state_ <= state::open) dispatch(e);
  is_news_ = e.kind() != connection_event_kind::nothing;
  is_asked_ = e.kind() == connection_event_kind::nothing && connection_.input_left() == 0;
  if (is_asked_) release_buffer();
  group_->loop.soon(*this);
  return e;
}

void endpoint::dispatch(const connection_event& e) {
  switch (e.kind()) {
    case connection_event_kind::packet: return dispatch_packet(e.packet());
    case connection_event_kind::publish_begin: return begin_publish(e.publish_begin());
    case connection_event_kind::payload_chunk: return gather(e.chunk());
    case connection_event_kind::publish_end: return end_publish();
    case connection_event_kind::nothing: return;
    case connection_event_kind::ended: break;
  }
  if (!closing_) closing_ = std::make_unique<closing>();
  closing_->mqtt = e.ending();
  if (e.ending().will_is_due && will_) closing_->will = &*will_->what, closing_->will_delay = will_->delay;
  // What it has said tells more than how it went away.
  if (e.ending().why == ending::cause::peer || e.ending().why == ending::cause::fault_of_peer) closing_->transport.clear();
  closing_->version = connection_.version();
  state_ = state::closing;
  close_by_ = group_->loop.now() + group_->options.close_timeout;
  queue_.clear();
  queued_ = 0;
}

void endpoint::dispatch_packet(const packet& p) {
  const handlers& on = group_->on;
  const auto* const hello = std::get_if<mqttspan::connect>(&p);
  if (hello && hello->will) keep(*hello->will);
  switch (p.index()) {
#define MQTTSPAN_PACKET(P)                                                 \
  case static_cast<std::size_t>(packet_type::P) - 1:                       \
    if (on.P) return on.P(*this, *std::get_if<mqttspan::P>(&p));           \
    break;
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
    default: break;
  }
  if (on.other) return on.other(*this, p);
  if (hello) accept(*hello);
}

// In 5.0 who has no name is given one. [5.0/MQTT-3.1.3-6]
void endpoint::accept(const connect& hello) {
  if (hello.version != protocol_version::v5 || !hello.client_id.empty()) return (void)send(connack{});
  const std::string name = "auto-" + std::to_string(++group_->named);
  const property given[] = {prop::assigned_client_identifier(name)};
  (void)send(connack{.properties = given});
}

// As the PUBLISH that it will be, which has no delay.
void endpoint::keep(const will& w) {
  std::vector<property> properties;
  for (const property& p : w.properties)
    if (p.id() != property_id::will_delay_interval) properties.push_back(p);
  publish said{.topic = w.topic, .payload = w.payload, .qos = w.qos, .retain = w.retain, .properties = properties};
  if (w.qos != qos::at_most_once) said.packet_id = 1;  // a place; who sends it puts its own there
  auto copy = owned<publish>::copy_of(said, protocol_version::v5, {.allow = leniency::ill_formed_utf8 | leniency::payload_not_utf8});
  if (!copy) return close(reason_code::unspecified_error);
  will_ = std::make_unique<last_will>(last_will{std::move(*copy), w.properties.get(prop::will_delay_interval).value_or(0)});
}

// ---- A PUBLISH in pieces

void endpoint::begin_publish(const publish_begin& b) {
  if (b.payload_size > group_->options.gather) {
    if (group_->on.publish_begin) return group_->on.publish_begin(*this, b);
    return refuse(reason_code::packet_too_large, "a message of " + std::to_string(b.payload_size) + " bytes is more than is put together here");
  }
  auto head = owned<publish>::copy_of(b.publish, protocol_version::v5, {.allow = leniency::ill_formed_utf8});
  if (!head) return close(reason_code::unspecified_error);
  gathering_ = std::make_unique<gathering>();
  gathering_->head = std::move(*head);
}

void endpoint::gather(const payload_chunk& c) {
  if (!gathering_) return call(group_->on.payload_chunk, *this, c);
  gathering_->payload.insert(gathering_->payload.end(), c.bytes.begin(), c.bytes.end());
}

void endpoint::end_publish() {
  const auto whole = std::move(gathering_);
  if (!whole) return call(group_->on.publish_end, *this, publish_end{});
  packet p(*whole->head);
  std::get_if<publish>(&p)->payload = whole->payload;
  dispatch_packet(p);
}

// ---- Why it closed

bool closing::is_in_order() const noexcept {
  switch (mqtt.why) {
    case ending::cause::peer: return !is_error(mqtt.reason);
    case ending::cause::self: return transport.empty();
    case ending::cause::transport:
    case ending::cause::fault_of_peer:
    case ending::cause::timeout:
    case ending::cause::no_memory: return false;
  }
  return false;
}

std::string closing::text() const {
  const auto with_reason = [this](std::string text) {
    if (mqtt.reason != reason_code::success) text.append(": ").append(text_of(mqtt.reason, packet_type::disconnect));
    return text;
  };
  if (!transport.empty()) return transport;
  switch (mqtt.why) {
    case ending::cause::fault_of_peer: return std::string(describe(mqtt.error, version).view());
    case ending::cause::timeout: return std::string(text_of(mqtt.error));
    case ending::cause::peer: return with_reason("the peer has said goodbye");
    case ending::cause::self: return with_reason("closed by this side");
    case ending::cause::transport:
      return mqtt.error.code == errc::incomplete ? "the peer has gone in the middle of a packet" : "the peer has gone without DISCONNECT";
    case ending::cause::no_memory: return "out of memory";
  }
  return {};
}

}  // namespace mqttspan::posix
