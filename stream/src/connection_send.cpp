// What a connection checks before it sends a packet, and what it remembers of it.
#include <mqttspan/stream/connection.hpp>

#include <cstring>
#include <new>

#include "announce.hpp"
#include "flow.hpp"
#include "refusal.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {

using detail::auth_signal;
using detail::authentication;
using detail::progress;
using detail::refusal;
using detail::signal;
using detail::step;

template <class P>
result<sent> connection::send_one(const P& p, instant now) noexcept {
  now_ = now;
  if (const rule broken = check_turn(self_, P::type); broken != rule::none) return refusal(broken, P::type);
  if (!has_memory()) return error{.code = errc::no_space, .in = P::type};
  const auto done = put(p);
  if (done && phase_ != connection_phase::ended) phase_ = step(phase_, self_, P::type).next;
  return done;
}

#define MQTTSPAN_PACKET(P) \
  result<sent> connection::send_packet(const mqttspan::P& p, instant now) noexcept { return send_one(p, now); }
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET

result<sent> connection::send(const packet& p, instant now) noexcept {
  switch (type_of(p)) {
#define MQTTSPAN_PACKET(P) \
  case packet_type::P: return send(*std::get_if<mqttspan::P>(&p), now);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  }
  return error{.code = errc::invalid_argument};  // a variant without a value
}

result<sent> connection::send_borrowed(const mqttspan::publish& p, instant now) noexcept {
  now_ = now;
  if (const rule broken = check_turn(self_, packet_type::publish); broken != rule::none) return refusal(broken, packet_type::publish);
  if (is_borrowing() || !has_memory()) return error{.code = errc::no_space, .in = packet_type::publish};
  return put_message(p, !p.payload.empty());
}

// ---- Onto the wire

generate_options connection::writing() const noexcept {
  return {.sender = self_, .allow = options_.allow, .reject = options_.reject, .max_packet_size = theirs().maximum_packet_size};  // [5.0/MQTT-3.1.2-24] [MQTT-3.2.2-15]
}

result<sent> connection::done(std::uint16_t packet_id) const noexcept { return sent{packet_id, output_.size() > options_.high_water}; }

// Into the output, but for the part of it that is kept free for answers that must not fail.
template <class P>
result<sent> connection::write(const P& p, std::size_t kept_free) noexcept {
  if (output_.space() < kept_free) return error{.code = errc::no_space, .in = P::type};
  const std::span<std::byte> tail = output_.tail();
  const auto written = generate_within(p, version_, tail.first(tail.size() - kept_free), writing());
  if (!written) return written.error();
  output_.commit(written->bytes.size());
  return done();
}

// Those that the connection sends by itself.
#define MQTTSPAN_PACKET(P) template result<sent> connection::write(const mqttspan::P&, std::size_t) noexcept;
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET

result<sent> connection::write_message(const mqttspan::publish& p, bool borrow) noexcept {
  if (!borrow) return write(p);
  if (output_.space() < 2 * reserve) return error{.code = errc::no_space, .in = packet_type::publish};
  const std::span<std::byte> tail = output_.tail();
  const auto head = generate_head(p, version_, tail.first(tail.size() - 2 * reserve), writing());
  if (!head) return head.error();
  output_.commit(head->size());
  output_.borrow(p.payload);
  return done();
}

// ---- Opening and closing

result<sent> connection::put(const mqttspan::connect& p) noexcept {
  mqttspan::connect c = p;
  detail::completed_properties properties;
  if (c.version == protocol_version::v5) {
    if (const rule broken = detail::complete(properties, p.properties, options_); broken != rule::none) return refusal(broken, p.type, errc::invalid_argument);
    c.properties = properties;
  }
  if (has_session_ && c.clean_start) return refusal(rule::session_present_unexpected, p.type, errc::invalid_argument);
  const auto written = write(c);
  if (!written) return written;
  version_ = c.version;
  parser_.set_version(version_);
  clean_start_ = c.clean_start;
  keep_alive_ = c.keep_alive;
  client_ = detail::read_announced(c.properties);
  started_ = last_sent_ = now_;
  apply_limits();
  if (!keep_method(c.properties)) end(ending::cause::no_memory, reason_code::unspecified_error);
  return written;
}

// The owner's verdict: accepted [3.1.1/MQTT-3.1.4-4] [5.0/MQTT-3.1.4-5], or refused for a reason that the connection cannot know
// [3.1.1/MQTT-3.1.3-9] [5.0/MQTT-3.1.3-8] [U311-3.1.4-b] [U311-3.2.2-d] [MQTT-4.12.0-1].
result<sent> connection::put(const connack& p) noexcept {
  const bool accepts = p.reason_code == reason_code::success;
  if (p.session_present && clean_start_) return refusal(rule::session_present_unexpected, p.type, errc::invalid_argument);  // [3.1.1/MQTT-3.2.2-1] [5.0/MQTT-3.2.2-2]
  if (p.properties.contains(prop::response_information) && !client_.request_response_information)
    return refusal(rule::response_information_unasked, p.type, errc::invalid_argument);  // [MQTT-3.1.2-28]
  connack c = p;
  detail::completed_properties properties;
  announced said;
  if (is_v5() && accepts) {
    if (const rule broken = detail::complete(properties, p.properties, options_); broken != rule::none) return refusal(broken, p.type, errc::invalid_argument);
    c.properties = properties;
    said = detail::read_announced(c.properties, {.session_expiry_interval = client_.session_expiry_interval});
    if (has_will_ && will_qos_ > said.maximum_qos) return refusal(rule::qos_above_maximum, p.type, errc::invalid_argument);          // [MQTT-3.2.2-12]
    if (will_retain_ && !said.retain_available) return refusal(rule::retain_not_available, p.type, errc::invalid_argument);          // [MQTT-3.2.2-13]
    if (const rule broken = check_method(p.properties); broken != rule::none) return refusal(broken, p.type, errc::invalid_argument);  // [MQTT-4.12.0-5]
  }
  const auto written = write(c, reserve);
  if (!written) return written;
  if (!accepts) {
    end(ending::cause::self, p.reason_code);  // [3.1.1/MQTT-3.2.2-5] [5.0/MQTT-3.2.2-7] [MQTT-4.12.0-4]
    return written;
  }
  authentication_ = step(authentication_, false, auth_signal::connack).next;
  server_ = said;
  if (const auto seconds = c.properties.get(prop::server_keep_alive)) keep_alive_ = *seconds;  // else the client's own [MQTT-3.2.2-22]
  last_received_ = now_;
  apply_limits();
  start_session(p.session_present);
  if (!start_aliases()) end(ending::cause::no_memory, reason_code::server_busy);
  return written;
}

result<sent> connection::put(const disconnect& p) noexcept {
  if (self_ == sender::client && client_.session_expiry_interval == 0 && p.properties.get(prop::session_expiry_interval).value_or(0) != 0)
    return refusal(rule::session_expiry_raised, p.type, errc::invalid_argument);  // [U5-3.14.2.2.2-b]
  const auto written = write(p, reserve);
  if (written) end(ending::cause::self, p.reason_code);  // [3.1.1/MQTT-3.14.4-1] [5.0/MQTT-3.14.4-2] [MQTT-4.12.1-2] [MQTT-4.13.2-1]
  return written;
}

result<sent> connection::put(const auth& p) noexcept {
  const detail::auth_step next = step(authentication_, phase_ == connection_phase::connected, detail::signal_of(self_, p.reason_code));
  if (next.broken != rule::none) return refusal(next.broken, p.type);
  if (const rule broken = check_method(p.properties); broken != rule::none) return refusal(broken, p.type, errc::invalid_argument);
  detail::completed_properties properties;
  auth a = p;
  if (self_ == sender::server && !client_.request_problem_information) {  // [MQTT-3.1.2-29]
    if (!properties.append(p.properties)) return refusal(rule::too_many_user_properties, p.type, errc::invalid_argument);
    properties.erase(property_id::reason_string);
    properties.erase(property_id::user_property);
    a.properties = properties;
  }
  const auto written = write(a);
  if (!written) return written;
  authentication_ = next.next;
  if (phase_ == connection_phase::connecting) last_received_ = now_;  // the client's time begins
  return written;
}

result<sent> connection::put(const pingreq& p) noexcept {
  const auto written = write(p, reserve);
  if (written && !is_ping_out_) {
    is_ping_out_ = true;
    ping_sent_ = now_;
  }
  return written;
}

result<sent> connection::put(const pingresp& p) noexcept { return write(p, reserve); }

// ---- Messages

result<sent> connection::put(const mqttspan::publish& p) noexcept { return put_message(p, false); }

result<sent> connection::put_message(mqttspan::publish p, bool borrow) noexcept {
  if (const rule broken = check_message(p); broken != rule::none) return refusal(broken, p.type, errc::invalid_argument);
  if (p.qos == qos::at_most_once) return write_with_alias(p, borrow);
  const signal s = p.qos == qos::at_least_once ? signal::publish_1 : signal::publish_2;
  packet_ids::entry* e = ours_.find(p.packet_id);
  const auto next = step(e ? e->state : exchange::none, s);
  const bool is_again = next.is == progress::again;
  if (next.is == progress::in_use) return refusal(rule::packet_id_in_use, p.type);
  if (const rule broken = check_delivery(p, is_again ? e : nullptr); broken != rule::none) return refusal(broken, p.type);
  if ((!is_again || e->is_resumed) && send_quota() == 0) return refusal(rule::send_quota_used_up, p.type);  // [MQTT-4.9.0-2] [MQTT-3.3.4-7] [MQTT-3.3.4-9]
  if (p.packet_id == 0 && (p.packet_id = ours_.next_free()) == 0) return refusal(rule::send_quota_used_up, p.type);  // [3.1.1/MQTT-2.3.1-2] [MQTT-2.3.1-4] [MQTT-2.2.1-3] [MQTT-2.2.1-4]
  const auto written = write_with_alias(p, borrow);
  if (!written) return written;
  if (!is_again) e = ours_.insert(p.packet_id, next.next);  // has room: the quota is below what there are places for
  if (!is_again || e->is_resumed) ++messages_ours_;
  e->is_resumed = false;
  return done(p.packet_id);
}

// What the server does not take, a client does not send. [MQTT-3.2.2-11] [MQTT-3.2.2-14]
rule connection::check_message(const mqttspan::publish& p) const noexcept {
  if (p.qos > theirs().maximum_qos && p.qos <= qos::exactly_once) return rule::qos_above_maximum;
  return p.retain && !theirs().retain_available ? rule::retain_not_available : rule::none;
}

// The first delivery is without DUP, each further one with it; and in 5.0 only in a connection that resumes the session.
// [3.1.1/MQTT-4.3.2-1] [5.0/MQTT-4.3.2-2] [3.1.1/MQTT-4.3.3-1] [5.0/MQTT-4.3.3-2] [MQTT-3.3.1-1] [MQTT-4.3.3-6]
rule connection::check_delivery(const mqttspan::publish& p, const packet_ids::entry* again) const noexcept {
  if (!again) return p.dup ? rule::first_delivery_with_dup : rule::none;
  if (!p.dup) return rule::redelivery_without_dup;
  const bool in_turn = again->state != exchange::received && (again->is_resumed || !is_v5());
  return in_turn ? rule::none : rule::redelivery_out_of_turn;
}

// An alias that the caller set, or one by our policy. The mapping is remembered once the packet is written. [U5-3.3.4-g]
result<sent> connection::write_with_alias(const mqttspan::publish& p, bool borrow) noexcept {
  if (!is_v5() || theirs().topic_alias_maximum == 0) {
    if (is_v5() && p.properties.contains(prop::topic_alias)) return refusal(rule::topic_alias_above_maximum, p.type, errc::invalid_argument);  // [MQTT-3.1.2-27] [MQTT-3.2.2-18]
    return write_message(p, borrow);
  }
  if (const auto alias = p.properties.get(prop::topic_alias)) {
    if (*alias > sent_aliases_.maximum()) return refusal(rule::topic_alias_above_maximum, p.type, errc::invalid_argument);  // [MQTT-3.1.2-26] [MQTT-3.2.2-17] [MQTT-3.3.2-9] [MQTT-3.3.2-11]
    if (p.topic.empty() && sent_aliases_.topic_of(*alias).empty()) return refusal(rule::topic_alias_unknown, p.type, errc::invalid_argument);
    const auto written = write_message(p, borrow);
    if (written && !p.topic.empty() && !sent_aliases_.set(*alias, p.topic)) end(ending::cause::no_memory, reason_code::unspecified_error);
    return written;
  }
  if (options_.aliases == alias_policy::none || p.topic.empty()) return write_message(p, borrow);
  const std::uint16_t known = sent_aliases_.alias_of(p.topic);
  std::uint16_t alias = known != 0 ? known : sent_aliases_.unused();
  if (alias == 0 && options_.aliases == alias_policy::least_recent) alias = sent_aliases_.least_recent();
  detail::completed_properties properties;
  if (alias == 0 || !properties.append(p.properties) || !properties.add(prop::topic_alias(alias))) return write_message(p, borrow);
  mqttspan::publish shortened = p;
  if (known != 0) shortened.topic = {};
  shortened.properties = properties;
  const auto written = write_message(shortened, borrow);
  if (!written) return write_message(p, borrow);  // perhaps there is room for it without
  if (known == 0 && !sent_aliases_.set(alias, p.topic)) end(ending::cause::no_memory, reason_code::unspecified_error);
  return written;
}

// ---- Requests

result<sent> connection::put(const subscribe& p) noexcept {
  if (const rule broken = detail::check_available(p, theirs()); broken != rule::none) return refusal(broken, p.type, errc::invalid_argument);
  return put_request(p, signal::subscribe, p.subscriptions.size());
}

result<sent> connection::put(const unsubscribe& p) noexcept { return put_request(p, signal::unsubscribe, p.topic_filters.size()); }

template <class P>
result<sent> connection::put_request(P p, signal s, std::size_t answers) noexcept {
  packet_ids::entry* e = ours_.find(p.packet_id);
  const auto next = step(exchange::none, s).next;
  const bool asks_again = e && e->state == next && p.dup && version_ == protocol_version::v3_1;  // [U31-2.1-f]
  if (e && !asks_again) return refusal(rule::packet_id_in_use, p.type);
  if (!e && p.dup && version_ == protocol_version::v3_1) return refusal(rule::first_delivery_with_dup, p.type);
  if (!asks_again && requests_ours_ >= options_.max_requests) return refusal(rule::too_many_in_flight, p.type);
  if (p.packet_id == 0) p.packet_id = ours_.next_free();
  const auto written = write(p);
  if (!written) return written;
  if (!asks_again) {
    e = ours_.insert(p.packet_id, next);
    ++requests_ours_;
  }
  e->answers = static_cast<std::uint32_t>(answers);
  return done(p.packet_id);
}

// ---- What CONNECT and CONNACK settle

// Views of the method are good as long as the packet; the connection needs it longer. False where memory is out.
bool connection::keep_method(const property_list& properties) noexcept {
  const auto method = is_v5() ? properties.get(prop::authentication_method) : std::nullopt;
  if (!method) return true;
  authentication_ = authentication::server_turn;
  method_size_ = static_cast<std::uint32_t>(method->size());
  method_.reset(new (std::nothrow) char[method_size_ + 1]);
  if (method_ && method_size_ != 0) std::memcpy(method_.get(), method->data(), method_size_);
  return static_cast<bool>(method_);
}

// Every AUTH, and the CONNACK that accepts, names the method of CONNECT. [MQTT-4.12.0-5] [MQTT-4.12.0-6]
rule connection::check_method(const property_list& properties) const noexcept {
  const auto method = properties.get(prop::authentication_method);
  if (authentication_ == authentication::absent) return method ? rule::authentication_not_agreed : rule::none;
  if (!method) return rule::authentication_method_missing;
  return *method == std::string_view(method_.get(), method_size_) ? rule::none : rule::authentication_method_differs;
}

// What we announced is what we hold the peer to. [U5-3.1.2.11.4-c] [U5-3.2.2.3.6-c]
void connection::apply_limits() noexcept {
  if (ours().maximum_packet_size >= options_.parse.max_packet_size) return;
  stream_options o{.parse = options_.parse};
  o.parse.sender = peer();
  o.parse.max_packet_size = ours().maximum_packet_size;
  parser_.set_options(o);
}

bool connection::start_aliases() noexcept {
  const std::uint16_t most = options_.max_sent_aliases;
  const std::uint16_t theirs_max = theirs().topic_alias_maximum;
  return received_aliases_.reset(ours().topic_alias_maximum) && sent_aliases_.reset(theirs_max < most ? theirs_max : most);
}

}  // namespace mqttspan
