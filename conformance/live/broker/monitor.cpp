#include "monitor.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace mqttspan::conformance::broker {
namespace {

// A '~' in front: the text has a gap there; a finding is information.
constexpr monitor_row rows[] = {
    {"layout", "every packet has the layout of its type, version and direction",
     {"U31-2.1-e U31-3.4-a U31-2.1-g", "U311-7.1-a U311-1.5.2-a U311-1.5.3-a U311-2.3.1-a U311-3.2.1-a U311-3.3.2-a MQTT-2.3.1-5 MQTT-7.0.0-2",
      "U5-7.1-a U5-1.5.2-a U5-2.2.1-d U5-3.3.2-a MQTT-2.2.1-2 U5-4.13.1-b"}},
    {"transport", "an ordered, lossless, bidirectional byte stream is served", {"U31-3.1-j", "MQTT-7.1.1-1", "MQTT-4.2.0-1"}},
    {"connack", "CONNACK: flags, codes and values are legal, and each property is there at most once",
     {"U31-3.2-b", "U311-3.2.2-a U311-3.2.2-b",
      "MQTT-3.2.2-1 MQTT-3.2.2-8 U5-3.2.2.3.2-a U5-3.2.2.3.3-a U5-3.2.2.3.3-b U5-3.2.2.3.4-a U5-3.2.2.3.4-b U5-3.2.2.3.5-a U5-3.2.2.3.5-b U5-3.2.2.3.6-a "
      "U5-3.2.2.3.6-b U5-3.2.2.3.7-a U5-3.2.2.3.8-a U5-3.2.2.3.9-a U5-3.2.2.3.11-a U5-3.2.2.3.11-b U5-3.2.2.3.12-a U5-3.2.2.3.12-b U5-3.2.2.3.13-a "
      "U5-3.2.2.3.13-b U5-3.2.2.3.14-a U5-3.2.2.3.15-a U5-3.2.2.3.16-a U5-3.2.2.3.17-a U5-3.2.2.3.18-a U5-3.2.2.3-a"}},
    {"one-connack", "at most one CONNACK a connection", {"", "~U311-3.2-b", "MQTT-3.2.0-2"}},
    {"qos-0", "QoS 0 comes without DUP", {"U31-2.1-f", "MQTT-3.3.1-2 MQTT-4.3.1-1", "MQTT-3.3.1-2 MQTT-4.3.1-1"}},
    {"message-ids", "a new PUBLISH of QoS 1 or 2 takes an identifier that is not in use", {"U31-2.4-b", "MQTT-2.3.1-4 MQTT-4.3.2-1 MQTT-4.3.3-1",
      "MQTT-2.2.1-4 MQTT-4.3.2-1 MQTT-4.3.3-1 U5-2.2.1-c"}},
    {"ack-ids", "acknowledgements have the identifier of something that was sent", {"U31-2.4-a", "MQTT-2.3.1-6 MQTT-2.3.1-7 U311-2.3.1-b", "MQTT-2.2.1-5 MQTT-2.2.1-6"}},
    {"reason-codes", "reason codes are those of the packet's own table", {"", "MQTT-3.9.3-2",
      "MQTT-3.4.2-1 MQTT-3.5.2-1 MQTT-3.6.2-1 MQTT-3.7.2-1 MQTT-3.9.3-2 MQTT-3.11.3-2 MQTT-3.14.2-1 MQTT-3.15.2-1"}},
    {"properties", "properties are there at most once, and only where they may be", {"", "",
      "MQTT-3.14.2-2 U5-3.9.2.1.2-a U5-3.11.2.1.2-a U5-3.14.2.2.5-a U5-3.3.2.3.8-a"}},
    {"lists", "SUBACK and UNSUBACK have a reason code at least", {"~U31-3.9-a", "", "~U5-3.9.3-a U5-3.11.3-a"}},
    {"topic-alias", "topic aliases stay within the client's maximum", {"", "", "MQTT-3.1.2-26 MQTT-3.1.2-27 MQTT-3.3.2-11"}},
    {"problem-information", "no Reason String or User Property where Request Problem Information is 0, but on PUBLISH, CONNACK and DISCONNECT", {"", "", "MQTT-3.1.2-29"}},
    {"authentication", "no AUTH, and no method in CONNACK, without one in CONNECT", {"", "", "MQTT-4.12.0-6"}},
    {"subscription-ids", "no Subscription Identifier but those of this client's subscriptions", {"", "", "U5-3.3.4-a"}},
    {"receive-maximum", "the client's Receive Maximum is kept to", {"", "", "MQTT-3.3.4-9"}},
    {"packet-size", "the client's Maximum Packet Size is kept to", {"", "", "MQTT-3.1.2-24"}},
    {"defaults", "where CONNECT leaves them out, there are no topic aliases and no Response Information", {"", "", "U5-3.1.2.11-a"}},
    {"goodbye", "nothing follows a DISCONNECT", {"", "", "MQTT-3.14.4-1"}},
    {"first", "DISCONNECT comes only behind a CONNACK that accepts", {"", "", "MQTT-3.14.0-1"}},
    {"session", "what is subscribed stays subscribed while the connection lasts", {"", "", "MQTT-4.1.0-1"}},
};

class broker_monitor final : public monitor_with_rows {
 public:
  explicit broker_monitor(protocol_version version) : monitor_with_rows(version, rows) {}

  void sent(const packet& p, std::size_t) override {
    std::visit([this](const auto& each) { we_sent(each); }, p);
  }


  void received(const packet& p, std::size_t size) override {
    const bool is_connack = type_of(p) == packet_type::connack;
    judged("layout");
    if (has_left_) judge("goodbye", false, p, "comes behind the broker's DISCONNECT");
    if (connects_ == 1) judge("packet-size", size <= max_packet_size_, p, "is larger than the Maximum Packet Size of the CONNECT");
    if (is_connack) {
      judged("connack"), judged("transport"), judged("one-connack");
      judge("one-connack", ++connacks_ == 1, p, "is the second one");
    }
    std::visit([this, &p](const auto& each) { came(each, p); }, p);
  }

  void unreadable(const error& e, bytes_view bytes) override {
    const monitor_row& blamed = row_of(e, bytes);
    if (is_blind() && blamed.name == "ack-ids") return;  // the answer to an id of ours that was wrong
    object(blamed, e, bytes);
  }

 private:
  template <class P>
  void we_sent(const P&) {}
  void we_sent(const mqttspan::connect& c) {
    ++connects_;
    resumes_ = !c.clean_start;
    receive_maximum_ = c.properties.get(prop::receive_maximum).value_or(65'535);
    max_packet_size_ = c.properties.get(prop::maximum_packet_size).value_or(0xFFFF'FFFF);
    alias_maximum_ = c.properties.get(prop::topic_alias_maximum).value_or(0);
    leaves_out_aliases_ = !c.properties.contains(prop::topic_alias_maximum);
    leaves_out_response_ = !c.properties.contains(prop::request_response_information);
    wants_problems_ = c.properties.get(prop::request_problem_information).value_or(1) != 0;
    has_method_ = c.properties.contains(prop::authentication_method);
  }
  void we_sent(const publish& p) {
    if (p.packet_id != 0) requests_.insert(p.packet_id);
  }
  void we_sent(const pubrel& p) { requests_.insert(p.packet_id); }
  void we_sent(const subscribe& p) {
    requests_.insert(p.packet_id);
    if (const auto id = p.properties.get(prop::subscription_identifier)) identifiers_.insert(*id);
    for (const subscription& s : p.subscriptions) asked_[p.packet_id].emplace_back(s.topic_filter);
  }
  void we_sent(const unsubscribe& p) {
    requests_.insert(p.packet_id);
    for (const std::string_view filter : p.topic_filters) left_[p.packet_id].emplace_back(filter);
  }
  void we_sent(const puback& p) { in_flight_.erase(p.packet_id); }
  void we_sent(const pubcomp& p) { in_flight_.erase(p.packet_id); }
  void we_sent(const pubrec& p) {
    if (is_error(p.reason_code)) in_flight_.erase(p.packet_id);
  }

  template <class P>
  void came(const P&, const packet&) {}
  void came(const connack& c, const packet& p) {
    is_accepted_ = is_accepted_ || !is_error(c.reason_code);
    if (!v5()) return;
    judge("authentication", has_method_ || !c.properties.contains(prop::authentication_method), p, "has a method although CONNECT had none");
    if (leaves_out_response_) judge("defaults", !c.properties.contains(prop::response_information), p, "has Response Information that was not asked for");
  }
  void came(const publish& m, const packet& p) {
    if (m.qos == qos::at_most_once) judge("qos-0", !m.dup, p, "DUP is set");
    else message_id(m, p);
    if (!v5()) return;
    const auto alias = m.properties.get(prop::topic_alias);
    judge("topic-alias", !alias || *alias <= alias_maximum_, p, "its alias is above the client's maximum of " + std::to_string(alias_maximum_));
    if (leaves_out_aliases_) judge("defaults", !alias, p, "has an alias although CONNECT named no Topic Alias Maximum");
    if (resumes_) return;  // an earlier connection may have had others
    for (const property& each : m.properties)
      if (each.id() == property_id::subscription_identifier)
        judge("subscription-ids", is_blind() || identifiers_.count(each.integer()) != 0, p, "no subscription has this identifier");
  }
  void message_id(const publish& m, const packet& p) {
    if (!is_blind()) judge("message-ids", m.dup || in_flight_.count(m.packet_id) == 0, p, "its identifier is in use by a message that is not acknowledged");
    in_flight_.insert(m.packet_id);
    if (v5()) judge("receive-maximum", in_flight_.size() <= receive_maximum_, p, "there are more in flight than the Receive Maximum of the CONNECT");
  }
  void came(const puback& a, const packet& p) { acknowledged(a, p); }
  void came(const pubrec& a, const packet& p) { acknowledged(a, p); }
  void came(const pubcomp& a, const packet& p) { acknowledged(a, p); }
  void came(const pubrel& a, const packet& p) { reports(a, p); }
  void came(const suback& a, const packet& p) {
    acknowledged(a, p);
    if (version() != protocol_version::v3_1_1) judged("lists");
    std::deque<std::string>& filters = asked_[a.packet_id];  // what is answered is taken off: the identifier may be used again
    for (const reason_code code : a.reason_codes) {
      if (filters.empty()) break;
      if (!is_error(code)) subscribed_.insert(filters.front());
      filters.pop_front();
    }
  }
  void came(const unsuback& a, const packet& p) {
    acknowledged(a, p);
    std::deque<std::string>& filters = left_[a.packet_id];
    for (const reason_code code : a.reason_codes) {
      if (filters.empty()) break;
      const bool was_there = subscribed_.erase(filters.front()) != 0;
      filters.pop_front();
      if (was_there && !is_blind() && !is_error(code)) judge("session", code != reason_code::no_subscription_existed, p, "says that there was no subscription, but there was");
    }
  }
  void came(const disconnect&, const packet& p) {
    if (!v5()) return;  // an objection of the parser's
    judged("reason-codes"), judged("properties"), judged("goodbye");
    judge("first", is_accepted_, p, "comes before a CONNACK that accepts");
    has_left_ = true;
  }
  void came(const auth& a, const packet& p) {
    reports(a, p);
    judge("authentication", has_method_, p, "CONNECT named no method");
  }

  template <class P>
  void acknowledged(const P& a, const packet& p) {
    if (!is_blind()) judge("ack-ids", requests_.count(a.packet_id) != 0, p, "nothing with this identifier was sent");
    reports(a, p);
  }
  template <class P>
  void reports(const P& a, const packet& p) {
    judged("reason-codes");
    if (!v5()) return;
    judged("properties");
    if (!wants_problems_)
      judge("problem-information", !a.properties.contains(prop::reason_string) && !a.properties.contains(prop::user_property), p, "CONNECT asked for no problem information");
  }

  int connects_ = 0, connacks_ = 0;
  bool has_left_ = false, is_accepted_ = false, resumes_ = false, wants_problems_ = true, has_method_ = false, leaves_out_aliases_ = false, leaves_out_response_ = false;
  std::uint32_t receive_maximum_ = 65'535, max_packet_size_ = 0xFFFF'FFFF, alias_maximum_ = 0;
  std::set<std::uint16_t> requests_, in_flight_;  // ours that were ever sent; theirs that wait for us
  std::set<std::uint32_t> identifiers_;
  std::map<std::uint16_t, std::deque<std::string>> asked_, left_;
  std::set<std::string> subscribed_;
};

}  // namespace

meta_recipes meta() {
  return {.monitor = "B-MON", .rows = rows, .closing = "B-ERRCLOSE", .error_statements = {"~U31-3.1-k", "MQTT-4.8.0-1", "MQTT-4.13.1-1 MQTT-4.13.2-1"}, .told_statements = {"", "", "U5-4.13.1-c"}};
}

std::unique_ptr<monitor> make_monitor(protocol_version version) { return std::make_unique<broker_monitor>(version); }

}  // namespace mqttspan::conformance::broker
