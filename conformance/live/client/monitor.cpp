#include "monitor.hpp"

#include <algorithm>
#include <set>

namespace mqttspan::conformance::client {
namespace {

constexpr monitor_row rows[] = {
    {"layout", "every packet has the layout of its type, version and direction",
     {"U31-2.1-e U31-2.1-g U31-2.4-c U31-3.4-a",
      "U311-7.1-a U311-1.5.2-a U311-1.5.3-a U311-2.3.1-a U311-3.3.2-a MQTT-2.2.2-1 MQTT-2.3.1-5 MQTT-7.0.0-2 MQTT-3.6.1-1 MQTT-3.8.1-1 MQTT-3.10.1-1 MQTT-3.14.1-1",
      "U5-7.1-a U5-1.5.2-a U5-2.2.1-d U5-3.3.2-a MQTT-2.2.1-2 U5-4.13.1-b MQTT-3.6.1-1 MQTT-3.8.1-1 MQTT-3.10.1-1 MQTT-3.14.1-1"}},
    {"transport", "the client uses an ordered, lossless, bidirectional byte stream", {"U31-3.1-j", "MQTT-7.1.2-1", "MQTT-4.2.0-1"}},
    {"connect", "CONNECT has the fields that its flags name, in order, with legal values",
     {"U31-3.1-a U31-3.1-d U31-3.1-f U31-3.1-g U31-3.1-h U31-2.2-a",
      "U311-3.1.3.2-a U311-3.1.3.3-a U311-3.1.3.5-a MQTT-3.1.2-3 MQTT-3.1.2-9 MQTT-3.1.2-11 MQTT-3.1.2-13 MQTT-3.1.2-14 MQTT-3.1.2-15 MQTT-3.1.2-18 MQTT-3.1.2-19 "
      "MQTT-3.1.2-20 MQTT-3.1.2-21 MQTT-3.1.2-22 MQTT-3.1.3-1 MQTT-3.1.3-2 MQTT-3.1.3-3 MQTT-3.1.3-4 MQTT-3.1.3-7 MQTT-3.1.3-10 MQTT-3.1.3-11",
      "MQTT-3.1.2-1 MQTT-3.1.2-3 MQTT-3.1.2-9 MQTT-3.1.2-11 MQTT-3.1.2-12 MQTT-3.1.2-13 MQTT-3.1.2-16 MQTT-3.1.2-17 MQTT-3.1.2-18 MQTT-3.1.2-19 MQTT-3.1.3-1 MQTT-3.1.3-2 "
      "MQTT-3.1.3-3 MQTT-3.1.3-4 MQTT-3.1.3-11 MQTT-3.1.3-12 U5-3.1.2-a U5-3.1.2.11-a U5-3.1.3.3-a U5-3.1.3.2.3-c U5-3.1.3.2.6-b"}},
    {"connect-properties", "properties of CONNECT and of the will have legal values, and are there at most once",
     {"", "",
      "U5-3.1.2.11.2-a U5-3.1.2.11.3-a U5-3.1.2.11.3-b U5-3.1.2.11.4-a U5-3.1.2.11.4-b U5-3.1.2.11.5-a U5-3.1.2.11.6-a U5-3.1.2.11.6-b U5-3.1.2.11.7-a U5-3.1.2.11.7-b "
      "U5-3.1.2.11.9-a U5-3.1.2.11.10-a U5-3.1.2.11.10-b U5-3.1.3.2.2-a U5-3.1.3.2.3-a U5-3.1.3.2.3-b U5-3.1.3.2.4-a U5-3.1.3.2.5-a U5-3.1.3.2.6-a U5-3.1.3.2.7-a"}},
    {"one-connect", "CONNECT comes once on a connection", {"U31-3.1-j", "U311-3.1-a MQTT-3.1.0-2", "U5-3.1-b MQTT-3.1.0-2"}},
    {"ids", "a new PUBLISH of QoS 1 or 2, SUBSCRIBE or UNSUBSCRIBE has an identifier that is not 0 and not in use",
     {"U31-2.4-a U31-2.4-b", "MQTT-2.3.1-1 MQTT-2.3.1-2 MQTT-4.3.2-1 MQTT-4.3.3-1", "MQTT-2.2.1-3 U5-2.2.1-c MQTT-4.3.2-1 MQTT-4.3.3-1"}},
    {"ack-ids", "acknowledgements have the identifier of something that was sent", {"U31-3.3-c", "MQTT-2.3.1-6 U311-2.3.1-b", "MQTT-2.2.1-5"}},
    {"qos-0", "QoS 0 is sent without DUP", {"U31-2.1-f", "MQTT-3.3.1-2 MQTT-4.3.1-1", "MQTT-3.3.1-2 MQTT-4.3.1-1"}},
    {"filters", "SUBSCRIBE and UNSUBSCRIBE have well-formed filters, at least one, and legal options",
     {"U31-3.8-a U31-A-a U31-A-b", "U311-3.8.3-a MQTT-3.8.3-1 MQTT-3.8.3-3 MQTT-3.8.3-4 MQTT-3.10.3-1 MQTT-3.10.3-2 MQTT-4.7.1-2 MQTT-4.7.1-3",
      "MQTT-3.8.3-1 MQTT-3.8.3-2 MQTT-3.8.3-4 MQTT-3.8.3-5 MQTT-3.10.3-1 MQTT-3.10.3-2 MQTT-4.7.1-1 MQTT-4.7.1-2 MQTT-4.8.2-1 MQTT-4.8.2-2 U5-3.8.2.1.2-a U5-3.8.2.1.2-b "
      "U5-3.8.3.1-a U5-3.8.3.1-b U5-3.8.3-b"}},
    {"session", "what is in flight stays known while the connection lasts", {"U31-3.3-c", "MQTT-4.1.0-2", "MQTT-4.1.0-1"}},
    {"topic-alias", "topic aliases stay within what the server announced", {"", "", "MQTT-3.3.2-9 U5-3.2.2.3-a"}},
    {"subscription-id", "PUBLISH has no Subscription Identifier", {"", "", "MQTT-3.3.4-6"}},
    {"answers", "acknowledgements have no reason code that is a server's", {"", "", "U5-3.4.2.1-b U5-3.5.2.1-b"}},
    {"disconnect", "DISCONNECT has a legal Session Expiry Interval, once at most", {"", "", "U5-3.14.2.2.2-a U5-3.14.2.2.2-b"}},
    {"authentication", "no AUTH without a method in CONNECT", {"", "", "MQTT-4.12.0-7"}},
};

class client_monitor final : public monitor_with_rows {
 public:
  explicit client_monitor(protocol_version version) : monitor_with_rows(version, rows) {}

  void sent(const packet& p, std::size_t) override {
    std::visit([this](const auto& each) { we_sent(each); }, p);
  }

  void received(const packet& p, std::size_t) override {
    judged("layout"), judged("transport");
    std::visit([this, &p](const auto& each) { came(each, p); }, p);
  }

  void unreadable(const error& e, bytes_view bytes) override {
    const unsigned type = std::to_integer<unsigned>(bytes.front()) >> 4;
    if (is_blind() && ((type >= 4 && type <= 7) || type == 13)) return;  // an answer to the bad packet: an acknowledgement of its bad identifier, PINGRESP to a server's PINGREQ
    object(row_of(e, bytes), e, bytes);
  }

 private:
  template <class P>
  void we_sent(const P&) {}
  void we_sent(const connack& c) {
    alias_maximum_ = c.properties.get(prop::topic_alias_maximum).value_or(0);
    has_connack_ = true;
  }
  void we_sent(const publish& p) {
    if (p.packet_id != 0) theirs_to_answer_.insert(p.packet_id);
  }
  void we_sent(const pubrel& p) { theirs_to_answer_.insert(p.packet_id); }
  void we_sent(const puback& p) { in_use_.erase(p.packet_id); }
  void we_sent(const pubcomp& p) { in_use_.erase(p.packet_id); }
  void we_sent(const suback& p) { in_use_.erase(p.packet_id); }
  void we_sent(const unsuback& p) { in_use_.erase(p.packet_id); }
  void we_sent(const pubrec& p) {
    if (is_error(p.reason_code)) in_use_.erase(p.packet_id);
    released_.insert(p.packet_id);  // C-ACKERR judges PUBREL behind a refusal
  }

  template <class P>
  void came(const P&, const packet&) {}
  void came(const connect& c, const packet& p) {
    judged("connect");
    judge("one-connect", ++connects_ == 1, p, "is the second one");
    may_resume_ = !c.clean_start;  // C-SP judges what it does with a session that the server has lost
    has_method_ = c.properties.contains(prop::authentication_method);
    expires_ = c.properties.get(prop::session_expiry_interval).value_or(0) != 0;
    if (v5()) judged("connect-properties");
  }
  void came(const publish& m, const packet& p) {
    if (m.qos == qos::at_most_once) judge("qos-0", !m.dup, p, "DUP is set");
    else taken(m.packet_id, m.dup, p);
    if (!v5()) return;
    judge("subscription-id", !m.properties.contains(prop::subscription_identifier), p, "has a Subscription Identifier");
    const auto alias = m.properties.get(prop::topic_alias);
    if (has_connack_) judge("topic-alias", !alias || *alias <= alias_maximum_, p, "its alias is above the server's maximum of " + std::to_string(alias_maximum_));
  }
  void came(const subscribe& s, const packet& p) { judged("filters"), taken(s.packet_id, s.dup, p); }
  void came(const unsubscribe& s, const packet& p) { judged("filters"), taken(s.packet_id, s.dup, p); }
  void taken(std::uint16_t id, bool again, const packet& p) {
    if (!is_blind()) judge("ids", again || in_use_.count(id) == 0, p, "its identifier is in use");
    in_use_.insert(id);
  }
  void came(const puback& a, const packet& p) { answered(a, p); }
  void came(const pubrec& a, const packet& p) { answered(a, p); }
  void came(const pubcomp& a, const packet& p) { answered(a, p); }
  void came(const pubrel& a, const packet& p) {
    if (!is_blind() && !may_resume_) judge("session", released_.count(a.packet_id) != 0, p, "no PUBREC was sent for it");
  }
  void came(const disconnect& d, const packet& p) {
    if (!v5()) return;
    const auto expiry = d.properties.get(prop::session_expiry_interval);
    judge("disconnect", !expiry || *expiry == 0 || expires_, p, "sets a Session Expiry Interval although CONNECT set none");
  }
  void came(const auth&, const packet& p) { judge("authentication", has_method_, p, "CONNECT named no method"); }

  template <class P>
  void answered(const P& a, const packet& p) {
    if (!is_blind() && !may_resume_) judge("ack-ids", theirs_to_answer_.count(a.packet_id) != 0, p, "nothing with this identifier was sent");
    if (v5()) judge("answers", a.reason_code != reason_code::no_matching_subscribers, p, "this reason code is for servers");
  }

  int connects_ = 0;
  bool has_method_ = false, expires_ = false, may_resume_ = false, has_connack_ = false;
  std::uint32_t alias_maximum_ = 0;
  std::set<std::uint16_t> theirs_to_answer_, in_use_, released_;  // ours that they must answer; theirs that wait for us; theirs behind PUBREC
};

}  // namespace

// 5.0 only recommends that a client closes, where no other sentence says must: those rows fail by themselves.
meta_recipes meta() {
  return {.monitor = "C-MON", .rows = rows, .closing = "C-ERRCLOSE", .error_statements = {"", "MQTT-4.8.0-1", "U5-4.13.1-a MQTT-4.13.2-1"}, .only_recommended_in_v5 = true};
}

std::unique_ptr<monitor> make_monitor(protocol_version version) { return std::make_unique<client_monitor>(version); }

}  // namespace mqttspan::conformance::client
