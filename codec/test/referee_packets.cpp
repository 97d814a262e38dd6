// The packets that the referees judge: random ones from a fixed seed, and boundary cases.
// usage: codec_referee_packets json <count>          one JSON object a line: version, side, bytes, and the fields that we wrote (text in hexadecimal)
//        codec_referee_packets pcap <count> <file>   a capture of TCP streams, a CONNECT first in each; on stdout a line a packet: stream, side, type, Remaining Length
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>

#include "generators.hpp"
#include "hex.hpp"
#include "referee_capture.hpp"

using namespace mqttspan;
using test::sample;

namespace {

// A JSON object or array in the making.
class json {
 public:
  json& text(std::string_view key, std::string_view value) { return raw(key, '"' + test::to_hex(as_bytes(value)) + '"'); }
  json& binary(std::string_view key, bytes_view value) { return raw(key, '"' + test::to_hex(value) + '"'); }
  json& name(std::string_view key, std::string_view value) { return raw(key, '"' + std::string(value) + '"'); }
  json& number(std::string_view key, std::uint64_t value) { return raw(key, std::to_string(value)); }
  json& flag(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
  json& raw(std::string_view key, const std::string& value) {
    if (!members_.empty()) members_ += ',';
    if (!key.empty()) members_ += '"' + std::string(key) + "\":";
    members_ += value;
    return *this;
  }
  std::string object() const { return '{' + members_ + '}'; }
  std::string array() const { return '[' + members_ + ']'; }

 private:
  std::string members_;
};

std::string value_of(const property& p) {
  switch (p.type()) {
    case property_type::string: return '"' + test::to_hex(as_bytes(p.text())) + '"';
    case property_type::binary: return '"' + test::to_hex(p.binary()) + '"';
    case property_type::string_pair: return json().text({}, p.name()).text({}, p.text()).array();
    default: return std::to_string(p.integer());
  }
}

std::string to_json(const property_list& list) {
  json all;
  for (const property& p : list) all.raw({}, json().name({}, to_string(p.id())).raw({}, value_of(p)).array());
  return all.array();
}

void add(json& out, const connect& p) {
  out.flag("clean_start", p.clean_start).number("keep_alive", p.keep_alive).text("client_id", p.client_id);
  if (p.will) {
    const will& w = *p.will;
    out.raw("will", json().text("topic", w.topic).binary("payload", w.payload).number("qos", static_cast<unsigned>(w.qos)).flag("retain", w.retain).raw("properties", to_json(w.properties)).object());
  }
  if (p.user_name) out.text("user_name", *p.user_name);
  if (p.password) out.binary("password", *p.password);
}
void add(json& out, const connack& p) { out.flag("session_present", p.session_present); }
void add(json& out, const publish& p) {
  out.text("topic", p.topic).binary("payload", p.payload).number("qos", static_cast<unsigned>(p.qos)).flag("retain", p.retain).flag("dup", p.dup);
}
void add(json& out, const subscribe& p) {
  json all;
  for (const subscription& s : p.subscriptions)
    all.raw({}, json().text("topic_filter", s.topic_filter).number("qos", static_cast<unsigned>(s.qos)).flag("no_local", s.no_local)
                    .flag("retain_as_published", s.retain_as_published).number("retain_handling", static_cast<unsigned>(s.retain_handling)).object());
  out.raw("subscriptions", all.array());
}
void add(json& out, const unsubscribe& p) {
  json all;
  for (const std::string_view filter : p.topic_filters) all.text({}, filter);
  out.raw("topic_filters", all.array());
}
template <class P>
void add(json& out, const P& p) {
  if constexpr (requires { p.reason_codes; }) {
    json all;
    for (const reason_code code : p.reason_codes) all.number({}, static_cast<unsigned>(code));
    out.raw("reason_codes", all.array());
  }
}

template <class P>
std::string fields_of(const P& p) {
  json out;
  out.number("type", static_cast<unsigned>(P::type));
  add(out, p);
  if constexpr (requires { p.packet_id; }) out.number("packet_id", p.packet_id);
  if constexpr (requires { p.reason_code; }) out.number("reason_code", static_cast<unsigned>(p.reason_code));
  if constexpr (requires { p.properties; }) out.raw("properties", to_json(p.properties));
  if constexpr (requires { p.dup; } && !std::is_same_v<P, publish>) out.flag("dup", p.dup);
  return out.object();
}

std::string fields_of(const packet& p) {
#define MQTTSPAN_PACKET(P) \
  if (const auto* own = std::get_if<P>(&p)) return fields_of(*own);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  return {};
}

std::vector<std::byte> bytes_of(const sample& s) {
  std::vector<std::byte> bytes(encoded_size(s.packet, s.version).value_or(0));
  const auto written = generate(s.packet, s.version, bytes, {.sender = s.from});
  if (!written) {
    std::fprintf(stderr, "not generated: %s\n", std::string(text_of(written.error())).c_str());
    std::exit(2);
  }
  return bytes;
}

// Packets on both sides of each step of the Remaining Length and of the property length.
void add_boundaries(std::vector<sample>& all) {
  static const std::vector<std::byte> payload(2'100'000, std::byte{'p'});
  static const std::string text(65'535, 't');
  for (const auto version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5})
    for (const std::size_t remaining : {127u, 128u, 16'383u, 16'384u, 2'097'151u, 2'097'152u})
      all.push_back({publish{.topic = "t", .payload = bytes_view(payload).first(remaining - (version == protocol_version::v5 ? 4 : 3))}, version, sender::client, nullptr});
  static std::deque<std::vector<property>> blocks;
  for (const std::size_t size : {127u, 128u, 16'383u, 16'384u})
    for (const bool from_server : {false, true}) {
      blocks.push_back({prop::user("k", std::string_view(text).substr(0, size - 6))});
      const property_list list = blocks.back();
      all.push_back({publish{.topic = "t", .properties = list}, protocol_version::v5, from_server ? sender::server : sender::client, nullptr});
      all.push_back({disconnect{.properties = list}, protocol_version::v5, from_server ? sender::server : sender::client, nullptr});
      all.push_back({puback{.packet_id = 1, .properties = list}, protocol_version::v5, sender::client, nullptr});
      all.push_back({connect{.client_id = "c", .will = will{.topic = "t", .properties = list}, .properties = list}, protocol_version::v5, sender::client, nullptr});
    }
}

std::vector<sample> all_samples(std::size_t count) {
  std::vector<sample> all;
  test::seeded_entropy choices(2'026);
  test::packet_source source(choices);
  while (all.size() < count)
    for (const auto& [type, version] : test::every_type_and_version()) all.push_back(source.next(type, version));
  add_boundaries(all);
  return all;
}

int write_json(const std::vector<sample>& all) {
  for (const sample& s : all)
    std::puts(json().number("version", static_cast<unsigned>(s.version)).name("from", to_string(s.from)).binary("bytes", bytes_of(s)).raw("packet", fields_of(s.packet)).object().c_str());
  return 0;
}

// A stream a CONNECT, and in it some of the other packets of its version.
int write_capture(const std::vector<sample>& all, const char* file) {
  test::capture out(file);
  if (!out.is_open()) return 2;
  std::set<std::pair<bool, unsigned>> aliases;  // that the stream has set, by side
  const auto send_one = [&](const sample& s) {
    const auto bytes = bytes_of(s);
    out.send(bytes, s.from == sender::client);
    std::printf("%u %s %u %u\n", out.stream(), s.from == sender::client ? "client" : "server", static_cast<unsigned>(type_of(s.packet)),
                static_cast<unsigned>(bytes.size() - peek(bytes)->header_size));
  };
  // An alias without a topic needs a PUBLISH before it that says what it stands for.
  const auto send = [&](const sample& s) {
    const auto* message = std::get_if<publish>(&s.packet);
    const auto alias = message ? message->properties.get(prop::topic_alias) : std::nullopt;
    if (alias && aliases.emplace(s.from == sender::client, *alias).second && message->topic.empty()) {
      const std::vector<property> list = {prop::topic_alias(*alias)};
      send_one({publish{.topic = "named", .properties = list}, s.version, s.from, nullptr});
    }
    send_one(s);
  };
  for (const auto version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5}) {
    std::vector<const sample*> openers, others;
    for (const sample& s : all)
      if (s.version == version) (type_of(s.packet) == packet_type::connect ? openers : others).push_back(&s);
    std::size_t next = 0;
    for (std::size_t i = 0; i < openers.size(); ++i) {
      out.open();
      aliases.clear();
      send(*openers[i]);
      for (const std::size_t end = others.size() * (i + 1) / openers.size(); next < end; ++next) send(*others[next]);
    }
  }
  return out.finish() ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  const std::size_t count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
  if (mode == "json" && count != 0) return write_json(all_samples(count));
  if (mode == "pcap" && count != 0 && argc == 4) return write_capture(all_samples(count), argv[3]);
  std::fputs("usage: codec_referee_packets json <count> | pcap <count> <file>\n", stderr);
  return 2;
}
