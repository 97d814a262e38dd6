// What a build that leaves versions out (MQTTSPAN_VERSIONS) speaks, and what it refuses, through every way in. A program of its own, because each such build has a library of its own.
#include <cstdio>
#include <span>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>

using namespace mqttspan;

namespace {

int failures = 0;

void expect(bool good, const char* what, protocol_version version) {
  if (good) return;
  std::printf("FAILED: %s, protocol level %d\n", what, static_cast<int>(version));
  ++failures;
}

template <class Result>
void expect_from(const Result& got, bool supported, errc refusal, const char* what, protocol_version version) {
  if (supported) expect(got.has_value(), what, version);
  else expect(!got && got.error().code == refusal && got.error().violated == rule::protocol_level_unsupported, what, version);
}

// The same message in each version, as the specifications write it.
struct vectors {
  protocol_version version;
  bool built;
  std::span<const std::uint8_t> connect, publish, suback;
};
constexpr std::uint8_t connect_3_1[] = {0x10, 0x0F, 0, 6, 'M', 'Q', 'I', 's', 'd', 'p', 3, 2, 0, 60, 0, 1, 'c'};
constexpr std::uint8_t connect_3_1_1[] = {0x10, 0x0D, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 1, 'c'};
constexpr std::uint8_t connect_5[] = {0x10, 0x0E, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 60, 0, 0, 1, 'c'};
constexpr std::uint8_t publish_3[] = {0x32, 0x06, 0, 1, 't', 0, 7, 'x'};
constexpr std::uint8_t publish_5[] = {0x32, 0x07, 0, 1, 't', 0, 7, 0, 'x'};
constexpr std::uint8_t suback_3[] = {0x90, 0x03, 0, 7, 1};
constexpr std::uint8_t suback_5[] = {0x90, 0x04, 0, 7, 0, 1};
constexpr vectors all[] = {
    {protocol_version::v3_1, MQTTSPAN_HAS_3_1, connect_3_1, publish_3, suback_3},
    {protocol_version::v3_1_1, MQTTSPAN_HAS_3_1_1, connect_3_1_1, publish_3, suback_3},
    {protocol_version::v5, MQTTSPAN_HAS_5_0, connect_5, publish_5, suback_5},
};

template <class P>
void generate_both_ways(const P& p, const vectors& v, std::span<const std::uint8_t> wire, const char* what) {
  std::byte out[64];
  const auto bytes = generate(p, v.version, out);
  expect_from(bytes, v.built, errc::invalid_argument, what, v.version);
  expect_from(generate(packet(p), v.version, out), v.built, errc::invalid_argument, what, v.version);
  expect_from(generate_within(p, v.version, out, canonical), v.built, errc::invalid_argument, what, v.version);
  expect_from(encoded_size(p, v.version), v.built, errc::invalid_argument, what, v.version);
  if (bytes) expect(as_text(*bytes) == as_text(as_bytes(wire)), what, v.version);
}

void check(const vectors& v) {
  expect(supports(v.version) == v.built, "supports", v.version);
  // CONNECT names its version itself: which one is asked for does not matter.
  expect_from(parse(as_bytes(v.connect), protocol_version::v3_1_1), v.built, errc::unsupported_version, "parse CONNECT", v.version);
  expect_from(parse_as<connect>(as_bytes(v.connect), protocol_version::v5), v.built, errc::unsupported_version, "parse_as CONNECT", v.version);
  expect_from(parse(as_bytes(v.publish), v.version), v.built, errc::unsupported_version, "parse PUBLISH", v.version);
  expect_from(parse_as<publish>(as_bytes(v.publish), v.version), v.built, errc::unsupported_version, "parse_as PUBLISH", v.version);
  expect_from(parse_head(as_bytes(v.publish), v.version), v.built, errc::unsupported_version, "parse_head", v.version);
  expect_from(parse_as<suback>(as_bytes(v.suback), v.version), v.built, errc::unsupported_version, "parse_as SUBACK", v.version);
  const publish message{.topic = "t", .payload = as_bytes("x"), .qos = qos::at_least_once, .packet_id = 7};
  const reason_code codes[] = {reason_code::granted_qos_1};
  generate_both_ways(connect{.version = v.version, .client_id = "c"}, v, v.connect, "generate CONNECT");
  generate_both_ways(message, v, v.publish, "generate PUBLISH");
  generate_both_ways(suback{.packet_id = 7, .reason_codes = codes}, v, v.suback, "generate SUBACK");
  std::byte out[64];
  expect_from(generate(puback{.packet_id = 7}, v.version, out), v.built, errc::invalid_argument, "generate PUBACK", v.version);
  expect_from(generate_head(message, v.version, out), v.built, errc::invalid_argument, "generate_head", v.version);
}

}  // namespace

int main() {
  for (const vectors& v : all) check(v);
  return failures == 0 ? 0 : 1;
}
