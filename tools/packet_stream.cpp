#include "packet_stream.hpp"

#include <algorithm>

#include <mqttspan/codec/varint.hpp>

namespace mqttspan {
namespace {

// The reserved bits of PUBREL, SUBSCRIBE and UNSUBSCRIBE are 0010, of all others 0000. [MQTT-2.1.3-1]
std::byte first_byte(packet_type type) {
  const bool two = type == packet_type::pubrel || type == packet_type::subscribe || type == packet_type::unsubscribe;
  return static_cast<std::byte>(static_cast<unsigned>(type) << 4 | (two ? 2u : 0u));
}

bool says_wrong_side(packet_type type, protocol_version version, sender from) {
  const std::byte bytes[] = {first_byte(type), std::byte{0}};
  const auto outcome = parse(bytes, version, {.sender = from});
  return !outcome && outcome.error().violated == rule::packet_from_wrong_side;
}

// The packet at the front, as far as it is there; where its length cannot be read, the first bytes of what it claims to be.
bytes_view extent(bytes_view bytes) {
  constexpr std::size_t glimpse = 16;
  const auto length = decode_varint(bytes.subspan(1));
  const std::size_t size = length ? std::size_t{1} + length->size + length->value : glimpse;
  return bytes.first(std::min(bytes.size(), size));
}

bool is_connection_setup(packet_type type) { return type == packet_type::connect || type == packet_type::connack; }

}  // namespace

protocol_version version_of(bytes_view bytes, protocol_version otherwise) {
  const connect_inspection seen = inspect_connect(bytes);
  return seen.protocol_level ? seen.version() : otherwise;
}

sender only_sender(packet_type type, protocol_version version) {
  if (says_wrong_side(type, version, sender::server)) return sender::client;
  if (says_wrong_side(type, version, sender::client)) return sender::server;
  return sender::any;
}

phase conversation::phase_of(packet_type type) const {
  if (both_directions_) return now_;
  return is_connection_setup(type) ? phase::before_connack : phase::connected;
}

bool conversation::guesses(packet_type type) {
  const bool same_everywhere = type == packet_type{} || type == packet_type::connect || type == packet_type::pingreq || type == packet_type::pingresp;
  if (!how_.learn_version || connect_seen_ || told_ || same_everywhere) return false;
  told_ = true;
  return true;
}

void conversation::learn_from(bytes_view bytes, packet_type type) {
  if (type != packet_type::connect) return;
  connect_seen_ = true;
  if (how_.learn_version) how_.version = version_of(bytes, how_.version);
}

void conversation::passed(packet_type type) {
  if (type == packet_type::connack) now_ = phase::connected;
}

packet_stream::packet_stream(conversation& shared, packet_visitor& visitor, sender from, std::size_t connection)
    : shared_(shared),
      visitor_(visitor),
      from_(from),
      connection_(connection) {}

void packet_stream::push(bytes_view bytes, double seconds) {
  if (failed_) return;
  seconds_ = seconds;
  if (pending() == 0) {  // the common case: nothing is held, read in place
    const std::size_t used = visit_all(bytes);
    const bytes_view rest = bytes.subspan(used);
    held_.assign(rest.begin(), rest.end());
    taken_ = 0;
    return;
  }
  held_.insert(held_.end(), bytes.begin(), bytes.end());
  taken_ += visit_all(bytes_view(held_).subspan(taken_));
  if (taken_ > held_.size() / 2) {
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
}

void packet_stream::finish() {
  if (failed_ || pending() == 0) return;
  const bytes_view rest = bytes_view(held_).subspan(taken_);
  const auto type = static_cast<packet_type>(std::to_integer<unsigned>(rest[0]) >> 4);
  fail(rest, error{.code = errc::incomplete, .in = type, .offset = static_cast<std::uint32_t>(rest.size())});
}

std::size_t packet_stream::visit_all(bytes_view bytes) {
  parse_options options = shared_.options();
  options.sender = from_;
  std::size_t used = 0;
  while (used < bytes.size() && !failed_) {
    const bytes_view rest = bytes.subspan(used);
    const auto outcome = parse(rest, shared_.version(), options);
    if (!outcome && outcome.error().code == errc::incomplete) break;
    const auto type = outcome ? type_of(outcome->packet) : outcome.error().in;
    if (shared_.guesses(type)) visitor_.version_assumed(seen(rest.first(1), type));
    if (!outcome) {
      fail(rest, outcome.error());
      break;
    }
    const bytes_view whole = rest.first(outcome->size);
    shared_.learn_from(whole, type);
    visitor_.packet(seen(whole, type), outcome->packet);
    shared_.passed(type);
    used += outcome->size;
    offset_ += outcome->size;
  }
  return used;
}

void packet_stream::fail(bytes_view bytes, const error& e) {
  bytes = extent(bytes);
  shared_.learn_from(bytes, e.in);
  visitor_.fault(seen(bytes, e.in), e);
  failed_ = true;
}

sighting packet_stream::seen(bytes_view bytes, packet_type type) const {
  return {.connection = connection_,
          .seconds = seconds_,
          .from = from_,
          .offset = offset_,
          .version = type == packet_type::connect ? version_of(bytes, shared_.version()) : shared_.version(),
          .now = shared_.phase_of(type),
          .bytes = bytes};
}

}  // namespace mqttspan
