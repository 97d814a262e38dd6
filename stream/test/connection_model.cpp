#include "connection_model.hpp"

#include <algorithm>
#include <ostream>

namespace mqttspan::test {

using enum exchange;

model::model(sender self, protocol_version version, bool automatic, std::vector<session_entry> session)
    : self_(self), version_(version), automatic_(automatic), session_(std::move(session)) {
  for (const session_entry& e : session_) (e.is_ours ? ours_ : theirs_)[e.packet_id] = {e.state, true, 0};
}

std::size_t model::messages(const ids& all) {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const auto& e) { return e.second.at != subscribe && e.second.at != unsubscribe && !e.second.resumed; }));
}
std::size_t model::requests(const ids& all) {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const auto& e) { return e.second.at == subscribe || e.second.at == unsubscribe; }));
}
std::size_t model::quota() const {
  const std::size_t most = std::min(model_limits::send_maximum, peer_receives_), used = messages(ours_);
  return used < most ? most - used : 0;
}
std::map<std::pair<bool, std::uint16_t>, exchange> model::kept() const {
  std::map<std::pair<bool, std::uint16_t>, exchange> all;
  for (const auto& [id, e] : ours_)
    if (e.at != subscribe && e.at != unsubscribe) all[{true, id}] = e.at;
  for (const auto& [id, e] : theirs_)
    if (e.at == received) all[{false, id}] = e.at;
  return all;
}

bool model::knows(const happening& h) const {
  // Before CONNECT a client cannot read 5.0. And PINGRESP is said by the connection itself.
  if (is_client() && v5() && phase_ == connection_phase::fresh && h.type != packet_type::pingresp && h.what == happening::kind::theirs) return false;
  if (h.what == happening::kind::ours && h.type == packet_type::pingresp) return false;
  return h.what != happening::kind::theirs || is_client() || phase_ != connection_phase::connecting || turn_ == turn::client;
}

outcome model::step(const happening& h) {
  outcome o;
  switch (h.what) {
    case happening::kind::ours: say(o, h); break;
    case happening::kind::theirs:
      if (phase_ != connection_phase::ended) hear(o, h);
      break;
    case happening::kind::wait: pass(o, h.milliseconds); break;
    case happening::kind::close:
      if (phase_ == connection_phase::ended) break;
      if (is_client() ? phase_ != connection_phase::fresh : phase_ == connection_phase::connected && v5()) o.written.push_back(packet_type::disconnect);
      end(o, ending::cause::self, rule::none);
  }
  return o;
}

void model::end(outcome& o, ending::cause why, rule broken) {
  phase_ = connection_phase::ended;
  o.events.push_back("ended " + std::to_string(static_cast<int>(why)) + ' ' + std::to_string(static_cast<int>(broken)));
}

// ---- What we send

void model::say(outcome& o, const happening& h) {
  o.refused = why_not(h);
  if (o.refused != rule::none) return;
  sent_ = now_;
  switch (h.type) {
    case packet_type::connect:
      phase_ = connection_phase::connecting;
      clean_ = h.flag;
      keep_alive_ = h.keep_alive;
      opened_ = now_;
      if (v5() && h.has_method) turn_ = turn::server;
      break;
    case packet_type::connack:
      if (h.code != reason_code::success) return end(o, ending::cause::self, rule::none);
      phase_ = connection_phase::connected;
      if (turn_ != turn::absent) turn_ = turn::settled;
      heard_ = now_;
      start(h.flag, o);
      break;
    case packet_type::publish:
      if (h.qos == qos::at_most_once) break;
      o.id = h.id != 0 ? h.id : fresh_id();
      ours_[o.id] = {h.qos == qos::at_least_once ? publish_1 : publish_2, false, 0};
      break;
    case packet_type::puback: to_puback_.erase(to_puback_.begin()), theirs_.erase(h.id); break;
    case packet_type::pubrec:
      to_pubrec_.erase(to_pubrec_.begin());
      if (is_error(h.code)) theirs_.erase(h.id);
      else theirs_[h.id].at = received;
      break;
    case packet_type::pubrel:
      o.id = h.id;
      std::erase(to_pubrel_, h.id);
      ours_[h.id] = {released, false, 0};
      break;
    case packet_type::pubcomp: case packet_type::suback: case packet_type::unsuback: theirs_.erase(h.id); break;
    case packet_type::subscribe: case packet_type::unsubscribe:
      o.id = h.id != 0 ? h.id : fresh_id();
      ours_[o.id] = {h.type == packet_type::subscribe ? subscribe : unsubscribe, false, h.count};
      break;
    case packet_type::pingreq:
      if (!pinged_) pinged_ = now_;
      break;
    case packet_type::disconnect: end(o, ending::cause::self, rule::none); break;
    case packet_type::auth: turn_after(is_client(), h.code); break;
    case packet_type::pingresp: break;
  }
}

std::uint16_t model::fresh_id() {
  do ++last_id_;
  while (ours_.count(last_id_) != 0);
  return last_id_;
}

rule model::why_not(const happening& h) {
  const bool authenticating = phase_ == connection_phase::connecting && turn_ != turn::absent;
  if (phase_ == connection_phase::ended) return rule::packet_after_end;
  if (is_client()) {
    if (phase_ == connection_phase::fresh && h.type != packet_type::connect) return rule::connect_not_first;
    if (phase_ != connection_phase::fresh && h.type == packet_type::connect) return rule::connect_twice;
    if (authenticating && h.type != packet_type::auth && h.type != packet_type::disconnect) return rule::packet_during_authentication;
  } else {
    if (phase_ == connection_phase::fresh) return rule::packet_before_connack;
    if (phase_ == connection_phase::connecting && h.type != packet_type::connack && h.type != packet_type::auth) return rule::packet_before_connack;
    if (phase_ == connection_phase::connected && h.type == packet_type::connack) return rule::connack_twice;
  }
  const exchange ours = ours_at(h.id), theirs = theirs_at(h.id);
  const auto answers = [&](exchange at, const std::vector<std::uint16_t>* order) {
    if (theirs != at) return rule::packet_id_unknown;
    return order && order->front() != h.id ? rule::acknowledged_out_of_order : rule::none;
  };
  const auto counts = [&](exchange at) {
    if (theirs != at) return rule::packet_id_unknown;
    return theirs_[h.id].count != h.count ? rule::reason_codes_not_as_many : rule::none;
  };
  switch (h.type) {
    case packet_type::connect: return !session_.empty() && h.flag ? rule::session_present_unexpected : rule::none;
    case packet_type::connack:
      if (h.flag && clean_) return rule::session_present_unexpected;
      if (h.code != reason_code::success || !v5()) return rule::none;
      if (turn_ == turn::absent) return h.has_method ? rule::authentication_not_agreed : rule::none;
      return h.has_method ? rule::none : rule::authentication_method_missing;
    case packet_type::publish: return why_no_publish(h);
    case packet_type::puback: return answers(publish_1, &to_puback_);
    case packet_type::pubrec: return answers(publish_2, &to_pubrec_);
    case packet_type::pubcomp: return answers(released, nullptr);
    case packet_type::pubrel:
      if (ours != received && ours != released) return rule::packet_id_unknown;
      if (ours_[h.id].resumed) return rule::none;
      if (ours == released) return v5() ? rule::redelivery_out_of_turn : rule::none;
      return to_pubrel_.front() == h.id ? rule::none : rule::acknowledged_out_of_order;
    case packet_type::subscribe: case packet_type::unsubscribe:
      if (ours != none) return rule::packet_id_in_use;
      return requests(ours_) >= model_limits::requests ? rule::too_many_in_flight : rule::none;
    case packet_type::suback: return counts(subscribe);
    case packet_type::unsuback: return v5() ? counts(unsubscribe) : answers(unsubscribe, nullptr);
    case packet_type::auth: return why_no_auth(is_client(), h.code);
    default: return rule::none;
  }
}

rule model::why_no_publish(const happening& h) const {
  if (only_qos_1_ && h.qos == qos::exactly_once) return rule::qos_above_maximum;
  if (h.qos == qos::at_most_once) return rule::none;
  const exchange at = ours_at(h.id), wanted = h.qos == qos::at_least_once ? publish_1 : publish_2;
  const bool again = at == wanted || (at == received && wanted == publish_2);
  if (at != none && !again) return rule::packet_id_in_use;
  if (!again) {
    if (h.dup) return rule::first_delivery_with_dup;
  } else {
    if (!h.dup) return rule::redelivery_without_dup;
    if (at == received || (v5() && !ours_.at(h.id).resumed)) return rule::redelivery_out_of_turn;
    if (!ours_.at(h.id).resumed) return rule::none;  // it counts already
  }
  return quota() == 0 ? rule::send_quota_used_up : rule::none;
}

rule model::why_no_auth(bool by_client, reason_code code) const {
  if (turn_ == turn::absent) return rule::authentication_not_agreed;
  const bool connected = phase_ == connection_phase::connected;
  const bool good = code == reason_code::re_authenticate ? by_client && connected && turn_ == turn::settled
                    : code == reason_code::success       ? !by_client && connected && turn_ == turn::server
                                                         : turn_ == (by_client ? turn::client : turn::server);
  return good ? rule::none : rule::authentication_out_of_turn;
}

void model::turn_after(bool by_client, reason_code code) { turn_ = by_client ? turn::server : code == reason_code::success ? turn::settled : turn::client; }

void model::start(bool session_present, outcome& o) {
  const bool goes_on = version_ == protocol_version::v3_1 ? !session_.empty() && !clean_ : session_present;
  if (!goes_on) {
    for (ids* all : {&ours_, &theirs_}) std::erase_if(*all, [](const auto& e) { return e.second.resumed; });
  } else if (automatic_) {
    for (auto& [id, e] : ours_)
      if (e.resumed && (e.at == received || e.at == released)) e = {released, false, 0}, o.written.push_back(packet_type::pubrel);
  }
}

// ---- Time

void model::pass(outcome& o, std::int64_t milliseconds) {
  now_ += milliseconds;
  const bool connecting = phase_ == connection_phase::connecting, connected = phase_ == connection_phase::connected;
  const bool waits_for_auth = connecting && turn_ == turn::client;
  const std::int64_t since = !is_client() && waits_for_auth ? heard_ : opened_;
  const bool waits = is_client() ? connecting : phase_ == connection_phase::fresh || waits_for_auth;
  if (waits && now_ - since >= model_limits::connect_timeout) return end(o, ending::cause::timeout, rule::connect_timeout);
  if (keep_alive_ == 0) return;
  if (is_client()) {
    if (connected && pinged_ && now_ - *pinged_ >= keep_alive_ * 1000) return end(o, ending::cause::timeout, rule::ping_timeout);
    if ((connected || (connecting && turn_ == turn::absent)) && now_ - sent_ >= keep_alive_ * 875) {
      o.written.push_back(packet_type::pingreq);
      sent_ = now_;
      if (!pinged_) pinged_ = now_;
    }
  } else if ((connected || waits_for_auth) && now_ - heard_ >= keep_alive_ * 1500) {
    if (v5() && connected) o.written.push_back(packet_type::disconnect);
    end(o, ending::cause::timeout, rule::keep_alive_timeout);
  }
}

}  // namespace mqttspan::test
