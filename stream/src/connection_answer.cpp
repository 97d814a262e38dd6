// Acknowledgements that a connection sends, and their order.
#include <mqttspan/stream/connection.hpp>

#include <mqttspan/codec/answer.hpp>

#include "flow.hpp"
#include "refusal.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {

using detail::progress;
using detail::refusal;
using detail::signal;
using detail::step;

namespace {

// Nothing but the identifier: 3.x has no more, and 5.0 leaves the rest out.
template <class P>
bool is_bare(const P& p) noexcept {
  if constexpr (requires { p.reason_code; }) {
    if constexpr (requires { p.dup; }) {
      if (p.dup) return false;
    }
    return p.reason_code == reason_code::success && p.properties.empty();
  }
  return false;
}

}  // namespace

static_assert(max_answer_size == 5);  // connection::last_words

// Only properties that explain, which a client may not want to hear. [MQTT-3.1.2-29]
template <class P>
P connection::without_explanation(P p) const noexcept {
  if (self_ == sender::server && !client_.request_problem_information) p.properties = {};
  return p;
}

// What is due has room kept for it, and pays the debt.
template <class P>
result<sent> connection::write_answer(const P& p) noexcept {
  const bool is_due = debt_.packet_id == p.packet_id && debt_.answer == p.type;
  const std::size_t kept_free = is_due ? last_words : 2 * reserve;
  if (is_bare(p) && write_bare(p.type, p.packet_id, kept_free)) {
    if (is_due) debt_ = {};
    return done();
  }
  const auto written = write(without_explanation(p), kept_free);
  if (written && is_due) debt_ = {};
  return written;
}

result<sent> connection::put(const puback& p) noexcept { return put_answer(p, signal::puback, 0); }
result<sent> connection::put(const pubrec& p) noexcept { return put_answer(p, is_error(p.reason_code) ? signal::pubrec_refused : signal::pubrec, 0); }
result<sent> connection::put(const pubcomp& p) noexcept { return put_answer(p, signal::pubcomp, 0); }
result<sent> connection::put(const suback& p) noexcept { return put_answer(p, signal::suback, p.reason_codes.size()); }
result<sent> connection::put(const unsuback& p) noexcept { return put_answer(p, signal::unsuback, p.reason_codes.size()); }

// To something that the peer began; codes go out as the owner gives them, in the order of the filters.
// [MQTT-3.9.3-1] [MQTT-3.11.3-1] [MQTT-3.8.4-7] [U31-3.9-b] [MQTT-3.10.4-4] [MQTT-3.10.4-5]
// [3.1.1/MQTT-2.3.1-6] [3.1.1/MQTT-2.3.1-7] [5.0/MQTT-2.2.1-5] [5.0/MQTT-2.2.1-6]
template <class P>
result<sent> connection::put_answer(const P& p, signal s, std::size_t answers) noexcept {
  packet_ids::entry* const e = theirs_.find(p.packet_id);
  const auto next = step(e ? e->state : exchange::none, s);
  const bool is_still_coming = is_in_pieces_ && debt_.packet_id == p.packet_id && debt_.answer == p.type;
  if ((next.is != progress::goes_on && next.is != progress::ends) || is_still_coming) return refusal(rule::packet_id_unknown, p.type);
  const bool counts = s == signal::suback || (s == signal::unsuback && is_v5());
  if (counts && answers != e->answers) return refusal(rule::reason_codes_not_as_many, p.type, errc::invalid_argument);  // [5.0/MQTT-3.8.4-6] [3.1.1/MQTT-3.8.4-5]
  if (const rule broken = check_order(*e, s); broken != rule::none) return refusal(broken, p.type);
  const auto written = write_answer(p);
  if (!written) return written;
  if (s == signal::puback || s == signal::pubrec || s == signal::pubrec_refused) ++answered_[s != signal::puback];
  e->state = next.is == progress::ends ? e->state : next.next;
  if (next.is == progress::ends) free_theirs(*e);
  return written;
}

// PUBACKs and PUBRECs in the order in which the messages came. [MQTT-4.6.0-2] [MQTT-4.6.0-3] [U31-4.3-a]
rule connection::check_order(const packet_ids::entry& e, signal s) const noexcept {
  if (!options_.ordered_acknowledgements) return rule::none;
  const bool is_next = e.state == exchange::publish_1   ? e.answers == answered_[0]
                       : e.state == exchange::publish_2 ? e.answers == answered_[1]
                       : s == signal::pubrel            ? e.answers == recs_answered_
                                                        : true;
  return is_next ? rule::none : rule::acknowledged_out_of_order;
}

result<sent> connection::put(const pubrel& p) noexcept {
  packet_ids::entry* const e = ours_.find(p.packet_id);
  const auto next = step(e ? e->state : exchange::none, signal::pubrel);
  if (next.is == progress::unknown) return refusal(rule::packet_id_unknown, p.type);
  const bool is_again = next.is == progress::again || e->is_resumed;
  if (is_again && is_v5() && !e->is_resumed) return refusal(rule::redelivery_out_of_turn, p.type);
  if (!is_again) {
    if (const rule broken = check_order(*e, signal::pubrel); broken != rule::none) return refusal(broken, p.type);  // [MQTT-4.6.0-4]
  }
  const auto written = write_answer(p);
  if (!written) return written;
  if (!is_again) ++recs_answered_;
  if (e->is_resumed) ++messages_ours_;
  e->is_resumed = false;
  e->state = next.next;
  return done(p.packet_id);
}

}  // namespace mqttspan
