#include "story_options.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

namespace mqttspan::conformance {
namespace {

struct choice {
  const char* option;
  const char* value;
  void (*set)(connection_options&);
};

constexpr choice choices[] = {
    {"acknowledge", "auto", [](connection_options& o) { o.auto_acknowledge = true; }},
    {"acknowledge", "manual", [](connection_options& o) { o.auto_acknowledge = false; }},
    {"ping", "auto", [](connection_options& o) { o.auto_ping = true; }},
    {"ping", "manual", [](connection_options& o) { o.auto_ping = false; }},
    {"stray_acknowledgement", "ignore", [](connection_options& o) { o.stray = stray_acknowledgement::ignore; }},
    {"stray_acknowledgement", "close", [](connection_options& o) { o.stray = stray_acknowledgement::close; }},
    {"acknowledgement_order", "kept", [](connection_options& o) { o.ordered_acknowledgements = true; }},
    {"acknowledgement_order", "free", [](connection_options& o) { o.ordered_acknowledgements = false; }},
    {"aliases", "none", [](connection_options& o) { o.aliases = alias_policy::none; }},
    {"aliases", "first_come", [](connection_options& o) { o.aliases = alias_policy::first_come; }},
    {"aliases", "least_recent", [](connection_options& o) { o.aliases = alias_policy::least_recent; }},
};

struct number {
  const char* option;
  void (*set)(connection_options&, std::uint32_t);
};

constexpr number numbers[] = {
    {"receive_maximum", [](connection_options& o, std::uint32_t n) { o.receive_maximum = static_cast<std::uint16_t>(n); }},
    {"unannounced_maximum", [](connection_options& o, std::uint32_t n) { o.unannounced_maximum = static_cast<std::uint16_t>(n); }},
    {"send_maximum", [](connection_options& o, std::uint32_t n) { o.send_maximum = static_cast<std::uint16_t>(n); }},
    {"max_requests", [](connection_options& o, std::uint32_t n) { o.max_requests = static_cast<std::uint16_t>(n); }},
    {"topic_alias_maximum", [](connection_options& o, std::uint32_t n) { o.topic_alias_maximum = static_cast<std::uint16_t>(n); }},
    {"max_sent_aliases", [](connection_options& o, std::uint32_t n) { o.max_sent_aliases = static_cast<std::uint16_t>(n); }},
    {"maximum_packet_size", [](connection_options& o, std::uint32_t n) { o.parse.max_packet_size = n; }},
    {"max_topic_levels", [](connection_options& o, std::uint32_t n) { o.parse.max_topic_levels = n; }},
    {"max_connect_size", [](connection_options& o, std::uint32_t n) { o.max_connect_size = n; }},
    {"kept_bytes", [](connection_options& o, std::uint32_t n) { o.carry_size = n; }},
    {"connect_timeout", [](connection_options& o, std::uint32_t n) { o.connect_timeout = n; }},
    {"ping_timeout", [](connection_options& o, std::uint32_t n) { o.ping_timeout = n; }},
};

constexpr const char* exchange_names[] = {"none", "publish_1", "publish_2", "received", "released", "subscribe", "unsubscribe"};

void set(connection_options& options, const std::string& name, const packet_json& value) {
  for (const choice& c : choices)
    if (name == c.option && value == c.value) return c.set(options);
  for (const number& n : numbers)
    if (name == n.option && value.is_number_unsigned()) return n.set(options, value.get<std::uint32_t>());
  throw bad_request("option " + name + ": " + value.dump() + " is not known");
}

exchange exchange_named(const std::string& name) {
  const auto it = std::find(std::begin(exchange_names), std::end(exchange_names), name);
  if (it == std::end(exchange_names)) throw bad_request("no exchange is called " + name);
  return static_cast<exchange>(it - std::begin(exchange_names));
}

}  // namespace

connection_options options_from(const packet_json& options) {
  connection_options out;
  for (const auto& item : options.items())
    if (item.key() != "session") set(out, item.key(), item.value());
  return out;
}

std::vector<session_entry> session_from(const packet_json& session) {
  std::vector<session_entry> entries;
  for (const packet_json& e : session)
    entries.push_back({e.at("packet_id").get<std::uint16_t>(), exchange_named(e.at("state").get<std::string>()), e.at("ours").get<bool>()});
  return entries;
}

packet_json session_of(const connection& c) {
  std::vector<session_entry> entries(c.export_session({}));
  c.export_session(entries);
  packet_json out = packet_json::array();
  for (const session_entry& e : entries) out.push_back({{"packet_id", e.packet_id}, {"state", exchange_names[static_cast<std::size_t>(e.state)]}, {"ours", e.is_ours}});
  return out;
}

}  // namespace mqttspan::conformance
