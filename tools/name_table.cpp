#include "name_table.hpp"

#include <cctype>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/reason_code.hpp>
#include <mqttspan/codec/rule.hpp>

#include "dissect_words.hpp"
#include "packet_stream.hpp"

namespace mqttspan {
namespace {

constexpr protocol_version versions[] = {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5};
constexpr property_place property_places[] = {
    property_place::connect,     property_place::will,     property_place::connack,    property_place::publish,   property_place::puback,
    property_place::pubrec,      property_place::pubrel,   property_place::pubcomp,    property_place::subscribe, property_place::suback,
    property_place::unsubscribe, property_place::unsuback, property_place::disconnect, property_place::auth};

constexpr packet_type packet_types[] = {
#define MQTTSPAN_PACKET(P) packet_type::P,
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
};

constexpr property_id property_ids[] = {
#define MQTTSPAN_PROPERTY(name, ...) property_id::name,
#include <mqttspan/codec/properties.inc>
#undef MQTTSPAN_PROPERTY
};

constexpr reason_code reason_codes[] = {
#define MQTTSPAN_REASON(name, ...) reason_code::name,
#include <mqttspan/codec/reason_codes.inc>
#undef MQTTSPAN_REASON
};

std::string place_name(property_place place) {
  return place == property_place::will ? "will" : std::string(to_string(static_cast<packet_type>(place)));
}

name_entry packet_entry(packet_type type) {
  packet_json f;
  f["kind"] = "packet type";
  f["name"] = std::string(to_string(type));
  f["number"] = static_cast<unsigned>(type);
  packet_json& senders = f["senders"] = packet_json::object();
  for (const protocol_version v : versions) {
    if (type == packet_type::auth && v != protocol_version::v5) continue;
    const sender only = only_sender(type, v);
    senders[std::string(to_string(v))] = only == sender::any ? "client and server" : std::string(to_string(only));
  }
  return {std::move(f), static_cast<unsigned>(type)};
}

name_entry property_entry(property_id id) {
  packet_json f;
  f["kind"] = "property";
  f["name"] = std::string(to_string(id));
  f["number"] = static_cast<unsigned>(id);
  f["type"] = std::string(words_of_property_type(type_of(id)));
  for (const auto& row : detail::rows) {
    if (row.id != id || row.maximum == 0) continue;
    f["minimum"] = row.minimum;
    f["maximum"] = row.maximum;
  }
  packet_json& places = f["in"] = packet_json::array();
  packet_json repeats = packet_json::array();
  for (const property_place place : property_places) {
    if (!is_allowed(id, place)) continue;
    places.push_back(place_name(place));
    if (may_repeat(id, place)) repeats.push_back(place_name(place));
  }
  if (!repeats.empty()) f["may_repeat_in"] = std::move(repeats);
  return {std::move(f), static_cast<unsigned>(id)};
}

name_entry reason_entry(reason_code code) {
  packet_json f;
  f["kind"] = "reason code";
  f["name"] = std::string(to_string(code));
  f["number"] = static_cast<unsigned>(code);
  f["text"] = std::string(text_of(code));
  for (const sender from : {sender::client, sender::server}) {
    packet_json in = packet_json::array();
    for (const packet_type type : packet_types)
      if (is_legal(code, type, from)) in.push_back(std::string(to_string(type)));
    f["from_" + std::string(to_string(from))] = std::move(in);
  }
  if (const auto wire = return_code(code)) f["connack_return_code_in_3.x"] = *wire;
  return {std::move(f), static_cast<unsigned>(code)};
}

// The statements that one rule rests on, by "version/id", each with the packets and properties that lead to it; none where it is the general one.
class statement_finder {
 public:
  packet_json find(rule r) && {
    for (const protocol_version v : versions) general(r, v);
    properties(r);
    return std::move(found_);
  }

 private:
  // The rule's own statement first; of a packet only what differs.
  void general(rule r, protocol_version v) {
    const std::string_view own = statement_id(r, v);
    if (!own.empty()) add(v, own, "");
    for (const packet_type type : packet_types)
      if (const std::string_view id = statement_id(r, v, type); !id.empty() && id != own) add(v, id, std::string(to_string(type)));
  }

  // The library names a property's own statement when it sees the packet: show it one.
  void properties(rule r) {
    if (r != rule::property_duplicate && r != rule::property_out_of_range && r != rule::topic_alias_is_zero) return;
    const std::size_t behind_id = r == rule::property_duplicate ? 0 : 1;
    const std::string_view own = statement_id(r, protocol_version::v5);
    for (const property_place place : property_places)
      for (const property_id id : property_ids) {
        if (!is_allowed(id, place) || (r == rule::topic_alias_is_zero && id != property_id::topic_alias)) continue;
        const std::vector<std::byte> packet = packet_with(place, id);
        const auto in = place == property_place::will ? packet_type::connect : static_cast<packet_type>(place);
        const error e = make_error(r, packet.size() - 2 + behind_id, in);
        const std::string_view statement = statement_id(e, protocol_version::v5, packet);
        if (statement != own) add(protocol_version::v5, statement, place_name(place) + " " + std::string(to_string(id)));
      }
  }

  // A packet whose last but one byte is the property's identifier. Only the way to it must be right.
  static std::vector<std::byte> packet_with(property_place place, property_id id) {
    const auto last = [id](std::vector<std::byte> bytes) {
      bytes.push_back(static_cast<std::byte>(id));
      bytes.push_back(std::byte{0});
      bytes[1] = static_cast<std::byte>(bytes.size() - 2);
      return bytes;
    };
    if (place != property_place::will) return last({static_cast<std::byte>(static_cast<unsigned>(place) << 4), std::byte{0}});
    // CONNECT of 5.0 with a will, no properties and an empty client identifier, up to the will property length.
    std::vector<std::byte> connect;
    for (const unsigned b : {0x10u, 0u, 0u, 4u, 0x4Du, 0x51u, 0x54u, 0x54u, 5u, 6u, 0u, 60u, 0u, 0u, 0u, 2u})
      connect.push_back(static_cast<std::byte>(b));
    return last(std::move(connect));
  }

  void add(protocol_version v, std::string_view id, const std::string& where) {
    packet_json& list = found_[std::string(to_string(v)) + "/" + std::string(id)];
    if (list.is_null()) list = packet_json::array();
    if (!where.empty()) list.push_back(where);
  }

  packet_json found_ = packet_json::object();
};

name_entry rule_entry(rule r) {
  const detail::rule_class& row = detail::rule_classes[static_cast<std::uint8_t>(r)];
  name_entry entry;
  packet_json& f = entry.facts;
  f["kind"] = "rule";
  f["name"] = std::string(to_string(r));
  f["text"] = std::string(text_of(r));
  f["class"] = std::string(to_string(row.code));
  f["reason_code"] = static_cast<unsigned>(row.reason);
  f["statements"] = statement_finder().find(r);
  return entry;
}

std::string folded(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Whether the rule rests on the statement; then it is the only one that matters.
bool keep_statement(name_entry& entry, std::string_view wanted) {
  if (!entry.facts.contains("statements")) return false;
  packet_json kept = packet_json::object();
  for (const auto& item : entry.facts["statements"].items()) {
    const std::string id = folded(item.key());
    if (id == wanted || id.substr(id.find('/') + 1) == wanted) kept[item.key()] = item.value();
  }
  if (kept.empty()) return false;
  entry.facts["statements"] = std::move(kept);
  return true;
}

std::optional<unsigned> number_in(std::string_view word) {
  const bool hex = word.starts_with("0x") || word.starts_with("0X");
  const std::string digits(hex ? word.substr(2) : word);
  if (digits.empty() || digits.size() > 4) return std::nullopt;
  for (const char c : digits)
    if (hex ? !std::isxdigit(static_cast<unsigned char>(c)) : !std::isdigit(static_cast<unsigned char>(c))) return std::nullopt;
  return static_cast<unsigned>(std::stoul(digits, nullptr, hex ? 16 : 10));
}

}  // namespace

std::vector<name_entry> all_names() {
  std::vector<name_entry> all;
  for (const packet_type type : packet_types) all.push_back(packet_entry(type));
  for (const property_id id : property_ids) all.push_back(property_entry(id));
  for (const reason_code code : reason_codes) all.push_back(reason_entry(code));
  for (unsigned r = 1; r <= rule_count; ++r) all.push_back(rule_entry(static_cast<rule>(r)));
  return all;
}

std::vector<name_entry> names_for(std::string_view word) {
  const std::string wanted = folded(word);
  const auto number = number_in(word);
  std::vector<name_entry> exact, part;
  for (name_entry& entry : all_names()) {
    const std::string name = folded(entry.facts["name"].get<std::string>());
    if (name == wanted || (number && entry.number == number) || keep_statement(entry, wanted)) exact.push_back(std::move(entry));
    else if (!number && name.find(wanted) != std::string::npos) part.push_back(std::move(entry));
  }
  return exact.empty() ? part : exact;
}

}  // namespace mqttspan
