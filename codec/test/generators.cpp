#include "generators.hpp"

#include <ostream>

#include <mqttspan/codec/generate.hpp>

namespace mqttspan::test {

std::uint32_t seeded_entropy::below(std::uint32_t count) {
  state_ ^= state_ << 13;
  state_ ^= state_ >> 7;
  state_ ^= state_ << 17;
  return static_cast<std::uint32_t>(state_ >> 16) % count;
}

std::uint32_t byte_entropy::below(std::uint32_t count) {
  std::uint32_t value = 0;
  for (std::uint32_t range = count - 1; range != 0 && !left_.empty(); range >>= 8) {
    value = value << 8 | std::to_integer<std::uint32_t>(left_.front());
    left_ = left_.subspan(1);
  }
  return value % count;
}

std::ostream& operator<<(std::ostream& out, const sample& s) {
  out << to_string(type_of(s.packet)) << " of " << to_string(s.version) << " from " << to_string(s.from) << ':';
  const auto size = encoded_size(s.packet, s.version);
  std::vector<std::byte> buffer(size ? *size : 0);
  const auto bytes = generate(s.packet, s.version, buffer);
  if (!bytes) return out << " not generated, " << to_string(bytes.error().violated) << " at " << bytes.error().offset;
  constexpr std::string_view digits = "0123456789abcdef";
  std::size_t shown = 0;
  for (const std::byte byte : *bytes) {
    if (++shown > 600) return out << "... (" << bytes->size() << " bytes)";
    out << ' ' << digits[std::to_integer<unsigned>(byte) >> 4] << digits[std::to_integer<unsigned>(byte) & 15];
  }
  return out;
}

std::vector<std::pair<packet_type, protocol_version>> every_type_and_version() {
  std::vector<std::pair<packet_type, protocol_version>> all;
  for (const auto version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5})
    for (unsigned type = 1; type <= 15; ++type)
      if (exists(static_cast<packet_type>(type), version)) all.emplace_back(static_cast<packet_type>(type), version);
  return all;
}

sample packet_source::next() {
  const auto version = one_of({protocol_version::v5, protocol_version::v3_1_1, protocol_version::v3_1});
  const auto types = version == protocol_version::v5 ? 15u : 14u;
  return next(static_cast<packet_type>(1 + (choices_.below(types) + 2) % types), version);  // PUBLISH is the simplest
}

sample packet_source::next(packet_type type, protocol_version version) {
  start(type, version);
  sample made{make(type), version_, from_, nullptr};
  made.storage = std::move(storage_);
  return made;
}

void packet_source::start(packet_type type, protocol_version version) {
  storage_ = std::make_shared<packet_storage>();
  version_ = version;
  text_left_ = text_budget_;
  switch (type) {
    case packet_type::connect:
    case packet_type::subscribe:
    case packet_type::unsubscribe:
    case packet_type::pingreq: from_ = sender::client; break;
    case packet_type::connack:
    case packet_type::suback:
    case packet_type::unsuback:
    case packet_type::pingresp: from_ = sender::server; break;
    case packet_type::disconnect: from_ = v5() && chance(2) ? sender::server : sender::client; break;
    default: from_ = chance(2) ? sender::server : sender::client;
  }
}

packet packet_source::make(packet_type type) {
  switch (type) {
    case packet_type::connect: return make_connect();
    case packet_type::connack: return make_connack();
    case packet_type::publish: return make_publish();
    case packet_type::puback: return make_ack<puback>();
    case packet_type::pubrec: return make_ack<pubrec>();
    case packet_type::pubrel: return make_ack<pubrel>();
    case packet_type::pubcomp: return make_ack<pubcomp>();
    case packet_type::subscribe: return make_subscribe();
    case packet_type::suback: return make_suback();
    case packet_type::unsubscribe: return make_unsubscribe();
    case packet_type::unsuback: return make_unsuback();
    case packet_type::pingreq: return pingreq{};
    case packet_type::pingresp: return pingresp{};
    case packet_type::disconnect: return make_disconnect();
    case packet_type::auth: return make_auth();
  }
  return pingreq{};
}

connect packet_source::make_connect() {
  connect p{.version = version_};
  p.clean_start = !chance(2);
  p.keep_alive = static_cast<std::uint16_t>(integer(0, 0xFFFF));
  p.client_id = client_id();
  if (version_ == protocol_version::v3_1_1 && p.client_id.empty()) p.clean_start = true;  // [3.1.1/MQTT-3.1.3-7]
  if (chance(2)) p.will = make_will();
  if (chance(2)) p.user_name = user_name();
  if ((v5() || p.user_name) && chance(2)) p.password = binary(length());  // [3.1.1/MQTT-3.1.2-22]
  p.properties = properties(property_place::connect);
  return p;
}

std::string_view packet_source::client_id() {
  if (version_ != protocol_version::v3_1) return text();
  std::string id = "c";  // 1 to 23 characters [U31-3.1-f]
  for (std::uint32_t more = one_of({0u, 3u, 10u, 22u}); more != 0; --more) id += chance(8) ? "\u00E9" : "x";
  return keep(std::move(id));
}

will packet_source::make_will() {
  mqttspan::will w{.topic = topic_name()};
  w.properties = properties(property_place::will);
  w.payload = version_ == protocol_version::v3_1 ? ascii(length()) : payload(w.properties);
  if (w.payload.size() > 0xFFFF) w.payload = w.payload.first(0xFFFF);
  w.qos = static_cast<qos>(choices_.below(3));
  w.retain = chance(2);
  return w;
}

connack packet_source::make_connack() {
  connack p;
  if (!chance(2)) {
    p.session_present = version_ != protocol_version::v3_1 && chance(2);  // only beside success [MQTT-3.2.2-6]
  } else if (v5()) {
    p.reason_code = code_of(packet_type::connack);
  } else {
    p.reason_code = *from_return_code(static_cast<std::uint8_t>(choices_.below(6)));
  }
  p.properties = properties(property_place::connack);
  return p;
}

publish packet_source::make_publish() {
  publish p{.topic = topic_name()};
  p.properties = properties(property_place::publish);
  if (p.properties.contains(prop::topic_alias) && chance(2)) p.topic = {};  // [U5-3.3.2.1-a]
  p.payload = payload(p.properties);
  p.qos = static_cast<qos>(choices_.below(3));
  p.retain = chance(2);
  if (p.qos == qos::at_most_once) return p;
  p.packet_id = packet_id();
  p.dup = chance(2);
  return p;
}

template <class Ack>
Ack packet_source::make_ack() {
  Ack p{.packet_id = packet_id()};
  if constexpr (Ack::type == packet_type::pubrel) p.dup = version_ == protocol_version::v3_1 && chance(2);
  if (v5() && chance(2)) p.reason_code = code_of(Ack::type);
  p.properties = properties(static_cast<property_place>(Ack::type));
  return p;
}

subscribe packet_source::make_subscribe() {
  subscribe p{.packet_id = packet_id(), .dup = version_ == protocol_version::v3_1 && chance(2)};
  auto& list = storage_->subscriptions;
  for (std::size_t left = list_length(); left != 0; --left) {
    subscription s{.topic_filter = topic_filter(), .qos = static_cast<qos>(choices_.below(3))};
    if (v5()) {
      s.no_local = !s.topic_filter.starts_with("$share/") && chance(2);  // [MQTT-3.8.3-4]
      s.retain_as_published = chance(2);
      s.retain_handling = static_cast<retain_handling>(choices_.below(3));
    }
    list.push_back(s);
  }
  p.subscriptions = list;
  p.properties = properties(property_place::subscribe);
  return p;
}

suback packet_source::make_suback() {
  suback p{.packet_id = packet_id()};
  auto& list = storage_->reason_codes;
  using enum reason_code;
  for (std::size_t left = list_length(); left != 0; --left)
    list.push_back(v5() ? code_of(packet_type::suback) : one_of({granted_qos_0, granted_qos_1, granted_qos_2, unspecified_error}));
  p.reason_codes = list;
  p.properties = properties(property_place::suback);
  return p;
}

unsubscribe packet_source::make_unsubscribe() {
  unsubscribe p{.packet_id = packet_id(), .dup = version_ == protocol_version::v3_1 && chance(2)};
  auto& list = storage_->topic_filters;
  for (std::size_t left = list_length(); left != 0; --left) list.push_back(topic_filter());
  p.topic_filters = list;
  p.properties = properties(property_place::unsubscribe);
  return p;
}

unsuback packet_source::make_unsuback() {
  unsuback p{.packet_id = packet_id()};
  if (!v5()) return p;
  auto& list = storage_->reason_codes;
  for (std::size_t left = list_length(); left != 0; --left) list.push_back(code_of(packet_type::unsuback));
  p.reason_codes = list;
  p.properties = properties(property_place::unsuback);
  return p;
}

disconnect packet_source::make_disconnect() {
  disconnect p;
  if (v5() && chance(2)) p.reason_code = code_of(packet_type::disconnect);
  p.properties = properties(property_place::disconnect);
  return p;
}

auth packet_source::make_auth() {
  auth p;
  if (from_ == sender::server && chance(6)) return p;  // Remaining Length 0: the codec takes it, though its method is missing
  if (from_ == sender::client || chance(2)) p.reason_code = code_of(packet_type::auth);
  p.properties = properties(property_place::auth);
  return p;
}

}  // namespace mqttspan::test
