#include "workloads.hpp"

#include <cstdint>
#include <cstdio>
#include <string_view>

namespace mqttspan::bench {
namespace {

using version = protocol_version;

// xorshift64 with the shifts 13, 7, 17. The lowest bits are the weakest and are not used.
class random_source {
 public:
  explicit random_source(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  unsigned below(unsigned n) noexcept { return static_cast<unsigned>((next() >> 11) % n); }

 private:
  std::uint64_t state_;
};

// Writes MQTT's wire types one after the other. Deliberately not the library's: a fault there must not reach the reference bytes.
class byte_builder {
 public:
  byte_builder& u8(unsigned value) { return bytes_.push_back(static_cast<std::byte>(value)), *this; }
  byte_builder& u16(unsigned value) { return u8(value >> 8 & 0xFF).u8(value & 0xFF); }
  byte_builder& u32(std::uint32_t value) { return u16(value >> 16).u16(value & 0xFFFF); }
  byte_builder& varint(std::size_t value) {
    for (; value >= 0x80; value >>= 7) u8(static_cast<unsigned>(value & 0x7F) | 0x80);
    return u8(static_cast<unsigned>(value));
  }
  byte_builder& raw(const byte_builder& other) { return bytes_.insert(bytes_.end(), other.bytes_.begin(), other.bytes_.end()), *this; }
  byte_builder& text(std::string_view value) {
    u16(static_cast<unsigned>(value.size()));
    for (const char c : value) u8(static_cast<unsigned char>(c));
    return *this;
  }
  // Payloads and passwords: 00 01 02 …, so that a view that is off by one shows in the checksum.
  byte_builder& counting(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) u8(i & 0xFF);
    return *this;
  }
  byte_builder& user_property(std::string_view name, std::string_view value) { return u8(0x26).text(name).text(value); }

  const std::vector<std::byte>& bytes() const noexcept { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

template <class... Arguments>
std::string format(const char* pattern, Arguments... arguments) {
  char text[64];
  return {text, static_cast<std::size_t>(std::snprintf(text, sizeof text, pattern, arguments...))};
}

std::string sensor_topic(random_source& random) {
  const unsigned zone = random.below(100);
  return format("sensors/zone-%02u/temp/%03u", zone, random.below(1000));
}

unsigned packet_id(random_source& random) { return 1 + random.below(65535); }

byte_builder packet(unsigned first_byte, const byte_builder& body) {
  byte_builder whole;
  whole.u8(first_byte).varint(body.bytes().size()).raw(body);
  return whole;
}

void add_properties(byte_builder& body, version v, const byte_builder& properties = {}) {
  if (v == version::v5) body.varint(properties.bytes().size()).raw(properties);
}

// topic<2+24> packet_id<2>? properties payload
byte_builder publish(random_source& random, version v, unsigned qos, std::size_t payload) {
  byte_builder body;
  body.text(sensor_topic(random));
  if (qos != 0) body.u16(packet_id(random));
  add_properties(body, v);
  return packet(0x30 | qos << 1, body.counting(payload));
}

byte_builder publish_with_properties(random_source& random, version v) {
  byte_builder body, properties;
  body.text(sensor_topic(random)).u16(packet_id(random));
  properties.u8(0x02).u32(3600).u8(0x03).text("application/json").u8(0x23).u16(1 + random.below(10));
  properties.user_property("region", "eu-west-1").user_property("trace-id", "0123456789abcdef");
  add_properties(body, v, properties);
  return packet(0x32, body.counting(64));
}

byte_builder connect(random_source& random, version v) {
  byte_builder body, properties, will_properties;
  body.text("MQTT").u8(v == version::v5 ? 5 : 4).u8(0xEE).u16(60);
  properties.u8(0x11).u32(3600).u8(0x21).u16(100).u8(0x27).u32(1'048'576).u8(0x22).u16(10).u8(0x19).u8(1);
  properties.user_property("region", "eu-west-1");
  add_properties(body, v, properties);
  body.text(format("client-%016llx", static_cast<unsigned long long>(random.next())));
  will_properties.u8(0x18).u32(30).u8(0x02).u32(3600).user_property("state", "0");
  add_properties(body, v, will_properties);
  body.text(sensor_topic(random)).u16(16).counting(16);
  body.text(format("user-%07u", random.below(10'000'000))).u16(16).counting(16);
  return packet(0x10, body);
}

byte_builder subscribe(random_source& random, version v) {
  byte_builder body;
  body.u16(packet_id(random));
  add_properties(body, v);
  body.text("sensors/+/temperature").u8(1).text("alerts/#").u8(0);
  body.text(format("devices/zone-%02u/status", random.below(100))).u8(2).text("config/+/device/+/set").u8(1);
  return packet(0x82, body);
}

byte_builder suback(random_source& random, version v, unsigned codes) {
  byte_builder body;
  body.u16(packet_id(random));
  add_properties(body, v);
  for (unsigned i = 0; i < codes; ++i) body.u8(random.below(3));
  return packet(0x90, body);
}

byte_builder puback(random_source& random, version) { return packet(0x40, byte_builder().u16(packet_id(random))); }

// One packet of the mix. The packet's kind is drawn first; in a PUBLISH topic, QoS, packet id and payload size follow.
byte_builder mixed(random_source& random, version v, unsigned& publishes) {
  const unsigned kind = random.below(100);
  if (kind >= 95) return packet(0xD0, {});
  if (kind >= 90) return suback(random, v, 2);
  if (kind >= 80) return puback(random, v);
  byte_builder body, properties;
  body.text(sensor_topic(random));
  const unsigned qos = random.below(2);
  if (qos != 0) body.u16(packet_id(random));
  if (publishes++ % 4 == 3) properties.u8(0x02).u32(3600).user_property("device", "gateway-007");
  add_properties(body, v, properties);
  return packet(0x30 | qos << 1, body.counting(16 + random.below(48)));
}

using packet_maker = byte_builder (*)(random_source&, version);
struct recipe {
  std::string_view name;
  unsigned packets;
  packet_maker make;  // null for the mix, which counts its PUBLISHes
  bool v5_only = false;
};

constexpr std::uint64_t seed = 0x9E37'79B9'7F4A'7C15, mix_seed = 0xD1B5'4A32'D192'ED03;
constexpr recipe recipes[] = {
    {"W1", 64, [](random_source& random, version v) { return publish(random, v, 0, 16); }},
    {"W2", 64, [](random_source& random, version v) { return publish(random, v, 1, 256); }},
    {"W3", 4, [](random_source& random, version v) { return publish(random, v, 0, 65'536); }},
    {"W4", 64, publish_with_properties, true},
    {"W5", 64, connect},
    {"W6", 64, subscribe},
    {"W6A", 64, [](random_source& random, version v) { return suback(random, v, 4); }},
    {"W7", 64, puback},
    {"W8", 10'000, nullptr},
};

workload cook(const recipe& r, version v) {
  workload work{std::string(r.name), v, {}, {}};
  random_source random(r.make ? seed : mix_seed);
  unsigned publishes = 0;
  for (unsigned i = 0; i < r.packets; ++i) {
    const byte_builder built = r.make ? r.make(random, v) : mixed(random, v, publishes);
    work.bytes.insert(work.bytes.end(), built.bytes().begin(), built.bytes().end());
    work.ends.push_back(work.bytes.size());
  }
  return work;
}

}  // namespace

std::vector<workload> all_workloads() {
  std::vector<workload> all;
  for (const recipe& r : recipes)
    for (const version v : {version::v3_1_1, version::v5})
      if (!r.v5_only || v == version::v5) all.push_back(cook(r, v));
  return all;
}

workload make_workload(std::string_view name, protocol_version v) {
  for (const recipe& r : recipes)
    if (r.name == name && (!r.v5_only || v == version::v5)) return cook(r, v);
  return {};
}

}  // namespace mqttspan::bench
