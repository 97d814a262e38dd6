#include "wire_monitor.hpp"

#include <algorithm>

namespace mqttspan::test {

void wire_monitor::check(bool holds, std::string_view what) {
  if (!holds && fault_.empty()) fault_ = std::string(to_string(self_)) + ": " + std::string(what);
}

void wire_monitor::reconnect() {
  std::map<std::uint16_t, exchange_of_own> kept;
  for (auto [id, e] : own_)
    if (e.at != step::request) kept[id] = {e.at, true};
  wire_monitor fresh(self_, version_);
  fresh.ordered = ordered;
  fresh.own_ = kept;
  fresh.fault_ = fault_;
  *this = fresh;
}

void wire_monitor::resume(std::span<const session_entry> session) {
  for (const session_entry& e : session) {
    if (!e.is_ours) continue;
    const step at = e.state == exchange::publish_1 ? step::publish_1 : e.state == exchange::publish_2 ? step::publish_2 : e.state == exchange::received ? step::received : step::released;
    own_[e.packet_id] = {at, true};
  }
}

wire_monitor::limits wire_monitor::limits_of(const property_list& properties) {
  limits l;
  l.packet_size = properties.get(prop::maximum_packet_size).value_or(l.packet_size);
  l.receive_maximum = properties.get(prop::receive_maximum).value_or(l.receive_maximum);
  l.aliases = properties.get(prop::topic_alias_maximum).value_or(std::uint16_t{0});
  l.qos = properties.get(prop::maximum_qos).value_or(std::uint8_t{2});
  l.retain = properties.get(prop::retain_available).value_or(std::uint8_t{1}) != 0;
  return l;
}

// ---- What comes in: it makes answers due, and ends exchanges. Whether it is legal is not asked.

void wire_monitor::read(bytes_view bytes) {
  if (is_peer_broken_) return;
  reading_.insert(reading_.end(), bytes.begin(), bytes.end());
  std::size_t at = 0;
  while (at < reading_.size() && !is_peer_broken_) {
    const bytes_view rest = bytes_view(reading_).subspan(at);
    const auto got = parse(rest, version_, {.sender = self_ == sender::client ? sender::server : sender::client});
    if (!got && got.error().code == errc::incomplete) break;
    if (!got) {
      is_peer_broken_ = true;
      if (!has_connect_ && self_ == sender::server) version_ = inspect_connect(rest).version();
      break;
    }
    came(got->packet);
    at += got->size;
  }
  reading_.erase(reading_.begin(), reading_.begin() + static_cast<std::ptrdiff_t>(at));
}

void wire_monitor::came(const packet& p) {
  if (const auto* c = std::get_if<connect>(&p)) {
    if (self_ == sender::server && !has_connect_) {
      has_connect_ = true;
      version_ = c->version;
      is_clean_ = c->clean_start;
      peer_ = limits_of(c->properties);
      is_authenticating_ = c->properties.contains(prop::authentication_method);
    }
  } else if (const auto* k = std::get_if<connack>(&p)) {
    if (self_ == sender::client && !has_connack_) {
      has_connack_ = true;
      written_before_connack_ = packets_written_;
      is_authenticating_ = false;
      peer_ = limits_of(k->properties);
      start(*k);
    }
  } else if (const auto* m = std::get_if<publish>(&p)) {
    if (m->qos == qos::at_least_once) owe(pubacks_, m->packet_id), puback_order_.push_back(m->packet_id);
    if (m->qos == qos::exactly_once) owe(pubrecs_, m->packet_id);
  } else if (const auto* a = std::get_if<puback>(&p)) {
    end_own(a->packet_id, step::publish_1);
  } else if (const auto* r = std::get_if<pubrec>(&p)) {
    const auto own = own_.find(r->packet_id);
    if (is_error(r->reason_code)) {
      end_own(r->packet_id, step::publish_2);
    } else {
      owe(pubrels_, r->packet_id);
      if (own != own_.end() && own->second.at == step::publish_2) own->second = {step::received, false};
    }
  } else if (const auto* l = std::get_if<pubrel>(&p)) {
    owe(pubcomps_, l->packet_id);
  } else if (const auto* d = std::get_if<pubcomp>(&p)) {
    end_own(d->packet_id, step::released);
  } else if (const auto* s = std::get_if<subscribe>(&p)) {
    owe(subacks_, s->packet_id);
  } else if (const auto* u = std::get_if<unsubscribe>(&p)) {
    owe(unsubacks_, u->packet_id);
  } else if (const auto* sa = std::get_if<suback>(&p)) {
    end_own(sa->packet_id, step::request);
  } else if (const auto* ua = std::get_if<unsuback>(&p)) {
    end_own(ua->packet_id, step::request);
  } else if (std::get_if<pingreq>(&p)) {
    ++pings_;
  }
}

void wire_monitor::end_own(std::uint16_t id, step at) {
  const auto own = own_.find(id);
  if (own == own_.end() || own->second.at != at) return;
  // What the end says of its own accord when a session goes on may cross with what it has just read.
  if (at == step::released && own->second.is_from_before) may_still_release_.insert(id);
  own_.erase(own);
}

// ---- What goes out

void wire_monitor::wrote(bytes_view bytes) {
  writing_.insert(writing_.end(), bytes.begin(), bytes.end());
  std::size_t at = 0;
  while (at < writing_.size() && fault_.empty()) {
    const bytes_view rest = bytes_view(writing_).subspan(at);
    auto got = parse(rest, version_, {.sender = self_});
    if (!got && got.error().code == errc::incomplete) break;
    if (!got && !has_connect_) got = parse(rest, version_ == protocol_version::v5 ? protocol_version::v3_1_1 : protocol_version::v5, {.sender = self_});
    if (!got) return check(false, "writes what is not legal: " + std::string(describe(got.error(), version_).view()));
    ++packets_written_;
    went(got->packet, got->size);
    at += got->size;
  }
  writing_.erase(writing_.begin(), writing_.begin() + static_cast<std::ptrdiff_t>(at));
}

void wire_monitor::pay(counts& c, std::uint16_t id, std::string_view what) {
  check(--c[id] >= 0, std::string(what) + " for nothing that came");
}

void wire_monitor::went(const packet& p, std::size_t size) {
  const packet_type type = type_of(p);
  check(!has_ended_, "writes after the end");
  // Of a CONNACK that is too large to be read the end does not know what it says.
  const bool is_judgement = type == packet_type::disconnect && packets_written_ == written_before_connack_ + 1;
  check(size <= peer_.packet_size || is_judgement, "writes more than the peer's maximum packet size");
  const auto* const verdict = std::get_if<connack>(&p);
  if (self_ == sender::client) {
    check(has_connect_ || type == packet_type::connect, "writes before CONNECT");
    check(!has_connect_ || type != packet_type::connect, "writes CONNECT twice");
    check(!is_authenticating_ || has_connack_ || type == packet_type::auth || type == packet_type::disconnect, "writes before authentication has ended");
  } else {
    check(has_connect_ || (verdict && verdict->reason_code != reason_code::success), "writes before CONNECT came");
    check(has_connack_ || type == packet_type::connack || type == packet_type::auth, "writes before CONNACK");
    check(!has_connack_ || type != packet_type::connack, "writes CONNACK twice");
  }
  if (const auto* c = std::get_if<connect>(&p)) {
    has_connect_ = true;
    version_ = c->version;
    is_clean_ = c->clean_start;
    own_limits_ = limits_of(c->properties);
    is_authenticating_ = c->properties.contains(prop::authentication_method);
  } else if (const auto* k = std::get_if<connack>(&p)) {
    went(*k);
  } else if (const auto* m = std::get_if<publish>(&p)) {
    went(*m);
  } else if (const auto* a = std::get_if<puback>(&p)) {
    pay(pubacks_, a->packet_id, "PUBACK");
    if (ordered && is_v5() && !puback_order_.empty()) {
      check(puback_order_.front() == a->packet_id, "PUBACK out of order");
      puback_order_.pop_front();
    }
  } else if (const auto* r = std::get_if<pubrec>(&p)) {
    pay(pubrecs_, r->packet_id, "PUBREC");
  } else if (const auto* l = std::get_if<pubrel>(&p)) {
    went(*l);
  } else if (const auto* d = std::get_if<pubcomp>(&p)) {
    pay(pubcomps_, d->packet_id, "PUBCOMP");
  } else if (const auto* s = std::get_if<subscribe>(&p)) {
    request(s->packet_id, s->dup);
  } else if (const auto* u = std::get_if<unsubscribe>(&p)) {
    request(u->packet_id, u->dup);
  } else if (const auto* sa = std::get_if<suback>(&p)) {
    pay(subacks_, sa->packet_id, "SUBACK");
  } else if (const auto* ua = std::get_if<unsuback>(&p)) {
    pay(unsubacks_, ua->packet_id, "UNSUBACK");
  } else if (std::get_if<pingresp>(&p)) {
    check(--pings_ >= 0, "PINGRESP without PINGREQ");
  } else if (std::get_if<disconnect>(&p)) {
    has_ended_ = true;
  }
}

void wire_monitor::went(const connack& p) {
  has_connack_ = true;
  is_authenticating_ = false;
  own_limits_ = limits_of(p.properties);
  start(p);
}

// 3.1 cannot say whether there is a session.
void wire_monitor::start(const connack& p) {
  if (p.reason_code != reason_code::success) has_ended_ = self_ == sender::server;
  else if (version_ == protocol_version::v3_1 ? is_clean_ : !p.session_present) std::erase_if(own_, [](const auto& e) { return e.second.is_from_before; });
}

void wire_monitor::went(const publish& p) {
  check(static_cast<unsigned>(p.qos) <= peer_.qos, "PUBLISH above the peer's maximum QoS");
  check(!p.retain || peer_.retain, "PUBLISH with RETAIN that the peer does not take");
  if (const auto alias = p.properties.get(prop::topic_alias)) {
    check(*alias <= peer_.aliases, "topic alias above the peer's maximum");
    if (p.topic.empty()) check(aliases_.count(*alias) != 0, "topic alias without a name");
    else aliases_[*alias] = std::string(p.topic);
  }
  if (p.qos == qos::at_most_once) return;
  const step at = p.qos == qos::at_least_once ? step::publish_1 : step::publish_2;
  const auto own = own_.find(p.packet_id);
  if (own == own_.end()) {
    check(!p.dup, "DUP on a first delivery");
  } else {
    check(own->second.at == at && p.dup, "packet identifier is in use");
    check(own->second.is_from_before || !is_v5(), "delivers again on the same connection");
  }
  own_[p.packet_id] = {at, false};
  const auto messages = static_cast<std::size_t>(std::count_if(own_.begin(), own_.end(), [](const auto& e) { return e.second.at != step::request && !e.second.is_from_before; }));
  check(messages <= peer_.receive_maximum, "more messages in flight than the peer takes");
  most_messages_ = std::max(most_messages_, messages);
}

void wire_monitor::went(const pubrel& p) {
  const auto own = own_.find(p.packet_id);
  const bool is_known = own != own_.end() && (own->second.at == step::received || own->second.at == step::released);
  const bool is_resumed = is_known && own->second.is_from_before;
  const bool is_repeated = is_known && !is_v5();
  const bool has_crossed = !is_known && may_still_release_.erase(p.packet_id) != 0;
  if (!is_resumed && !is_repeated && !has_crossed) pay(pubrels_, p.packet_id, "PUBREL");
  if (is_known) own->second = {step::released, false};
}

void wire_monitor::request(std::uint16_t id, bool again) {
  check(own_.count(id) == 0 || (again && own_[id].at == step::request), "packet identifier is in use");
  own_[id] = {step::request, false};
}

}  // namespace mqttspan::test
