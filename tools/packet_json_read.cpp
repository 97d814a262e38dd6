#include <limits>
#include <span>
#include <utility>

#include "hex.hpp"
#include "packet_json.hpp"

namespace mqttspan {
namespace {

// One JSON object: hands out its fields by key and complains about those that nobody asked for.
class json_fields {
 public:
  json_fields(const packet_json& object, std::string path) : object_(object), path_(std::move(path)) {
    if (!object.is_object()) fail("must be an object");
  }

  /// The field, or nullptr where the key is absent.
  const packet_json* find(std::string_view key) {
    known_.push_back(key);
    const auto it = object_.find(std::string(key));
    return it == object_.end() ? nullptr : &*it;
  }
  const packet_json& need(std::string_view key) {
    if (const packet_json* field = find(key)) return *field;
    throw packet_json_error(path_of(key), "is missing");
  }

  bool flag(std::string_view key, bool fallback) {
    const packet_json* field = find(key);
    if (!field) return fallback;
    if (!field->is_boolean()) throw packet_json_error(path_of(key), "must be true or false");
    return field->get<bool>();
  }
  std::uint32_t number(std::string_view key, std::uint32_t maximum, std::uint32_t fallback) {
    const packet_json* field = find(key);
    return field ? number_in(*field, path_of(key), maximum) : fallback;
  }
  std::uint16_t packet_id() { return static_cast<std::uint16_t>(number_in(need("packet_id"), path_of("packet_id"), 0xFFFF)); }
  mqttspan::qos qos() { return static_cast<mqttspan::qos>(number("qos", 2, 0)); }

  /// Call when all fields were read: whatever is left is unknown.
  void done() const {
    for (const auto& item : object_.items()) {
      bool known = false;
      for (const std::string_view key : known_) known = known || key == item.key();
      if (!known) throw packet_json_error(path_of(item.key()), "is not a field of this packet");
    }
  }

  std::string path_of(std::string_view key) const { return path_ + "/" + std::string(key); }

  static std::uint32_t number_in(const packet_json& field, const std::string& path, std::uint32_t maximum) {
    const bool whole = field.is_number_unsigned();
    if (!whole || field.get<std::uint64_t>() > maximum) throw packet_json_error(path, "must be a whole number from 0 to " + std::to_string(maximum));
    return field.get<std::uint32_t>();
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw packet_json_error(path_, what); }

  const packet_json& object_;
  std::string path_;
  std::vector<std::string_view> known_;
};

std::string item_path(const std::string& list, std::size_t index) { return list + "/" + std::to_string(index); }

const packet_json& need_array(const packet_json& value, const std::string& path) {
  if (!value.is_array()) throw packet_json_error(path, "must be an array");
  return value;
}

}  // namespace

// Fills a json_packet: one `read` for each packet type.
class json_packet_reader {
 public:
  json_packet_reader(const packet_json& value, json_packet& out, protocol_version version) : in_(value, ""), out_(out), version_(version) {}

  void read() {
    const packet_json& name = in_.need("type");
    const auto type = name.is_string() ? packet_type_named(name.get<std::string>()) : std::nullopt;
    if (!type) throw packet_json_error("/type", "must be one of connect, connack, publish, … auth");
    switch (*type) {
#define MQTTSPAN_PACKET(P)           \
  case packet_type::P:               \
    fill(out_.packet_.emplace<P>()); \
    break;
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
    }
    in_.done();
  }

 private:
  void fill(connect& p) {
    p.version = version_;
    if (const packet_json* name = in_.find("version")) {
      const auto version = name->is_string() ? version_named(name->get<std::string>()) : std::nullopt;
      if (!version) throw packet_json_error("/version", "must be \"3.1\", \"3.1.1\" or \"5.0\"");
      p.version = *version;
    }
    p.clean_start = in_.flag("clean_start", p.clean_start);
    p.keep_alive = static_cast<std::uint16_t>(in_.number("keep_alive", 0xFFFF, p.keep_alive));
    p.bridge = in_.flag("bridge", false);
    if (const packet_json* id = in_.find("client_id")) p.client_id = text(*id, "/client_id");
    if (const packet_json* will = in_.find("will")) fill(p.will.emplace(), *will);
    if (const packet_json* name = in_.find("user_name")) p.user_name = text(*name, "/user_name");
    if (const packet_json* password = in_.find("password")) p.password = binary(*password, "/password");
    p.properties = properties(in_, out_.properties_);
  }

  void fill(will& w, const packet_json& value) {
    json_fields fields(value, "/will");
    w.topic = text(fields.need("topic"), "/will/topic");
    if (const packet_json* payload = fields.find("payload")) w.payload = binary(*payload, "/will/payload");
    w.qos = fields.qos();
    w.retain = fields.flag("retain", false);
    w.properties = properties(fields, out_.will_properties_);
    fields.done();
  }

  void fill(connack& p) {
    p.session_present = in_.flag("session_present", false);
    const packet_json* code = in_.find("reason_code");
    if (code) p.reason_code = reason(*code, "/reason_code");
    if (const packet_json* wire = in_.find("return_code")) {
      const auto meaning = from_return_code(static_cast<std::uint8_t>(json_fields::number_in(*wire, "/return_code", 5)));
      if (code && *meaning != p.reason_code) throw packet_json_error("/return_code", "contradicts reason_code");
      p.reason_code = *meaning;
    }
    p.properties = properties(in_, out_.properties_);
  }

  void fill(publish& p) {
    p.dup = in_.flag("dup", false);
    p.qos = in_.qos();
    p.retain = in_.flag("retain", false);
    p.topic = text(in_.need("topic"), "/topic");
    p.packet_id = static_cast<std::uint16_t>(in_.number("packet_id", 0xFFFF, 0));
    if (const packet_json* payload = in_.find("payload")) p.payload = binary(*payload, "/payload");
    p.properties = properties(in_, out_.properties_);
  }

  void fill(puback& p) { fill_acknowledgement(p); }
  void fill(pubrec& p) { fill_acknowledgement(p); }
  void fill(pubrel& p) {
    p.dup = in_.flag("dup", false);
    fill_acknowledgement(p);
  }
  void fill(pubcomp& p) { fill_acknowledgement(p); }

  void fill(subscribe& p) {
    p.dup = in_.flag("dup", false);
    p.packet_id = in_.packet_id();
    const packet_json& list = need_array(in_.need("subscriptions"), "/subscriptions");
    for (std::size_t i = 0; i < list.size(); ++i) out_.subscriptions_.push_back(entry(list[i], item_path("/subscriptions", i)));
    p.subscriptions = std::span<const subscription>(out_.subscriptions_);
    p.properties = properties(in_, out_.properties_);
  }

  subscription entry(const packet_json& value, const std::string& path) {
    json_fields fields(value, path);
    subscription s;
    s.topic_filter = text(fields.need("topic_filter"), fields.path_of("topic_filter"));
    s.qos = fields.qos();
    s.no_local = fields.flag("no_local", false);
    s.retain_as_published = fields.flag("retain_as_published", false);
    s.retain_handling = static_cast<mqttspan::retain_handling>(fields.number("retain_handling", 0xFF, 0));
    fields.done();
    return s;
  }

  void fill(suback& p) {
    p.packet_id = in_.packet_id();
    p.reason_codes = reasons(in_.need("reason_codes"));
    p.properties = properties(in_, out_.properties_);
  }

  void fill(unsubscribe& p) {
    p.dup = in_.flag("dup", false);
    p.packet_id = in_.packet_id();
    const packet_json& list = need_array(in_.need("topic_filters"), "/topic_filters");
    for (std::size_t i = 0; i < list.size(); ++i) out_.topic_filters_.push_back(text(list[i], item_path("/topic_filters", i)));
    p.topic_filters = std::span<const std::string_view>(out_.topic_filters_);
    p.properties = properties(in_, out_.properties_);
  }

  void fill(unsuback& p) {
    p.packet_id = in_.packet_id();
    if (const packet_json* list = in_.find("reason_codes")) p.reason_codes = reasons(*list);  // 3.x has none
    p.properties = properties(in_, out_.properties_);
  }

  void fill(pingreq&) {}
  void fill(pingresp&) {}
  void fill(disconnect& p) { fill_reason(p); }
  void fill(auth& p) { fill_reason(p); }

  template <class P>
  void fill_acknowledgement(P& p) {
    p.packet_id = in_.packet_id();
    fill_reason(p);
  }

  template <class P>
  void fill_reason(P& p) {
    if (const packet_json* code = in_.find("reason_code")) p.reason_code = reason(*code, "/reason_code");
    p.properties = properties(in_, out_.properties_);
  }

  static reason_code reason(const packet_json& value, const std::string& path) {
    return static_cast<reason_code>(json_fields::number_in(value, path, 0xFF));
  }

  std::span<const reason_code> reasons(const packet_json& value) {
    const packet_json& list = need_array(value, "/reason_codes");
    for (std::size_t i = 0; i < list.size(); ++i) out_.reason_codes_.push_back(reason(list[i], item_path("/reason_codes", i)));
    return out_.reason_codes_;
  }

  property_list properties(json_fields& fields, std::vector<property>& kept) {
    const packet_json* value = fields.find("properties");
    if (!value) return {};
    const std::string path = fields.path_of("properties");
    need_array(*value, path);
    for (std::size_t i = 0; i < value->size(); ++i) kept.push_back(one_property((*value)[i], item_path(path, i)));
    return std::span<const property>(kept);
  }

  property one_property(const packet_json& pair, const std::string& path) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string()) throw packet_json_error(path, "must be a pair: [\"name\", value]");
    const auto id = property_named(pair[0].get<std::string>());
    if (!id) throw packet_json_error(path + "/0", "is not the name of a property");
    const packet_json& value = pair[1];
    const std::string at = path + "/1";
    const auto number = [&](std::uint32_t maximum) { return property(*id, json_fields::number_in(value, at, maximum)); };
    switch (type_of(*id)) {
      case property_type::byte: return number(0xFF);
      case property_type::two_byte: return number(0xFFFF);
      case property_type::four_byte: return number(0xFFFF'FFFF);
      case property_type::variable_byte: return number(max_varint);
      case property_type::string: return property(*id, text(value, at));
      case property_type::binary: return property(*id, binary(value, at));
      case property_type::string_pair: break;
    }
    if (!value.is_array() || value.size() != 2) throw packet_json_error(at, "must be a pair: [\"name\", \"value\"]");
    const std::string_view name = text(value[0], at + "/0");
    return property(*id, string_pair{name, text(value[1], at + "/1")});
  }

  std::string_view text(const packet_json& value, const std::string& path) { return string_or_hex(value, path); }
  bytes_view binary(const packet_json& value, const std::string& path) { return as_bytes(string_or_hex(value, path)); }

  std::string_view string_or_hex(const packet_json& value, const std::string& path) {
    if (value.is_string()) return keep(value.get<std::string>());
    const bool wrapped = value.is_object() && value.size() == 1 && value.contains("hex") && value["hex"].is_string();
    if (!wrapped) throw packet_json_error(path, "must be a string or {\"hex\":\"…\"}");
    try {
      return keep(std::string(as_text(from_hex(value["hex"].get<std::string>()))));
    } catch (const hex_error& e) {
      throw packet_json_error(path + "/hex", "character " + std::to_string(e.where) + " is not one of a pair of hexadecimal digits");
    }
  }

  std::string_view keep(std::string s) { return out_.texts_.emplace_back(std::move(s)); }

  static constexpr std::uint32_t max_varint = 268'435'455;

  json_fields in_;
  json_packet& out_;
  protocol_version version_;
};

json_packet packet_from_json(const packet_json& value, protocol_version version) {
  json_packet out;
  json_packet_reader(value, out, version).read();
  return out;
}

}  // namespace mqttspan
