// Packets as JSON and back: the one form in which our tools, vectors and adapters write packets down.
//
// Keys are the names of the C++ fields. Text is a JSON string, or {"hex":"…"} where it is not well-formed UTF-8; binary data is {"hex":"…"}, and
// on input also a plain string that means its UTF-8 bytes. A key is absent where the packet has no such field in that version.
#pragma once

#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <mqttspan/codec/packet.hpp>

namespace mqttspan {

/// Keeps the order of keys, so that output is the same everywhere.
using packet_json = nlohmann::ordered_json;

/// The packet as that version writes it. For CONNECT the version is the packet's own.
packet_json to_json(const packet& p, protocol_version version);

/// JSON that is no packet: an unknown, missing or mistyped key, or a value that no packet can hold. `path` is a JSON pointer
/// to it ("/subscriptions/0/qos"), empty for the packet as a whole.
struct packet_json_error : std::runtime_error {
  packet_json_error(const std::string& at, const std::string& what) : std::runtime_error(what), path(at) {}
  std::string path;
};

/// A packet made from JSON, and the memory that its views point into. Movable: the views stay good.
class json_packet {
 public:
  json_packet(const json_packet&) = delete;
  json_packet(json_packet&&) = default;
  json_packet& operator=(const json_packet&) = delete;
  json_packet& operator=(json_packet&&) = default;

  const packet& operator*() const noexcept { return packet_; }
  const packet* operator->() const noexcept { return &packet_; }

 private:
  friend json_packet packet_from_json(const packet_json&, protocol_version);
  friend class json_packet_reader;
  json_packet() = default;

  packet packet_;
  std::deque<std::string> texts_;  // of a deque, since short strings must not move
  std::vector<property> properties_;
  std::vector<property> will_properties_;
  std::vector<subscription> subscriptions_;
  std::vector<std::string_view> topic_filters_;
  std::vector<reason_code> reason_codes_;
};

/// Reads a packet. `version` is what a CONNECT without "version" means, and decides nothing else: whether the version has the fields that
/// are there is generate's to say. Left-out keys have the defaults of the C++ struct, but what makes a packet is required: "type", "topic" of
/// PUBLISH, "packet_id" where the type always has one, and the lists. Throws packet_json_error.
json_packet packet_from_json(const packet_json& value, protocol_version version);

/// "any", "client" and "server".
std::optional<sender> sender_named(std::string_view name) noexcept;
/// The packet type of that JSON name: "connect" … "auth".
std::optional<packet_type> packet_type_named(std::string_view name) noexcept;
/// "connect" … "auth".
std::string_view json_name(packet_type type) noexcept;

}  // namespace mqttspan
