#include "packet_json.hpp"

#include <mqttspan/codec/utf8.hpp>

#include "hex.hpp"

namespace mqttspan {
namespace {

constexpr std::string_view type_names[] = {
    "reserved",
#define MQTTSPAN_PACKET(name) #name,
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
};

packet_json binary(bytes_view bytes) { return {{"hex", to_hex(bytes)}}; }

packet_json text(std::string_view s) {
  if (!is_well_formed_utf8(s)) return binary(as_bytes(s));
  return std::string(s);
}

packet_json number(reason_code code) { return static_cast<unsigned>(code); }

packet_json value_of(const property& p) {
  switch (p.type()) {
    case property_type::string: return text(p.text());
    case property_type::binary: return binary(p.binary());
    case property_type::string_pair: return packet_json::array({text(p.name()), text(p.text())});
    default: return p.integer();
  }
}

packet_json list_of(const property_list& properties) {
  packet_json list = packet_json::array();
  for (const property& p : properties) list.push_back(packet_json::array({std::string(to_string(p.id())), value_of(p)}));
  return list;
}

// Writes the fields of each packet behind "type", for one version.
class writer {
 public:
  writer(packet_json& out, protocol_version version) : out_(out), version_(version) {}

  void operator()(const connect& p) {
    version_ = p.version;
    out_["version"] = std::string(to_string(p.version));
    out_["clean_start"] = p.clean_start;
    out_["keep_alive"] = p.keep_alive;
    if (p.bridge) out_["bridge"] = true;
    out_["client_id"] = text(p.client_id);
    if (p.will) out_["will"] = will_of(*p.will);
    if (p.user_name) out_["user_name"] = text(*p.user_name);
    if (p.password) out_["password"] = binary(*p.password);
    put_properties(out_, p.properties);
  }

  void operator()(const connack& p) {
    if (version_ != protocol_version::v3_1) out_["session_present"] = p.session_present;
    out_["reason_code"] = number(p.reason_code);
    if (const auto code = return_code(p.reason_code); code && !v5()) out_["return_code"] = *code;
    put_properties(out_, p.properties);
  }

  void operator()(const publish& p) {
    out_["dup"] = p.dup;
    out_["qos"] = static_cast<unsigned>(p.qos);
    out_["retain"] = p.retain;
    out_["topic"] = text(p.topic);
    if (p.qos != qos::at_most_once) out_["packet_id"] = p.packet_id;
    out_["payload"] = binary(p.payload);
    put_properties(out_, p.properties);
  }

  void operator()(const puback& p) { put_acknowledgement(p); }
  void operator()(const pubrec& p) { put_acknowledgement(p); }
  void operator()(const pubrel& p) {
    put_dup(p.dup);
    put_acknowledgement(p);
  }
  void operator()(const pubcomp& p) { put_acknowledgement(p); }

  void operator()(const subscribe& p) {
    put_dup(p.dup);
    out_["packet_id"] = p.packet_id;
    packet_json& list = out_["subscriptions"] = packet_json::array();
    for (const subscription& s : p.subscriptions) list.push_back(subscription_of(s));
    put_properties(out_, p.properties);
  }

  void operator()(const suback& p) {
    out_["packet_id"] = p.packet_id;
    put_reason_codes(p.reason_codes);
    put_properties(out_, p.properties);
  }

  void operator()(const unsubscribe& p) {
    put_dup(p.dup);
    out_["packet_id"] = p.packet_id;
    packet_json& list = out_["topic_filters"] = packet_json::array();
    for (const std::string_view filter : p.topic_filters) list.push_back(text(filter));
    put_properties(out_, p.properties);
  }

  void operator()(const unsuback& p) {
    out_["packet_id"] = p.packet_id;
    if (v5()) put_reason_codes(p.reason_codes);
    put_properties(out_, p.properties);
  }

  void operator()(const pingreq&) {}
  void operator()(const pingresp&) {}
  void operator()(const disconnect& p) { put_reason(p); }
  void operator()(const auth& p) { put_reason(p); }

 private:
  bool v5() const { return version_ == protocol_version::v5; }

  void put_dup(bool dup) {
    if (version_ == protocol_version::v3_1) out_["dup"] = dup;
  }

  template <class P>
  void put_acknowledgement(const P& p) {
    out_["packet_id"] = p.packet_id;
    put_reason(p);
  }

  template <class P>
  void put_reason(const P& p) {
    if (v5()) out_["reason_code"] = number(p.reason_code);
    put_properties(out_, p.properties);
  }

  void put_reason_codes(const wire_list<reason_code>& codes) {
    packet_json& list = out_["reason_codes"] = packet_json::array();
    for (const reason_code code : codes) list.push_back(number(code));
  }

  void put_properties(packet_json& out, const property_list& properties) const {
    if (v5()) out["properties"] = list_of(properties);
  }

  packet_json will_of(const will& w) const {
    packet_json out;
    out["topic"] = text(w.topic);
    out["payload"] = binary(w.payload);
    out["qos"] = static_cast<unsigned>(w.qos);
    out["retain"] = w.retain;
    put_properties(out, w.properties);
    return out;
  }

  packet_json subscription_of(const subscription& s) const {
    packet_json out;
    out["topic_filter"] = text(s.topic_filter);
    out["qos"] = static_cast<unsigned>(s.qos);
    if (!v5()) return out;
    out["no_local"] = s.no_local;
    out["retain_as_published"] = s.retain_as_published;
    out["retain_handling"] = static_cast<unsigned>(s.retain_handling);
    return out;
  }

  packet_json& out_;
  protocol_version version_;
};

}  // namespace

packet_json to_json(const packet& p, protocol_version version) {
  packet_json out;
  out["type"] = std::string(json_name(type_of(p)));
  std::visit(writer(out, version), p);
  return out;
}

std::optional<sender> sender_named(std::string_view name) noexcept {
  for (const sender s : {sender::any, sender::client, sender::server})
    if (to_string(s) == name) return s;
  return std::nullopt;
}

std::optional<packet_type> packet_type_named(std::string_view name) noexcept {
  for (unsigned i = 1; i < std::size(type_names); ++i)
    if (type_names[i] == name) return static_cast<packet_type>(i);
  return std::nullopt;
}

std::string_view json_name(packet_type type) noexcept { return type_names[static_cast<unsigned>(type)]; }

}  // namespace mqttspan
