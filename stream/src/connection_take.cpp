// What a connection does with each packet that it reads: whether it is legal here and now, what it changes, what it is answered with.
#include <mqttspan/stream/connection.hpp>

#include <cstring>
#include <utility>

#include "announce.hpp"
#include "flow.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {

using detail::auth_signal;
using detail::authentication;
using detail::progress;
using detail::signal;
using detail::step;

// A packet whole. Whether the caller gets to see it.
bool connection::take_packet() noexcept {
  last_received_ = now_;
  const packet_type type = current_.type();
  if (type == packet_type::publish && phase_ == connection_phase::connected) [[likely]] {  // which is never out of turn, and changes no phase
    const taken t = take(*std::get_if<mqttspan::publish>(&const_cast<packet&>(current_.packet())));
    return t.broken == rule::none ? t.is_for_caller : accept(type, t);
  }
  if (const rule broken = check_turn(peer(), type); broken != rule::none) return accept(type, {broken});
  // Views in it may be set to the connection's own memory: an alias's topic.
  auto& p = const_cast<packet&>(current_.packet());
  switch (type) {
#define MQTTSPAN_PACKET(P) \
  case packet_type::P: return accept(type, take(*std::get_if<mqttspan::P>(&p)));
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  }
  return false;
}

// A PUBLISH in pieces: whoever sends one is not silent, however long it takes.
bool connection::take_event() noexcept {
  last_received_ = now_;
  if (current_.kind() == event::kind::publish_begin) {
    if (const rule broken = check_turn(peer(), packet_type::publish); broken != rule::none) return accept(packet_type::publish, {broken});
    const taken t = take(const_cast<publish&>(current_.publish_begin().publish));
    is_in_pieces_ = true;
    is_swallowing_ = !t.is_for_caller;
    return accept(packet_type::publish, t);
  }
  if (current_.kind() != event::kind::publish_end) return !is_swallowing_;
  is_in_pieces_ = false;
  if (received_again_ != 0) (void)write(pubrec{.packet_id = std::exchange(received_again_, std::uint16_t{0})}, 0);
  return !std::exchange(is_swallowing_, false);
}

inline bool connection::accept(packet_type type, const taken& t) noexcept {
  if (t.broken == rule::none) {
    if (phase_ != connection_phase::ended) phase_ = step(phase_, peer(), type).next;
    return t.is_for_caller;
  }
  fail(make_error(t.broken, 0, type));
  if (current_.kind() == event::kind::packet) ending_.position -= current_.size();  // the parser is behind it
  return false;
}

// Whether `who`, be it the peer or ourselves, may say that now.
rule connection::check_turn(sender who, packet_type type) const noexcept {
  const rule broken = step(phase_, who, type).broken;
  if (broken != rule::none) return broken;
  const bool authenticating = phase_ == connection_phase::connecting && authentication_ != authentication::absent && who == sender::client;
  return authenticating && type != packet_type::auth && type != packet_type::disconnect ? rule::packet_during_authentication : rule::none;  // [MQTT-3.1.2-30]; renewed, it holds up nothing [U5-4.12.1-c]
}

// ---- Opening and closing

connection::taken connection::take(const mqttspan::connect& p) noexcept {
  version_ = p.version;
  clean_start_ = p.clean_start;
  keep_alive_ = p.keep_alive;
  has_will_ = p.will.has_value();
  will_qos_ = has_will_ ? p.will->qos : qos::at_most_once;
  will_retain_ = has_will_ && p.will->retain;
  client_ = detail::read_announced(p.properties);
  if (!keep_method(p.properties)) return end(ending::cause::no_memory, reason_code::server_busy), taken{rule::none, false};
  return {};
}

connection::taken connection::take(const connack& p) noexcept {
  const bool accepted = p.reason_code == reason_code::success;
  server_ = detail::read_announced(p.properties, {.session_expiry_interval = client_.session_expiry_interval});  // also the last words keep to it
  if (p.session_present && (clean_start_ || (is_v5() && !has_session_))) return {rule::session_present_unexpected};  // [3.1.1/MQTT-3.2.2-1] [5.0/MQTT-3.2.2-2]
  if (p.properties.contains(prop::response_information) && !client_.request_response_information) return {rule::response_information_unasked};
  if (is_v5() && accepted) {
    if (const rule broken = check_method(p.properties); broken != rule::none) return {broken};  // [MQTT-4.12.0-5] [MQTT-4.12.0-6]
    authentication_ = step(authentication_, false, auth_signal::connack).next;
  }
  if (!accepted) {
    end(ending::cause::peer, p.reason_code);  // [3.1.1/MQTT-3.2.2-5] [5.0/MQTT-3.2.2-7]
    return {};
  }
  ping_sent_ = now_;  // of a PINGREQ behind CONNECT the answer can come only now
  if (const auto seconds = p.properties.get(prop::server_keep_alive)) keep_alive_ = *seconds;  // [5.0/MQTT-3.1.2-21] [MQTT-3.2.2-21]
  start_session(p.session_present);
  if (!start_aliases()) end(ending::cause::no_memory, reason_code::unspecified_error);
  return {};
}

connection::taken connection::take(const disconnect& p) noexcept {
  const auto expiry = p.properties.get(prop::session_expiry_interval);
  if (expiry.value_or(0) != 0 && client_.session_expiry_interval == 0) return {rule::session_expiry_raised};  // [U5-3.14.2.2.2-b]
  if (self_ == sender::server && p.reason_code != reason_code::disconnect_with_will_message) has_will_ = false;
  end(ending::cause::peer, p.reason_code);  // [U311-3.14.4-a] [U31-3.14-a] [U5-3.14.4-a]
  return {};
}

connection::taken connection::take(const auth& p) noexcept {
  const detail::auth_step next = step(authentication_, phase_ == connection_phase::connected, detail::signal_of(peer(), p.reason_code));
  if (next.broken != rule::none) return {next.broken};
  if (const rule broken = check_method(p.properties); broken != rule::none) return {broken};  // [MQTT-4.12.0-5] [MQTT-4.12.1-1]
  if (const rule broken = check_problem_information(p.properties); broken != rule::none) return {broken};
  authentication_ = next.next;
  return {};
}

connection::taken connection::take(const pingreq&) noexcept {
  if (options_.auto_ping) (void)write(pingresp{}, 0);  // [MQTT-3.12.4-1] [U31-3.12-a]
  return {};
}

connection::taken connection::take(const pingresp&) noexcept {
  is_ping_out_ = false;
  return {};
}

// ---- Messages

// Whatever was subscribed to, and whether that is settled yet or not. [U311-3.8.4-a] [U5-3.8.4-a] [U311-4.5-a] [U5-4.5-a]
connection::taken connection::take(mqttspan::publish& p) noexcept {
  const announced& limits = ours();
  if (p.qos > limits.maximum_qos) return {rule::qos_above_maximum};               // [U5-3.2.2.3.4-c]
  if (p.retain && !limits.retain_available) return {rule::retain_not_available};  // [U5-3.2.2.3.5-c]
  if (p.properties.contains(property_id::topic_alias)) {
    if (const rule broken = resolve_alias(p); broken != rule::none) return {broken};
  }
  return p.qos == qos::at_most_once || phase_ == connection_phase::ended ? taken{} : take_message(p);
}

// [U5-3.3.4-g] [U5-3.3.4-b] [U5-3.3.4-c] [MQTT-3.3.2-10] [MQTT-3.3.2-12]
rule connection::resolve_alias(mqttspan::publish& p) noexcept {
  const std::uint16_t alias = p.properties.get(prop::topic_alias).value_or(0);
  if (alias > received_aliases_.maximum()) return rule::topic_alias_above_maximum;
  if (p.topic.empty()) {
    p.topic = received_aliases_.topic_of(alias);
    return p.topic.empty() ? rule::topic_alias_unknown : rule::none;
  }
  if (!received_aliases_.set(alias, p.topic)) end(ending::cause::no_memory, reason_code::quota_exceeded);
  return rule::none;
}

// 3.x sets no limit [U311-4.3-a]; above our own the connection ends [3.1.1/MQTT-4.8.0-2].
connection::taken connection::take_message(const mqttspan::publish& p) noexcept {
  packet_ids::entry* e = theirs_.find(p.packet_id);
  const auto next = step(e ? e->state : exchange::none, p.qos == qos::at_least_once ? signal::publish_1 : signal::publish_2);
  if (next.is == progress::in_use) return {rule::packet_id_in_use};
  if (next.is == progress::again) return take_again(*e, p);
  if (const rule broken = check_receive_maximum(); broken != rule::none) return {broken};
  e = enter_theirs(p.packet_id, next.next);
  if (!e) return {rule::too_many_in_flight};
  ++messages_theirs_;
  e->answers = came_[p.qos == qos::exactly_once]++;
  debt_ = {p.qos == qos::at_least_once ? packet_type::puback : packet_type::pubrec, p.packet_id};  // [MQTT-3.3.4-1] [MQTT-4.5.0-2]
  return {};
}

rule connection::check_receive_maximum() const noexcept {
  if (!is_v5()) return messages_theirs_ < options_.unannounced_maximum ? rule::none : rule::too_many_in_flight;
  const std::uint16_t most = ours().receive_maximum < options_.receive_maximum ? ours().receive_maximum : options_.receive_maximum;
  return messages_theirs_ < most ? rule::none : rule::receive_maximum_exceeded;  // [U5-3.3.4-d]
}

// A message that came before and is not answered, or not released yet: the caller does not get it twice. [MQTT-4.3.3-10] [3.1.1/MQTT-4.3.3-2]
connection::taken connection::take_again(packet_ids::entry& e, const mqttspan::publish& p) noexcept {
  if (e.state == exchange::publish_1 && is_v5()) return {rule::packet_id_in_use};  // sent again on one connection
  if (e.is_resumed) {
    if (const rule broken = check_receive_maximum(); broken != rule::none) return {broken};
    e.is_resumed = false;
    ++messages_theirs_;
  }
  if (e.state == exchange::received) {
    if (current_.kind() == event::kind::publish_begin) received_again_ = p.packet_id;
    else (void)write(pubrec{.packet_id = p.packet_id}, 0);
  }
  return {rule::none, false};
}

// ---- Acknowledgements

connection::taken connection::take(const puback& p) noexcept {
  if (const rule broken = check_problem_information(p.properties); broken != rule::none) return {broken};
  return take_answer(p.packet_id, signal::puback, 0);
}

connection::taken connection::take(const pubrec& p) noexcept {
  if (const rule broken = check_problem_information(p.properties); broken != rule::none) return {broken};
  if (is_error(p.reason_code)) return take_answer(p.packet_id, signal::pubrec_refused, 0);
  packet_ids::entry* const e = ours_.find(p.packet_id);
  const auto next = step(e ? e->state : exchange::none, signal::pubrec);
  if (next.is == progress::unknown) {  // [U5-3.6.2.1-b]; 3.x knows no code, and nothing better to say
    (void)write(pubrel{.packet_id = p.packet_id, .reason_code = is_v5() ? reason_code::packet_identifier_not_found : reason_code::success}, 0);
    return {rule::none, false};
  }
  if (next.is == progress::again) {
    if (e->state == exchange::released) (void)write(pubrel{.packet_id = p.packet_id, .dup = version_ == protocol_version::v3_1}, 0);
    return {rule::none, false};
  }
  if (std::exchange(e->is_resumed, false)) ++messages_ours_;  // an answer to an earlier connection's
  e->state = next.next;
  e->answers = recs_came_++;
  debt_ = {packet_type::pubrel, p.packet_id};  // [MQTT-4.3.3-4] [MQTT-4.6.0-4]
  return {};
}

connection::taken connection::take(const pubrel& p) noexcept {
  if (const rule broken = check_problem_information(p.properties); broken != rule::none) return {broken};
  packet_ids::entry* const e = theirs_.find(p.packet_id);
  const auto next = step(e ? e->state : exchange::none, signal::pubrel);
  if (next.is == progress::unknown) {  // [U5-3.7.2.1-b] [MQTT-4.3.3-11]
    (void)write(pubcomp{.packet_id = p.packet_id, .reason_code = is_v5() ? reason_code::packet_identifier_not_found : reason_code::success}, 0);
    return {rule::none, false};
  }
  if (next.is == progress::again) return {rule::none, false};  // PUBCOMP is the caller's to send, once
  e->state = next.next;
  debt_ = {packet_type::pubcomp, p.packet_id};
  return {};
}

connection::taken connection::take(const pubcomp& p) noexcept {
  if (const rule broken = check_problem_information(p.properties); broken != rule::none) return {broken};
  return take_answer(p.packet_id, signal::pubcomp, 0);
}

connection::taken connection::take(const suback& p) noexcept {
  if (const rule broken = check_problem_information(p.properties); broken != rule::none) return {broken};
  return take_answer(p.packet_id, signal::suback, p.reason_codes.size());
}

connection::taken connection::take(const unsuback& p) noexcept {
  if (const rule broken = check_problem_information(p.properties); broken != rule::none) return {broken};
  return take_answer(p.packet_id, signal::unsuback, p.reason_codes.size());
}

// The last step of something that we began; a code that tells of an error ends that alone [U5-4.13.2-a]. [U5-2.2.1-c] [3.1.1/MQTT-2.3.1-3]
connection::taken connection::take_answer(std::uint16_t id, signal s, std::size_t answers) noexcept {
  packet_ids::entry* const e = ours_.find(id);
  if (step(e ? e->state : exchange::none, s).is != progress::ends) return take_stray();
  const bool counts = s == signal::suback || (s == signal::unsuback && is_v5());
  if (counts && answers != e->answers) return {rule::reason_codes_not_as_many};  // [3.1.1/MQTT-3.8.4-5] [5.0/MQTT-3.8.4-6] [U31-3.9-a]
  free_ours(*e);
  return {};
}

connection::taken connection::take_stray() const noexcept {
  return options_.stray == stray_acknowledgement::close ? taken{rule::packet_id_unknown} : taken{rule::none, false};  // [U311-4.3-b] [U5-4.3.2-a]
}

// A server that was told not to explain. [U5-3.1.2.11.7-c]
rule connection::check_problem_information(const property_list& properties) const noexcept {
  if (self_ == sender::server || client_.request_problem_information) return rule::none;
  const bool explains = properties.contains(prop::reason_string) || properties.contains(property_id::user_property);
  return explains ? rule::problem_information_unasked : rule::none;
}

// ---- Requests

connection::taken connection::take(const subscribe& p) noexcept {
  if (const rule broken = detail::check_available(p, ours()); broken != rule::none) return {broken};
  return take_request(p.packet_id, p.dup, signal::subscribe, p.subscriptions.size());
}

connection::taken connection::take(const unsubscribe& p) noexcept {
  return take_request(p.packet_id, p.dup, signal::unsubscribe, p.topic_filters.size());
}

// The answer is the caller's: it knows what it grants. In 3.1 a client that waits for it may ask again, with DUP. [MQTT-3.8.4-1] [MQTT-3.10.4-4] [U31-3.8-b] [U31-3.10-a]
connection::taken connection::take_request(std::uint16_t id, bool dup, signal s, std::size_t answers) noexcept {
  packet_ids::entry* e = theirs_.find(id);
  const auto next = step(e ? e->state : exchange::none, s);
  if (e && dup && e->answers == answers && e->state == step(exchange::none, s).next) return {rule::none, false};  // [U31-2.1-f]
  if (next.is != progress::begins) return {rule::packet_id_in_use};
  e = requests_theirs_ < options_.max_requests ? enter_theirs(id, next.next) : nullptr;
  if (!e) return {rule::too_many_in_flight};
  ++requests_theirs_;
  e->answers = static_cast<std::uint32_t>(answers);
  return {};
}

// ---- What is owed

// The caller has had the event before, and did not answer it itself: taken over, so acknowledged. There is room: `reserve` is kept for it.
// [5.0/MQTT-4.3.2-4] [MQTT-4.3.3-8]
void connection::settle() noexcept {
  if (options_.auto_acknowledge && !is_in_pieces_) {
    if (debt_.answer == packet_type::puback && acknowledge_simply()) return;
    switch (debt_.answer) {
      case packet_type::puback: (void)put(puback{.packet_id = debt_.packet_id}); break;
      case packet_type::pubrec: (void)put(pubrec{.packet_id = debt_.packet_id}); break;
      case packet_type::pubrel: (void)put(pubrel{.packet_id = debt_.packet_id}); break;
      case packet_type::pubcomp: (void)put(pubcomp{.packet_id = debt_.packet_id}); break;
      default: break;
    }
    debt_ = {};
  }
  if (is_resuming_) resume();
}

// The straight way for what is said most often: nobody has come between the message and its PUBACK.
bool connection::acknowledge_simply() noexcept {
  packet_ids::entry* const e = theirs_.find(debt_.packet_id);
  if (!e || e->state != exchange::publish_1 || e->answers != answered_[0] || is_resuming_ || !write_bare(packet_type::puback, e->id, last_words)) return false;
  debt_ = {};
  ++answered_[0];
  --messages_theirs_;
  theirs_.erase(*e);
  return true;
}

// PUBREL once more for all that the session had received or released, in order, as far as the output takes them. [3.1.1/MQTT-4.4.0-1] [5.0/MQTT-4.4.0-1]
void connection::resume() noexcept {
  while (output_.space() >= 2 * reserve) {
    packet_ids::entry* first = nullptr;
    for (packet_ids::entry& e : ours_.places())
      if (e.is_resumed && (e.state == exchange::received || e.state == exchange::released) && (!first || e.order < first->order)) first = &e;
    if (!first) {
      is_resuming_ = false;
      return;
    }
    first->is_resumed = false;
    first->state = exchange::released;
    ++messages_ours_;
    (void)write(pubrel{.packet_id = first->id, .dup = version_ == protocol_version::v3_1}, 0);
  }
}

}  // namespace mqttspan
