// What an endpoint sends when.
#include <mqttspan/posix/endpoint.hpp>

#include <algorithm>
#include <utility>

namespace mqttspan::inline MQTTSPAN_ABI::posix {
namespace {

constexpr std::size_t is_long = 8192;  // a payload that is not copied for each receiver

// What a later attempt may mend.
bool is_for_later(const error& e) noexcept { return e.code == errc::no_space || e.code == errc::quota_exceeded; }

}  // namespace

// Many small packets become one write, at the end of the turn; a full output does not wait for that.
result<sent> endpoint::after_send(result<sent> r) {
  if (!r) {
    is_over_ = is_over_ || (r.error().code == errc::no_space && waiting() != 0);
    return r;
  }
  is_news_ = true;  // what was behind CONNECT has waited for CONNACK
  if (r->over_high_water) {
    write();
    r->over_high_water = waiting() > group_->options.mqtt.high_water;
    is_over_ = is_over_ || r->over_high_water;
  }
  if (!is_in_turn_) group_->loop.soon(*this);
  return r;
}

result<sent> endpoint::send_borrowed(const publish& p) {
  auto r = connection_.send_borrowed(p, group_->loop.now());
  if (!r && r.error().code == errc::no_space && write()) r = connection_.send_borrowed(p, group_->loop.now());
  return after_send(r);
}

result<sent> endpoint::deliver(message& m, qos most) {
  if (!is_open()) return error{.code = errc::wrong_state};
  std::shared_ptr<const owned<publish>> kept = m.view().payload.size() < is_long ? nullptr : m.keep();
  if (queue_.empty()) {
    const auto try_now = [&] { return try_deliver(kept ? **kept : m.view(), most, kept); };
    auto r = try_now();
    if (!r && r.error().code == errc::no_space && write()) r = try_now();
    if (r || !is_for_later(r.error())) return after_send(r);
  }
  if (!kept) kept = m.keep();
  if (!kept) return error{.code = errc::no_space};
  const std::size_t size = kept->bytes().size();
  if (!queue_.empty() && queued_ + size > group_->options.queue_limit) return after_send(error{.code = errc::no_space});
  queue_.push_back({std::move(kept), most});
  queued_ += size;
  return after_send(sent{.over_high_water = true});
}

// Payloads that are long, and ours to keep, are not copied.
result<sent> endpoint::try_deliver(const publish& original, qos most, const std::shared_ptr<const owned<publish>>& kept) {
  publish p = original;
  p.packet_id = 0;
  p.qos = std::min({p.qos, most, connection_.theirs().maximum_qos});
  if (connection_.version() != protocol_version::v5) p.properties = {};
  if (!kept || p.payload.size() < is_long) return connection_.send(p, time());
  const auto r = connection_.send_borrowed(p, time());
  if (r) borrowed_ = kept;
  return r;
}

void endpoint::refill() {
  while (!queue_.empty()) {
    const queued& next = queue_.front();
    const auto r = try_deliver(**next.what, next.most, next.what);
    if (!r && is_for_later(r.error())) return;
    queued_ -= next.what->bytes().size();
    queue_.pop_front();
  }
}

}  // namespace mqttspan::posix
