// What comes of the peer's packets.
#include <algorithm>
#include <ostream>

#include "connection_model.hpp"

namespace mqttspan::test {

using enum exchange;

void model::hear(outcome& o, const happening& h) {
  const connection_phase before = phase_;
  rule broken = wrong_now(h);
  if (broken == rule::none) {
    heard_ = now_;
    switch (h.type) {
      case packet_type::connect:
        phase_ = connection_phase::connecting;
        clean_ = h.flag;
        keep_alive_ = h.keep_alive;
        if (v5() && h.receive_maximum != 0) peer_receives_ = h.receive_maximum;
        if (v5() && h.has_method) turn_ = turn::server;
        o.events.push_back("CONNECT");
        break;
      case packet_type::connack: broken = hear_connack(o, h); break;
      case packet_type::publish: broken = hear_publish(o, h); break;
      case packet_type::puback: case packet_type::pubrec: case packet_type::pubrel: case packet_type::pubcomp: broken = hear_acknowledgement(o, h); break;
      case packet_type::subscribe: case packet_type::unsubscribe: case packet_type::suback: case packet_type::unsuback: broken = hear_request(o, h); break;
      case packet_type::pingreq:
        o.events.push_back("PINGREQ");
        o.written.push_back(packet_type::pingresp);
        break;
      case packet_type::pingresp:
        o.events.push_back("PINGRESP");
        pinged_.reset();
        break;
      case packet_type::disconnect:
        o.events.push_back("DISCONNECT");
        end(o, ending::cause::peer, rule::none);
        break;
      case packet_type::auth:
        broken = why_no_auth(!is_client(), h.code);
        if (broken != rule::none) break;
        turn_after(!is_client(), h.code);
        o.events.push_back("AUTH");
    }
  }
  if (!o.written.empty()) sent_ = now_;
  if (broken == rule::none) return;
  // 5.0 says why, but a server before its CONNACK only about a CONNECT, and a client not before its CONNECT.
  if (v5() && !is_client() && before == connection_phase::connecting && h.type == packet_type::connect) o.written.push_back(packet_type::connack);
  if (v5() && (before == connection_phase::connected || (is_client() && before == connection_phase::connecting))) o.written.push_back(packet_type::disconnect);
  end(o, ending::cause::fault_of_peer, broken);
}

rule model::wrong_now(const happening& h) const {
  if (is_client()) {
    const bool opens = h.type == packet_type::connack || h.type == packet_type::auth;
    if (phase_ == connection_phase::fresh || (phase_ == connection_phase::connecting && !opens)) return rule::packet_before_connack;
    return phase_ == connection_phase::connected && h.type == packet_type::connack ? rule::connack_twice : rule::none;
  }
  if (phase_ == connection_phase::fresh) return h.type == packet_type::connect ? rule::none : rule::connect_not_first;
  if (h.type == packet_type::connect) return rule::connect_twice;
  const bool goes_on = h.type == packet_type::auth || h.type == packet_type::disconnect;
  return phase_ == connection_phase::connecting && !goes_on ? rule::packet_during_authentication : rule::none;
}

rule model::hear_connack(outcome& o, const happening& h) {
  if (h.flag && (clean_ || (v5() && session_.empty()))) return rule::session_present_unexpected;
  const bool accepts = h.code == reason_code::success;
  if (v5() && accepts) {
    if (turn_ == turn::absent && h.has_method) return rule::authentication_not_agreed;
    if (turn_ != turn::absent && !h.has_method) return rule::authentication_method_missing;
  }
  o.events.push_back("CONNACK");
  if (!accepts) return end(o, ending::cause::peer, rule::none), rule::none;
  phase_ = connection_phase::connected;
  if (turn_ != turn::absent) turn_ = turn::settled;
  if (v5() && h.receive_maximum != 0) peer_receives_ = h.receive_maximum;
  only_qos_1_ = v5() && h.only_qos_1;
  if (pinged_) pinged_ = now_;
  start(h.flag, o);
  return rule::none;
}

rule model::hear_publish(outcome& o, const happening& h) {
  if (v5() && h.alias != 0) {
    if (h.alias > model_limits::aliases) return rule::topic_alias_above_maximum;
    if (!h.has_topic && !aliases_[h.alias]) return rule::topic_alias_unknown;
    aliases_[h.alias] = true;
  }
  if (h.qos == qos::at_most_once) return o.events.push_back("PUBLISH t"), rule::none;
  const exchange at = theirs_at(h.id), wanted = h.qos == qos::at_least_once ? publish_1 : publish_2;
  const bool again = at == wanted || (at == received && wanted == publish_2);
  if (at != none && !again) return rule::packet_id_in_use;
  if (at == publish_1 && v5()) return rule::packet_id_in_use;
  const bool counts = at == none || theirs_[h.id].resumed;
  if (counts && messages(theirs_) >= model_limits::receive_maximum) return v5() ? rule::receive_maximum_exceeded : rule::too_many_in_flight;
  if (again) {
    theirs_[h.id].resumed = false;
    if (at == received) o.written.push_back(packet_type::pubrec);
    return rule::none;
  }
  theirs_[h.id] = {wanted, false, 0};
  (wanted == publish_1 ? to_puback_ : to_pubrec_).push_back(h.id);
  o.events.push_back("PUBLISH t");
  answer(o, wanted == publish_1 ? packet_type::puback : packet_type::pubrec, h.id);
  return rule::none;
}

// The connection's own, if it is to.
void model::answer(outcome& o, packet_type type, std::uint16_t id) {
  if (!automatic_) return;
  outcome unused;
  say(unused, {.what = happening::kind::ours, .type = type, .id = id});
  o.written.push_back(type);
}

rule model::hear_acknowledgement(outcome& o, const happening& h) {
  const exchange ours = ours_at(h.id);
  const std::string name(to_string(h.type));
  const auto ends = [&](exchange at) {
    if (ours != at) return;
    ours_.erase(h.id);
    o.events.push_back(name);
  };
  if (h.type == packet_type::puback) ends(publish_1);
  if (h.type == packet_type::pubcomp) ends(released);
  if (h.type == packet_type::pubrec && is_error(h.code)) {
    ends(publish_2);
  } else if (h.type == packet_type::pubrec) {
    if (ours == publish_2) {
      ours_[h.id] = {received, false, 0};
      to_pubrel_.push_back(h.id);
      o.events.push_back(name);
      answer(o, packet_type::pubrel, h.id);
    } else if (ours != received) {
      o.written.push_back(packet_type::pubrel);  // released, or unknown
    }
  }
  if (h.type == packet_type::pubrel) {
    const exchange theirs = theirs_at(h.id);
    if (theirs == received) {
      theirs_[h.id].at = released;
      o.events.push_back(name);
      answer(o, packet_type::pubcomp, h.id);
    } else if (theirs != released) {
      o.written.push_back(packet_type::pubcomp);
    }
  }
  return rule::none;
}

rule model::hear_request(outcome& o, const happening& h) {
  const bool asks = h.type == packet_type::subscribe || h.type == packet_type::unsubscribe;
  const exchange kind = h.type == packet_type::subscribe || h.type == packet_type::suback ? subscribe : unsubscribe;
  if (asks) {
    if (theirs_.count(h.id) != 0) return rule::packet_id_in_use;
    if (requests(theirs_) >= model_limits::requests) return rule::too_many_in_flight;
    theirs_[h.id] = {kind, false, h.count};
  } else {
    if (ours_at(h.id) != kind) return rule::none;
    if ((kind == subscribe || v5()) && ours_[h.id].count != h.count) return rule::reason_codes_not_as_many;
    ours_.erase(h.id);
  }
  o.events.push_back(std::string(to_string(h.type)));
  return rule::none;
}

std::ostream& operator<<(std::ostream& out, const happening& h) {
  static constexpr const char* what[] = {"ours", "theirs", "wait", "close"};
  return out << what[static_cast<int>(h.what)] << ' ' << to_string(h.type) << " id " << h.id << " qos " << static_cast<int>(h.qos) << (h.dup ? " dup" : "") << (h.flag ? " flag" : "")
             << " code " << static_cast<int>(h.code) << " count " << h.count << " alias " << h.alias << (h.has_topic ? "" : " no topic") << " receive " << h.receive_maximum
             << (h.only_qos_1 ? " only qos 1" : "") << (h.has_method ? " method" : "") << " keep alive " << h.keep_alive << ' ' << h.milliseconds << " ms";
}

std::ostream& operator<<(std::ostream& out, const outcome& o) {
  out << "refused " << static_cast<int>(o.refused) << " id " << o.id << " events [";
  for (const std::string& e : o.events) out << e << ", ";
  out << "] written [";
  for (const packet_type t : o.written) out << to_string(t) << ", ";
  return out << ']';
}

}  // namespace mqttspan::test
